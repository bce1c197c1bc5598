//! cosign's signature manifests, in the format before bundles.
//!
//! A layer's digest pins the payload, and its annotation contains the signature. The payload is in a blob, which
//! hosts do not return, but it can be reconstructed from the image. The reconstruction is used only if its
//! digest equals the layer's.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::Budget;
use crate::attestation::media_type::SIMPLE_SIGNING;
use crate::attestation::{
    Attestation, Content, Form, Rejection, Signature, Signed, Source, base64,
};
use crate::digest::Digest;
use crate::evidence::ANSWER;
use crate::image::ImageReference;
use crate::json::{Path, Raw, Report, Value};

const SIGNATURE: &str = "dev.cosignproject.cosign/signature";

/// Reads the layers of a manifest, each one attestation.
///
/// # Errors
///
/// The answer is not an image manifest; the text contains the reason.
pub(super) fn read(
    manifest: Raw<'_>,
    image: Digest,
    spellings: &BTreeSet<String>,
    budget: &Budget,
) -> Result<Vec<Attestation<'static>>, String> {
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
        return Ok(alloc::vec![Attestation::excessive(Source::Registry, limit)]);
    }
    let payloads = payloads(image, spellings);
    let contents = layers.into_iter().map(|layer| layer.content(&payloads));
    Ok(contents
        .map(|content| attestation(content.unwrap_or_else(Content::Rejected)))
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
}

impl<'a> Layer<'a> {
    fn read(value: Value<'_, 'a>) -> Self {
        let mut layer = Self::default();
        value.object(|key, value| match key {
            "mediaType" => layer.media_type = value.text().unwrap_or_default(),
            "digest" => layer.digest = value.text().unwrap_or_default(),
            "annotations" => {
                value.object(|key, value| {
                    if key == SIGNATURE {
                        layer.signature = value.text().unwrap_or_default();
                    }
                });
            }
            _ => {}
        });
        layer
    }

    fn content(self, payloads: &[(Digest, String)]) -> Result<Content<'static>, Rejection> {
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
        Ok(Content::Signed(Signed {
            form: Form::Raw,
            payload: payload.clone().into_bytes(),
            signatures: alloc::vec![Signature {
                key_id: Cow::Borrowed(""),
                bytes,
            }],
        }))
    }
}

/// Returns all payloads that cosign may have written for an image, with their digests.
fn payloads(image: Digest, spellings: &BTreeSet<String>) -> Vec<(Digest, String)> {
    let repositories = spellings.iter().flat_map(|text| forms(text));
    // Some signers append the image's digest to its name, as OpenShift does.
    let references = crate::set(repositories.flat_map(|repository| {
        let with_digest = alloc::format!("{repository}@{image}");
        [repository, with_digest]
    }));
    let payloads = references.iter().map(|reference| {
        let payload = alloc::format!(
            concat!(
                r#"{{"critical":{{"identity":{{"docker-reference":"{}"}},"#,
                r#""image":{{"docker-manifest-digest":"{}"}},"#,
                r#""type":"cosign container image signature"}},"optional":null}}"#
            ),
            reference,
            image
        );
        (Digest::of(payload.as_bytes()), payload)
    });
    payloads.collect()
}

/// Returns the spellings of a repository: as written, and those of tools for Docker Hub.
fn forms(repository: &str) -> Vec<String> {
    const HUBS: [&str; 2] = ["docker.io/", "index.docker.io/"];
    let mut forms = alloc::vec![repository.to_string()];
    let reference = ImageReference::parse(repository).ok();
    let Some(path) = reference.and_then(|reference| reference.hub_path()) else {
        return forms;
    };
    let short = path.strip_prefix("library/").unwrap_or(path);
    let long = if short.contains('/') {
        short.to_string()
    } else {
        alloc::format!("library/{short}")
    };
    for path in [short, &long] {
        forms.push(path.to_string());
        forms.extend(HUBS.iter().map(|hub| alloc::format!("{hub}{path}")));
    }
    forms
}
