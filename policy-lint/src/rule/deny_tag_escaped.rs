//! Denied tags that a digest escapes.

use super::example::IMAGE_POLICY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Effect, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-deny-tag-escaped",
    severity: Severity::Info,
    what: "a rule denies a tag, which a reference by digest does not have",
    why: "A reference by digest alone has no tag: `app@sha256:…` escapes a rule that denies `app:v1`, even if it is the same \
          image. With `@-` the pattern says that it is about references without a digest. To deny an image under \
          every name, list its digest in `deniedDigests`.",
    example: IMAGE_POLICY,
    avoid: "    - name: no latest
      images: [\"**:latest\"]
      deny: Use a version or a digest.
",
    prefer: "    - name: no latest
      images: [\"**:latest@-\"]
      deny: Use a version or a digest.
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.image_rules() {
        for image in rule.images.iter().filter(|_| rule.effect == Effect::Deny) {
            if !image.pattern.names_tag() || image.pattern.names_digest() {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    image.span,
                    "not for references by digest alone",
                    format!("a digest in place of the tag escapes `{}`", image.text),
                )
                .help(format!(
                    "write `{}@-` if that is intended; list images that must not run in `deniedDigests`",
                    image.text
                )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn only_denied_tags_are_found() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["\"**:latest\""]);
        for (from, to) in [
            ("**:latest", "registry.example/**"),
            ("**:latest", "**@-"),
            ("deny: Use a version or a digest.", "exempt: {owner: us}"),
        ] {
            assert!(
                found(&RULE, &RULE.avoided().replace(from, to)).is_empty(),
                "{to}"
            );
        }
    }
}
