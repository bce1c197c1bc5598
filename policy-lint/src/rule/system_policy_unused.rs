//! The system policy is there, and does not count.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-system-policy-unused",
    severity: Severity::Warning,
    what: "the settings have a system policy that the policy does not count on",
    why: "It counts only under `globalPolicyEvaluationMode: ENABLE`, and leaving that out means `DISABLE`. None of \
          the images in it is exempt.",
    avoid: "policy:
  globalPolicyEvaluationMode: DISABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
systemPolicy:
  admissionWhitelistPatterns:
    - namePattern: gke.gcr.io/**
",
    prefer: "policy:
  globalPolicyEvaluationMode: ENABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
systemPolicy:
  admissionWhitelistPatterns:
    - namePattern: gke.gcr.io/**
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    // In a document of Google's the key would be refused.
    let supplied = settings.setting(&["systemPolicy"]);
    let Some(entry) = supplied.and_then(|_| settings.root.entry("systemPolicy")) else {
        return;
    };
    let finding = Diagnostic::new(
        entry.key_span,
        "exempts nothing",
        "the system policy is supplied, and the policy does not count on it",
    )
    .help("write `globalPolicyEvaluationMode: ENABLE` in the policy, or leave `systemPolicy` out");
    match settings.global_mode() {
        Some(("ENABLE", _)) => {}
        Some((_, span)) => findings.push(finding.because(span, "not `ENABLE`")),
        None if settings.policy().is_some() => findings.push(finding.because(
            settings.policy_span(),
            "has no `globalPolicyEvaluationMode`",
        )),
        None => findings.push(finding),
    }
}
