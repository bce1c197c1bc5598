//! Public keys from files: PEM, DER or OpenPGP armour in, an entry of an attestor's `publicKeys` out.

use std::io::{self, Read as _};
use std::path::Path;

use admission_requests::{InputError, read_from};
use pkcs8::LineEnding;
use pkcs8::der::pem;
use policy_wasm::key::{Algorithm, KeyError, PublicKey};
use serde_json::{Value, json};
use thiserror::Error;

use crate::fields::text;
use crate::inputs;

/// First byte of a key in DER, with which neither PEM nor OpenPGP armour begins
const DER_SEQUENCE: u8 = 0x30;

/// Bytes of DER that are read; an RSA key of 16384 bits has 2 KiB
const MAX_DER: u64 = 16 << 10;

/// A public key, as an attestor lists it
#[derive(Debug)]
pub(crate) struct KeyEntry {
    /// Of `publicKeys`
    pub(crate) entry: Value,
    /// None for OpenPGP
    pub(crate) algorithm: Option<Algorithm>,
    pub(crate) key: PublicKey,
}

/// Why a text is no public key of an attestor
#[derive(Debug, Error)]
pub(crate) enum PublicKeyError {
    /// It would have been published
    #[error(
        "this is a private key; give its public half, as `openssl pkey -in KEY -pubout` prints it"
    )]
    Private,
    /// No key, or one that the policy does not verify
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It would contradict the key, or say nothing
    #[error("an OpenPGP key has its algorithm in it; name none")]
    OpenPgpAlgorithm,
    /// No algorithm takes it
    #[error("not a key of any supported algorithm, or damaged")]
    Unsupported,
    /// An RSA key can sign in several ways and does not say in which
    #[error("an RSA key does not say how it signs: choose one of {0}")]
    Ambiguous(String),
}

/// Reads the file of a key, or standard input for `-`. A key in DER, as devices and key services write it, becomes PEM.
///
/// # Errors
///
/// The file cannot be read, or is neither text nor DER.
pub(crate) fn text_of(path: &Path) -> Result<String, InputError> {
    let (name, mut input) = inputs::open(path)?;
    let failed = |cause| {
        let path = name.clone();
        InputError::Read { path, cause }
    };
    let mut start = Vec::new();
    let read = input.by_ref().take(MAX_DER).read_to_end(&mut start);
    read.map_err(failed)?;
    if start.first() == Some(&DER_SEQUENCE) {
        let text = pem::encode_string("PUBLIC KEY", LineEnding::LF, &start);
        return text.map_err(|error| failed(io::Error::other(error.to_string())));
    }
    Ok(read_from(start.as_slice().chain(input), name)?.text)
}

impl KeyEntry {
    /// Reads a key; of PEM keys only RSA needs the algorithm. The id of an OpenPGP key is always its
    /// fingerprint.
    pub(crate) fn read(
        text: &str,
        algorithm: Option<Algorithm>,
        id: Option<&str>,
    ) -> Result<Self, PublicKeyError> {
        if text.contains("PRIVATE KEY") {
            return Err(PublicKeyError::Private);
        }
        if text.contains("-----BEGIN PGP PUBLIC KEY BLOCK-----") {
            if algorithm.is_some() {
                return Err(PublicKeyError::OpenPgpAlgorithm);
            }
            let key = PublicKey::from_openpgp(text)?;
            key.check()?;
            return Ok(Self {
                entry: json!({"id": key.id(), "asciiArmoredPgpPublicKey": text}),
                algorithm: None,
                key,
            });
        }
        let algorithm = match algorithm {
            Some(algorithm) => algorithm,
            None => algorithm_of(text)?,
        };
        let key = PublicKey::from_pem(text, algorithm, id.unwrap_or_default())?;
        let entry = json!({
            "id": key.id(),
            "pkixPublicKey": {"publicKeyPem": text, "signatureAlgorithm": algorithm.name()},
        });
        Ok(Self {
            entry,
            algorithm: Some(algorithm),
            key,
        })
    }

