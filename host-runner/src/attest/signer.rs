//! Signatures: made with a private key, or read from a file that another program wrote. In both cases the
//! policy module verifies the attestation before it is stored.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use anyhow::{Context as _, Error, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use policy_wasm::key::Algorithm;

use super::attestor::Attestor;
use super::key_file::KeyFile;
use super::private_key::{PrivateKey, PrivateKeyError};
use crate::terminal::shown;

/// A signature and its key id
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signature {
    pub(crate) key_id: String,
    pub(crate) bytes: Vec<u8>,
}

/// The private key of an attestor and its key id in the settings.
pub(crate) fn key_of(
    file: &KeyFile,
    attestor: &Attestor,
    wanted: Option<Algorithm>,
    key_id: Option<&str>,
) -> Result<(PrivateKey, String)> {
    // An RSA key uses the algorithm that the attestor lists.
    let declared = attestor.keys.iter().filter_map(|key| key.algorithm);
    let candidates = match file.key(wanted) {
        Err(error) if is_ambiguous(&error) => declared
            .filter_map(|one| file.key(Some(one)).ok())
            .collect(),
        key => vec![key?],
    };
    for key in candidates {
        let same = attestor.keys.iter().find(|listed| {
            listed.algorithm == Some(key.algorithm())
                && listed.key.is_same_key(key.public())
                && key_id.is_none_or(|id| id == listed.key.id())
        });
        if let Some(listed) = same {
            return Ok((key, listed.key.id().to_owned()));
        }
    }
    let ids: Vec<_> = attestor.keys.iter().map(|key| key.key.id()).collect();
    bail!(
        "`{}` is not a key of attestor {}, whose keys are {}",
        file.name(),
        attestor.name,
        ids.join(", ")
    )
}

fn is_ambiguous(error: &Error) -> bool {
    matches!(error.downcast_ref(), Some(PrivateKeyError::Ambiguous(_)))
}

/// Reads a signature file, or standard input for `-`.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().take(MAX_BYTES).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MAX_BYTES).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Maximum size; an OpenPGP message may contain the payload.
const MAX_BYTES: u64 = 1 << 20;

/// The possible readings of a signature file: its bytes, or their base64 decoding, for each key of the
/// attestor or for the key with this id. Numbers in a row are also read as ASN.1.
pub(crate) fn brought(
    path: &Path,
    attestor: &Attestor,
    key_id: Option<&str>,
) -> Result<Vec<Signature>> {
    let bytes = read(path).with_context(|| format!("cannot read `{}`", shown(path)))?;
    let text = core::str::from_utf8(&bytes).ok();
    let decoded = text.and_then(|text| {
        let base64: String = text.split_ascii_whitespace().collect();
        // gcloud prints the URL-safe alphabet.
        let decoded = STANDARD.decode(&base64);
        decoded.or_else(|_| URL_SAFE.decode(&base64)).ok()
    });
    if text.is_some_and(|text| decoded.is_none() && !text.contains("-----BEGIN PGP")) {
        bail!(
            "`{}` is not a signature in binary, base64 or OpenPGP armor",
            shown(path)
        );
    }
    let forms: Vec<_> = decoded.into_iter().chain([bytes]).collect();
    let keys = attestor.keys.iter();
    let keys: Vec<_> = keys
        .filter(|key| key_id.is_none_or(|own| own == key.key.id()))
        .collect();
    if keys.is_empty() {
        bail!("attestor {} has no such key", attestor.name);
    }
    let signatures = keys.iter().flat_map(|key| {
        let encoded = forms.iter().filter_map(|form| encode(form, key.algorithm));
        let readings = forms.iter().cloned().chain(encoded);
        readings.map(|bytes| Signature {
            key_id: key.key.id().to_owned(),
            bytes,
        })
    });
    Ok(signatures.collect())
}

/// The ASN.1 encoding of an ECDSA signature that is r and s in a row (IEEE P1363), as devices with PKCS #11 return it.
/// `None` for other signatures.
fn encode(numbers: &[u8], algorithm: Option<Algorithm>) -> Option<Vec<u8>> {
    let der = match algorithm? {
        Algorithm::EcdsaP256Sha256 => {
            let signature = p256::ecdsa::Signature::from_slice(numbers).ok()?;
            signature.to_der().as_bytes().to_vec()
        }
        Algorithm::EcdsaP384Sha384 => {
            let signature = p384::ecdsa::Signature::from_slice(numbers).ok()?;
            signature.to_der().as_bytes().to_vec()
        }
        Algorithm::EcdsaP521Sha512 => {
            let signature = p521::ecdsa::Signature::from_slice(numbers).ok()?;
            signature.to_der().as_bytes().to_vec()
        }
        _ => return None,
    };
    Some(der)
}
