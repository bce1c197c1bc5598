//! The image and the payload to sign, for the commands that sign and that print payloads.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::Args;
use policy_lint::predicate_type;
use policy_wasm::attestation::media_type::{IN_TOTO, SIMPLE_SIGNING};
use policy_wasm::key::Algorithm;

use super::suggested;
use crate::attest::attestor::AttestorName;
use crate::attest::image::Image;
use crate::attest::payload::{Form, Payload, simple_signing, statement};
use crate::inputs;
use crate::terminal::printable;
use crate::terminal::shown;

/// The image and its payload
#[derive(Debug, Args)]
pub struct StatementArgs {
    /// The image to attest: REPOSITORY@sha256:DIGEST
    #[arg(value_name = "IMAGE", value_parser = parse_image)]
    pub(crate) image: Image,
    /// Sign an in-toto statement with this predicate (JSON or YAML), in a DSSE envelope
    ///
    /// Checks read such statements: provenance, scans, upload times. For an attestor they count only where
    /// `predicateTypes` of a rule for images lists their type.
    #[arg(long, value_name = "FILE", requires = "predicate_type")]
    predicate: Option<PathBuf>,
    /// Type of the predicate, such as `https://slsa.dev/provenance/v1`, or cosign's name of one, such as `spdxjson`
    #[arg(long, value_name = "URI", requires = "predicate", hide_possible_values = true,
          value_parser = suggested(parse_predicate_type, predicate_types))]
    pub(crate) predicate_type: Option<String>,
    /// Sign a DSSE envelope, whose signature also covers the payload type
    ///
    /// Pod annotations and Ed25519 keys need an envelope, so both imply this option.
    #[arg(long)]
    pub(crate) envelope: bool,
}

impl StatementArgs {
    /// The payload to sign for an image. `is_envelope` if the key or the destination needs an envelope.
    pub(crate) fn payload(&self, image: &Image, is_envelope: bool) -> Result<Payload> {
        let repository = &image.repository;
        let digest = image.digest.to_string();
        let (Some(path), Some(predicate_type)) = (&self.predicate, &self.predicate_type) else {
            let form = if is_envelope || self.envelope {
                Form::Envelope(SIMPLE_SIGNING)
            } else {
                Form::Bare
            };
            let text = simple_signing(repository, &digest);
            return Ok(Payload { text, form });
        };
        let (name, mut documents) = inputs::documents(path)?;
        let (Some(predicate), true) = (documents.pop(), documents.is_empty()) else {
            bail!("`{name}` must contain exactly one document, the predicate");
        };
        if predicate.get("predicateType").is_some() {
            bail!(
                "`{}` is a complete statement; give only its predicate",
                shown(path)
            );
        }
        Ok(Payload {
            text: statement(repository, &digest, predicate_type, &predicate),
            form: Form::Envelope(IN_TOTO),
        })
    }

    /// Whether the payload is a statement with a predicate, which is not an attestation.
    pub(crate) const fn is_predicate(&self) -> bool {
        self.predicate.is_some()
    }
}

/// Parses an image with its digest.
pub(crate) fn parse_image(text: &str) -> Result<Image, String> {
    Image::parse(text).map_err(|error| error.to_string())
}

/// Parses a predicate type: a URI, or cosign's name of one.
pub(crate) fn parse_predicate_type(text: &str) -> Result<String, String> {
    let uri = predicate_type::by_name(text).unwrap_or(text);
    if predicate_type::is_valid(uri) {
        return Ok(uri.to_owned());
    }
    let names: Vec<_> = predicate_types();
    Err(format!(
        "expected a URI, such as https://spdx.dev/Document, or one of {}",
        names.join(", ")
    ))
}

/// Cosign's names of predicate types.
pub(crate) fn predicate_types() -> Vec<&'static str> {
    predicate_type::names().collect()
}

/// Parses an algorithm: one of Google's names, in any letter case and with `-` or `_`, or a short name.
pub(crate) fn parse_algorithm(text: &str) -> Result<Algorithm, String> {
    let name = match text.to_ascii_uppercase().replace('-', "_").as_str() {
        "P256" | "P_256" => "ECDSA_P256_SHA256".to_owned(),
        "P384" | "P_384" => "ECDSA_P384_SHA384".to_owned(),
        "P521" | "P_521" => "ECDSA_P521_SHA512".to_owned(),
        other => other.to_owned(),
    };
    Algorithm::by_name(&name).ok_or_else(|| {
        let mut names: Vec<_> = Algorithm::NAMES.iter().map(|(_, one)| one.name()).collect();
        names.dedup();
        format!("expected p256, p384, p521, or one of {}", names.join(", "))
    })
}

/// Parses the name of an attestor, of which the last segment suffices.
pub(crate) fn parse_attestor(text: &str) -> Result<AttestorName, String> {
    AttestorName::parse(text)
}

/// Parses the name of a note, of characters that need no quoting.
pub(crate) fn parse_note(text: &str) -> Result<String, String> {
    let is_id = |id: &str| {
        let is_plain = |one: u8| one.is_ascii_alphanumeric() || b"-_.:".contains(&one);
        !id.is_empty() && id.bytes().all(is_plain)
    };
    match text.split('/').collect::<Vec<_>>().as_slice() {
        ["projects", project, "notes", id] if is_id(project) && is_id(id) => Ok(text.to_owned()),
        _ => Err(format!(
            "`{}` is not a name of the form projects/PROJECT/notes/NAME",
            printable(text)
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predicate_types_are_uris_or_names_of_cosign() {
        for (text, uri) in [
            ("spdxjson", "https://spdx.dev/Document"),
            ("slsaprovenance1", "https://slsa.dev/provenance/v1"),
            ("https://example.com/test/v1", "https://example.com/test/v1"),
        ] {
            assert_eq!(parse_predicate_type(text).as_deref(), Ok(uri));
        }
        for text in ["", "sbom", "https://example.com/a b"] {
            let error = parse_predicate_type(text).unwrap_err();
            assert!(error.contains("one of custom, cyclonedx, "), "{error}");
        }
    }

    #[test]
    fn algorithms_have_api_names_gcloud_names_and_short_names() {
        for (text, algorithm) in [
            ("ECDSA_P256_SHA256", Algorithm::EcdsaP256Sha256),
            ("ec-sign-p256-sha256", Algorithm::EcdsaP256Sha256),
            ("p521", Algorithm::EcdsaP521Sha512),
            ("ed25519", Algorithm::Ed25519),
            ("ml-dsa-65", Algorithm::MlDsa65),
            ("rsa-sign-pkcs1-4096-sha512", Algorithm::RsaPkcs14096Sha512),
        ] {
            assert_eq!(parse_algorithm(text), Ok(algorithm), "{text}");
        }
        let error = parse_algorithm("9").unwrap_err();
        assert!(
            error.contains("ECDSA_P384_SHA384, ECDSA_P521_SHA512"),
            "{error}"
        );
    }
}
