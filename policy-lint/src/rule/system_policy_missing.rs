//! Policies that enable a missing system policy.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Origin, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-system-policy-missing",
    severity: Severity::Warning,
    what: "the policy enables the system policy, and the settings do not contain it",
    why: "Google supplies the system policy itself; Countersign needs it in the settings. Without it, no system image is \
          exempt, and the cluster's own Pods may be denied.",
    example: "policy:
  globalPolicyEvaluationMode: ENABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
{part}
",
    avoid: "",
    prefer: "systemPolicy:
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
    // A policy without settings may be used with a system policy.
    if settings.origin == Origin::Settings && settings.setting(&["systemPolicy"]).is_none() {
        findings.push(
            Diagnostic::new(
                span,
                "needs `systemPolicy`",
                "the settings have no `systemPolicy`, so no system image is exempt",
            )
            .help(
                "add the output of `gcloud alpha container binauthz policy export-system-policy` as `systemPolicy`",
            ),
        );
    }
}
