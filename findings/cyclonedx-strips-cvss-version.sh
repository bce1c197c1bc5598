#!/usr/bin/env bash
# cyclonedx-python-lib 11.12.0 (PyPI): a CVSS vector comes back without its version, and no calculator reads it.
#
# Expected: a report that is read and written keeps its vectors. By the specifications of CVSS 3 and 4, each vector begins
# with the version, as in `CVSS:3.1/AV:N/…`, and the schema of CycloneDX does not demand anything else.
# Seen: the library cuts the version off, for CVSS 3.0, 3.1 and 4.0. `cvss` refuses what is left. The ratings are sorted
# as well, so that another one may be the first afterwards.
#
# Countersign takes the severity words or scores of a scan, and reads no vectors.
#
# Seen with cyclonedx-python-lib 11.12.0 and cvss 3.6 (PyPI):
#
#     CVSSv31 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H: Critical
#     CVSSv4 CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N: Critical
#     then written by the library:
#     CVSSv4 AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N: CVSS4MalformedError
#     CVSSv31 AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H: CVSS3MalformedError
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cyclonedx-python-lib==11.12.0 cvss==3.6
cd "$folder"
venv/bin/python - <<'PYTHON' | tee seen.txt
import json

from cvss import CVSS3, CVSS4
from cvss.exceptions import CVSSError
from cyclonedx.model.bom import Bom
from cyclonedx.output.json import JsonV1Dot6

ratings = [
    {"method": "CVSSv31", "vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", "source": {"name": "scanner"}},
    {"method": "CVSSv4", "vector": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", "source": {"name": "database"}},
]
report = {"bomFormat": "CycloneDX", "specVersion": "1.6", "vulnerabilities": [{"id": "CVE-2026-1", "ratings": ratings}]}


def show(report):
    for rating in report["vulnerabilities"][0]["ratings"]:
        calculator = CVSS4 if rating["method"] == "CVSSv4" else CVSS3
        try:
            severity = calculator(rating["vector"]).severities()[0]
        except CVSSError as error:
            severity = type(error).__name__
        print(f"{rating['method']} {rating['vector']}: {severity}")


show(report)
print("then written by the library:")
show(json.loads(JsonV1Dot6(Bom.from_json(report)).output_as_string()))
PYTHON
diff - seen.txt <<'EXPECTED'
CVSSv31 CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H: Critical
CVSSv4 CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N: Critical
then written by the library:
CVSSv4 AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N: CVSS4MalformedError
CVSSv31 AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H: CVSS3MalformedError
EXPECTED
