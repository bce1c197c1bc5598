#!/usr/bin/env bash
# @sigstore/oci 0.7.2 (npm) and oras 0.2.43 (PyPI): attestations beside an image in a registry without the referrers API.
#
# Expected: both store the attestation and, since the registry has no referrers API, list it under the tag `sha256-…` of
# the image, as the distribution specification demands of clients.
# Seen: oras stores a manifest with `subject` and writes no such tag, so nobody finds it by the image. @sigstore/oci
# writes the tag, but only if the registry asks for a login: otherwise it fails with `Invalid challenge`.
#
# `evidence.referrers` of Countersign sees what the host lists, so such attestations are missing there. The tags that
# cosign and `attest sign` write need no list.
#
# Seen with the versions above and Debian's docker-registry 2.8 (must be installed):
#
#     oras: tags 1 attestation
#     @sigstore/oci, registry without login: Invalid challenge
#     @sigstore/oci, registry with login: tags 1 attestation sha256-…
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check oras==0.2.43 bcrypt==5.0.0
cd "$folder"
# It loads promise-retry, and does not name it among its dependencies.
npm install --silent @sigstore/oci@0.7.2 promise-retry@2.0.1 >/dev/null 2>&1

venv/bin/python -c 'import bcrypt; print("user:" + bcrypt.hashpw(b"word", bcrypt.gensalt(4)).decode())' >users
serve() { # PORT [more of the configuration]
  printf 'version: 0.1\nlog: {accesslog: {disabled: true}, level: error}\nstorage: {filesystem: {rootdirectory: %s/data}}\nhttp: {addr: 127.0.0.1:%s}\n%s\n' \
    "$folder" "$1" "${2-}" >"registry-$1.yml"
  docker-registry serve "registry-$1.yml" >/dev/null 2>&1 &
  for _ in $(seq 50); do curl --silent --output /dev/null "http://127.0.0.1:$1/v2/" && break || sleep 0.1; done
}
serve 5961
serve 5962 "auth: {htpasswd: {realm: test, path: $folder/users}}"
tags() { curl --silent --user user:word http://127.0.0.1:5962/v2/app/tags/list |
  python3 -c 'import json, sys; print("tags", *sorted("sha256-…" if tag[:7] == "sha256-" else tag for tag in json.load(sys.stdin)["tags"]))'; }
cat >push.py <<'PYTHON'
from oras.client import OrasClient
from oras.oci import Subject

client = OrasClient(hostname="127.0.0.1:5961", insecure=True)
open("file", "w").write("file")


def push(tag, subject=None):
    target = f"127.0.0.1:5961/app:{tag}"
    pushed = client.push(target=target, files=["file"], disable_path_validation=True, subject=subject, quiet=True)
    return pushed.headers["Docker-Content-Digest"]


digest = push("1")
size = len(client.get_manifest("127.0.0.1:5961/app:1"))
push("attestation", Subject(mediaType="application/vnd.oci.image.manifest.v1+json", digest=digest, size=size))
open("digest", "w").write(digest)
PYTHON
cat >attach.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { attachArtifactToImage } from "@sigstore/oci";

try {
  await attachArtifactToImage({
    artifact: Buffer.from("{}"),
    mediaType: "application/vnd.dev.sigstore.bundle.v0.3+json",
    imageName: `127.0.0.1:${process.argv[2]}/app`,
    imageDigest: readFileSync("digest", "utf8"),
    credentials: { username: "user", password: "word" },
    annotations: {},
  });
} catch (error) {
  console.log(error.cause.message.replace(/:.*/, ""));
}
NODE
{
  venv/bin/python push.py >/dev/null
  echo "oras: $(tags)"
  echo "@sigstore/oci, registry without login: $(node attach.mjs 5961)"
  echo "@sigstore/oci, registry with login: $(node attach.mjs 5962)$(tags)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
oras: tags 1 attestation
@sigstore/oci, registry without login: Invalid challenge
@sigstore/oci, registry with login: tags 1 attestation sha256-…
EXPECTED
