//! Rules and platform policies in dry run.

use super::example::DENIES_ALL;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-dry-run",
    severity: Severity::Warning,
    what: "a rule or all platform policies are in dry-run mode",
    why: "Dry run admits images that the policy would deny, and only warns. It is meant for a roll-out, and is easily \
          left on.",
    example: DENIES_ALL,
    avoid: "enforcementMode: DRYRUN_AUDIT_LOG_ONLY",
    prefer: "enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.rules() {
        if let Some(("DRYRUN_AUDIT_LOG_ONLY", span)) = rule.enforcement() {
            findings.push(
                Diagnostic::new(
                    span,
                    "admits images that violate the rule",
                    format!("{} is in dry-run mode", rule.title()),
                )
                .because(rule.key_span, "this rule")
                .help("set `ENFORCED_BLOCK_AND_AUDIT_LOG` after the roll-out"),
            );
        }
    }
    for rule in settings.image_rules() {
        if let Some(span) = rule.dry_run() {
            findings.push(
                Diagnostic::new(
                    span,
                    "admits images that violate the rule",
                    format!(
                        "the rule `{}` of `imagePolicy` is in dry-run mode",
                        rule.name()
                    ),
                )
                .because(rule.span(), "this rule")
                .help("set `enforce`, or remove the field, after the roll-out"),
            );
        }
    }
    let platform = settings.setting(&["platformPolicyEnforcement"]);
    if let Some(node) = platform.filter(|node| node.text() == Some("dryrun")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "admits images that fail the checks",
                "all platform policies are in dry-run mode",
            )
            .help("set `enforce`, or remove the setting, after the roll-out"),
        );
    }
}
