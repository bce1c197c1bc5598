//! Monitor mode.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-monitor-mode",
    severity: Severity::Warning,
    what: "the policy is in monitor mode",
    why: "Images that the policy denies are admitted, without a warning to the deployer. The mode is meant for a \
          roll-out, and is easily left on.",
    example: MANIFEST,
    avoid: "mode: monitor",
    prefer: "mode: protect",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let mode = manifest.get("mode");
    if let Some(node) = mode.filter(|node| node.text() == Some("monitor")) {
        findings.push(
            Diagnostic::new(
                node.span,
                "nothing is denied",
                "the policy is in monitor mode",
            )
            .help(
                "set `mode: protect` after the roll-out; to try a single rule, set its `enforcementMode` to \
                 `DRYRUN_AUDIT_LOG_ONLY`",
            ),
        );
    }
}
