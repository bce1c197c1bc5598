//! Attestations that stand in the settings.

use super::Evidence;
use crate::Budget;
use crate::attestation::{Occurrence, Source};
use crate::json::Report;
use crate::settings::Settings;

pub(super) fn collect<'e>(
    evidence: &mut Evidence<'e>,
    settings: &Settings<'e>,
    budget: &Budget,
    report: &Report,
) {
    settings.each_occurrence(report, |value| {
        let occurrence = Occurrence::read(value);
        if occurrence.is_attestation() {
            let resource = occurrence.resource_digest();
            evidence.add(occurrence.decode(Source::Settings, budget), resource);
        }
    });
}
