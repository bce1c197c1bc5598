#!/usr/bin/env bash
# model-signing 1.1.1 (PyPI): a Sigstore bundle signed with a key names it by the digest of its PEM text, and no other name
# is verified. The package alone does not start.
#
# Expected: `verificationMaterial.publicKey.hint` is what cosign and sigstore-go write, base64 of the SHA-256 of the key's
# SubjectPublicKeyInfo (DER), or is only a hint: Sigstore's protobuf-specs leave its form open.
# Seen: it is the SHA-256, in hexadecimal, of the PEM text with its last line break. A bundle with cosign's hint for the
# same key and signature is refused as signed by another key; one without a hint verifies. So two tools that follow the
# specification refuse each other's bundles. And `model_signing` imports OpenSSL (pyOpenSSL), which its dependencies no
# longer bring with sigstore 4.5.1.
#
# Countersign compares no hints: all keys of a signer are tried.
#
# Seen with model-signing 1.1.1, sigstore 4.5.1, pyOpenSSL 26 (PyPI) on Python 3.11, and OpenSSL 3.0:
#
#     alone: ModuleNotFoundError: No module named 'OpenSSL'
#     the hint is the digest of the PEM text
#     as written: Verification succeeded
#     with the digest of the DER: Key mismatch
#     without: Verification succeeded
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
pip() { "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "$@"; }
pip model-signing==1.1.1 sigstore==4.5.1
cd "$folder"
alone=$(venv/bin/model_signing --help 2>&1 | tail -n 1) || true
pip pyOpenSSL

mkdir model
echo weights >model/weights
openssl ecparam -name prime256v1 -genkey -noout -out key.pem
openssl pkey -in key.pem -pubout -out key.pub
venv/bin/model_signing sign key model --private_key key.pem --signature written.json >/dev/null

verify() { venv/bin/model_signing verify key model --public_key key.pub --signature "$1" 2>&1 | grep -o 'Verification succeeded\|Key mismatch'; }
{
  echo "alone: $alone"
  python3 - <<'PYTHON'
import base64, hashlib, json, subprocess
bundle = json.load(open("written.json"))
key = bundle["verificationMaterial"]["publicKey"]
if key["hint"] == hashlib.sha256(open("key.pub", "rb").read()).hexdigest():
    print("the hint is the digest of the PEM text")
der = subprocess.run(["openssl", "pkey", "-pubin", "-in", "key.pub", "-outform", "DER"], capture_output=True, check=True)
key["hint"] = base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()
json.dump(bundle, open("other.json", "w"))
del key["hint"]
json.dump(bundle, open("without.json", "w"))
PYTHON
  echo "as written: $(verify written.json)"
  echo "with the digest of the DER: $(verify other.json)"
  echo "without: $(verify without.json)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
alone: ModuleNotFoundError: No module named 'OpenSSL'
the hint is the digest of the PEM text
as written: Verification succeeded
with the digest of the DER: Key mismatch
without: Verification succeeded
EXPECTED
