#!/bin/sh
# Signs an image for an attestor and prints the occurrence, ready to paste under
# `evidence.occurrences`. Needs openssl.
#
#   policies/sign.sh KEY.pem NOTE REPOSITORY@sha256:DIGEST
#   policies/sign.sh policies/test-keys/build.pem projects/example/notes/build \
#     registry.example/shop/web@sha256:1111…
set -eu
key=$1 note=$2 image=$3
digest=${image##*@} name=${image%%@*}

payload=$(mktemp)
trap 'rm -f "$payload"' EXIT
# The bytes that `gcloud container binauthz create-signature-payload` prints.
cat >"$payload" <<JSON
{
  "critical": {
    "identity": {
      "docker-reference": "$name"
    },
    "image": {
      "docker-manifest-digest": "$digest"
    },
    "type": "Google cloud binauthz container signature"
  }
}
JSON
id=$(openssl pkey -in "$key" -pubout -outform DER | openssl dgst -sha256 -binary |
  openssl base64 -A | tr '+/' '-_' | tr -d '=')
cat <<YAML
- kind: ATTESTATION
  noteName: $note
  resourceUri: https://$image
  attestation:
    serializedPayload: $(openssl base64 -A -in "$payload")
    signatures:
      - publicKeyId: ni:///sha-256;$id
        signature: $(openssl dgst -sha256 -sign "$key" "$payload" | openssl base64 -A)
YAML
