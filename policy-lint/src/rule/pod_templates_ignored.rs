//! A refusal that nobody sees.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-pod-templates-ignored",
    severity: Severity::Info,
    what: "the templates of controllers are not judged",
    why: "A Deployment with a forbidden image is admitted, and its Pods are refused later. Whoever \
          deployed it sees no error, only a rollout that does not end and events of the ReplicaSet.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
podTemplates: ignore
",
    prefer: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
podTemplates: evaluate
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let templates = settings.setting(&["podTemplates"]);
    if let Some(node) = templates.filter(|node| node.text() == Some("ignore")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "the deployer sees a refusal only in events",
                "the templates of controllers are not judged",
            )
            .help("write `podTemplates: evaluate`, or leave the setting out"),
        );
    }
}
