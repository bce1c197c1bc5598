//! A second word beside the first.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-break-glass-legacy-annotation",
    severity: Severity::Info,
    what: "the old break-glass annotation counts beside the label",
    why: "An annotation cannot be selected by, so a search for workloads that skipped the policy \
          misses these. Manifests that were written for old clusters may carry it unnoticed.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
breakGlass:
  namespaces: [ingress]
  legacyAnnotation: true
",
    prefer: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
breakGlass:
  namespaces: [ingress]
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let flag = settings.setting(&["breakGlass", "legacyAnnotation"]);
    if let Some(flag) = flag.filter(|flag| flag.is_true()) {
        findings.push(
            Diagnostic::new(
                flag.span,
                "not only the label",
                "the old break-glass annotation counts beside the label",
            )
            .help("leave it out, and use the label `image-policy.k8s.io/break-glass: \"true\"`"),
        );
    }
}
