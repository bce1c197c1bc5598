#!/usr/bin/env bash
# in-toto-attestation 0.9.3 (PyPI, in-toto's own bindings): one statement has other bytes in each run, and no integers.
#
# Expected: the statement that the library makes of a predicate has the predicate's fields in their order, and its integers,
# so that a build that is repeated signs the same bytes.
# Seen: the predicate is kept in protobuf's `Struct`, whose fields are printed in the order of a hash table that is seeded
# anew in each process, and whose numbers are fractions: 2 becomes 2.0, and 9007199254740993 becomes another number.
#
# Countersign verifies the bytes as they were signed, and reads a score of 7.0 as it reads 7.
#
# Seen with in-toto-attestation 0.9.3 and protobuf 7.36.2 (PyPI), in 20 runs:
#
#     orders of the fields: several
#     SchemaVersion: 2.0
#     Size: 9007199254740992.0
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check in-toto-attestation==0.9.3 protobuf==7.36.2
cd "$folder"
cat >statement.py <<'PYTHON'
from google.protobuf.json_format import MessageToJson
from in_toto_attestation.v1.resource_descriptor import ResourceDescriptor
from in_toto_attestation.v1.statement import Statement

subject = ResourceDescriptor(name="app", digest={"sha256": "2" * 64}).pb
report = {"SchemaVersion": 2, "Size": 9007199254740993, "ArtifactName": "app", "ArtifactType": "container_image"}
statement = Statement([subject], "https://example.com/report/v1", report)
statement.validate()
print(MessageToJson(statement.pb, indent=None))
PYTHON
for _ in $(seq 20); do venv/bin/python statement.py; done >statements
python3 - <<'PYTHON' | tee seen.txt
import json

predicates = [json.loads(line)["predicate"] for line in open("statements")]
orders = {tuple(predicate) for predicate in predicates}
print("orders of the fields:", "several" if len(orders) > 1 else "one")
for field in ["SchemaVersion", "Size"]:
    print(f"{field}:", *{repr(predicate[field]) for predicate in predicates})
PYTHON
diff - seen.txt <<'EXPECTED'
orders of the fields: several
SchemaVersion: 2.0
Size: 9007199254740992.0
EXPECTED
