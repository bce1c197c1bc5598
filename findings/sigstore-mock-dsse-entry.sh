#!/usr/bin/env bash
# @sigstore/mock 0.13.0: its log stores `dsse` entries in a form that Rekor never stores.
#
# Expected: the entry of a mock has the form of a real one, so that a verifier can be tested with it. Rekor takes
# `spec.proposedContent` (envelope and verifiers) in the request, and stores `spec.envelopeHash`, `payloadHash` and
# `signatures` instead, as its type `dsse` 0.0.1 says.
# Seen: the request is stored as it is, with its envelope, and the promise covers it. A verifier that compares
# the hashes of an entry finds none in bundles of the mock.
#
# Countersign's tests have an instance of their own (`host-runner/pretend-sigstore`), whose entries have Rekor's form.
#
# Seen with @sigstore/mock 0.13.0 (npm):
#
#     the entry: dsse 0.0.1, proposedContent
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent @sigstore/mock@0.13.0 >/dev/null 2>&1
cat >log.cjs <<'NODE'
const { generateKeyPairSync } = require("node:crypto");
const { initializeTLog } = require("@sigstore/mock");

const proposedContent = { envelope: JSON.stringify({ payload: "" }), verifiers: ["a2V5"] };
(async () => {
  const log = await initializeTLog("https://log.example", generateKeyPairSync("ec", { namedCurve: "P-256" }));
  const stored = await log.log({ kind: "dsse", apiVersion: "0.0.1", spec: { proposedContent } });
  const [{ body }] = Object.values(stored);
  const entry = JSON.parse(Buffer.from(body, "base64").toString());
  console.log(`the entry: ${entry.kind} ${entry.apiVersion}, ${Object.keys(entry.spec).join(", ")}`);
})();
NODE
node log.cjs | tee seen.txt
diff - seen.txt <<'EXPECTED'
the entry: dsse 0.0.1, proposedContent
EXPECTED
