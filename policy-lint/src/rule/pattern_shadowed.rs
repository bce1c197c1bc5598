//! A pattern that another one makes superfluous.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Coverage, Settings, covers};

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-shadowed",
    severity: Severity::Warning,
    what: "a pattern covers nothing that another pattern of the list does not cover",
    why: "It reads as if only this image were exempt, and taking it out changes nothing: the wider pattern \
          stays. Either the wider one was not meant, or the narrower one is left over.",
    avoid: "policy:
  admissionWhitelistPatterns:
    - namePattern: registry.example/tools/**
    - namePattern: registry.example/tools/lint@*
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "policy:
  admissionWhitelistPatterns:
    - namePattern: registry.example/tools/lint@*
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let coverage = Coverage::of(&list);
        for pattern in &list {
            let Some(wider) = coverage.wider_than(pattern.text) else {
                continue;
            };
            // Of two that cover each other, one has to stay.
            let is_mutual = covers(pattern.language, pattern.text, wider.text);
            if is_mutual && pattern.span < wider.span {
                continue;
            }
            // Which of the two is meant, only the author knows.
            findings.push(
                Diagnostic::new(
                    pattern.span,
                    "covers nothing of its own",
                    format!("pattern `{}` is covered by `{}`", pattern.text, wider.text),
                )
                .because(wider.span, "this one is wider")
                .help("leave out the one that is not meant"),
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
