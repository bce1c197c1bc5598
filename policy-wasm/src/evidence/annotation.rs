//! Attestations that a Pod carries: DSSE envelopes in base64, joined by commas.
//!
//! Whoever writes the Pod writes the annotation, and can leave out what speaks against it. So it
//! may carry what a configured key has signed, and is never evidence by itself.

use alloc::string::{String, ToString as _};

use super::Evidence;
use crate::Budget;
use crate::attestation::{Attestation, Content, Occurrence, Rejection, Source, base64};
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
    for annotation in annotations {
        let envelopes = annotation.split(',').map(str::trim_ascii);
        for envelope in envelopes.filter(|envelope| !envelope.is_empty()) {
            let attestation = decode(envelope, budget).unwrap_or_else(|problem| Attestation {
                note: None,
                content: Content::Rejected(Rejection::Undecodable(problem)),
                source: Source::PodAnnotation,
            });
            evidence.add(attestation, None);
        }
    }
}

fn decode(envelope: &str, budget: &Budget) -> Result<Attestation<'static>, String> {
    let in_annotation = |error| alloc::format!("the Pod's annotation: {error}");
    let bytes = base64::decode(envelope).map_err(in_annotation)?;
    let text = core::str::from_utf8(&bytes).map_err(|error| in_annotation(error.to_string()))?;
    let envelope = Occurrence::read_envelope(Raw::new(text));
    Ok(envelope.decode(Source::PodAnnotation, budget).into_owned())
}
