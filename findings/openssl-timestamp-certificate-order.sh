#!/usr/bin/env bash
# rfc3161-client 1.0.9 (PyPI) and OpenSSL 3.0: a timestamp with a chain can be read or not, by chance.
#
# Expected: a reader of timestamps for signatures reads those of `openssl ts`, with the certificates that the authority
# was told to add.
# Seen: `openssl ts -reply` writes the certificates as they come, the signer's first. They are a SET OF, which DER sorts,
# and rfc3161-client refuses the whole response unless the signer's encoding happens to sort first. `openssl ts -verify`
# accepts either. Without certificates (`-query` without `-cert`), rfc3161-client reads the response, and needs
# the authority's certificate.
#
# Countersign reads past the certificates of a timestamp, sorted or not: only those of a trusted root count.
#
# Seen with rfc3161-client 1.0.9 and OpenSSL 3.0:
#
#     openssl: OK
#     chain, signer sorts first: read
#     openssl: OK
#     chain, signer sorts last: InvalidSetOrdering
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rfc3161-client==1.0.9
cd "$folder"
cat >tsa.cnf <<'CONFIG'
[req]
distinguished_name = name
[name]
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[signer]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[tsa]
serial = serial
default_policy = 1.2.3.4.1
signer_digest = sha256
digests = sha256
ess_cert_id_alg = sha256
CONFIG
for key in ca signer; do
  openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$key.key" 2>/dev/null
done
echo 01 >serial
echo text >data
openssl ts -query -data data -sha256 -cert -config tsa.cnf -out query 2>/dev/null

# A longer name makes a longer certificate, and DER sorts the shorter one first: its length comes first.
respond() {
  openssl req -x509 -new -key ca.key -subj "/CN=$1" -config tsa.cnf -extensions ca -out ca.pem
  openssl req -new -key signer.key -subj "/CN=signer" -config tsa.cnf -out signer.csr
  openssl x509 -req -in signer.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile tsa.cnf -extensions signer \
    -out signer.pem 2>/dev/null
  openssl ts -reply -queryfile query -signer signer.pem -inkey signer.key -chain ca.pem -config tsa.cnf \
    -section tsa -out response 2>/dev/null
  echo "openssl: $(openssl ts -verify -in response -queryfile query -CAfile ca.pem 2>&1 | sed -n 's/^Verification: //p')"
}
read_it() {
  venv/bin/python - <<'PYTHON'
import re

from rfc3161_client import decode_timestamp_response

try:
    decode_timestamp_response(open("response", "rb").read())
    print("read")
except ValueError as error:
    print(re.search(r"kind: (\w+)", str(error)).group(1))
PYTHON
}
{
  respond "authority with a name as long as those of authorities may be"
  echo "chain, signer sorts first: $(read_it)"
  respond ca
  echo "chain, signer sorts last: $(read_it)"
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
openssl: OK
chain, signer sorts first: read
openssl: OK
chain, signer sorts last: InvalidSetOrdering
EXPECTED
