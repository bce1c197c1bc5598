#!/usr/bin/env bash
# Ten readers of public keys in PEM: a comment around the key, or its line breaks, decide which of them take it.
#
# Expected: readers pass over text before and after the block, as RFC 7468 (section 5.2) allows for explanations, and take
# base64 with lines of any length, since old files have 76 columns and JSON has one line.
# Seen: three readers refuse a comment before the key, and three refuse one behind it: not the same three. RustCrypto's
# reader is the only one that wants lines of 64, and the only one besides jose that does not silently take the first
# of two keys. A space behind a line, as terminals and pages leave it, is fine for all but RustCrypto.
#
# Countersign takes one block with lines of any length, and only white space around it and its lines.
#
# Seen with OpenSSL 3.0, Node 20, cryptography 50.0.2, ecdsa 0.19.2 and pycryptodome 4.4.0 (PyPI), jose 6.2.18 and node-forge
# 1.4.3 (npm), and pem 4.0.0, pem-rfc7468 1.0.0 and rustls-pki-types 1.16.0 (crates.io), as those that refuse the key:
#
#     a comment before: jose ecdsa pycryptodome
#     a comment behind: jose pycryptodome pem-rfc7468
#     one line: pem-rfc7468
#     plain: none
#     spaces behind lines: pem-rfc7468
#     two keys: jose pem-rfc7468
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cryptography==50.0.2 ecdsa==0.19.2 pycryptodome==4.4.0
cd "$folder"
npm install --silent jose@6.2.18 node-forge@1.4.3 >/dev/null 2>&1
mkdir src keys
cat >Cargo.toml <<'TOML'
[package]
name = "readers"
version = "0.1.0"
edition = "2024"
[dependencies]
pem = "=4.0.0"
pem-rfc7468 = { version = "=1.0.0", features = ["std"] }
rustls-pki-types = { version = "=1.16.0", features = ["std"] }
TOML
cat >src/main.rs <<'RUST'
use rustls_pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};

fn main() {
    let text = std::fs::read(std::env::args().nth(1).unwrap()).unwrap();
    let read = [
        ("pem", pem::parse(&text).is_ok()),
        ("pem-rfc7468", pem_rfc7468::decode_vec(&text).is_ok()),
        ("rustls", SubjectPublicKeyInfoDer::from_pem_slice(&text).is_ok()),
    ];
    for (reader, _) in read.iter().filter(|(_, read)| !read) {
        println!("{reader}");
    }
}
RUST
cargo build --quiet
cat >readers.mjs <<'NODE'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import forge from "node-forge";
import { importSPKI } from "jose";

const text = readFileSync(process.argv[2], "utf8");
const readers = {
  Node: () => createPublicKey(text),
  jose: () => importSPKI(text, "ES256"),
  "node-forge": () => forge.pem.decode(text),
};
for (const [reader, read] of Object.entries(readers)) {
  try {
    await read();
  } catch {
    console.log(reader);
  }
}
NODE
cat >readers.py <<'PYTHON'
import sys

import ecdsa
from Crypto.PublicKey import ECC
from cryptography.hazmat.primitives.serialization import load_pem_public_key

text = open(sys.argv[1], "rb").read()
readers = {
    "cryptography": load_pem_public_key,
    "ecdsa": ecdsa.VerifyingKey.from_pem,
    "pycryptodome": ECC.import_key,
}
for reader, read in readers.items():
    try:
        read(text)
    except Exception:
        print(reader)
PYTHON

openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 | openssl pkey -pubout >keys/plain
{ echo 'Key of the build'; cat keys/plain; } >'keys/a comment before'
{ cat keys/plain; echo 'Key of the build'; } >'keys/a comment behind'
{ head -n 1 keys/plain; sed '1d;$d' keys/plain | tr -d '\n'; echo; tail -n 1 keys/plain; } >'keys/one line'
sed 's/$/ /' keys/plain >'keys/spaces behind lines'
cat keys/plain keys/plain >'keys/two keys'
for key in keys/*; do
  refused=$({
    openssl pkey -pubin -in "$key" -noout 2>/dev/null || echo OpenSSL
    node readers.mjs "$key"
    venv/bin/python -W ignore readers.py "$key"
    target/debug/readers "$key"
  } | xargs)
  echo "${key#keys/}: ${refused:-none}"
done | tee seen.txt
diff - seen.txt <<'EXPECTED'
a comment before: jose ecdsa pycryptodome
a comment behind: jose pycryptodome pem-rfc7468
one line: pem-rfc7468
plain: none
spaces behind lines: pem-rfc7468
two keys: jose pem-rfc7468
EXPECTED
