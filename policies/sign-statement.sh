#!/bin/sh
# Signs an in-toto statement and prints the DSSE envelope, ready to paste under
# `evidence.occurrences`. Needs openssl.
#
#   policies/sign-statement.sh KEY.pem STATEMENT.json
#   policies/sign-statement.sh policies/test-keys/scanner.pem \
#     policies/supply-chain/statements/scan.json
set -eu
key=$1 statement=$2
type=application/vnd.in-toto+json

encoded=$(mktemp)
trap 'rm -f "$encoded"' EXIT
# What is signed: payload and type, each after its length (DSSE's pre-authentication encoding).
printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$statement")" >"$encoded"
cat "$statement" >>"$encoded"
id=$(openssl pkey -in "$key" -pubout -outform DER | openssl dgst -sha256 -binary |
  openssl base64 -A | tr '+/' '-_' | tr -d '=')
cat <<YAML
- payloadType: $type
  payload: $(openssl base64 -A -in "$statement")
  signatures:
    - keyid: ni:///sha-256;$id
      sig: $(openssl dgst -sha256 -sign "$key" "$encoded" | openssl base64 -A)
YAML
