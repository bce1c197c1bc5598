//! Exemptions without an owner.

use super::example::IMAGE_POLICY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Effect, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-exemption-without-owner",
    severity: Severity::Warning,
    what: "an exemption has no owner",
    why: "An exemption admits images without checks. Without an owner, nobody is asked whether it is still needed, and it \
          stays.",
    example: IMAGE_POLICY,
    avoid: "    - name: node images
      images: [registry.k8s.io/**]
      exempt: {reason: images of the nodes}
",
    prefer: "    - name: node images
      images: [registry.k8s.io/**]
      exempt: {owner: platform team, reason: images of the nodes}
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.image_rules() {
        if rule.effect != Effect::Exempt || rule.entry.value.get("owner").is_some() {
            continue;
        }
        findings.push(
            Diagnostic::new(
                rule.entry.key_span,
                "has no `owner`",
                format!("the exemption `{}` has no owner", rule.name()),
            )
            .help("name a team: `owner: platform team`; an `until` date makes sure that it is reviewed"),
        );
    }
}
