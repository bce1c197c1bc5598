#!/usr/bin/env bash
# vexipy 0.3.0 (PyPI, "OpenVEX Library"): what it reads as OpenVEX comes back as something else, dated today.
#
# Expected: a document that is read and written is the same document. In OpenVEX, a statement without a time of its own has
# that of its document, and of two statements the later one counts.
# Seen: a statement of 2023 without a time gets the time at which it was read, so that it counts before each that was made
# since. `@context` and `@id` are written as `context` and `id`, which no reader of OpenVEX knows; vexipy itself reads
# either. `to_json(by_alias=True)` gives the names, and the time of reading as well.
#
# Countersign reads no VEX.
#
# Seen with vexipy 0.3.0, for a document in the form of the specification's example:
#
#     fields of the document: id, context; with by_alias: @id, @context
#     a statement of 2023 that is read today: dated today
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check vexipy==0.3.0
cd "$folder"
venv/bin/python - <<'PYTHON' | tee seen.txt
import json
from datetime import datetime, timedelta, timezone

from vexipy import Document

product = {"@id": "pkg:oci/app@sha256:2222"}
statement = {"vulnerability": {"name": "CVE-2023-1"}, "products": [product], "status": "fixed"}
document = {
    "@context": "https://openvex.dev/ns/v0.2.0",
    "@id": "https://openvex.dev/docs/example/1",
    "author": "Author",
    "timestamp": "2023-01-08T18:02:03Z",
    "version": 1,
    "statements": [statement],
}
read = Document.from_json(json.dumps(document))
found = []
for options in [{}, {"by_alias": True}]:
    written = json.loads(read.to_json(**options))
    found.append(", ".join(key for key in ["id", "@id", "context", "@context"] if key in written))
    age = datetime.now(timezone.utc) - datetime.fromisoformat(written["statements"][0]["timestamp"])
print(f"fields of the document: {found[0]}; with by_alias: {found[1]}")
print("a statement of 2023 that is read today:", "dated today" if age < timedelta(hours=1) else "as it was")
PYTHON
diff - seen.txt <<'EXPECTED'
fields of the document: id, context; with by_alias: @id, @context
a statement of 2023 that is read today: dated today
EXPECTED
