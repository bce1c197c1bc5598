//! Attestations in a Pod's annotation: DSSE envelopes in base64, separated by commas.
//!
//! The author of the Pod writes the annotation and can omit unfavorable evidence. Only envelopes signed by a
//! configured key are evidence.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Evidence;
use crate::Budget;
use crate::attestation::{Attestation, Content, Occurrence, Rejection, Source};
use crate::base64;
use crate::json::Raw;
use crate::request::Workload;

pub(super) fn collect<'e>(
    evidence: &mut Evidence<'e>,
    workload: &'e Workload<'e>,
    budget: &Budget,
) {
    let annotations = workload
        .pods
        .iter()
        .filter_map(|pod| pod.metadata.attestations.as_deref());
    let with = |content| Attestation {
        note: None,
        content,
        source: Source::PodAnnotation,
    };
    let items = annotations.flat_map(|annotation| annotation.split(',').map(str::trim_ascii));
    let envelopes = || items.clone().filter(|envelope| !envelope.is_empty());
    let limit = budget.annotation_items;
    if envelopes().nth(limit).is_some() {
        let content = Content::Excessive("attestations in the annotation of a Pod", limit);
        evidence.add(with(content), None);
        return;
    }
    for envelope in envelopes() {
        match decode(envelope, budget) {
            Ok(bodies) => evidence.add_bodies(bodies, None),
            Err(problem) => {
                let content = Content::Rejected(Rejection::Undecodable(problem));
                evidence.add(with(content), None);
            }
        }
    }
}

fn decode(envelope: &str, budget: &Budget) -> Result<Vec<Attestation<'static>>, String> {
    let in_annotation = |error| alloc::format!("an item of the Pod's annotation: {error}");
    let bytes = base64::decode(envelope).map_err(|error| in_annotation(error.to_string()))?;
    let text = core::str::from_utf8(&bytes).map_err(|error| in_annotation(error.to_string()))?;
    let envelope = Occurrence::read_envelope(Raw::new(text));
    let bodies = envelope.decode(Source::PodAnnotation, budget);
    Ok(bodies.map(Attestation::into_owned).collect())
}
