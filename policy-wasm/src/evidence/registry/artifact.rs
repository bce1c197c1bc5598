//! Countersign's own artifact: a manifest with attestations in its annotations, so that one lookup suffices.
//!
//! Each annotation under [`PREFIX`] contains one attestation as JSON, in any shape that the settings accept.
//! The rest of its name only distinguishes several attestations.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::Budget;
use crate::attestation::{Attestation, Occurrence, Source};
use crate::evidence::ANSWER;
use crate::json::{Path, Raw, Report};

/// Prefix of the annotations
const PREFIX: &str = "attestation.countersign.dev/";

/// Reads the attestations of a manifest, each with all of its bodies.
///
/// # Errors
///
/// The answer is not a manifest; the text contains the reason.
pub(super) fn read(
    manifest: Raw<'_>,
    budget: &Budget,
) -> Result<Vec<Vec<Attestation<'static>>>, String> {
    let report = Report::default();
    let limit = budget.attestations_per_image;
    let mut documents: Vec<Cow<'_, str>> = Vec::new();
    let mut is_object = false;
    manifest.read(ANSWER, Path::Root(""), &report, |value| {
        is_object = value.object_unless_null(|key, value| {
            if key == "annotations" {
                value.object(|key, value| {
                    // One more than the limit shows that the limit is exceeded.
                    if key.starts_with(PREFIX) && documents.len() <= limit {
                        documents.extend(value.text());
                    }
                });
            }
        });
    });
    if !report.is_empty() {
        return Err(report.to_string());
    }
    if !is_object {
        return Err("the answer is not a manifest".to_string());
    }
    if documents.len() > limit {
        let excessive = Attestation::excessive(Source::Registry, limit);
        return Ok(alloc::vec![alloc::vec![excessive]]);
    }
    let documents = documents.iter().map(|document| Raw::new(document));
    let attestations = documents
        .flat_map(Occurrence::read)
        .filter_map(|occurrence| {
            let is_attestation = occurrence.is_attestation();
            is_attestation.then(|| {
                let bodies = occurrence.decode(Source::Registry, budget);
                bodies.map(Attestation::into_owned).collect()
            })
        });
    Ok(attestations.collect())
}
