//! The legacy break-glass annotation.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-break-glass-legacy-annotation",
    severity: Severity::Info,
    what: "the legacy break-glass annotation is enabled in addition to the label",
    why: "Kubernetes cannot select objects by annotation, so a search for workloads that bypass the policy misses \
          those with the annotation. Manifests from old clusters may still have it.",
    example: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
breakGlass:
  namespaces: [ingress]
{part}
",
    avoid: "  legacyAnnotation: true\n",
    prefer: "",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let flag = settings.setting(&["breakGlass", "legacyAnnotation"]);
    if let Some(flag) = flag.filter(|flag| flag.is_true()) {
        findings.push(
            Diagnostic::new(
                flag.span,
                "enables the annotation",
                "the legacy break-glass annotation is enabled in addition to the label",
            )
            .help(
                "remove the setting, and use the label `image-policy.k8s.io/break-glass: \"true\"`",
            ),
        );
    }
}
