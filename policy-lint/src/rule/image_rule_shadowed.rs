//! Rules of `imagePolicy` that another rule leaves without effect.

use super::example::IMAGE_POLICY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Effect, ImageRule, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-image-rule-shadowed",
    severity: Severity::Warning,
    what: "another rule of `imagePolicy` leaves a rule without effect",
    why: "A denial decides for every image that it covers, and an exemption without an end lifts every requirement. If one \
          of them covers all images of a rule, the rule never changes a verdict. Usually a pattern is wider than \
          intended.",
    example: IMAGE_POLICY,
    avoid: "    - name: shop
      images: [registry.example/shop/**]
      require: [{check: {trustedDirectoryCheck: {trustedDirPatterns: [registry.example/shop]}}}]
    - name: ours
      images: [registry.example/**]
      exempt: {owner: platform team, reason: built by us}
",
    prefer: "    - name: shop
      images: [registry.example/shop/**]
      require: [{check: {trustedDirectoryCheck: {trustedDirPatterns: [registry.example/shop]}}}]
    - name: ours
      images: [registry.example/tools/**]
      exempt: {owner: platform team, reason: built by us}
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let rules = settings.image_rules();
    let stronger = |index: usize, rule: &ImageRule<'_>| {
        let mut others = rules.iter().enumerate();
        others.find(|(other_index, other)| {
            let decides = match rule.effect {
                // `lint-exemption-denied` reports denied exemptions.
                Effect::Exempt => false,
                Effect::Require => other.is_denying() || other.is_endless(),
                Effect::Deny => other.is_denying(),
            };
            // Of two rules that cover each other, only the later one is reported.
            let is_other = *other_index != index && !(*other_index > index && rule.is_like(other));
            decides && is_other && other.covers(rule)
        })
    };
    for (index, rule) in rules.iter().enumerate() {
        let Some((_, other)) = stronger(index, rule) else {
            continue;
        };
        let verb = match other.effect {
            Effect::Exempt => "exempts",
            Effect::Deny | Effect::Require => "denies",
        };
        findings.push(
            Diagnostic::new(
                rule.span(),
                "has no effect",
                format!(
                    "the rule `{}` {verb} all images of `{}`",
                    other.name(),
                    rule.name()
                ),
            )
            .because(other.span(), "this rule covers the same images and more")
            .help("narrow `images` of the wider rule, or remove the rule without effect"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::messages;

    const CHECK: &str =
        "[{check: {trustedDirectoryCheck: {trustedDirPatterns: [registry.example/shop]}}}]";

    /// The number of findings for two rules, each with its `images` and further fields.
    #[track_caller]
    fn count(one: &str, other: &str) -> usize {
        let yaml = format!(
            "imagePolicy:\n  unmatchedImages: deny\n  rules:\n    - {{name: one, {one}}}\n    - {{name: other, {other}}}\n"
        );
        messages(&RULE, &yaml).len()
    }

    #[test]
    fn only_rules_without_effect_are_found() {
        let require = format!("images: [r.example/a/*], require: {CHECK}");
        for (other, expected) in [
            ("images: [r.example/**], deny: No.", 1),
            ("images: [r.example/**], exempt: {}", 1),
            // Images that remain.
            ("images: [r.example/a/*:1], deny: No.", 0),
            (
                "images: [r.example/**], exceptImages: [r.example/a/b], deny: No.",
                0,
            ),
            ("images: [r.example/**], namespaces: [a], deny: No.", 0),
            (
                "images: [r.example/**], serviceAccounts: [a/b], exempt: {}",
                0,
            ),
            // A time or a mode that ends.
            ("images: [r.example/**], exempt: {until: 2027-01-01}", 0),
            ("images: [r.example/**], deny: No., enforcement: dryrun", 0),
        ] {
            assert_eq!(count(&require, other), expected, "{other}");
            assert_eq!(count(other, &require), expected, "{other}");
        }
    }

    #[test]
    fn denials_are_compared_with_each_other_and_equal_ones_are_found_once() {
        let deny = "images: [r.example/**], deny: No.";
        assert_eq!(count(deny, deny), 1);
        assert_eq!(count(deny, "images: [r.example/a], deny: No."), 1);
        assert_eq!(count(deny, "images: [r.example/a], exempt: {}"), 0);
        let limited = "images: [r.example/a], namespaces: [a, b], deny: No.";
        assert_eq!(
            count(
                "images: [r.example/*], namespaces: [b, a], deny: No.",
                limited
            ),
            1
        );
    }
}
