//! cosign's signature manifests, as it wrote them before it wrote bundles.
//!
//! A layer's digest pins the payload, its annotation carries the signature, and the payload itself
//! is in a blob that no host hands out. But what cosign writes into it follows from the image, so it
//! is written again here, and is the payload only if its digest is the layer's.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::Budget;
use crate::attestation::{
    Attestation, Content, Form, Rejection, SIMPLE_SIGNING, Signature, Signed, Source, base64,
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
/// Not an image manifest; the text says why.
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
                    // One more than the limit shows that it is exceeded.
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

/// Every payload that cosign writes for an image, with its digest.
fn payloads(image: Digest, spellings: &BTreeSet<String>) -> Vec<(Digest, String)> {
    let repositories = spellings.iter().flat_map(|text| forms(text));
    // Some signers write the image's digest behind its name, as OpenShift's do.
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

/// A repository as written, and as tools write those of Docker Hub.
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
