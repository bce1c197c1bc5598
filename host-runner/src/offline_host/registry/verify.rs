//! Sigstore signatures beside an image, verified with public keys as Kubewarden's host does it.

use alloc::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::attestation::media_type::SIMPLE_SIGNING;
use policy_wasm::key::{Algorithm, PublicKey};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{Failure, Registry};
use crate::offline_host::reference::Reference;

/// The fields of `SigstorePubKeyVerify`
#[derive(Debug, Deserialize)]
struct Question {
    image: String,
    pub_keys: Vec<String>,
    annotations: Option<BTreeMap<String, String>>,
}

/// A signature of the image, by any signer
struct Signature {
    payload: Vec<u8>,
    /// The optional part of the payload
    optional: Value,
    signature: Vec<u8>,
}

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

impl Registry {
    /// Answers `v2/verify`: every one of the keys has signed the image.
    pub(in crate::offline_host) fn verify(
        &self,
        fields: &Map<String, Value>,
    ) -> Result<String, Failure> {
        let question = Question::deserialize(fields);
        let question = question.map_err(|error| Failure::new(error.to_string()))?;
        let keys = keys(&question.pub_keys)?;
        let (digest, _) = self.find(&question.image)?;
        let signatures = self.signatures(&question.image, &digest)?;
        let unsatisfied: Vec<_> = question
            .pub_keys
            .iter()
            .zip(keys)
            .filter(|(_, key)| {
                let mut signatures = signatures.iter();
                !signatures.any(|one| one.satisfies(key, question.annotations.as_ref()))
            })
            .map(|(pem, _)| pem.as_str())
            .collect();
        if unsatisfied.is_empty() {
            Ok(json!({"is_trusted": true, "digest": digest}).to_string())
        } else {
            Err(missing(&unsatisfied, question.annotations.as_ref()))
        }
    }

    /// Reads the signatures that cosign has put beside an image.
    fn signatures(&self, image: &str, digest: &str) -> Result<Vec<Signature>, Failure> {
        let reference = Reference::parse(image).map_err(Failure::new)?;
        let tag = format!(
            "{}:{}.sig",
            reference.repository(),
            digest.replace(':', "-")
        );
        let Some(manifest) = self.tags.get(&tag) else {
            // The space is Kubewarden's.
            let message = format!("no signatures found for image: {image} ");
            return Err(Failure::new(message));
        };
        let manifest = self.parse(manifest, &self.blob(manifest)?)?;
        let mut signatures = Vec::new();
        for layer in manifest.layers() {
            let annotations = layer.annotations.as_ref();
            if let Some(signature) = annotations.and_then(|all| all.get(SIGNATURE))
                && layer.media_type == SIMPLE_SIGNING
            {
                // A signature that is not base64 verifies with no key.
                let signature = STANDARD.decode(signature).unwrap_or_default();
                signatures.extend(Signature::read(
                    self.blob(&layer.digest)?,
                    signature,
                    digest,
                ));
            }
        }
        if signatures.is_empty() {
            let cause = "No Signature Layer passed verification";
            let message = format!("failed to get image trusted layers: {cause}");
            return Err(Failure::new(message).caused_by(cause.to_owned()));
        }
        Ok(signatures)
    }
}

impl Signature {
    /// Takes a payload for what it says; one about another image is none.
    fn read(payload: Vec<u8>, signature: Vec<u8>, digest: &str) -> Option<Self> {
        let mut statement: Value = serde_json::from_slice(&payload).ok()?;
        let claimed = statement.pointer("/critical/image/docker-manifest-digest")?;
        (claimed.as_str() == Some(digest)).then(|| Self {
            optional: statement
                .get_mut("optional")
                .map(Value::take)
                .unwrap_or_default(),
            payload,
            signature,
        })
    }

    /// Whether the key has made it, and whether its payload has all the annotations.
    fn satisfies(&self, key: &PublicKey, annotations: Option<&BTreeMap<String, String>>) -> bool {
        let has = |(name, value): (&String, &String)| {
            self.optional.get(name).and_then(Value::as_str) == Some(value)
        };
        annotations.into_iter().flatten().all(has)
            && key.verify(&self.payload, &self.signature).is_ok()
    }
}

/// Kubewarden reads more kinds of keys; what is not read here is said, and never taken for a
/// signature that is missing.
fn keys(pems: &[String]) -> Result<Vec<PublicKey>, Failure> {
    if pems.is_empty() {
        return Err(Failure::new("Must provide at least one pub key"));
    }
    let keys = pems.iter().map(|pem| {
        PublicKey::from_pem(pem, Algorithm::EcdsaP256Sha256, "").map_err(|error| {
            let message =
                format!("only ECDSA P-256 keys in PEM are verified from folders: {error}");
            Failure::new(message)
        })
    });
    keys.collect()
}

/// Kubewarden shows the keys that nothing satisfies as YAML.
fn missing(pems: &[&str], annotations: Option<&BTreeMap<String, String>>) -> Failure {
    let mut message = "Image verification failed: missing signatures\n\
        The following constraints were not satisfied:\n"
        .to_owned();
    let annotations = match annotations {
        None => " null".to_owned(),
        Some(annotations) if annotations.is_empty() => " {}".to_owned(),
        Some(annotations) => annotations
            .iter()
            .map(|(name, value)| format!("\n  {name}: {value}"))
            .collect(),
    };
    for pem in pems {
        let indicator = if pem.ends_with('\n') { "|" } else { "|-" };
        message.push_str(&format!("kind: pubKey\nowner: null\nkey: {indicator}\n"));
        for line in pem.lines() {
            message.push_str(&format!("  {line}\n"));
        }
        message.push_str(&format!("annotations:{annotations}\n"));
    }
    Failure::new(message)
}

#[cfg(test)]
mod tests;
