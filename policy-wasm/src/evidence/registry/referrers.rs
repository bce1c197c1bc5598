//! Sigstore bundles among the referrers of an image, where current versions of cosign and `actions/attest` store them.
//!
//! The host finds the referrers whose `artifactType` is that of bundles, fetches their blobs, and compares the digests
//! of these. Kubewarden's host cannot.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::Budget;
use crate::attestation::{Attestation, Bundled, Source};
use crate::evidence::ANSWER;
use crate::json::{Path, Raw, Report};

/// Reads a list of texts, each a whole bundle. A text that is none does not affect the others.
///
/// # Errors
///
/// The answer is no list of texts; the text contains the reason.
pub(super) fn read(
    answer: Raw<'_>,
    budget: &Budget,
) -> Result<Vec<Vec<Attestation<'static>>>, String> {
    let report = Report::default();
    let limit = budget.attestations_per_image;
    let mut texts: Vec<Cow<'_, str>> = Vec::new();
    let mut was_list = false;
    answer.read(ANSWER, Path::Root(""), &report, |value| {
        was_list = value.list(|index, item| {
            // One more than the limit shows that the limit is exceeded.
            if index <= limit {
                texts.extend(item.text());
            }
        });
    });
    if !report.is_empty() {
        return Err(report.to_string());
    }
    if !was_list {
        return Err("the answer is not a list".to_string());
    }
    if texts.len() > limit {
        let excessive = Attestation::excessive(Source::Registry, limit);
        return Ok(alloc::vec![alloc::vec![excessive]]);
    }
    let attestations = texts.iter().map(|text| {
        alloc::vec![Attestation {
            note: None,
            content: Bundled::read(Raw::new(text), Source::Registry, budget),
            source: Source::Registry,
        }]
    });
    Ok(attestations.collect())
}
