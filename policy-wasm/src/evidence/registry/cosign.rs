//! cosign's signature manifests, in the format before bundles.
//!
//! A layer's digest pins the payload, and its annotation contains the signature. The payload is in a blob, which
//! hosts do not return, but it can be reconstructed from the image. The reconstruction is used only if its
//! digest equals the layer's.

use alloc::borrow::Cow;
#[cfg(feature = "sigstore")]
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::Budget;
#[cfg(feature = "sigstore")]
use crate::attestation::Bundled;
use crate::attestation::media_type::SIMPLE_SIGNING;
use crate::attestation::{
    Attestation, Content, Form, Rejection, Signature, Signed, Source, simple_signing,
};
use crate::base64;
use crate::digest::Digest;
use crate::evidence::ANSWER;
use crate::json::{Path, Raw, Report, Value};
#[cfg(feature = "sigstore")]
use crate::sigstore::{self, Annotations};

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// Reads the layers of a manifest, each one attestation; one with a certificate has a bundle as a further body.
///
/// # Errors
///
/// The answer is not an image manifest; the text contains the reason.
pub(super) fn read(
    manifest: Raw<'_>,
    image: Digest,
    spellings: &BTreeSet<String>,
    budget: &Budget,
) -> Result<Vec<Vec<Attestation<'static>>>, String> {
    let report = Report::default();
    let limit = budget.attestations_per_image;
    let mut layers = None;
    manifest.read(ANSWER, Path::Root(""), &report, |value| {
        value.object(|key, value| {
            if key == "layers" {
                let found = layers.get_or_insert_with(Vec::new);
                value.list(|index, item| {
                    // One more than the limit shows that the limit is exceeded.
                    if index <= limit {
                        found.push(Layer::read(item));
                    }
                });
            }
        });
    });
    if !report.is_empty() {
        return Err(report.to_string());
    }
    let layers = layers.ok_or("the answer is not an image manifest: it has no `layers`")?;
    if layers.len() > limit {
        let excessive = Attestation::excessive(Source::Registry, limit);
        return Ok(alloc::vec![alloc::vec![excessive]]);
    }
    let payloads = simple_signing::payloads(image, spellings);
    let contents = layers.into_iter().map(|layer| layer.contents(&payloads));
    Ok(contents
        .map(|contents| contents.into_iter().map(attestation).collect())
        .collect())
}

const fn attestation(content: Content<'static>) -> Attestation<'static> {
    Attestation {
        note: None,
        content,
        source: Source::Registry,
    }
}

/// One layer: a payload by digest, and the signature over it
#[derive(Debug, Default)]
struct Layer<'a> {
    media_type: Cow<'a, str>,
    digest: Cow<'a, str>,
    signature: Cow<'a, str>,
    #[cfg(feature = "sigstore")]
    annotations: Annotations<'a>,
}

impl<'a> Layer<'a> {
    fn read(value: Value<'_, 'a>) -> Self {
        let mut layer = Self::default();
        value.object(|key, value| match key {
            "mediaType" => layer.media_type = value.text().unwrap_or_default(),
            "digest" => layer.digest = value.text().unwrap_or_default(),
            "annotations" => {
                value.object(|key, value| match key {
                    SIGNATURE => layer.signature = value.text().unwrap_or_default(),
                    #[cfg(feature = "sigstore")]
                    sigstore::CERTIFICATE => {
                        layer.annotations.certificate = value.text().unwrap_or_default();
                    }
                    #[cfg(feature = "sigstore")]
                    sigstore::BUNDLE => layer.annotations.bundle = value.text(),
                    #[cfg(feature = "sigstore")]
                    sigstore::TIMESTAMP => layer.annotations.timestamp = value.text(),
                    _ => {}
                });
            }
            _ => {}
        });
        layer
    }

    /// Returns the signature as one that a key may have made and, if there is a certificate, as a bundle.
    fn contents(self, payloads: &[(Digest, String)]) -> Vec<Content<'static>> {
        let (payload, bytes) = match self.signed(payloads) {
            Ok(signed) => signed,
            Err(rejection) => return alloc::vec![Content::Rejected(rejection)],
        };
        let bundle = self.bundle(&bytes, &payload);
        let signed = Content::Signed(Signed {
            form: Form::Raw,
            payload,
            signatures: alloc::vec![Signature {
                key_id: Cow::Borrowed(""),
                bytes,
            }],
        });
        bundle.into_iter().chain([signed]).collect()
    }

    /// Returns the payload, rebuilt, and the signature over it.
    fn signed(&self, payloads: &[(Digest, String)]) -> Result<(Vec<u8>, Vec<u8>), Rejection> {
        if self.media_type != SIMPLE_SIGNING {
            let format = alloc::format!("a layer of type {}", crate::quote(&self.media_type));
            return Err(Rejection::FormatUnsupported(format));
        }
        let unavailable = || Rejection::PayloadUnavailable(self.digest.to_string());
        let digest = Digest::parse(&self.digest).map_err(|_| unavailable())?;
        let (_, payload) = payloads
            .iter()
            .find(|(known, _)| *known == digest)
            .ok_or_else(unavailable)?;
        let bytes = base64::decode(&self.signature)
            .map_err(|error| Rejection::Undecodable(alloc::format!("`{SIGNATURE}`: {error}")))?;
        Ok((payload.clone().into_bytes(), bytes))
    }

    #[cfg(feature = "sigstore")]
    fn bundle(self, signature: &[u8], payload: &[u8]) -> Option<Content<'static>> {
        if self.annotations.certificate.is_empty() {
            return None;
        }
        let bundle =
            Bundled::of_annotations(self.annotations, signature.to_vec(), payload.to_vec());
        Some(match bundle {
            Ok(bundle) => Content::Bundle(Box::new(bundle)),
            Err(rejection) => Content::Rejected(rejection),
        })
    }

    #[cfg(not(feature = "sigstore"))]
    fn bundle(self, _: &[u8], _: &[u8]) -> Option<Content<'static>> {
        None
    }
}
