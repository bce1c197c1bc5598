//! Purposes of signed statements: what a statement can count for is determined by its predicate type.

use policy_wasm::attestation::statement::predicate_type;

/// A purpose of `evidence.authenticators`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Provenance,
    Vulnerability,
    Freshness,
}

impl Purpose {
    pub(crate) const ALL: [Self; 3] = [Self::Provenance, Self::Vulnerability, Self::Freshness];

    /// The purpose of a statement; `None` if it can attest the image, or is unknown.
    pub(crate) fn of(predicate_type: &str) -> Option<Self> {
        match predicate_type {
            predicate_type::PROVENANCE_V0_2 | predicate_type::PROVENANCE_V1 => {
                Some(Self::Provenance)
            }
            predicate_type::COSIGN_SCAN_V1
            | predicate_type::IN_TOTO_SCAN_V0_1
            | predicate_type::IN_TOTO_SCAN_V0_2 => Some(Self::Vulnerability),
            predicate_type::UPLOAD_V1 => Some(Self::Freshness),
            _ => None,
        }
    }

    /// Returns the field of its list in `evidence.authenticators`.
    pub(crate) const fn field(self) -> &'static str {
        match self {
            Self::Provenance => "provenance",
            Self::Vulnerability => "vulnerability",
            Self::Freshness => "freshness",
        }
    }

    /// Returns the check that reads such statements.
    pub(crate) const fn check(self) -> &'static str {
        match self {
            Self::Provenance => "slsaCheck",
            Self::Vulnerability => "vulnerabilityCheck",
            Self::Freshness => "imageFreshnessCheck",
        }
    }

    /// `SLSA provenance counts for …, not for an attestor`
    pub(crate) fn hint(self) -> String {
        let what = match self {
            Self::Provenance => "SLSA provenance",
            Self::Vulnerability => "a vulnerability scan",
            Self::Freshness => "an upload time",
        };
        let (check, field) = (self.check(), self.field());
        format!(
            "{what} counts for `{check}` (`evidence.authenticators.{field}`), not for an attestor"
        )
    }
}
