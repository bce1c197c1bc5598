//! Purposes of signed statements: what a statement can count for is determined by its predicate type.

use policy_wasm::{CheckEvidence, CheckType, Purpose};

/// The purpose of a statement; `None` if it can attest the image, or is unknown.
pub(crate) fn of(predicate_type: &str) -> Option<Purpose> {
    let mut purposes = Purpose::ALL.into_iter();
    purposes.find(|purpose| purpose.reads(predicate_type))
}

/// Returns the check that reads such statements.
pub(crate) fn check(purpose: Purpose) -> &'static str {
    let mut types = CheckType::ALL.into_iter();
    let found = types.find(|one| one.evidence() == CheckEvidence::Statements(purpose));
    found.map_or("", CheckType::field)
}

/// `SLSA provenance counts for …, not for an attestor without predicateTypes`
pub(crate) fn hint(purpose: Purpose) -> String {
    let what = match purpose {
        Purpose::Provenance => "SLSA provenance",
        Purpose::Vulnerability => "a vulnerability scan",
        Purpose::Freshness => "an upload time",
    };
    let (check, field) = (check(purpose), purpose.name());
    format!(
        "{what} counts for `{check}` (`evidence.authenticators.{field}`), not for an attestor without `predicateTypes`"
    )
}
