#!/usr/bin/env bash
# pkcs11-tool (OpenSC 0.23) with SoftHSM 2.6: `--mechanism ECDSA` signs the first 32 bytes of a file, without a word.
#
# Expected: the mechanism takes a digest, so a file of 300 bytes is an error, or is hashed first.
# Seen: exit status 0 and a signature, which verifies over the first 32 bytes of the file as if they were its digest.
# The mechanisms that hash (ECDSA-SHA256) do not exist there. The signature is r and s in a row unless
# `--signature-format openssl` is given.
#
# The guide for attestors shows how to hash first. `attest sign --signature-file` takes r and s in a row, and refuses a
# signature that does not cover the payload.
#
# Seen with Debian's opensc 0.23.0 and softhsm2 2.6.1 (both must be installed):
#
#     signature of 64 bytes
#     over the file's digest: no
#     over the first 32 bytes: yes
#     ECDSA-SHA256: CKR_MECHANISM_INVALID
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir tokens
echo "directories.tokendir = $folder/tokens" >softhsm2.conf
export SOFTHSM2_CONF=$folder/softhsm2.conf
softhsm2-util --init-token --free --label token --pin 1234 --so-pin 1234 >/dev/null
tool() { pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label token --pin 1234 --label key "$@"; }
tool --keypairgen --key-type EC:prime256v1 --id 01 >/dev/null 2>&1
tool --read-object --type pubkey --output-file key.der >/dev/null 2>&1
openssl pkey -pubin -inform DER -in key.der -out key.pem

seq 1 100 >payload
head -c 32 payload >prefix
openssl dgst -sha256 -binary payload >digest
verifies() { openssl pkeyutl -verify -pubin -inkey key.pem -sigfile signature.der -in "$1" >/dev/null && echo yes || echo no; }
{
  tool --sign --mechanism ECDSA --input-file payload --output-file signature >/dev/null 2>&1
  echo "signature of $(stat --format %s signature) bytes"
  tool --sign --mechanism ECDSA --signature-format openssl --input-file payload --output-file signature.der >/dev/null 2>&1
  echo "over the file's digest: $(verifies digest)"
  echo "over the first 32 bytes: $(verifies prefix)"
  echo "ECDSA-SHA256: $(tool --sign --mechanism ECDSA-SHA256 --input-file payload 2>&1 | grep -o CKR_MECHANISM_INVALID)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
signature of 64 bytes
over the file's digest: no
over the first 32 bytes: yes
ECDSA-SHA256: CKR_MECHANISM_INVALID
EXPECTED
