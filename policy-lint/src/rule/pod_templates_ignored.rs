//! `podTemplates: ignore`.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-pod-templates-ignored",
    severity: Severity::Info,
    what: "the Pod templates of controllers are not checked",
    why: "A Deployment with a forbidden image is admitted, and its Pods are denied later. The deployer sees no error, \
          only a rollout that does not finish and events of the ReplicaSet.",
    example: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
{part}
",
    avoid: "podTemplates: ignore\n",
    prefer: "podTemplates: evaluate\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let templates = settings.setting(&["podTemplates"]);
    if let Some(node) = templates.filter(|node| node.text() == Some("ignore")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "denials appear only in events",
                "the Pod templates of controllers are not checked",
            )
            .help("set `podTemplates: evaluate`, or remove the setting"),
        );
    }
}
