#!/usr/bin/env bash
# http-message-signatures 1.0.6 (npm): valid signatures over a query parameter or a decimal are refused.
#
# Expected: both sides of RFC 9421 compute one signature base. A named query parameter is encoded as in a form, where `~`,
# `!`, `'` and brackets become `%7E` and so on (section 2.2.8), and a decimal of a structured field keeps a digit
# behind its point, so that it does not become an integer (RFC 9651, section 4.1.5).
# Seen: for a request that the library of the same name in Python has signed, the base in JavaScript has `1.0~rc1` in
# place of `1.0%7Erc1`, as `encodeURIComponent` leaves it, and `1` in place of `1.0`, since a number does not know that it
# was a decimal. Letters, a space and fractions agree. http-message-sig computes the same integer; it reports that it
# does not support query parameters. structured-headers, which both use, writes numbers that are within half a thousandth
# of an integer with nothing behind the point, and does not read them again.
#
# Countersign reads attestations, not signed requests.
#
# Seen with http-message-signatures 3.0.0 (PyPI), http-message-signatures 1.0.6, http-message-sig 0.3.0 and
# structured-headers 2.1.0 (npm), for `?name=a%20b&version=1.0~rc1` and the field `shop: part=2.5, whole=1.0`:
#
#     "@query-param";name="name": a%20b, verified true, by http-message-sig UnsupportedFeature
#     "@query-param";name="version": 1.0~rc1, verified false, by http-message-sig UnsupportedFeature
#     "shop";key="part": 2.5, verified true, by http-message-sig true
#     "shop";key="whole": 1, verified false, by http-message-sig VerificationFailed
#     structured-headers writes 0.9999 as 1., and reads it as error
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check http-message-signatures==3.0.0 requests==2.34.2
cd "$folder"
npm install --silent http-message-signatures@1.0.6 http-message-sig@0.3.0 structured-headers@2.1.0 >/dev/null 2>&1
cat >sign.py <<'PYTHON'
import json

import requests
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

keys = MappingKeyResolver(public_keys={}, private_keys={"shop": b"0" * 32})
signer = HTTPMessageSigner(signature_algorithm=algorithms.HMAC_SHA256, key_resolver=keys)
components = [
    '"@query-param";name="name"',
    '"@query-param";name="version"',
    '"shop";key="part"',
    '"shop";key="whole"',
]
signed = []
for component in components:
    request = requests.Request(
        "GET", "https://shop.example/app?name=a%20b&version=1.0~rc1", headers={"shop": "part=2.5, whole=1.0"}
    ).prepare()
    signer.sign(request, key_id="shop", covered_component_ids=[component])
    signed.append([component, request.url, dict(request.headers)])
json.dump(signed, open("signed.json", "w"))
PYTHON
cat >verify.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { createHmac } from "node:crypto";
import { verifySignature } from "http-message-sig";
import signatures from "http-message-signatures";
import { parseItem, serializeItem } from "structured-headers";

const secret = "0".repeat(32);
for (const [component, url, headers] of JSON.parse(readFileSync("signed.json", "utf8"))) {
  const request = { method: "GET", url, headers };
  const field = component.replace(/^"([^"]*)"/, "$1");
  const [[, [value]]] = signatures.httpbis.createSignatureBase({ fields: [field] }, request);
  const key = { id: "shop", algs: ["hmac-sha256"], verify: signatures.createVerifier(secret, "hmac-sha256") };
  const verified = await signatures.httpbis.verifyMessage({ keyLookup: async () => key }, request);
  let other = true;
  try {
    const verify = (data, signature) => createHmac("sha256", secret).update(data).digest().equals(signature);
    await verifySignature(
      {
        kind: "request",
        method: "GET",
        targetUri: url,
        fields: Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value })),
      },
      {
        policy: { algorithms: ["hmac-sha256"], requiredComponents: [], requiredParameters: [] },
        resolveVerifier: () => ({ algorithm: "hmac-sha256", verify }),
      },
    );
  } catch (error) {
    other = error.code;
  }
  console.log(`${component}: ${value}, verified ${verified}, by http-message-sig ${other}`);
}
const written = serializeItem([0.9999, new Map()]);
let read = "error";
try {
  [read] = parseItem(written);
} catch {}
console.log(`structured-headers writes 0.9999 as ${written}, and reads it as ${read}`);
NODE
{
  venv/bin/python sign.py
  node verify.mjs
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
"@query-param";name="name": a%20b, verified true, by http-message-sig UnsupportedFeature
"@query-param";name="version": 1.0~rc1, verified false, by http-message-sig UnsupportedFeature
"shop";key="part": 2.5, verified true, by http-message-sig true
"shop";key="whole": 1, verified false, by http-message-sig VerificationFailed
structured-headers writes 0.9999 as 1., and reads it as error
EXPECTED
