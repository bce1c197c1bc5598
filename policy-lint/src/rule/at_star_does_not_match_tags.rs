//! Patterns `name@*`, which match no tags.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Coverage, Language, Settings, Wildcard};

pub(super) static RULE: Rule = Rule {
    code: "lint-at-star-does-not-match-tags",
    severity: Severity::Info,
    what: "a pattern `name@*` covers images by digest and none by tag",
    why: "Patterns are compared with the image reference as the Pod spells it. `app@*` covers `app@sha256:…`, but \
          neither `app:1` nor `app:1@sha256:…`, although Google's documentation says that it covers all tags. If \
          only digests are to be exempt, the pattern is right.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/team/app@*\n",
    prefer: "    - namePattern: registry.example/team/app@*
    - namePattern: registry.example/team/app:1.4.2
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let coverage = Coverage::of(&list);
        for pattern in &list {
            let glob = pattern.glob();
            let Some(name) = glob.literal.strip_suffix('@') else {
                continue;
            };
            // Not reported if the list also has a tag of the image.
            let has_tags = coverage.has_beginning(&format!("{name}:"))
                || coverage.covering(&format!("{name}:*")).is_some();
            if pattern.language != Language::Name || glob.wildcard == Wildcard::Nothing || has_tags
            {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    pattern.span,
                    format!("does not cover `{name}:1`"),
                    format!("pattern `{}` covers no image by tag", pattern.text),
                )
                .help(format!(
                    "name images by digest in workloads; if a tag is to be exempt, add it: `{name}:TAG`"
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
    fn only_lists_without_tags_of_the_image_are_found() {
        let pattern = "r.example/a@*";
        for (others, is_found) in [
            (&[][..], true),
            (&["r.example/ab:1"], true),
            (&["r.example/a"], true),
            (&["r.example/a:*"], false),
            (&["r.example/a:1"], false),
            (&["r.example/*"], false),
        ] {
            let yaml = names(&[&[pattern], others].concat());
            assert_eq!(
                found(&RULE, &yaml),
                vec![pattern; is_found.into()],
                "{others:?}"
            );
        }
        assert!(found(&RULE, &names(&["r.example/a@sha256:1*"])).is_empty());
        assert!(found(&RULE, &allows(&["r.example/a"])).is_empty());
    }
}
