#!/usr/bin/env bash
# pkcs11-tool (OpenSC 0.23) with SoftHSM 2.6: `--read-object --type pubkey` writes DER or PEM, by the kind of the key.
#
# Expected: one option writes one form. The manual says nothing of PEM, and tools that read the file are told
# `-inform DER`.
# Seen: keys of RSA and of NIST's curves are in DER, and a key of Ed25519 is in PEM, also with `--output-file key.der`.
#
# `--public-key` of `attest sign` and `attest verify` reads either.
#
# Seen with Debian's opensc 0.23.0 and softhsm2 2.6.1 (both must be installed):
#
#     rsa:2048: DER
#     EC:prime256v1: DER
#     EC:edwards25519: PEM
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
tool() { pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so --token-label token --pin 1234 --label "$kind" "$@"; }
for kind in rsa:2048 EC:prime256v1 EC:edwards25519; do
  tool --keypairgen --key-type "$kind" >/dev/null 2>&1
  tool --read-object --type pubkey --output-file key.der >/dev/null 2>&1
  for form in DER PEM; do
    openssl pkey -pubin -inform "$form" -in key.der -noout 2>/dev/null && echo "$kind: $form"
  done || true
done | tee seen.txt
diff - seen.txt <<'EXPECTED'
rsa:2048: DER
EC:prime256v1: DER
EC:edwards25519: PEM
EXPECTED
