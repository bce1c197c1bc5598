//! System policies that the policy does not enable.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-system-policy-unused",
    severity: Severity::Warning,
    what: "the settings contain a system policy that the policy does not enable",
    why: "The system policy is used only with `globalPolicyEvaluationMode: ENABLE`, and the default is `DISABLE`. None of \
          its images is exempt.",
    example: "policy:
{part}
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
systemPolicy:
  admissionWhitelistPatterns:
    - namePattern: gke.gcr.io/**
",
    avoid: "  globalPolicyEvaluationMode: DISABLE\n",
    prefer: "  globalPolicyEvaluationMode: ENABLE\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    // Validation reports the key in Google's documents.
    let supplied = settings.setting(&["systemPolicy"]);
    let Some(entry) = supplied.and_then(|_| settings.root.entry("systemPolicy")) else {
        return;
    };
    let finding = Diagnostic::new(
        entry.key_span,
        "exempts nothing",
        "the policy does not enable the system policy",
    )
    .help("set `globalPolicyEvaluationMode: ENABLE` in the policy, or remove `systemPolicy`");
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
