//! A word that opens every door.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-break-glass-everywhere",
    severity: Severity::Warning,
    what: "break-glass is allowed in every namespace",
    why: "Whoever may create a workload anywhere may set the label and skip the policy, and only a \
          warning and an audit annotation are left of it. In the namespaces that matter, emergencies \
          are few.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
breakGlass:
  namespaces: ['*']
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
    let namespaces = settings.setting(&["breakGlass", "namespaces"]);
    let namespaces = namespaces.map(Node::items).unwrap_or_default();
    if let Some(all) = namespaces.iter().find(|item| item.text() == Some("*")) {
        findings.push(
            Diagnostic::new(
                all.span,
                "every namespace, now and later",
                "break-glass is allowed in every namespace",
            )
            .help("name the namespaces in which a deployer may skip the policy"),
        );
    }
}
