#!/usr/bin/env bash
# asn1tools 0.169.0 and pyasn1 0.6.5 (PyPI): DER that is not DER, and the years of certificates from 1950 to 1968.
#
# Expected: what the codec `der` writes is DER (X.690, sections 10 and 11): the elements of a SET OF and of a SET are
# sorted, and a string of named bits ends with the last bit that is set, so that a signature over it verifies elsewhere.
# In certificates UTCTime stands for 1950 to 2049 (RFC 5280, section 4.1.2.5.1).
# Seen: asn1tools writes both kinds of sets in the order that it was given, and the named bits with the zeros behind
# them. It reads the years 50 to 68 as 2050 to 2068, and writes 2060 as 60 without an error, which others read as 1960.
# `asDateTime` of pyasn1 reads the same years as asn1tools. asn1crypto and asn1js read 1950, as OpenSSL does. A
# certificate that is valid from 1950 on is not valid yet for the first two.
#
# Countersign reads UTCTime as certificates have it.
#
# Seen with the versions above, asn1crypto 1.5.1 (PyPI) and asn1js 4.0.0 (npm):
#
#     SET OF, asn1tools: 3106040162040161
#     SET, asn1tools: 310aa103020102a003020101
#     named bits, asn1tools: 03020080
#     2060, asn1tools: 600101000000Z
#     500101000000Z: asn1tools 2050, pyasn1 2050, asn1crypto 1950
#     500101000000Z: asn1js 1950
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check asn1tools==0.169.0 pyasn1==0.6.5 asn1crypto==1.5.1
cd "$folder"
npm install --silent asn1js@4.0.0 >/dev/null 2>&1
cat >encode.py <<'PYTHON'
from datetime import datetime, timezone

import asn1tools
from asn1crypto.core import UTCTime
from pyasn1.codec.der.decoder import decode

codec = asn1tools.compile_string(
    """Shop DEFINITIONS EXPLICIT TAGS ::= BEGIN
    Names ::= SET OF OCTET STRING
    Pair ::= SET { second [1] INTEGER, first [0] INTEGER }
    Usage ::= BIT STRING { digitalSignature(0), keyCertSign(5) }
    Time ::= UTCTime
    END""",
    "der",
)
print("SET OF, asn1tools:", codec.encode("Names", [b"b", b"a"]).hex())
print("SET, asn1tools:", codec.encode("Pair", {"second": 2, "first": 1}).hex())
print("named bits, asn1tools:", codec.encode("Usage", (b"\x80", 8)).hex())
print("2060, asn1tools:", codec.encode("Time", datetime(2060, 1, 1, tzinfo=timezone.utc))[2:].decode())
time = b"\x17\x0d500101000000Z"
open("time.der", "wb").write(time)
years = [codec.decode("Time", time).year, decode(time)[0].asDateTime.year, UTCTime.load(time).native.year]
print("500101000000Z: asn1tools {}, pyasn1 {}, asn1crypto {}".format(*years))
PYTHON
cat >year.mjs <<'NODE'
import { readFileSync } from "node:fs";
import { fromBER } from "asn1js";

const { result } = fromBER(new Uint8Array(readFileSync("time.der")).buffer);
console.log(`500101000000Z: asn1js ${result.toDate().getUTCFullYear()}`);
NODE
{
  venv/bin/python encode.py
  node year.mjs
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
SET OF, asn1tools: 3106040162040161
SET, asn1tools: 310aa103020102a003020101
named bits, asn1tools: 03020080
2060, asn1tools: 600101000000Z
500101000000Z: asn1tools 2050, pyasn1 2050, asn1crypto 1950
500101000000Z: asn1js 1950
EXPECTED
