#!/usr/bin/env bash
# const-oid 0.9.6 and 0.10.3, on which RustCrypto's crates for certificates stand: identifiers below 2.40 and on are no
# identifiers.
#
# Expected: under the first arc 2 the second has no limit (X.660, section 7.6; X.690, section 8.19.4), and 2.999 is the arc
# that registration authorities give out for examples, so that certificates in tests use it.
# Seen: the second arc must be less than 40, as under 0 and 1. 0.9.6 does not even read 2.39.1. A certificate with such
# an attribute does not read at all with x509-cert, not even to be passed over. OpenSSL reads and prints the identifier.
#
# Countersign reads identifiers in certificates itself, of any length, and compares their bytes.
#
# Seen with const-oid 0.9.6 and 0.10.3 (crates.io), and OpenSSL 3.0:
#
#     2.39.1: 0.9 None, 0.10 Some("2.39.1")
#     2.40.1: 0.9 None, 0.10 None
#     2.999.1: 0.9 None, 0.10 None
#     openssl: OBJECT            :2.999
#
# Fails when that has changed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "oid"
version = "0.0.0"
edition = "2021"

[dependencies]
old = { package = "const-oid", version = "=0.9.6" }
new = { package = "const-oid", version = "=0.10.3" }

[workspace]
TOML
cat >src/main.rs <<'RUST'
fn main() {
    // The contents of the element in DER: 40 times the first arc and the second, in base 128, then the others.
    // 0.9 wants three arcs at least.
    for (name, der) in [("2.39.1", &[0x77, 0x01][..]), ("2.40.1", &[0x78, 0x01]), ("2.999.1", &[0x88, 0x37, 0x01])] {
        let old = old::ObjectIdentifier::from_bytes(der).ok().map(|oid| oid.to_string());
        let new = new::ObjectIdentifier::from_bytes(der).ok().map(|oid| oid.to_string());
        println!("{name}: 0.9 {old:?}, 0.10 {new:?}");
    }
}
RUST
{
  cargo run --quiet
  printf '\x06\x02\x88\x37' | openssl asn1parse -inform DER | grep -o 'OBJECT.*'
} | tee seen.txt
diff - seen.txt <<'EXPECTED'
2.39.1: 0.9 None, 0.10 Some("2.39.1")
2.40.1: 0.9 None, 0.10 None
2.999.1: 0.9 None, 0.10 None
OBJECT            :2.999
EXPECTED
