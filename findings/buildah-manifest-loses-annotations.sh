#!/usr/bin/env bash
# buildah 1.28.2 (Debian 12), `manifest create --all` and `manifest push`: BuildKit's attestations become images.
#
# Expected: an index that is taken over with all its entries, and pushed again, has the annotations of the entries and its
# own, since these tell attestations from images.
# Seen: they are gone, with status 0. An entry that was an attestation of an image is an image for the platform
# `unknown/unknown` now. A registry gets a list of Docker's type, which has no annotations, although the source and all
# entries are OCI's; a push to a folder gets an index of OCI, without them as well.
#
# Under `indexPolicy: platforms`, such an entry is an image like any other, and denied unless it is attested.
#
# Seen with Debian's buildah 1.28.2, skopeo 1.9.3 and docker-registry 2.8.2 (must be installed), as the last parts of the
# types and the keys of the annotations:
#
#     before: index.v1+json linux/amd64: none, unknown/unknown: vnd.docker.reference.digest vnd.docker.reference.type
#     in a registry: list.v2+json linux/amd64: none, unknown/unknown: none
#     in a folder: index.v1+json linux/amd64: none, unknown/unknown: none
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
registry=127.0.0.1:5966
printf 'version: 0.1\nlog: {accesslog: {disabled: true}, level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %s}\n' \
  "$folder/data" "$registry" >registry.yml
docker-registry serve registry.yml >/dev/null 2>&1 &
python3 - <<'PYTHON'
import gzip, hashlib, json, os

os.makedirs("layout/blobs/sha256")
TYPE = "application/vnd.oci.image.{}"


def blob(data, kind):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    name = hashlib.sha256(data).hexdigest()
    open("layout/blobs/sha256/" + name, "wb").write(data)
    return {"mediaType": kind, "digest": "sha256:" + name, "size": len(data)}


def image(system, architecture, content, layer):
    platform = {"os": system, "architecture": architecture}
    rootfs = {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(content).hexdigest()]}
    manifest = {
        "schemaVersion": 2,
        "mediaType": TYPE.format("manifest.v1+json"),
        "config": blob(platform | {"config": {}, "rootfs": rootfs}, TYPE.format("config.v1+json")),
        "layers": [layer],
    }
    return blob(manifest, manifest["mediaType"]) | {"platform": platform}


files = bytes(1024)  # an archive without files
app = image("linux", "amd64", files, blob(gzip.compress(files, mtime=0), TYPE.format("layer.v1.tar+gzip")))
statement = b'{"_type": "https://in-toto.io/Statement/v1"}'
attestation = image("unknown", "unknown", statement, blob(statement, "application/vnd.in-toto+json"))
attestation["annotations"] = {
    "vnd.docker.reference.digest": app["digest"],
    "vnd.docker.reference.type": "attestation-manifest",
}
index = {"schemaVersion": 2, "mediaType": TYPE.format("index.v1+json"), "manifests": [app, attestation]}
tagged = blob(index, index["mediaType"]) | {"annotations": {"org.opencontainers.image.ref.name": "1"}}
json.dump({"schemaVersion": 2, "manifests": [tagged]}, open("layout/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open("layout/oci-layout", "w"))
PYTHON
for _ in $(seq 50); do curl --silent --output /dev/null "http://$registry/v2/" && break || sleep 0.1; done

cat >show.py <<'PYTHON'
import json, sys

index = json.load(sys.stdin)
entries = []
for entry in index["manifests"]:
    platform = f'{entry["platform"]["os"]}/{entry["platform"]["architecture"]}'
    entries.append(f'{platform}: {" ".join(sorted(entry.get("annotations", {}))) or "none"}')
print(".".join(index["mediaType"].split(".")[-2:]), ", ".join(entries))
PYTHON

# The type of an index, and the platforms of its entries with their annotations.
show() { skopeo inspect --tls-verify=false --raw "$1" | python3 show.py; }
export STORAGE_DRIVER=vfs
run() { buildah --root "$folder/storage" --runroot "$folder/run" manifest "$@" >/dev/null 2>&1; }
skopeo --insecure-policy copy --quiet --all --dest-tls-verify=false oci:layout:1 "docker://$registry/app:1"
run create --all --tls-verify=false list "docker://$registry/app:1"
run push --all --tls-verify=false list "docker://$registry/app:2"
run push --all --tls-verify=false list oci:copy:2
{
  echo "before: $(show "docker://$registry/app:1")"
  echo "in a registry: $(show "docker://$registry/app:2")"
  echo "in a folder: $(show oci:copy:2)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
before: index.v1+json linux/amd64: none, unknown/unknown: vnd.docker.reference.digest vnd.docker.reference.type
in a registry: list.v2+json linux/amd64: none, unknown/unknown: none
in a folder: index.v1+json linux/amd64: none, unknown/unknown: none
EXPECTED
