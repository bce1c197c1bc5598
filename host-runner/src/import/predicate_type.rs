//! Types of the statements that other systems demand, and where the statements are.

pub(super) use policy_lint::predicate_type::is_valid;

use super::draft::Draft;
use super::source::At;

/// The type that one of cosign's names stands for, or the text itself.
pub(super) fn by_name(name: &str) -> &str {
    policy_lint::predicate_type::by_name(name).unwrap_or(name)
}

/// Warns once that statements are not read where cosign stores them.
pub(super) fn report_place(at: &At<'_>, draft: &mut Draft) {
    const MESSAGE: &str =
        "Kubewarden's host does not read the statements that cosign stores beside an image";
    if !draft.findings.has(MESSAGE) {
        draft.warn(at, MESSAGE);
        draft.help("store the bundles of `cosign attest` with `countersign attest import`");
    }
}
