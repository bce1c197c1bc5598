#!/usr/bin/env bash
# ssh-key 0.6.7 (crates.io) and sshpk 1.18.0 (npm): a certificate of SSH that never expires is unreadable or has expired.
#
# Expected: `ssh-keygen -s` issues certificates without an end unless it is told otherwise, and writes the greatest number
# of 64 bits for it, as OpenSSH's description of certificates says. Readers take it for "forever".
# Seen: ssh-key refuses the whole certificate with `invalid time`, since it holds times in 63 bits. sshpk reads it, has an
# invalid date for its end, and answers that it has expired, at any time. asyncssh reads it, and all three read a
# certificate with an end.
#
# Countersign reads no certificates of SSH.
#
# Seen with ssh-key 0.6.7, sshpk 1.18.0, asyncssh 2.24.1 (PyPI) and OpenSSH 9.2:
#
#     as ssh-keygen issues it:
#       ssh-keygen: forever
#       asyncssh: valid before 18446744073709551615
#       ssh-key: invalid time
#       sshpk: valid before NaN, expired
#     with an end:
#       ssh-keygen: from 2026-01-01T00:00:00 to 2027-01-01T00:00:00
#       asyncssh: valid before 1798761600
#       ssh-key: valid before 1798761600
#       sshpk: valid before 1798761600, valid
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check asyncssh==2.24.1
cd "$folder"
npm install --silent sshpk@1.18.0 >/dev/null 2>&1
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "certificate"
version = "0.0.0"
edition = "2024"

[dependencies]
ssh-key = { version = "=0.6.7", features = ["ed25519"] }

[workspace]
TOML
cat >src/main.rs <<'RUST'
use ssh_key::Certificate;

fn main() {
    match Certificate::read_file("key-cert.pub".as_ref()) {
        Ok(certificate) => println!("valid before {}", certificate.valid_before()),
        Err(error) => println!("{error}"),
    }
}
RUST
cat >certificate.mjs <<'NODE'
import { readFileSync } from "node:fs";
import sshpk from "sshpk";

const certificate = sshpk.parseCertificate(readFileSync("key-cert.pub", "utf8"), "openssh");
const expired = certificate.isExpired(new Date("2026-06-01")) ? "expired" : "valid";
console.log(`valid before ${certificate.validUntil.getTime() / 1000}, ${expired}`);
NODE
cat >certificate.py <<'PYTHON'
import asyncssh

print("valid before", asyncssh.read_certificate("key-cert.pub")._valid_before)
PYTHON
cargo build --quiet --jobs 1
ssh-keygen -q -t ed25519 -N "" -C authority -f authority
ssh-keygen -q -t ed25519 -N "" -C qa -f key
answers() { # NAME [OPTION…]
  ssh-keygen -q -s authority -I qa -n qa "${@:2}" key.pub
  echo "$1:"
  echo "  ssh-keygen: $(ssh-keygen -L -f key-cert.pub | sed -n 's/^ *Valid: //p')"
  echo "  asyncssh: $(venv/bin/python certificate.py)"
  echo "  ssh-key: $(target/debug/certificate)"
  echo "  sshpk: $(node certificate.mjs)"
}
export TZ=UTC
{
  answers 'as ssh-keygen issues it'
  answers 'with an end' -V 20260101:20270101
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
as ssh-keygen issues it:
  ssh-keygen: forever
  asyncssh: valid before 18446744073709551615
  ssh-key: invalid time
  sshpk: valid before NaN, expired
with an end:
  ssh-keygen: from 2026-01-01T00:00:00 to 2027-01-01T00:00:00
  asyncssh: valid before 1798761600
  ssh-key: valid before 1798761600
  sshpk: valid before 1798761600, valid
EXPECTED
