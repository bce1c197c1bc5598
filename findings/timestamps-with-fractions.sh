#!/usr/bin/env bash
# @sigstore/core 4.0.1 (npm) and rfc3161-client 1.0.9 (PyPI): fractions of a second in timestamps are refused or left out.
#
# Expected: the time of a timestamp may have a fraction of any number of digits, without zeros at its end (RFC 3161, section
# 2.4.2), and `openssl ts` writes up to six. A reader of Sigstore's takes all of them.
# Seen: npm's reader takes a fraction of three digits and no other, so that of a thousand timestamps in milliseconds a
# hundred are `invalid time`: those that end in a zero. It then leaves the three digits out, and rfc3161-client leaves out
# any fraction. A timestamp is up to a second earlier there, which counts at the ends of a certificate's time. rfc3161ng
# and asn1crypto read the fraction.
#
# Countersign reads up to nine digits, and compares with them.
#
# Seen with the versions above, rfc3161ng 2.1.3, asn1crypto 1.5.1 (PyPI) and OpenSSL 3.0, which verifies each timestamp:
#
#     seconds    @sigstore/core  rfc3161-client  rfc3161ng  asn1crypto
#     30         30.000          30.000          30.000     30.000
#     30.5       invalid time    30.000          30.500     30.500
#     30.25      invalid time    30.000          30.250     30.250
#     30.125     30.000          30.000          30.125     30.125
#     30.015625  invalid time    30.000          30.015     30.015
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rfc3161-client==1.0.9 rfc3161ng==2.1.3 asn1crypto==1.5.1
cd "$folder"
npm install --silent @sigstore/core@4.0.1 >/dev/null 2>&1
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -keyout key.pem -out authority.pem -days 3650 \
  -subj /CN=authority -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
  -addext extendedKeyUsage=critical,timeStamping 2>/dev/null
echo signature >signature

# A timestamp of 30 seconds and a fraction, as an authority signs it.
cat >write.py <<'PYTHON'
import hashlib
import sys

from asn1crypto import core, tsp

imprint = {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": hashlib.sha256(open("signature", "rb").read()).digest()}
time = core.GeneralizedTime(contents=f"20261101120030{sys.argv[1]}Z".encode())
info = {"version": 1, "policy": "1.2.3.4", "message_imprint": imprint, "serial_number": 1, "gen_time": time}
open("info.der", "wb").write(tsp.TSTInfo(info).dump())
PYTHON
cat >read.py <<'PYTHON'
from asn1crypto import cms, tsp
import rfc3161_client
import rfc3161ng

token = open("token.der", "rb").read()
granted = tsp.PKIStatusInfo({"status": "granted"})
response = tsp.TimeStampResp({"status": granted, "time_stamp_token": cms.ContentInfo.load(token)}).dump()
open("response.der", "wb").write(response)
times = [
    rfc3161_client.decode_timestamp_response(response).tst_info.gen_time,
    rfc3161ng.get_timestamp(token),
    cms.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed["gen_time"].native,
]
print(*(time.isoformat(timespec="milliseconds")[17:23] for time in times))
PYTHON
cat >read.mjs <<'NODE'
import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { RFC3161Timestamp } from "@sigstore/core";

try {
  const timestamp = RFC3161Timestamp.parse(readFileSync("response.der"));
  timestamp.verify(readFileSync("signature"), new X509Certificate(readFileSync("authority.pem")).publicKey);
  console.log(timestamp.signingTime.toISOString().slice(17, 23));
} catch (error) {
  console.log(error.message);
}
NODE
{
  printf '%-10s %-15s %-15s %-10s %s\n' seconds @sigstore/core rfc3161-client rfc3161ng asn1crypto
  for fraction in "" .5 .25 .125 .015625; do
    venv/bin/python write.py "$fraction"
    openssl cms -sign -binary -cades -nodetach -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 -in info.der \
      -signer authority.pem -inkey key.pem -outform DER -out token.der
    openssl ts -verify -token_in -in token.der -data signature -CAfile authority.pem -no_check_time -partial_chain >/dev/null 2>&1
    python=$(venv/bin/python read.py)
    printf '%-10s %-15s %-15s %-10s %s\n' "30$fraction" "$(node read.mjs)" $python
  done
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
seconds    @sigstore/core  rfc3161-client  rfc3161ng  asn1crypto
30         30.000          30.000          30.000     30.000
30.5       invalid time    30.000          30.500     30.500
30.25      invalid time    30.000          30.250     30.250
30.125     30.000          30.000          30.125     30.125
30.015625  invalid time    30.000          30.015     30.015
EXPECTED