    /// Reads an entry of `publicKeys`; `None` where the policy cannot use it.
    pub(crate) fn listed(entry: &Value) -> Option<Self> {
        let id = text(entry, "id");
        let (algorithm, key) = match entry.get("pkixPublicKey") {
            Some(pkix) => {
                let algorithm = Algorithm::by_name(text(pkix, "signatureAlgorithm"))?;
                let id = match id {
                    "" => text(pkix, "keyId"),
                    id => id,
                };
                let key = PublicKey::from_pem(text(pkix, "publicKeyPem"), algorithm, id);
                (Some(algorithm), key)
            }
            None => {
                let armor = text(entry, "asciiArmoredPgpPublicKey");
                let key = PublicKey::from_openpgp(armor);
                (None, key.and_then(|key| key.check().map(|()| key)))
            }
        };
        Some(Self {
            entry: entry.clone(),
            algorithm,
            key: key.ok()?,
        })
    }
}

/// The one algorithm that a key is for.
fn algorithm_of(pem: &str) -> Result<Algorithm, PublicKeyError> {
    let fitting = policy_lint::public_key::algorithms(pem)?;
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => Err(PublicKeyError::Unsupported),
        several => {
            let names: Vec<_> = several.iter().map(|one| one.name()).collect();
            Err(PublicKeyError::Ambiguous(names.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_algorithm_is_that_of_the_key_where_there_is_one() {
        let pem = include_str!("../../../policy-wasm/src/openpgp/vectors/nistp256.pkix.pem");
        let entry = KeyEntry::read(pem, None, None).unwrap();
        assert_eq!(entry.algorithm, Some(Algorithm::EcdsaP256Sha256));
        assert_eq!(entry.entry["id"], entry.key.id());
        let rsa = include_str!("../../../policy-wasm/src/openpgp/vectors/rsa3072.pkix.pem");
        let error = KeyEntry::read(rsa, None, None).unwrap_err().to_string();
        assert!(
            error.contains("RSA_PSS_3072_SHA256, RSA_SIGN_PKCS1_3072_SHA256"),
            "{error}"
        );
        let algorithm = Some(Algorithm::RsaPss3072Sha256);
        assert_eq!(
            KeyEntry::read(rsa, algorithm, None).unwrap().algorithm,
            algorithm
        );
    }

    #[test]
    fn an_openpgp_key_is_named_by_its_fingerprint() {
        let armor = include_str!("../../../policy-wasm/src/openpgp/vectors/ed25519.key.asc");
        let entry = KeyEntry::read(armor, None, Some("any")).unwrap();
        assert_eq!(entry.entry["id"].as_str().unwrap().len(), 40);
        assert_eq!(entry.algorithm, None);
    }

    #[test]
    fn a_private_key_is_never_published() {
        let pem = include_str!("../../../policies/test-keys/build.pem");
        let error = KeyEntry::read(pem, None, None).unwrap_err();
        assert!(matches!(error, PublicKeyError::Private));
    }

    #[test]
    fn a_key_in_der_is_the_key_in_pem() {
        let pem = include_str!("../../../policy-wasm/src/openpgp/vectors/nistp256.pkix.pem");
        let read = |text: &str| KeyEntry::read(text, None, None).unwrap().entry;
        assert_eq!(read(&text_of_file(&der(pem))), read(pem));
        assert_eq!(text_of_file(pem.as_bytes()), pem);
    }

    #[test]
    fn a_private_key_in_der_is_no_public_key() {
        let pem = include_str!("../../../policies/test-keys/build.pem");
        KeyEntry::read(&text_of_file(&der(pem)), None, None).unwrap_err();
    }

    fn der(pem: &str) -> Vec<u8> {
        pem::decode_vec(pem.as_bytes()).unwrap().1
    }

    fn text_of_file(bytes: &[u8]) -> String {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        text_of(file.path()).unwrap()
    }
}
