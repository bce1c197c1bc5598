//! Trusted directories `p/**`, which do not include `p` itself.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Coverage, Language, Settings, Wildcard};

pub(super) static RULE: Rule = Rule {
    code: "lint-trusted-directory-direct-child",
    severity: Severity::Info,
    what: "a pattern `registry/p/**` does not cover the images directly in `p`",
    why: "The pattern is compared with the directory of an image. The directory of `registry/p/app` is `registry/p`, which \
          does not begin with `registry/p/`.",
    example: "gkePolicy:
  checkSets:
    - checks:
        - trustedDirectoryCheck:
            trustedDirPatterns:
{part}
              - registry.example/shop/**
",
    avoid: "",
    prefer: "              - registry.example/shop\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let coverage = Coverage::of(&list);
        for pattern in &list {
            let glob = pattern.glob();
            let Some(directory) = glob.literal.strip_suffix('/') else {
                continue;
            };
            // An image at the top of a registry has no directory that a pattern could match.
            let is_below = directory.contains('/') && glob.wildcard == Wildcard::DoubleStar;
            if pattern.language != Language::TrustedDirectory
                || !is_below
                || coverage.covering(directory).is_some()
            {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    pattern.span,
                    format!("does not cover `{directory}/app`"),
                    format!(
                        "pattern `{}` covers no image directly in `{directory}`",
                        pattern.text
                    ),
                )
                .help(format!(
                    "add `{directory}` if images directly in it are trusted too"
                )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{directories, found, names};
    use super::RULE;

    #[test]
    fn directories_without_their_own_images_are_found() {
        for (patterns, count) in [
            (&["r.example/p/**"][..], 1),
            (&["*.r.example/p/**"], 1),
            (&["r.example/p/**", "r.example/q"], 1),
            (&["r.example/p/**", "r.example/p"], 0),
            (&["r.example/p/**", "r.example/*"], 0),
            (&["*.r.example/p", "a.r.example/p/**"], 0),
            (&["r.example/**"], 0),
            (&["r.example/p/*"], 0),
            (&["r.example/p**"], 0),
        ] {
            assert_eq!(
                found(&RULE, &directories(patterns)).len(),
                count,
                "{patterns:?}"
            );
        }
        assert!(found(&RULE, &names(&["r.example/p/**"])).is_empty());
    }
}
