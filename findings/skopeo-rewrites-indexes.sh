#!/usr/bin/env bash
# skopeo 1.9.3 (Debian 12), `copy --all`: an index whose entries have `artifactType` or `data` arrives with another digest.
#
# Expected: a copy of all images changes no byte, since nothing is converted or compressed. It keeps indentation, fields
# that OCI does not know, and a `subject`, so a field that OCI 1.1 added to descriptors is kept as well.
# Seen: one entry with `artifactType` or `data` is enough, and the index is written anew, with status 0 and no word. The
# fields are gone, and so are the index's own `subject` and `artifactType`, which stay if no entry has such a field. An
# attestation of the index that was copied is about a digest that the other registry does not have. `--preserve-digests`
# refuses such an index.
#
# The guide for attestors says to compare the digests after a copy.
#
# Seen with Debian's skopeo 1.9.3 (must be installed):
#
#     indented: same bytes
#     unknown field: same bytes
#     subject and artifactType of the index: same bytes
#     artifactType of an entry: rewritten; left are annotations manifests mediaType schemaVersion
#     data of an entry: rewritten; left are annotations manifests mediaType schemaVersion
#     artifactType of an entry, --preserve-digests: refused
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 - <<'PYTHON'
import base64, gzip, hashlib, json, os

os.makedirs("layout/blobs/sha256")
TYPE = "application/vnd.oci.image.{}"


def blob(data, kind):
    name = hashlib.sha256(data).hexdigest()
    open("layout/blobs/sha256/" + name, "wb").write(data)
    return {"mediaType": TYPE.format(kind), "digest": "sha256:" + name, "size": len(data)}


layer = bytes(1024)  # an archive without files
rootfs = {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]}
config = {"os": "linux", "architecture": "amd64", "config": {}, "rootfs": rootfs}
manifest = {
    "schemaVersion": 2,
    "mediaType": TYPE.format("manifest.v1+json"),
    "config": blob(json.dumps(config).encode(), "config.v1+json"),
    "layers": [blob(gzip.compress(layer, mtime=0), "layer.v1.tar+gzip")],
}
written = json.dumps(manifest).encode()
subject = blob(written, "manifest.v1+json")
entry = subject | {"platform": {"os": "linux", "architecture": "amd64"}}
index = {"schemaVersion": 2, "mediaType": TYPE.format("index.v1+json"), "annotations": {"a": "b"}, "manifests": [entry]}
own = index | {"subject": subject, "artifactType": "application/x"}
kinds = {
    "indented": json.dumps(index, indent=7),
    "unknown": json.dumps(index | {"unknown": [1.0]}),
    "own": json.dumps(own),
    "type": json.dumps(own | {"manifests": [entry | {"artifactType": "application/x"}]}),
    "data": json.dumps(own | {"manifests": [entry | {"data": base64.b64encode(written).decode()}]}),
}
tagged = []
for name, text in kinds.items():
    tagged.append(blob(text.encode(), "index.v1+json") | {"annotations": {"org.opencontainers.image.ref.name": name}})
json.dump({"schemaVersion": 2, "manifests": tagged}, open("layout/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open("layout/oci-layout", "w"))
PYTHON

# What arrives in a folder of the index with this tag.
copied() { # TAG [OPTION]
  rm -rf copy
  skopeo --insecure-policy copy --quiet --all ${2:+"$2"} "oci:layout:$1" dir:copy 2>/dev/null || { echo refused; return; }
  skopeo inspect --raw "oci:layout:$1" | cmp --silent - copy/manifest.json && echo 'same bytes' ||
    python3 -c 'import json; print("rewritten; left are", *sorted(json.load(open("copy/manifest.json"))))'
}
{
  echo "indented: $(copied indented)"
  echo "unknown field: $(copied unknown)"
  echo "subject and artifactType of the index: $(copied own)"
  echo "artifactType of an entry: $(copied type)"
  echo "data of an entry: $(copied data)"
  echo "artifactType of an entry, --preserve-digests: $(copied type --preserve-digests)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
indented: same bytes
unknown field: same bytes
subject and artifactType of the index: same bytes
artifactType of an entry: rewritten; left are annotations manifests mediaType schemaVersion
data of an entry: rewritten; left are annotations manifests mediaType schemaVersion
artifactType of an entry, --preserve-digests: refused
EXPECTED
