//! Patterns that are only an image name.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Coverage, Language, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-bare-name",
    severity: Severity::Warning,
    what: "a pattern is an image name without tag, digest or wildcard",
    why: "Patterns are compared with the image reference as the Pod spells it: `app` covers only `app`, and neither \
          `app:1` nor `app@sha256:…`. Only in allowlists of platform policies does a name cover every tag and \
          digest.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/team/app\n",
    prefer: "    - namePattern: registry.example/team/app@*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let coverage = Coverage::of(&list);
        for pattern in &list {
            let (glob, name) = (pattern.glob(), pattern.text);
            let is_bare = !glob.is_open() && !glob.last_word().contains([':', '@']);
            // Beside patterns for its tags or digests it is for Pods that give neither.
            let has_company = || {
                [':', '@']
                    .iter()
                    .any(|mark| coverage.has_beginning(&format!("{name}{mark}")))
            };
            if pattern.language != Language::Name || !is_bare || has_company() {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    pattern.span,
                    format!("covers neither `{name}:1` nor `{name}@sha256:…`"),
                    format!("pattern `{name}` covers no tag and no digest"),
                )
                .help(format!(
                    "use `{name}@*` and, if tags are to be exempt, `{name}:*`"
                )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, found, names};
    use super::RULE;

    #[test]
    fn names_without_company_are_found() {
        let bare = "r.example:5000/a";
        for (patterns, is_found) in [
            (&[bare][..], true),
            (&[bare, "r.example:5000/ab:1"], true),
            (&[bare, "r.example:5000/a:1"], false),
            (&["r.example:5000/a@*", bare], false),
            (&["r.example:5000/a*"], false),
            (&["nginx:1"], false),
        ] {
            let yaml = names(patterns);
            assert_eq!(
                found(&RULE, &yaml),
                vec![bare; is_found.into()],
                "{patterns:?}"
            );
        }
        assert!(found(&RULE, &allows(&[bare])).is_empty());
    }
}
