#!/usr/bin/env bash
# ssh-key 0.6.7 (crates.io): a signature of SSH is read only in lines of 70 characters, and the format's description asks for
# 76.
#
# Expected: OpenSSH's description of the format (PROTOCOL.sshsig) says that lines should have 76 characters. So each reader
# takes at least lines of 76, and, since that is a "should", of any length. Line breaks of Windows are read by all or by none.
# Seen: ssh-keygen writes lines of 70 itself, and reads any length. ssh-key knows 70 alone: what is written by the
# description is `invalid Base64`. Line breaks of Windows, as `git` may check them out, are the other way round: ssh-key
# reads them, and ssh-keygen finds no header. Python's sshsig reads all of them.
#
# Countersign reads no signatures of SSH.
#
# Seen with ssh-key 0.6.7, sshsig 0.3.1 (PyPI) and OpenSSH 9.2; the longest line of ssh-keygen's own is 70:
#
#     lines       ssh-keygen  ssh-key  sshsig
#     70          yes         yes      yes
#     76          yes         no       yes
#     64          yes         no       yes
#     one         yes         no       yes
#     70, CR LF   no          yes      yes
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sshsig==0.3.1
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "verify"
version = "0.0.0"
edition = "2024"

[dependencies]
ssh-key = { version = "=0.6.7", features = ["ed25519"] }

[workspace]
TOML
cat >src/main.rs <<'RUST'
use ssh_key::{PublicKey, SshSig};

fn main() {
    let key = PublicKey::from_openssh(&std::fs::read_to_string("key.pub").unwrap()).unwrap();
    let data = std::fs::read("data").unwrap();
    let verified = |signature: SshSig| key.verify("file", &data, &signature).is_ok();
    let good = SshSig::from_pem(std::fs::read("lines.sig").unwrap()).is_ok_and(verified);
    println!("{}", if good { "yes" } else { "no" });
}
RUST
cat >verify.py <<'PYTHON'
import sshsig
from sshsig.ssh_public_key import PublicKey

key = PublicKey.from_openssh_str(open("key.pub").read())
try:
    sshsig.verify(open("data", "rb"), open("lines.sig", newline="").read(), [key], namespace="file")
    print("yes")
except Exception:
    print("no")
PYTHON
# The signature in lines of so many characters.
cat >lines.py <<'PYTHON'
import sys

length, end = int(sys.argv[1]), {"LF": "\n", "CRLF": "\r\n"}[sys.argv[2]]
head, *body, foot = open("data.sig").read().splitlines()
text = "".join(body)
lines = [text[at : at + length] for at in range(0, len(text), length)]
open("lines.sig", "w", newline="").write(end.join([head, *lines, foot, ""]))
PYTHON
cargo build --quiet --jobs 1
ssh-keygen -q -t ed25519 -N "" -C qa -f key
echo digest >data
ssh-keygen -q -Y sign -f key -n file data 2>/dev/null
sed 's/^/qa@shop.example /' key.pub >allowed
awk '!/-/ && length > longest { longest = length } END { exit longest != 70 }' data.sig
openssh() { ssh-keygen -Y verify -f allowed -I qa@shop.example -n file -s lines.sig <data >/dev/null 2>&1 && echo yes || echo no; }
{
  printf '%-11s %-11s %-8s %s\n' lines ssh-keygen ssh-key sshsig
  while IFS=: read -r name length end; do
    python3 lines.py "$length" "$end"
    printf '%-11s %-11s %-8s %s\n' "$name" "$(openssh)" "$(target/debug/verify)" "$(venv/bin/python verify.py)"
  done <<'LINES'
70:70:LF
76:76:LF
64:64:LF
one:100000:LF
70, CR LF:70:CRLF
LINES
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
lines       ssh-keygen  ssh-key  sshsig
70          yes         yes      yes
76          yes         no       yes
64          yes         no       yes
one         yes         no       yes
70, CR LF   no          yes      yes
EXPECTED
