//! Public keys of settings: the algorithms that a key is for, and how to convert a key of another form.

use policy_wasm::Code;
use policy_wasm::key::{Algorithm, KeyError, PublicKey};

use crate::help;

/// Returns the algorithms that a key is for.
///
/// # Errors
///
/// The text is no public key, whatever the algorithm.
pub fn algorithms(pem: &str) -> Result<Vec<Algorithm>, KeyError> {
    let mut fitting = Vec::new();
    for (_, algorithm) in Algorithm::NAMES {
        match PublicKey::from_pem(pem, *algorithm, "") {
            Ok(_) if !fitting.contains(algorithm) => fitting.push(*algorithm),
            Ok(_) | Err(KeyError::AlgorithmMismatch(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(fitting)
}

/// Returns how to correct a key of settings that has one of two problems.
pub(crate) fn help(code: Code, pem: &str) -> Option<String> {
    match code {
        Code::KeyAlgorithmMismatch => Some(fitting(&algorithms(pem).ok()?)),
        Code::KeyInvalid => other_form(pem)
            .or_else(|| help::on_page(code))
            .map(str::to_owned),
        _ => None,
    }
}

fn fitting(algorithms: &[Algorithm]) -> String {
    let names = algorithms.iter().map(|one| format!("`{}`", one.name()));
    match names.collect::<Vec<_>>().as_slice() {
        [] => "use another key: no supported algorithm is for keys of its kind".to_owned(),
        [one] => format!("set `signatureAlgorithm` to {one}, the algorithm of the key"),
        several => format!(
            "set `signatureAlgorithm` to the one that the key signs with: {}",
            several.join(" or ")
        ),
    }
}

/// Returns how to convert a key in another form.
fn other_form(text: &str) -> Option<&'static str> {
    let begins = |label: &str| text.contains(&format!("-----BEGIN {label}-----"));
    if begins("CERTIFICATE") {
        Some("it is a certificate, whose key `openssl x509 -in FILE -pubkey -noout` prints")
    } else if begins("RSA PUBLIC KEY") {
        Some("`openssl rsa -RSAPublicKey_in -in FILE -pubout` converts a key in PKCS#1")
    } else if begins("PGP PUBLIC KEY BLOCK") {
        Some("an OpenPGP key is the value of `asciiArmoredPgpPublicKey`, beside no `pkixPublicKey`")
    } else if text.starts_with("ecdsa-sha2-") || text.starts_with("ssh-rsa ") {
        Some("`ssh-keygen -e -m PKCS8 -f FILE` converts a key of SSH")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const P256: &str = "-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEPRbpci7O6jGyiMRs2w3xVNbqYRtK
iBXeQ3K4B0cKJanPenhYEEyQjaYnJfYJq8DOLnGQQMppckdOBaTm8UK+Yw==
-----END PUBLIC KEY-----
";
    const RSA_1024: &str = "-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCupoYkIaMszDh/jCWRqkZbIj2A
fkp2i416jTw2n1Ak24PSeskfoZrk+XoEIikndYhY5MzYTA3UQls1jMj8idLHrDQG
0o9SG126xMHpkTAUJ7b6mRWZt8DOoueaRpitHatencapJE970nIr5rhIoqtDYjcg
+HRDwDHg6nIuXwCKQwIDAQAB
-----END PUBLIC KEY-----
";

    #[test]
    fn help_names_the_algorithms_of_the_key() {
        let found = |pem| help(Code::KeyAlgorithmMismatch, pem).unwrap();
        assert!(found(P256).contains("to `ECDSA_P256_SHA256`,"));
        assert!(found(RSA_1024).starts_with("use another key"));
    }

    #[test]
    fn a_key_in_another_form_is_converted() {
        for (text, expected) in [
            ("-----BEGIN CERTIFICATE-----", "openssl x509"),
            (
                "-----BEGIN TRUSTED CERTIFICATE-----",
                "one PEM block `PUBLIC KEY`",
            ),
            ("-----BEGIN RSA PUBLIC KEY-----", "-RSAPublicKey_in"),
            (
                "-----BEGIN PGP PUBLIC KEY BLOCK-----",
                "asciiArmoredPgpPublicKey",
            ),
            (
                "-----BEGIN CERTIFICATE REQUEST-----",
                "one PEM block `PUBLIC KEY`",
            ),
            (
                "-----BEGIN EC PRIVATE KEY-----",
                "one PEM block `PUBLIC KEY`",
            ),
            ("ssh-rsa AAAA", "ssh-keygen"),
            ("ecdsa-sha2-nistp256 AAAA", "ssh-keygen"),
            ("ssh-ed25519 AAAA", "one PEM block `PUBLIC KEY`"),
            (
                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
                "one PEM block `PUBLIC KEY`",
            ),
        ] {
            let found = help(Code::KeyInvalid, text).unwrap();
            assert!(found.contains(expected), "{text}: {found}");
        }
    }
}
