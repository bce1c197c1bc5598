//! Patterns of `images` that `exceptImages` takes back.

use super::example::IMAGE_POLICY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-image-rule-matches-nothing",
    severity: Severity::Error,
    what: "no image can match a pattern of `images`, because of `exceptImages`",
    why: "No image can match the pattern. If the rule has no other one, it never applies, and its images are admitted or \
          denied as if there were no rule.",
    example: IMAGE_POLICY,
    avoid: "    - name: no latest
      images: [\"registry.example/**:latest\"]
      exceptImages: [registry.example/**]
      deny: Use a version or a digest.
",
    prefer: "    - name: no latest
      images: [\"registry.example/**:latest\"]
      exceptImages: [registry.example/tools/**]
      deny: Use a version or a digest.
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.image_rules() {
        for image in &rule.images {
            let mut excepted = rule.except.iter();
            let Some(except) = excepted.find(|except| except.pattern.covers(&image.pattern)) else {
                continue;
            };
            findings.push(
                Diagnostic::new(
                    image.span,
                    "matches no image",
                    format!("`{}` excepts every image of `{}`", except.text, image.text),
                )
                .because(except.span, "this pattern is as wide or wider")
                .help("narrow the exception, or remove both patterns"),
            );
        }
    }
}
