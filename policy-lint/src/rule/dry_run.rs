//! Something is looked at and let in all the same.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-dry-run",
    severity: Severity::Warning,
    what: "a rule or all platform policies are in dry-run mode",
    why: "Dry run admits what the policy refuses and only warns. It is meant for a roll-out and easily \
          stays on after it.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: DRYRUN_AUDIT_LOG_ONLY
",
    prefer: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.rules() {
        if let Some(("DRYRUN_AUDIT_LOG_ONLY", span)) = rule.enforcement() {
            findings.push(
                Diagnostic::new(
                    span,
                    "admits what the rule refuses",
                    format!("{} is in dry-run mode", rule.title()),
                )
                .because(rule.key_span, "this rule")
                .help("write `ENFORCED_BLOCK_AND_AUDIT_LOG` when the roll-out is over"),
            );
        }
    }
    let platform = settings.setting(&["platformPolicyEnforcement"]);
    if let Some(node) = platform.filter(|node| node.text() == Some("dryrun")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "admits what the checks refuse",
                "all platform policies are in dry-run mode",
            )
            .help("write `enforce`, or leave the setting out, when the roll-out is over"),
        );
    }
}
