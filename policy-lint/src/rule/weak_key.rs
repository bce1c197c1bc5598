//! RSA keys of 2048 bits.

use super::example::ATTESTED;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-weak-key",
    severity: Severity::Warning,
    what: "an RSA key of 2048 bits is trusted",
    why: "Such a key has a strength of about 112 bits, which is not recommended for signatures that are used after 2030.",
    example: ATTESTED,
    avoid: "signatureAlgorithm: RSA_SIGN_PKCS1_2048_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
              MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA7HZw4sh0A568QbhtFIN7
              KSHugKbJDyszgWSD6PCgts46xMDsN5XtysgMEcROyYuotcm7SkVexfvYxTMvVpnb
              swEs9TogatuHstvj/j4FlTehYQ1gdWcL4liUIqFNJiiPyJyjw5hKAZxLeURzfw/e
              aN4Ag+M44gv9PLziCokfQov6kclOVKsMxPVfRxuzjior/JuyKy3I3FT6E8fBVif2
              kP5e5+OJaAiIe36y8WG+4bHCEG4ZluRpCaLJnKxKhQ4yrw/TCryrD8Nr2epuTZE1
              0RdLzL0o9rxC99NsNAetMQ8tTlgWUUHaaY2ZnNyxq07nU2JmChEuDkbTsJnQjeDW
              DQIDAQAB",
    prefer: "signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for key in settings.keys() {
        let Some((name, span)) = key.algorithm() else {
            continue;
        };
        if name.starts_with("RSA_") && name.contains("_2048_") {
            findings.push(
                Diagnostic::new(
                    span,
                    "112 bits of strength",
                    "an RSA key of 2048 bits is trusted",
                )
                .because(key.span(), "this key")
                .help(
                    "create a key for `ECDSA_P256_SHA256` or with at least 3072 bits, add it to the attestor, and \
                     remove the old one when no image depends on it",
                ),
            );
        }
    }
}
