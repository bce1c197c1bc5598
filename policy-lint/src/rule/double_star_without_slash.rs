//! Patterns `name**`, which also match longer names.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Language, Settings, Wildcard};

pub(super) static RULE: Rule = Rule {
    code: "lint-double-star-without-slash",
    severity: Severity::Warning,
    what: "a pattern `name**` also covers other projects",
    why: "`**` matches any text, including slashes, and does not start a new path segment: `gcr.io/my-project**` \
          covers `gcr.io/my-project-exploit/x`. Anyone who can register such a project is exempt.",
    example: ALLOWLIST,
    avoid: "    - namePattern: gcr.io/my-project**\n",
    prefer: "    - namePattern: gcr.io/my-project/**\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns() {
        let glob = pattern.glob();
        let has_prefix_match = matches!(
            pattern.language,
            Language::Name | Language::TrustedDirectory
        );
        if pattern.is_system || !has_prefix_match || glob.wildcard != Wildcard::DoubleStar {
            continue;
        }
        let literal = glob.literal;
        let word = glob.last_word();
        // A tag or digest has no slash after it, but an apparent tag may be the port of a host.
        let is_port = !literal.contains(['/', '@']);
        let (example, help) = match word.split_once([':', '@']) {
            _ if literal.ends_with('/') => continue,
            Some((name, _)) if is_port => (
                format!("{name}:5000/app"),
                format!("use `{literal}*`, which covers no other registry"),
            ),
            Some(_) => continue,
            None => (
                format!("{literal}-exploit/app"),
                format!("use `{literal}/**`"),
            ),
        };
        findings.push(
            Diagnostic::new(
                pattern.span,
                format!("covers `{example}` too"),
                format!("pattern `{}` also covers other projects", pattern.text),
            )
            .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{directories, found, names};
    use super::RULE;

    #[test]
    fn only_a_word_before_the_wildcard_is_found() {
        for (pattern, is_found) in [
            ("gcr.io/p**", true),
            ("gcr.io/p/a**", true),
            ("nginx:**", true),
            ("gcr.io/**", false),
            ("gcr.io/p/a:**", false),
            ("gcr.io/p/a@**", false),
            ("nginx@**", false),
            ("gcr.io/p*", false),
        ] {
            let yaml = names(&[pattern]);
            assert_eq!(found(&RULE, &yaml), vec![pattern; is_found.into()]);
        }
        assert_eq!(
            found(&RULE, &directories(&["gcr.io/p**"])),
            ["'gcr.io/p**'"]
        );
        assert!(found(&RULE, &directories(&["gcr.io/p/**"])).is_empty());
    }
}
