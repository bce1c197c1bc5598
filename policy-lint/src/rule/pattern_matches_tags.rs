//! Patterns that exempt tags.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AllowParts, Language, Pattern, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-matches-tags",
    severity: Severity::Warning,
    what: "a pattern exempts tags of an image",
    why: "A tag can be moved to another image at any time, and an exempt image needs no attestation: anyone who can \
          push the tag decides which image runs. With a trailing `*`, `app:1*` also covers `app:1@sha256:…` with \
          every digest.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/team/app:1.4.2\n",
    prefer: "    - namePattern: registry.example/team/app@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns() {
        let Some(name) = name_of_tagged(&pattern).filter(|_| !pattern.is_system) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                pattern.span,
                "a tag can be moved",
                format!("pattern `{}` exempts a tag", pattern.text),
            )
            .help(format!(
                "use `{name}@sha256:…` with the reviewed digest, or require an attestation"
            )),
        );
    }
}

/// The name before the tag, for patterns with a tag and no digest.
fn name_of_tagged<'p>(pattern: &Pattern<'p>) -> Option<&'p str> {
    match pattern.language {
        Language::Name => {
            let is_tagged = pattern.glob().last_word().contains(':') && !pattern.text.contains('@');
            let (name, _tag) = pattern.text.rsplit_once(':').filter(|_| is_tagged)?;
            Some(name)
        }
        Language::Allow => {
            let parts = AllowParts::split(pattern.text);
            parts.tag.filter(|_| parts.digest.is_none())?;
            Some(parts.name.literal)
        }
        Language::TrustedDirectory | Language::SourceRepository => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, found, names};
    use super::RULE;

    #[test]
    fn tags_are_found() {
        for (pattern, is_found) in [
            ("r.example:5000/a:1", true),
            ("r.example/a:1*", true),
            ("r.example/a:*", true),
            ("nginx:1", true),
            ("r.example:5000/a@*", false),
            ("r.example:5000/a/**", false),
            ("r.example:5000/*", false),
            ("r.example/a@sha256:1*", false),
        ] {
            let yaml = names(&[pattern]);
            assert_eq!(found(&RULE, &yaml), vec![pattern; is_found.into()]);
        }
        assert_eq!(
            found(&RULE, &allows(&["r.example/a:1*"])),
            ["'r.example/a:1*'"]
        );
        assert!(found(&RULE, &allows(&["r.example/a"])).is_empty());
    }
}
