#!/usr/bin/env bash
# Authlib 1.9.10 (PyPI): the key ids of three keys of P-521 in four, and of one in 128 of P-256, are not those of others.
#
# Expected: in a JSON Web Key the coordinates of a point have the full length of the curve (RFC 7518, section 6.2.1.2), so
# that a key has one thumbprint (RFC 7638), whichever library computes it from the same PEM file.
# Seen: Authlib leaves out zero bytes at the front of a coordinate. The first byte of a coordinate of P-521 is 0 or 1, so
# that most keys of this curve have another thumbprint than with jwcrypto, joserfc or jose, and are not found under it.
# PyJWT refuses such a key; Node, jwcrypto and joserfc read it, and read it as the same key. joserfc is what Authlib's
# authors recommend in place of `authlib.jose`.
#
# Countersign reads public keys in PEM, and their ids are computed from the DER.
#
# Seen with Authlib 1.9.10, jwcrypto 1.6.1, joserfc 1.8.0, PyJWT 2.15.1 (PyPI) and jose 6.2.18 (npm), for the keys of the
# numbers 1 to 500:
#
#     secp256r1: other thumbprints 3 of 500
#     secp384r1: other thumbprints 4 of 500
#     secp521r1: other thumbprints 361 of 500
#     secp256r1: the same key for Node true, jose computes the thumbprint of jwcrypto true
#     secp384r1: the same key for Node true, jose computes the thumbprint of jwcrypto true
#     secp521r1: the same key for Node true, jose computes the thumbprint of jwcrypto true
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Authlib==1.9.10 jwcrypto==1.6.1 joserfc==1.8.0 \
  PyJWT==2.15.1
cd "$folder"
npm install --silent jose@6.2.18 >/dev/null 2>&1
cat >keys.py <<'PYTHON'
import json

from authlib.jose import JsonWebKey
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from jwt.algorithms import ECAlgorithm

written = {}
for curve in (ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()):
    pairs = []
    for number in range(1, 501):
        key = ec.derive_private_key(number, curve).public_key()
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        pairs.append((JsonWebKey.import_key(pem), JWK.from_pem(pem), ECKey.import_key(pem)))
    differ = [pair for pair in pairs if pair[0].thumbprint() != pair[1].thumbprint()]
    assert all(other.thumbprint() == third.thumbprint() for _, other, third in pairs)
    print(f"{curve.name}: other thumbprints {len(differ)} of {len(pairs)}")
    for short, full, _ in differ:
        read = short.as_dict()
        assert JWK(**read).export_to_pem() == full.export_to_pem()
        assert ECKey.import_key(read).as_pem(private=False) == full.export_to_pem()
        try:
            ECAlgorithm.from_jwk(json.dumps(read))
            print("PyJWT reads one")
        except Exception:
            pass
    short, full, _ = differ[0]
    written[curve.name] = [short.as_dict(), full.export_public(as_dict=True), full.thumbprint()]
json.dump(written, open("keys.json", "w"))
PYTHON
cat >keys.mjs <<'NODE'
import { createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { calculateJwkThumbprint } from "jose";

for (const [curve, [short, full, thumbprint]] of Object.entries(JSON.parse(readFileSync("keys.json", "utf8")))) {
  const same = createPublicKey({ key: short, format: "jwk" }).equals(createPublicKey({ key: full, format: "jwk" }));
  const agrees = (await calculateJwkThumbprint(full)) === thumbprint;
  console.log(`${curve}: the same key for Node ${same}, jose computes the thumbprint of jwcrypto ${agrees}`);
}
NODE
{
  venv/bin/python keys.py 2>/dev/null # a warning that joserfc will replace `authlib.jose`
  node keys.mjs
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
secp256r1: other thumbprints 3 of 500
secp384r1: other thumbprints 4 of 500
secp521r1: other thumbprints 361 of 500
secp256r1: the same key for Node true, jose computes the thumbprint of jwcrypto true
secp384r1: the same key for Node true, jose computes the thumbprint of jwcrypto true
secp521r1: the same key for Node true, jose computes the thumbprint of jwcrypto true
EXPECTED
