#!/usr/bin/env bash
# grafeas 1.25.0 (PyPI) and @google-cloud/grafeas 6.1.1 (npm): Google's own libraries do not read the provenance that
# Google's API prints.
#
# Expected: an occurrence in JSON, as `gcloud` and the REST API print it, can be read with the library of the same API, and
# what the library prints is that JSON. A statement of in-toto has `_type`, and so the .proto file says
# (`json_name = "_type"`).
# Seen: the libraries are made with the name `type` and know no other. Python refuses the occurrence, and with
# `ignore_unknown_fields` reads a statement without a type. JavaScript does so without being told to. Both print `type`,
# which the API and in-toto do not know.
#
# Countersign takes the statement from the signed envelope of an occurrence, never from these fields.
#
# Seen with the versions above:
#
#     in the package: string type = 1 [json_name = "_type"];
#     python, _type: ParseError
#     python, _type, ignoring unknown fields: inTotoSlsaProvenanceV1 has predicateType
#     python, type: inTotoSlsaProvenanceV1 has predicateType type
#     javascript, _type: inTotoSlsaProvenanceV1 has predicateType
#     javascript, type: inTotoSlsaProvenanceV1 has predicateType type
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check grafeas==1.25.0
cd "$folder"
npm install --silent @google-cloud/grafeas@6.1.1 >/dev/null 2>&1
for name in _type type; do
  cat >"$name.json" <<JSON
{"kind": "BUILD", "build": {"inTotoSlsaProvenanceV1": {
  "$name": "https://in-toto.io/Statement/v1", "predicateType": "https://slsa.dev/provenance/v1"
}}}
JSON
done
cat >read.py <<'PYTHON'
import json

from grafeas.grafeas_v1 import Occurrence


def read(name, **options):
    try:
        occurrence = Occurrence.from_json(open(f"{name}.json").read(), **options)
    except Exception as error:
        return type(error).__name__
    statement = json.loads(Occurrence.to_json(occurrence))["build"]["inTotoSlsaProvenanceV1"]
    return "inTotoSlsaProvenanceV1 has " + " ".join(sorted(name for name, value in statement.items() if value))


print("python, _type:", read("_type"))
print("python, _type, ignoring unknown fields:", read("_type", ignore_unknown_fields=True))
print("python, type:", read("type"))
PYTHON
cat >read.cjs <<'NODE'
const { readFileSync } = require("node:fs");
const { Occurrence } = require("@google-cloud/grafeas/build/protos/protos.js").grafeas.v1;

for (const name of ["_type", "type"]) {
  const occurrence = Occurrence.fromObject(JSON.parse(readFileSync(`${name}.json`)));
  const statement = JSON.parse(JSON.stringify(occurrence)).build.inTotoSlsaProvenanceV1;
  console.log(`javascript, ${name}: inTotoSlsaProvenanceV1 has`, ...Object.keys(statement).sort());
}
NODE
{
  protos=node_modules/@google-cloud/grafeas/build/protos/grafeas/v1
  echo "in the package: $(sed -n '/^message InTotoSlsaProvenanceV1/,$ s/^ *\(string type = .*\)/\1/p' $protos/intoto_statement.proto)"
  venv/bin/python read.py
  node read.cjs
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
in the package: string type = 1 [json_name = "_type"];
python, _type: ParseError
python, _type, ignoring unknown fields: inTotoSlsaProvenanceV1 has predicateType
python, type: inTotoSlsaProvenanceV1 has predicateType type
javascript, _type: inTotoSlsaProvenanceV1 has predicateType
javascript, type: inTotoSlsaProvenanceV1 has predicateType type
EXPECTED
