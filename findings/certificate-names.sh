#!/usr/bin/env bash
# Names of issuers in certificates: cryptography 50.0.2 (PyPI) calls two names equal and does not chain by them.
#
# Expected: by RFC 5280 (section 7.1) names are compared without regard to the type of a string, to case, and to repeated
# spaces. A library does that, or compares bytes, and does either in all places.
# Seen: for cryptography, names that differ in the type of a string (PrintableString, UTF8String) are equal with `==`, and
# not where a certificate is verified. The error says that the names do not match. @peculiar/x509 passes over the type
# alone, and GnuTLS over nothing. OpenSSL, Node (which stands on it), pkijs and asn1crypto keep the rule. So a chain
# whose intermediate was issued with other string types verifies in some clients of one service.
#
# Countersign compares the bytes of the names.
#
# Seen with cryptography 50.0.2 and asn1crypto 1.5.1 (PyPI), @peculiar/x509 2.2.0 and pkijs 4.0.0 (npm), OpenSSL 3.0, and
# Debian's gnutls-bin 3.7.9 (must be installed), for an authority "Shop CA":
#
#     cryptography (==, directly issued, verifier), asn1crypto, Node, @peculiar/x509, pkijs, OpenSSL, GnuTLS
#     same: yes yes yes yes yes yes yes yes yes
#     type: yes no no yes yes yes yes yes no
#     case: no no no yes yes no yes yes no
#     spaces: no no no yes yes no yes yes no
#     other: no no no no no no no no no
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check cryptography==50.0.2 asn1crypto==1.5.1
cd "$folder"
npm install --silent @peculiar/x509@2.2.0 reflect-metadata@0.2.2 pkijs@4.0.0 >/dev/null 2>&1
cat >certificates.py <<'PYTHON'
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

authority, leaf = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))


def named(text, kind=_ASN1Type.PrintableString):
    return x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, text, _type=kind)])


def write(name, subject, issuer, key, extensions):
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), 1, datetime(2024, 1, 1), datetime(2124, 1, 1))
    for extension, critical in [
        *extensions,
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), False),
    ]:
        builder = builder.add_extension(extension, critical)
    open(name, "wb").write(builder.sign(authority, SHA256()).public_bytes(Encoding.PEM))


usage = dict.fromkeys(x509.KeyUsage.__init__.__annotations__, False) | {"key_cert_sign": True, "crl_sign": True}
usage.pop("return", None)
own = named("Shop CA")
write("authority.pem", own, own, authority, [(x509.BasicConstraints(True, None), True), (x509.KeyUsage(**usage), True)])
server = [
    (x509.SubjectAlternativeName([x509.DNSName("shop.example")]), False),
    (x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False),
]
for name, issuer in {
    "same": own,
    "type": named("Shop CA", _ASN1Type.UTF8String),
    "case": named("Shop ca"),
    "spaces": named("Shop  CA"),
    "other": named("Shop XX"),
}.items():
    write(f"{name}.pem", named("leaf"), issuer, leaf, server)
PYTHON
cat >chains.py <<'PYTHON'
import sys
from pathlib import Path

from asn1crypto import pem, x509 as asn1crypto
from cryptography import x509
from cryptography.x509.verification import PolicyBuilder, Store

texts = [Path(f"{name}.pem").read_bytes() for name in ("authority", sys.argv[1])]
authority, leaf = map(x509.load_pem_x509_certificate, texts)
policy = PolicyBuilder().store(Store([authority]))
print("yes" if leaf.issuer == authority.subject else "no")
for verify in (
    lambda: leaf.verify_directly_issued_by(authority),
    lambda: policy.build_server_verifier(x509.DNSName("shop.example")).verify(leaf, []),
):
    try:
        verify()
        print("yes")
    except Exception:
        print("no")
authority, leaf = (asn1crypto.Certificate.load(pem.unarmor(text)[2]) for text in texts)
print("yes" if leaf.issuer == authority.subject else "no")
PYTHON
cat >chains.mjs <<'NODE'
import "reflect-metadata";
import { webcrypto, X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import * as peculiar from "@peculiar/x509";
import { Certificate, CertificateChainValidationEngine, CryptoEngine, setEngine } from "pkijs";

peculiar.cryptoProvider.set(webcrypto);
setEngine("node", new CryptoEngine({ name: "node", crypto: webcrypto }));
const texts = ["authority", process.argv[2]].map((name) => readFileSync(`${name}.pem`, "utf8"));
const says = (answer) => console.log(answer ? "yes" : "no");
{
  const [authority, leaf] = texts.map((text) => new X509Certificate(text));
  says(leaf.checkIssued(authority));
}
{
  const [authority, leaf] = texts.map((text) => new peculiar.X509Certificate(text));
  says((await new peculiar.X509ChainBuilder({ certificates: [authority] }).build(leaf)).length === 2);
}
{
  const [authority, leaf] = texts.map((text) => Certificate.fromBER(new X509Certificate(text).raw));
  says((await new CertificateChainValidationEngine({ trustedCerts: [authority], certs: [leaf] }).verify()).result);
}
NODE
says() { "$@" >/dev/null 2>&1 && echo yes || echo no; }
venv/bin/python certificates.py
{
  echo 'cryptography (==, directly issued, verifier), asn1crypto, Node, @peculiar/x509, pkijs, OpenSSL, GnuTLS'
  for issuer in same type case spaces other; do
    {
      venv/bin/python chains.py "$issuer"
      node chains.mjs "$issuer"
      says openssl verify -CAfile authority.pem "$issuer.pem"
      says certtool --verify --load-ca-certificate authority.pem --infile "$issuer.pem"
    } | paste -s -d ' ' | sed "s/^/$issuer: /"
  done
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
cryptography (==, directly issued, verifier), asn1crypto, Node, @peculiar/x509, pkijs, OpenSSL, GnuTLS
same: yes yes yes yes yes yes yes yes yes
type: yes no no yes yes yes yes yes no
case: no no no yes yes no yes yes no
spaces: no no no yes yes no yes yes no
other: no no no no no no no no no
EXPECTED
