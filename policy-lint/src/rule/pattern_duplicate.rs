//! Duplicate patterns.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use alloc::collections::BTreeMap;

use crate::document::Settings;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-duplicate",
    severity: Severity::Warning,
    what: "a list contains a pattern twice",
    why: "If one of the two is removed to end the exemption, the image is still exempt.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/tools/*
    - namePattern: registry.example/tools/*
",
    prefer: "    - namePattern: registry.example/tools/*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let mut seen: BTreeMap<&str, Span> = BTreeMap::new();
        for pattern in &list {
            let Some(first) = seen.get(pattern.text) else {
                seen.insert(pattern.text, pattern.span);
                continue;
            };
            let finding = Diagnostic::new(
                pattern.span,
                "duplicate",
                format!("the list contains pattern `{}` twice", pattern.text),
            )
            .because(*first, "the first one")
            .help("remove one of them");
            findings.push(match settings.without_item(pattern.list, pattern.item) {
                Some(edit) => finding.fix("remove the second one", vec![edit]),
                None => finding,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, fixed, found, names};
    use super::RULE;

    #[test]
    fn later_ones_are_removed() {
        let (once, thrice) = (&["r.example/a@*"], &["r.example/a@*"; 3]);
        assert_eq!(found(&RULE, &names(thrice)).len(), 2);
        assert_eq!(fixed(&RULE, &names(thrice)), names(once));
        assert_eq!(
            fixed(&RULE, &allows(&["r.example/a"; 2])),
            allows(&["r.example/a"])
        );
    }

    #[test]
    fn lists_are_looked_at_one_by_one() {
        let yaml = "gkePolicy:
  imageAllowlist: {allowPattern: [r.example/a]}
  checkSets: [{imageAllowlist: {allowPattern: [r.example/a]}, checks: [{alwaysDeny: true}]}]
";
        assert!(found(&RULE, yaml).is_empty());
        let yaml = yaml.replace(
            "{allowPattern: [r.example/a]},",
            "{allowPattern: [r.example/a, r.example/a]},",
        );
        assert_eq!(found(&RULE, &yaml).len(), 1);
        assert_eq!(
            fixed(&RULE, &yaml),
            yaml,
            "a list in brackets is left alone"
        );
    }
}
