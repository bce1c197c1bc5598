//! PKIX public keys, as `pkixPublicKey` has them: one PEM block, and the algorithm that it is for.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::pkcs8::SubjectPublicKeyInfoRef;
use p256::pkcs8::der::Decode as _;
use sha2::{Digest as _, Sha256};

use super::{Algorithm, KeyError};
use crate::crypto::{Verifier, family};
use crate::digest;

/// A key that was read from PEM
pub(super) struct PkixKey {
    pub(super) algorithm: Algorithm,
    pub(super) verifier: Box<dyn Verifier>,
    /// The id that Google gives it where the attestor gives none
    pub(super) computed_id: String,
}

impl PkixKey {
    pub(super) fn read(pem: &str, algorithm: Algorithm) -> Result<Self, KeyError> {
        let der = decode_pem(pem)?;
        let spki = SubjectPublicKeyInfoRef::from_der(&der)
            .map_err(|_| KeyError::Malformed("not a SubjectPublicKeyInfo"))?;
        Ok(Self {
            algorithm,
            verifier: family(algorithm).load(algorithm, &spki)?,
            computed_id: named_information_id(&der),
        })
    }
}

/// Exactly one block, label `PUBLIC KEY`, and only white space around it and its lines, as terminals and YAML leave it.
/// Lines may be of any length and end in LF or CRLF.
fn decode_pem(pem: &str) -> Result<Vec<u8>, KeyError> {
    let mut lines = pem.trim_ascii().split(['\r', '\n']).map(str::trim_ascii);
    if lines.next() != Some("-----BEGIN PUBLIC KEY-----")
        || lines.next_back() != Some("-----END PUBLIC KEY-----")
    {
        return Err(KeyError::NotOnePem);
    }
    let base64: String = lines.collect();
    if base64.contains('-') {
        return Err(KeyError::NotOnePem);
    }
    STANDARD
        .decode(base64)
        .map_err(|_| KeyError::Malformed("the PEM block is not base64"))
}

/// The SHA-256 digest that an id of RFC 6920 names, with base64 (`ni:///sha-256;…`) or, as Google writes it
/// and as the RFC does, with hexadecimal digits (`nih:///sha-256;…`, `nih:sha-256;…`).
pub(super) fn named_information(id: &str) -> Option<digest::Digest> {
    let mut hex = String::new();
    if let Some(base64) = id.strip_prefix("ni:///sha-256;") {
        for byte in URL_SAFE_NO_PAD.decode(base64).ok()? {
            let _ = write!(hex, "{byte:02x}");
        }
    } else {
        let id = id.strip_prefix("nih:")?;
        let id = id.strip_prefix("///").unwrap_or(id);
        hex.push_str(id.strip_prefix("sha-256;")?);
    }
    digest::Digest::from_hex(&hex).ok()
}

/// The id that Google gives a PKIX key without one: RFC 6920 over the DER form of the key.
fn named_information_id(der: &[u8]) -> String {
    alloc::format!(
        "ni:///sha-256;{}",
        URL_SAFE_NO_PAD.encode(Sha256::digest(der))
    )
}
