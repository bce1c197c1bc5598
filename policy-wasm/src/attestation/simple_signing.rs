//! The simple-signing payload, whose `critical.image.docker-manifest-digest` is the signed image.
//!
//! Google, cosign and the containers project write different types, so the type is not enforced. Unknown
//! fields are allowed, duplicate keys are not.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Rejection, payload};
use crate::digest::Digest;
use crate::image::ImageReference;
use crate::json::{Path, Value};

/// A simple-signing payload, parsed from exactly the signed bytes
#[derive(Debug)]
pub(super) struct Payload<'p> {
    digest: Cow<'p, str>,
    docker_reference: Option<Cow<'p, str>>,
    kind: Option<Cow<'p, str>>,
}

impl<'p> Payload<'p> {
    /// Parses a payload strictly: one JSON document without duplicate keys at any depth.
    ///
    /// # Errors
    ///
    /// [`Rejection::PayloadInvalid`]
    pub(super) fn read(bytes: &'p [u8]) -> Result<Self, Rejection> {
        let (mut digest, mut docker_reference, mut kind) = (None, None, None);
        payload::read(payload::document(bytes)?, Path::Root(""), |payload| {
            payload.object(|key, value| match key {
                "critical" => {
                    value.object(|key, value| match key {
                        "image" => read_field(value, "docker-manifest-digest", &mut digest),
                        "identity" => read_field(value, "docker-reference", &mut docker_reference),
                        "type" => kind = value.text(),
                        _ => value.skim(),
                    });
                }
                _ => value.skim(),
            });
        })?;
        Ok(Self {
            digest: payload::required(digest, "critical.image.docker-manifest-digest")?,
            docker_reference,
            kind,
        })
    }

    /// Returns the digest in the payload.
    pub(super) fn digest(&self) -> Result<Digest, Rejection> {
        Digest::parse(&self.digest).map_err(|error| {
            Rejection::PayloadInvalid(alloc::format!(
                "`docker-manifest-digest` is {}: {error}",
                crate::quote(&self.digest)
            ))
        })
    }

    /// Returns the repository of the image when it was signed; empty if the payload has none.
    pub(super) fn docker_reference(&self) -> &str {
        self.docker_reference.as_deref().unwrap_or_default()
    }

    /// Returns the payload's `critical.type`, which is reported but not enforced.
    pub(super) fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }
}

/// Reads one string of an object and skims the rest.
fn read_field<'p>(object: Value<'_, 'p>, field: &str, found: &mut Option<Cow<'p, str>>) {
    object.object(|key, value| {
        if key == field {
            *found = value.text();
        } else {
            value.skim();
        }
    });
}

/// Returns all payloads that cosign may have written for an image, with their digests.
pub(crate) fn payloads(image: Digest, spellings: &BTreeSet<String>) -> Vec<(Digest, String)> {
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
