//! Dry run and break-glass in members of policy groups.

use super::example::GROUP;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, Settings};
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "lint-group-dry-run",
    severity: Severity::Warning,
    what: "a member of a policy group uses dry run or break-glass",
    why: "A group keeps only whether its members admit or deny, and drops their warnings and audit annotations. \
          Images that dry run or break-glass admits leave no trace.",
    example: GROUP,
    avoid: "enforcementMode: DRYRUN_AUDIT_LOG_ONLY",
    prefer: "enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    if !manifest.is_group() {
        return;
    }
    for settings in manifest.parts().iter().filter_map(Manifest::settings) {
        for (span, what) in overrides(&settings) {
            findings.push(
                Diagnostic::new(
                    span,
                    "leaves no trace in a group",
                    format!("{what}, and a group drops its warnings and audit annotations"),
                )
                .help(
                    "deploy the policy outside the group, or try the group with `mode: monitor`, which the policy server \
                     reports",
                ),
            );
        }
    }
}

/// The settings that admit images against the policy, with their places.
fn overrides(settings: &Settings<'_>) -> Vec<(Span, String)> {
    let mut found = Vec::new();
    for rule in settings.rules() {
        if let Some(("DRYRUN_AUDIT_LOG_ONLY", span)) = rule.enforcement() {
            found.push((span, format!("{} is in dry-run mode", rule.title())));
        }
    }
    let platform = settings.setting(&["platformPolicyEnforcement"]);
    if let Some(node) = platform.filter(|node| node.text() == Some("dryrun")) {
        found.push((
            node.span,
            "the platform policies are in dry-run mode".to_owned(),
        ));
    }
    let namespaces = settings.entry(&["breakGlass", "namespaces"]);
    if let Some(entry) = namespaces.filter(|entry| !entry.value.items().is_empty()) {
        found.push((entry.key_span, "a break-glass label admits".to_owned()));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{codes, found};
    use super::RULE;

    #[test]
    fn every_override_is_found_in_a_group_and_none_elsewhere() {
        let end = "    labelled:\n";
        for (more, expected) in [
            ("        platformPolicyEnforcement: dryrun\n", "dryrun"),
            (
                "        breakGlass: {namespaces: [production]}\n",
                "namespaces",
            ),
        ] {
            let yaml = RULE.preferred().replace(end, &format!("{more}{end}"));
            assert_eq!(found(&RULE, &yaml), [expected]);
        }
    }

    /// Its members are linted as if they stood alone, but for those of other modules.
    #[test]
    fn the_settings_of_members_are_linted() {
        let codes = codes(&RULE.avoided());
        assert!(codes.contains("lint-dry-run"), "{codes:?}");
        let other = RULE
            .avoided()
            .replace("policies/countersign", "policies/other");
        let other = other.replace("        policy:\n", "        rules:\n");
        let files = [crate::SourceFile::new("", other)];
        let report = crate::lint(&files, &crate::Config::default());
        assert_eq!((report.documents, report.passed_over), (0, 1));
    }
}
