#!/usr/bin/env bash
# cyclonedx-python-lib 11.12.0 (PyPI) and @cyclonedx/cyclonedx-library 10.3.0 (npm): an expression is a name for the
# other one.
#
# Expected: by annex D of SPDX, any licence may have a `+`, and `LicenseRef-` begins a licence of one's own. The two
# libraries of the CycloneDX project make the same of a text: an id, an expression, or, if it is neither, a name.
# Seen: for license-expression, which the Python library asks, `MIT+` and every `LicenseRef-` are unknown, so an SBOM has
# "LicenseRef-Shop AND MIT" as the name of a licence, and nothing that reads expressions finds MIT in it. The JavaScript
# library has the expression. Lower case is the other way round: Python takes it in expressions, and JavaScript takes
# `mit` for an id, and `mit or apache-2.0` for a name. packaging reads all of them but one. license-expression also turns
# `GPL-2.0`, as older SBOMs have it, into another id.
#
# Countersign reads no licences.
#
# Seen with the versions above, license-expression 30.4.4, packaging 26.4 (PyPI) and spdx-expression-parse 5.0.0 (npm), in
# the order packaging, license-expression, CycloneDX for Python, CycloneDX for JavaScript:
#
#     MIT OR Apache-2.0: MIT OR Apache-2.0 | MIT OR Apache-2.0 | expression | expression
#     MIT+: MIT+ | error | name | expression
#     LicenseRef-Shop: LicenseRef-Shop | error | name | expression
#     LicenseRef-Shop AND MIT: LicenseRef-Shop AND MIT | error | name | expression
#     DocumentRef-base:LicenseRef-Shop: error | error | name | expression
#     Apache-2.0+ WITH LLVM-exception: Apache-2.0+ WITH LLVM-exception | error | name | expression
#     GPL-2.0: GPL-2.0 | GPL-2.0-only | id | id
#     mit: MIT | MIT | id | id
#     mit or apache-2.0: MIT OR Apache-2.0 | MIT OR Apache-2.0 | expression | name
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cyclonedx-python-lib==11.12.0 \
  license-expression==30.4.4 packaging==26.4
cd "$folder"
npm install --silent @cyclonedx/cyclonedx-library@10.3.0 spdx-expression-parse@5.0.0 >/dev/null 2>&1
cat >licences.txt <<'SPDX'
MIT OR Apache-2.0
MIT+
LicenseRef-Shop
LicenseRef-Shop AND MIT
DocumentRef-base:LicenseRef-Shop
Apache-2.0+ WITH LLVM-exception
GPL-2.0
mit
mit or apache-2.0
SPDX
cat >licences.py <<'PYTHON'
import warnings

warnings.simplefilter("ignore")
from cyclonedx.factory.license import LicenseFactory
from cyclonedx.model.license import LicenseExpression
from license_expression import get_spdx_licensing
from packaging.licenses import canonicalize_license_expression

spdx = get_spdx_licensing()


def answer(read, text):
    try:
        return str(read(text))
    except Exception:
        return "error"


def kind(text):
    licence = LicenseFactory().make_from_string(text)
    return "expression" if isinstance(licence, LicenseExpression) else "id" if licence.id else "name"


for line in open("licences.txt"):
    readers = canonicalize_license_expression, lambda text: spdx.parse(text, validate=True), kind
    print(*(answer(reader, line.strip()) for reader in readers), sep=" | ")
PYTHON
cat >licences.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { Contrib } from "@cyclonedx/cyclonedx-library";
import parse from "spdx-expression-parse";

const factory = new Contrib.License.Factories.LicenseFactory(parse);
for (const line of readFileSync("licences.txt", "utf8").trim().split("\n")) {
  const licence = factory.makeFromString(line);
  console.log({ LicenseExpression: "expression", SpdxLicense: "id", NamedLicense: "name" }[licence.constructor.name]);
}
NODE
paste -d '|' licences.txt <(venv/bin/python licences.py) <(node licences.mjs) |
  sed 's/|/: /; s/|\([a-z]*\)$/ | \1/' | tee seen.txt
diff - seen.txt <<'EXPECTED'
MIT OR Apache-2.0: MIT OR Apache-2.0 | MIT OR Apache-2.0 | expression | expression
MIT+: MIT+ | error | name | expression
LicenseRef-Shop: LicenseRef-Shop | error | name | expression
LicenseRef-Shop AND MIT: LicenseRef-Shop AND MIT | error | name | expression
DocumentRef-base:LicenseRef-Shop: error | error | name | expression
Apache-2.0+ WITH LLVM-exception: Apache-2.0+ WITH LLVM-exception | error | name | expression
GPL-2.0: GPL-2.0 | GPL-2.0-only | id | id
mit: MIT | MIT | id | id
mit or apache-2.0: MIT OR Apache-2.0 | MIT OR Apache-2.0 | expression | name
EXPECTED
