//! The system policy counts, and is not there.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Origin, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-system-policy-missing",
    severity: Severity::Warning,
    what: "the policy counts on the system policy, and the settings have none",
    why: "At Google the system policy is at hand. Here it has to be supplied; without it no system image is \
          exempt, and the cluster's own Pods may be refused.",
    avoid: "policy:
  globalPolicyEvaluationMode: ENABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "policy:
  globalPolicyEvaluationMode: ENABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
systemPolicy:
  name: locations/global/policy
  admissionWhitelistPatterns:
    - namePattern: gke.gcr.io/**
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let Some(("ENABLE", span)) = settings.global_mode() else {
        return;
    };
    // A policy by itself says nothing about the rest of the settings.
    if settings.origin == Origin::Settings && settings.setting(&["systemPolicy"]).is_none() {
        findings.push(
            Diagnostic::new(
                span,
                "needs `systemPolicy`",
                "the system policy is not supplied, so no system image is exempt",
            )
            .help(
                "put what `gcloud alpha container binauthz policy export-system-policy` prints under `systemPolicy`",
            ),
        );
    }
}
