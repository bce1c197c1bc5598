#!/usr/bin/env bash
# GnuPG 2.2: after `--quick-set-expire`, Sequoia's sqv and openpgp.js refuse what the key has signed before.
#
# Expected: to extend the time of a key changes nothing about its signatures of the years before, which were made while the
# key was valid, and are verified with the renewed certificate.
# Seen: GnuPG replaces the self-signature of the key by one that is dated today, and exports that one alone. sqv and
# openpgp.js look at the key as it was when it signed, and find no self-signature of that time. GnuPG takes the signature
# with either certificate, without a word of the expiry, and PGPy takes it only with the renewed one. Who keeps the old
# certificate beside the renewed one has no trouble.
#
# Countersign looks at a key as it is now: what it has signed counts again once the key is renewed.
#
# Seen with Debian's gpg and gpgv 2.2.40, sqv 1.1.0 (all must be installed), openpgp 6.3.2 (npm) and PGPy 0.6.0 (PyPI), for a
# signature of June 2024, a key that expired in 2025, and a renewal of 2026:
#
#     certificate          gpgv  sqv  openpgp.js  PGPy
#     expired              yes   yes  yes         no
#     renewed              yes   no   no          yes
#     expired and renewed  yes   yes
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'gpgconf --kill all; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pgpy==0.6.0
cd "$folder"
npm install --silent openpgp@6.3.2 >/dev/null 2>&1
export GNUPGHOME=$folder/keys
mkdir -m 700 keys
at() { local time=$1 && shift && gpg --batch --quiet --passphrase "" --faked-system-time "$time" "$@" 2>/dev/null; }
at 20240101T000000 --quick-gen-key 'QA <qa@shop.example>' rsa2048 sign 1y
key=$(gpg --list-keys --with-colons 2>/dev/null | awk -F: '/^fpr/ { print $10 }')
echo digest >payload
at 20240601T000000 --detach-sign --output payload.sig payload
gpg --export "$key" >expired.pgp
at 20260601T000000 --quick-set-expire "$key" 5y
gpg --export "$key" >renewed.pgp
cat expired.pgp renewed.pgp >both.pgp

cat >verify.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { createMessage, readKey, readSignature, verify } from "openpgp";

const [certificate] = process.argv.slice(2);
const verified = await verify({
  message: await createMessage({ binary: readFileSync("payload") }),
  signature: await readSignature({ binarySignature: readFileSync("payload.sig") }),
  verificationKeys: await readKey({ binaryKey: readFileSync(certificate) }),
});
await verified.signatures[0].verified.then(() => console.log("yes"), () => console.log("no"));
NODE
cat >verify.py <<'PYTHON'
import sys

import pgpy

key, _ = pgpy.PGPKey.from_file(sys.argv[1])
signature = pgpy.PGPSignature.from_file("payload.sig")
print("yes" if key.verify(open("payload", "rb").read(), signature) else "no")
PYTHON
yes_or_no() { if "$@" >/dev/null 2>&1; then echo yes; else echo no; fi; }
{
  printf '%-20s %-5s %-4s %-11s %s\n' certificate gpgv sqv openpgp.js PGPy
  for name in expired renewed; do
    printf '%-20s %-5s %-4s %-11s %s\n' $name \
      "$(yes_or_no gpgv --keyring "$folder/$name.pgp" payload.sig payload)" \
      "$(yes_or_no sqv --keyring $name.pgp payload.sig payload)" \
      "$(node verify.mjs $name.pgp)" "$(venv/bin/python verify.py $name.pgp 2>/dev/null)"
  done
  printf '%-20s %-5s %s\n' "expired and renewed" \
    "$(yes_or_no gpgv --keyring "$folder/both.pgp" payload.sig payload)" \
    "$(yes_or_no sqv --keyring expired.pgp --keyring renewed.pgp payload.sig payload)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
certificate          gpgv  sqv  openpgp.js  PGPy
expired              yes   yes  yes         no
renewed              yes   no   no          yes
expired and renewed  yes   yes
EXPECTED
