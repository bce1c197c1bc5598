#!/usr/bin/env bash
# pypi-attestations 0.0.30 (PyPI): makes an attestation of a bundle with an entry of Rekor v2, and cannot verify it.
#
# Expected: an attestation of PEP 740 is another form of a Sigstore bundle, and either can be made of the other. If one
# cannot hold what the bundle says, the conversion fails.
# Seen: Rekor v2 gives no time, so such a bundle proves its time with a timestamp (RFC 3161). The form has no place for it,
# and `Attestation.from_bundle` leaves it out without a word. `to_bundle`, with which each verification begins, then
# refuses the attestation. Bundles of Rekor v1 go both ways. Attestations that are published like this are lost, since
# neither file has the timestamp.
#
# Countersign imports bundles alone (`attest import`).
#
# Seen with pypi-attestations 0.0.30 and sigstore 4.5.1 (PyPI), and bundles of the crate sigstore-verify 0.15.1:
#
#     entry 0.0.1: timestamps 0, then an attestation, then a bundle that sigstore reads
#     entry 0.0.2: timestamps 1, then an attestation, then an error: bundle must contain an inclusion promise or signed timestamp(s)
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pypi-attestations==0.0.30 sigstore==4.5.1
cd "$folder"
CARGO_HOME=$folder/cargo cargo info --quiet sigstore-verify@0.15.1 >/dev/null
data=$(echo cargo/registry/src/*/sigstore-verify-0.15.1/test_data)
cp "$data/bundles/conda-attestation.sigstore.json" first.json
cp "$data/upstream/sigstore-python/a.dsse.staging-rekor-v2.txt.sigstore.json" second.json
cat >convert.py <<'PYTHON'
import json

from pypi_attestations import Attestation
from sigstore.models import Bundle

for name in ["first.json", "second.json"]:
    bundle = Bundle.from_json(open(name).read())
    material = json.loads(bundle.to_json())["verificationMaterial"]
    entry = material["tlogEntries"][0]["kindVersion"]["version"]
    timestamps = material.get("timestampVerificationData", {}).get("rfc3161Timestamps", [])
    print(f"entry {entry}: timestamps {len(timestamps)}", end="")
    attestation = Attestation.from_bundle(bundle)
    print(", then an attestation", end="")
    try:
        attestation.to_bundle()
        print(", then a bundle that sigstore reads")
    except Exception as error:
        print(f", then an error: {error}")
PYTHON
venv/bin/python convert.py | tee seen.txt
diff - seen.txt <<'EXPECTED'
entry 0.0.1: timestamps 0, then an attestation, then a bundle that sigstore reads
entry 0.0.2: timestamps 1, then an attestation, then an error: bundle must contain an inclusion promise or signed timestamp(s)
EXPECTED
