//! Patterns that another pattern of the list covers.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Coverage, Settings, covers};

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-shadowed",
    severity: Severity::Warning,
    what: "another pattern of the list covers everything that a pattern covers",
    why: "The narrower pattern has no effect: removing it does not end the exemption. Either the wider pattern is a \
          mistake, or the narrower one is obsolete.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/tools/**
    - namePattern: registry.example/tools/lint@*
",
    prefer: "    - namePattern: registry.example/tools/lint@*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let coverage = Coverage::of(&list);
        for pattern in &list {
            let Some(wider) = coverage.wider_than(pattern.text) else {
                continue;
            };
            // If two patterns cover each other, only one is reported.
            let is_mutual = covers(pattern.language, pattern.text, wider.text);
            if is_mutual && pattern.span < wider.span {
                continue;
            }
            // No fix: only the author knows which of the two is intended.
            findings.push(
                Diagnostic::new(
                    pattern.span,
                    "has no effect",
                    format!("pattern `{}` is covered by `{}`", pattern.text, wider.text),
                )
                .because(wider.span, "this one is wider")
                .help("remove the one that is not intended"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, directories, fixed, found, names};
    use super::RULE;

    #[test]
    fn all_but_the_widest_are_found_and_none_is_removed() {
        let patterns = [
            "r.example/a/b@*",
            "r.example/a/*",
            "r.example/**",
            "s.example/a:1",
        ];
        assert_eq!(found(&RULE, &names(&patterns)), &patterns[..2]);
        assert_eq!(fixed(&RULE, &names(&patterns)), names(&patterns));
        let found_text = |yaml: &str| found(&RULE, yaml).join(" ");
        let tags = found_text(&allows(&["r.example/a", "r.example/a:1*"]));
        assert!(tags.contains("r.example/a:1*"), "{tags}");
        let below = found_text(&directories(&["*.r.example/a/**", "*-eu.r.example/a/b"]));
        assert!(below.contains("*-eu.r.example/a/b"), "{below}");
    }

    #[test]
    fn near_misses_are_not_found() {
        for patterns in [
            ["r.example/a", "r.example/a:1"],
            ["r.example/*", "r.example/a/b"],
            ["r.example/a/**", "r.example/a"],
            ["r.example/**", "r.example.evil/a"],
            ["r.example/a@*", "r.example/a@*"],
        ] {
            assert!(found(&RULE, &names(&patterns)).is_empty(), "{patterns:?}");
        }
        assert!(found(&RULE, &directories(&["r.example/a/**", "r.example/a"])).is_empty());
    }
}
