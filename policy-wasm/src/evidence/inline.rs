//! Attestations that stand in the settings.

use super::Evidence;
use crate::Budget;
use crate::attestation::Source;
use crate::json::Report;
use crate::settings::Settings;

pub(super) fn collect<'e>(
    evidence: &mut Evidence<'e>,
    settings: &Settings<'e>,
    budget: &Budget,
    report: &Report,
) {
    settings.each_occurrence(report, |_, raw| {
        evidence.add_document(raw, Source::Settings, budget);
    });
}
