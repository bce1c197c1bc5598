//! Disabled background audits.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;
use crate::source::Shape;

pub(super) static RULE: Rule = Rule {
    code: "lint-background-audit-off",
    severity: Severity::Info,
    what: "background audit is off",
    why: "Admission only sees objects that are created or changed. The audit scanner also reports running objects \
          that the policy would deny, such as those older than the policy.",
    example: MANIFEST,
    avoid: "backgroundAudit: false",
    prefer: "backgroundAudit: true",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    // Another manifest validates with the same settings, and is audited.
    if manifest.is_mutating() {
        return;
    }
    let audit = manifest.get("backgroundAudit");
    if let Some(node) = audit.filter(|node| node.shape == Shape::Bool(false)) {
        findings.push(
            Diagnostic::new(
                node.span,
                "running objects are not audited",
                "background audit is off",
            )
            .help("set `backgroundAudit: true`, or remove the field"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn what_only_pins_need_not_be_audited() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["false"]);
        let audit = "  backgroundAudit: false\n";
        let pinning = format!("{audit}  mutating: true\n");
        assert!(found(&RULE, &RULE.avoided().replace(audit, &pinning)).is_empty());
    }
}
