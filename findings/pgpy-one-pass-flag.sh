#!/usr/bin/env bash
# PGPy 0.6.0 announces the only signature of a message as if another one followed.
#
# The last octet of a one-pass signature packet (RFC 9580, section 5.4) is zero where the next packet is
# another one-pass signature over the same data. A message with one signature has one such packet, before its
# literal data, so that the octet is 1, as GnuPG writes it. PGPy writes 0. GnuPG verifies the message all the
# same.
#
# Seen with PGPy 0.6.0 (PyPI) on Python 3.11 and GnuPG 2.2:
#
#     tags 4 11 2, the last octet of the first is 0
#     gpg: Good signature
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'GNUPGHOME=$folder/gnupg gpgconf --kill all 2>/dev/null || true; rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check PGPy==0.6.0

cd "$folder"
venv/bin/python -W ignore >seen.txt <<'PYTHON'
import pgpy
from pgpy.constants import CompressionAlgorithm, EllipticCurveOID, HashAlgorithm, KeyFlags, PubKeyAlgorithm

key = pgpy.PGPKey.new(PubKeyAlgorithm.EdDSA, EllipticCurveOID.Ed25519)
key.add_uid(pgpy.PGPUID.new("pgpy"), usage={KeyFlags.Sign}, hashes=[HashAlgorithm.SHA256])
message = pgpy.PGPMessage.new(b"payload", compression=CompressionAlgorithm.Uncompressed, format="b")
message |= key.sign(message)
open("message.asc", "w").write(str(message))
open("key.asc", "w").write(str(key.pubkey))

data, tags, last = bytes(message), [], None
while data:
    tag, length, start = data[0] & 0x3F, data[1], 2
    if length >= 192:
        length, start = ((length - 192) << 8) + data[2] + 192, 3
    tags.append(str(tag))
    if tag == 4:
        last = data[start + length - 1]
    data = data[start + length :]
print(f"tags {' '.join(tags)}, the last octet of the first is {last}")
PYTHON

mkdir -m 700 gnupg
export GNUPGHOME=$folder/gnupg
gpg --quiet --batch --import key.asc 2>/dev/null
gpg --batch --verify message.asc 2>&1 | grep -o 'gpg: Good signature' >>seen.txt || true

cat seen.txt
diff - seen.txt <<'EXPECTED'
tags 4 11 2, the last octet of the first is 0
gpg: Good signature
EXPECTED
