#!/usr/bin/env bash
# docker-registry 2.8.2 (Debian 12), `garbage-collect --delete-untagged`: what a tagged index lists is deleted, attestations
# among it.
#
# Expected: a manifest that a tagged index names is in use. "Delete manifests that are not currently referenced via tag"
# means those that no tag leads to.
# Seen: a manifest needs a tag of its own. The index `sha256-…`, under which clients list the attestations of an image where
# a registry has no referrers API, stays, and the attestations that it lists are gone, with their blobs. So are the images
# of each platform behind an image index. A copy by the index then fails with `manifest unknown`.
#
# The tags that `attest sign` and cosign's `.sig` write name their manifests themselves, so these stay.
#
# Seen with Debian's docker-registry 2.8.2 (must be installed):
#
#     before: image 200, list 200, listed attestation 200, tagged attestation 200
#     after: image 200, list 200, listed attestation 404, tagged attestation 200
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
cat >registry.yml <<YAML
version: 0.1
log: {accesslog: {disabled: true}, level: error}
storage: {filesystem: {rootdirectory: $folder/data}}
http: {addr: 127.0.0.1:5964}
YAML
docker-registry serve registry.yml >/dev/null 2>&1 &
for _ in $(seq 50); do curl --silent --output /dev/null http://127.0.0.1:5964/v2/ && break || sleep 0.1; done

cat >push.py <<'PYTHON'
import hashlib, json, urllib.request

APP = "http://127.0.0.1:5964/v2/app"
TYPE = "application/vnd.oci.image.{}.v1+json"


def send(method, url, data=b"", kind="application/octet-stream"):
    request = urllib.request.Request(url, data, {"Content-Type": kind}, method=method)
    return urllib.request.urlopen(request)


def descriptor(data, kind):
    return {"mediaType": kind, "digest": "sha256:" + hashlib.sha256(data).hexdigest(), "size": len(data)}


def blob(data, kind):
    found = descriptor(data, kind)
    place = send("POST", f"{APP}/blobs/uploads/").headers["Location"]
    send("PUT", f"{place}&digest={found['digest']}", data)
    return found


def manifest(tag=None, kind="manifest", **parts):
    data = json.dumps({"schemaVersion": 2, "mediaType": TYPE.format(kind), **parts}).encode()
    found = descriptor(data, TYPE.format(kind))
    send("PUT", f"{APP}/manifests/{tag or found['digest']}", data, TYPE.format(kind))
    return found


def attestation(text, **more):
    config = blob(b"{}", "application/vnd.oci.empty.v1+json")
    return manifest(config=config, layers=[blob(text, "application/vnd.dev.sigstore.bundle.v0.3+json")], **more)


image = manifest("1", config=blob(b'{"os":"linux"}', TYPE.format("config")), layers=[])
tag = image["digest"].replace(":", "-")
listed = attestation(b'{"listed":true}', subject=image)
manifest(tag, "index", manifests=[listed])
attestation(b'{"tagged":true}', tag=f"{tag}.sig")
open("names.json", "w").write(json.dumps({
    "image": "1", "list": tag, "listed attestation": listed["digest"], "tagged attestation": f"{tag}.sig"
}))
PYTHON
python3 push.py

cat >states.py <<'PYTHON'
import json, urllib.error, urllib.request

states = []
for name, reference in json.load(open("names.json")).items():
    accepted = "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"
    request = urllib.request.Request(f"http://127.0.0.1:5964/v2/app/manifests/{reference}", headers={"Accept": accepted})
    try:
        states.append(f"{name} {urllib.request.urlopen(request).status}")
    except urllib.error.HTTPError as error:
        states.append(f"{name} {error.code}")
print(", ".join(states))
PYTHON
{
  echo "before: $(python3 states.py)"
  docker-registry garbage-collect --delete-untagged registry.yml >/dev/null 2>&1
  echo "after: $(python3 states.py)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
before: image 200, list 200, listed attestation 200, tagged attestation 200
after: image 200, list 200, listed attestation 404, tagged attestation 200
EXPECTED
