//! Break-glass in every namespace.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-break-glass-everywhere",
    severity: Severity::Warning,
    what: "break-glass is allowed in every namespace",
    why: "Anyone who can create a workload in any namespace can set the label and bypass the policy; the only trace \
          is a warning and an audit annotation. Few namespaces need break-glass.",
    example: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
breakGlass:
{part}
",
    avoid: "  namespaces: ['*']\n",
    prefer: "  namespaces: [ingress]\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let namespaces = settings.setting(&["breakGlass", "namespaces"]);
    let namespaces = namespaces.map(Node::items).unwrap_or_default();
    if let Some(all) = namespaces.iter().find(|item| item.text() == Some("*")) {
        findings.push(
            Diagnostic::new(
                all.span,
                "every namespace, including new ones",
                "break-glass is allowed in every namespace",
            )
            .help("list the namespaces in which deployers may bypass the policy"),
        );
    }
}
