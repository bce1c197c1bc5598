//! Results of the rules of `imagePolicy`.

use super::part::parts;
use super::{AttestorResult, CheckResult, Code, Reason, Verdict};

parts! {
    /// Result of one rule for one image that it covers
    pub struct ImageRuleResult {
        /// As written in the policy
        pub name: String = "name",
        /// `require`, `deny` or `exempt`
        pub effect: String = "effect",
        /// Result of the rule
        pub verdict: Verdict = "verdict",
        /// Name of the rule whose exemption lifts the requirements; empty if they are not lifted
        pub lifted_by: String = "liftedBy",
        /// Owner of an exemption; empty if it has none
        pub owner: String = "owner",
        /// Reason of an exemption; empty if it has none
        pub reason: String = "reason",
        /// End of an exemption; empty if it has none
        pub until: String = "until",
        /// Every requirement of the rule, in its order
        pub requirements: Vec<RequirementResult> = "requirements",
        /// Reasons of the verdict
        pub reasons: Vec<Reason> = "reasons",
    }

    /// Result of one requirement for one image: of attestors, or of a check
    pub struct RequirementResult {
        /// Result of the requirement
        pub verdict: Verdict = "verdict",
        /// Number of attestors that must be satisfied; absent for a check
        pub threshold: Option<usize> = "threshold",
        /// Attestors that must be satisfied, whichever others are
        pub must_include: Vec<String> = "mustInclude",
        /// Predicate types of the statements that count; empty if approvals do
        pub predicate_types: Vec<String> = "predicateTypes",
        /// Every attestor of the requirement, by name
        pub attestors: Vec<AttestorResult> = "attestors",
        /// The check
        pub check: Option<CheckResult> = "check",
    }
}

impl ImageRuleResult {
    /// Whether a code is among the reasons.
    pub(super) fn has(&self, code: &Code) -> bool {
        self.reasons.iter().any(|one| one.code == *code)
    }
}

impl RequirementResult {
    /// ` with predicate type urn:a or urn:b`; empty without predicate types.
    pub(crate) fn types(&self) -> String {
        match self.predicate_types.as_slice() {
            [] => String::new(),
            types => format!(" with predicate type {}", types.join(" or ")),
        }
    }

    /// A note on an attestor that others cannot replace; empty for the others.
    pub(crate) fn note(&self, attestor: &AttestorResult) -> &'static str {
        let is_required = self.must_include.contains(&attestor.name);
        if is_required { " (required)" } else { "" }
    }

    /// Whether an attestor that others cannot replace is not satisfied.
    pub(crate) fn lacks_required(&self) -> bool {
        let mut missing = self.attestors.iter().filter(|one| !one.verified);
        missing.any(|one| self.must_include.contains(&one.name))
    }
}
