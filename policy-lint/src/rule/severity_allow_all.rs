//! Vulnerabilities that a new version would end.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-severity-allow-all",
    severity: Severity::Warning,
    what: "a vulnerability check lets images with critical vulnerabilities run although there is a fix",
    why: "`maximumFixableSeverity` is about vulnerabilities that an update of the image would remove. At \
          `CRITICAL` and `ALLOW_ALL` the check stops none of them; only `blockedCves` is left.",
    avoid: "gkePolicy:
  checkSets:
    - checks:
        - vulnerabilityCheck:
            maximumFixableSeverity: CRITICAL
            maximumUnfixableSeverity: ALLOW_ALL
",
    prefer: "gkePolicy:
  checkSets:
    - checks:
        - vulnerabilityCheck:
            maximumFixableSeverity: MEDIUM
            maximumUnfixableSeverity: ALLOW_ALL
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for check_set in settings.check_sets() {
        for check in check_set.checks() {
            let Some(node) = check.kind.value.get("maximumFixableSeverity") else {
                continue;
            };
            if let Some(severity @ ("ALLOW_ALL" | "CRITICAL")) = node.text() {
                findings.push(
                    Diagnostic::new(
                        node.span,
                        "a critical vulnerability with a fix passes",
                        format!(
                            "`maximumFixableSeverity: {severity}` admits critical vulnerabilities"
                        ),
                    )
                    .because(check.kind.key_span, "in this check")
                    .help(
                        "write `HIGH` or less, and exempt single vulnerabilities by `allowedCves`",
                    ),
                );
            }
        }
    }
}
