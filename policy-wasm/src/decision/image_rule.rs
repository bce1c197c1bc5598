//! Results of the rules of `imagePolicy`.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{AttestorResult, CheckResult, Reason, Verdict};

/// Result of one rule for one image that it covers
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageRuleResult {
    /// As written in the policy
    pub name: String,
    /// Effect on the image
    pub effect: ImageRuleEffect,
    /// Result of the rule; `CONFORMANT` for exemptions, in force or not, and for lifted requirements
    pub verdict: Verdict,
    /// Name of the rule whose exemption lifts the requirements, which were not evaluated
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lifted_by: Option<String>,
    /// Owner of an exemption
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Reason of an exemption
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// End of an exemption
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Every requirement of the rule, in its order
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<RequirementResult>,
    /// Reasons of the verdict
    pub reasons: Vec<Reason>,
}

/// Effect of a rule on the images that it covers
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImageRuleEffect {
    /// Requires attestors or checks
    Require,
    /// Denies
    Deny,
    /// Lifts the requirements of other rules
    Exempt,
}

/// Result of one requirement for one image: of attestors, or of a check
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequirementResult {
    /// Result of the requirement
    pub verdict: Verdict,
    /// Number of attestors that must be satisfied
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threshold: Option<usize>,
    /// Attestors that must be satisfied, whichever others are
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub must_include: Vec<String>,
    /// Predicate types of the statements that count; empty if approvals do
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub predicate_types: Vec<String>,
    /// Every attestor of the requirement, by name
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attestors: Vec<AttestorResult>,
    /// The check
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<CheckResult>,
}

/// Maximum length of several predicate types in a message. The first is always there, whole.
const MAX_TYPES: usize = 100;

impl RequirementResult {
    /// Whether all attestors are needed, so that each that is missing is a reason.
    pub(crate) fn needs_all(&self) -> bool {
        self.threshold == Some(self.attestors.len())
    }

    /// ` with predicate type spdx.dev/Document`, ` with predicate type urn:a or 3 more`; empty without predicate types.
    pub(crate) fn with_types(&self) -> String {
        let (mut text, mut more) = (String::new(), 0_usize);
        for one in &self.predicate_types {
            let one = one.strip_prefix("https://").unwrap_or(one);
            if text.is_empty() {
                text.push_str(" with predicate type ");
            } else if more > 0 || text.len().saturating_add(one.len()) > MAX_TYPES {
                more = more.saturating_add(1);
                continue;
            } else {
                text.push_str(" or ");
            }
            text.push_str(one);
        }
        if more > 0 {
            text.push_str(&alloc::format!(" or {more} more"));
        }
        text
    }

    /// Returns which attestors are missing, with the names as `list` formats them:
    /// `Attested by 1 of 2 attestors needed, not by build and qa; build must be among them`, or if they are enough in
    /// number, `Attested by 2 attestors, but not by build, which must be among them`.
    pub(crate) fn shortfall(&self, list: impl Fn(&[&str]) -> String) -> String {
        let missing = self.attestors.iter().filter(|attestor| !attestor.verified);
        let missing: Vec<_> = missing.map(|attestor| attestor.name.as_str()).collect();
        let required = self.must_include.iter().map(String::as_str);
        let required: Vec<_> = required.filter(|name| missing.contains(name)).collect();
        let needed = self.threshold.unwrap_or_default();
        let found = self.attestors.len().saturating_sub(missing.len());
        let attested = alloc::format!("Attested{} by {found}", self.with_types());
        if found >= needed {
            let plural = if found == 1 { "" } else { "s" };
            let required = list(&required);
            return alloc::format!(
                "{attested} attestor{plural}, but not by {required}, which must be among them"
            );
        }
        let missing = list(&missing);
        let mut text = alloc::format!("{attested} of {needed} attestors needed, not by {missing}");
        if !required.is_empty() {
            text.push_str(&alloc::format!("; {} must be among them", list(&required)));
        }
        text
    }
}
