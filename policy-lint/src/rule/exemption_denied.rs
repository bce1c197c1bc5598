//! Exemptions of images that a rule denies.

use super::example::IMAGE_POLICY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Effect, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-exemption-denied",
    severity: Severity::Warning,
    what: "a rule denies all images of an exemption",
    why: "An exemption lifts the requirements of other rules, and never a denial: the images are denied. Either the \
          exemption is obsolete, or the rule that denies lacks its images in `exceptImages`.",
    example: IMAGE_POLICY,
    avoid: "    - name: no latest
      images: [\"**:latest\"]
      deny: Use a version or a digest.
    - name: tools
      images: [registry.example/tools/*:latest]
      exempt: {owner: platform team, reason: images of the build itself}
",
    prefer: "    - name: no latest
      images: [\"**:latest\"]
      exceptImages: [registry.example/tools/*:latest]
      deny: Use a version or a digest.
    - name: tools
      images: [registry.example/tools/*:latest]
      exempt: {owner: platform team, reason: images of the build itself}
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let rules = settings.image_rules();
    let denying = || rules.iter().filter(|rule| rule.is_denying());
    for rule in rules.iter().filter(|rule| rule.effect == Effect::Exempt) {
        let Some(deny) = denying().find(|deny| deny.covers(rule)) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                rule.entry.key_span,
                "has no effect",
                format!(
                    "the rule `{}` denies all images that `{}` exempts",
                    deny.name(),
                    rule.name()
                ),
            )
            .because(deny.span(), "this rule denies them")
            .help("list the images in `exceptImages` of the rule that denies, or remove the exemption"),
        );
    }
}
