//! Vulnerability checks that admit critical vulnerabilities with a fix.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-severity-allow-all",
    severity: Severity::Warning,
    what: "a vulnerability check admits images with critical vulnerabilities that have a fix",
    why: "`maximumFixableSeverity` limits vulnerabilities that an update of the image would fix. With `CRITICAL` or \
          `ALLOW_ALL`, the check denies none of them except those in `blockedCves`.",
    example: "gkePolicy:
  checkSets:
    - checks:
        - vulnerabilityCheck:
{part}
            maximumUnfixableSeverity: ALLOW_ALL
",
    avoid: "            maximumFixableSeverity: CRITICAL\n",
    prefer: "            maximumFixableSeverity: MEDIUM\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for check in settings.all_checks() {
        let Some(node) = check.kind.value.get("maximumFixableSeverity") else {
            continue;
        };
        if let Some(severity @ ("ALLOW_ALL" | "CRITICAL")) = node.text() {
            findings.push(
                Diagnostic::new(
                    node.span,
                    "a critical vulnerability with a fix passes",
                    format!("`maximumFixableSeverity: {severity}` admits critical vulnerabilities"),
                )
                .because(check.kind.key_span, "in this check")
                .help("use `HIGH` or lower, and exempt single vulnerabilities with `allowedCves`"),
            );
        }
    }
}
