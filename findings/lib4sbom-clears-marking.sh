#!/usr/bin/env bash
# lib4sbom 0.10.4 (PyPI): an SBOM that may not be passed on comes back marked as fit for everyone.
#
# Expected: an SBOM that is read and written keeps its marking of the Traffic Light Protocol, which CycloneDX 1.7 has in
# `metadata.distributionConstraints`, and one without a marking gets none.
# Seen: every marking becomes CLEAR, "no limits on disclosure". The reader stores the marking under a misspelt name, and the
# writer finds nothing and takes CLEAR. A document without a marking becomes CLEAR as well.
#
# Seen with lib4sbom 0.10.4:
#
#     RED, written as 1.7: CLEAR
#     AMBER, written as 1.7: CLEAR
#     none, written as 1.7: CLEAR
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check lib4sbom==0.10.4
cd "$folder"
cat >convert.py <<'PYTHON'
import json

from lib4sbom.generator import SBOMGenerator
from lib4sbom.parser import SBOMParser


def written(marking):
    metadata = {"component": {"type": "container", "name": "app", "version": "1", "bom-ref": "app"}}
    if marking != "none":
        metadata["distributionConstraints"] = {"tlp": marking}
    components = [{"type": "library", "name": "part", "version": "1", "bom-ref": "part"}]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.7", "version": 1, "metadata": metadata, "components": components}
    json.dump(document, open("sbom.json", "w"))
    parser = SBOMParser()
    parser.parse_file("sbom.json")
    generator = SBOMGenerator(sbom_type="cyclonedx", format="json")
    generator.generate(project_name="app", sbom_data=parser.get_sbom(), send_to_output=False)
    sbom = generator.get_sbom()
    return sbom["specVersion"], sbom["metadata"].get("distributionConstraints", {}).get("tlp")


for marking in ["RED", "AMBER", "none"]:
    version, found = written(marking)
    print(f"{marking}, written as {version}: {found}")
PYTHON
venv/bin/python convert.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
RED, written as 1.7: CLEAR
AMBER, written as 1.7: CLEAR
none, written as 1.7: CLEAR
EXPECTED
