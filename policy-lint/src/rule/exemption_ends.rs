//! Exemptions that have ended, or end soon.

use policy_wasm::date_or_time::DateOrTime;
use policy_wasm::time::Time;

use super::example::IMAGE_POLICY;
use super::{Check, Findings, Rule, SOON};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Effect, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-exemption-ends",
    severity: Severity::Warning,
    what: "an exemption has ended, or ends within 30 days",
    why: "After its end an exemption has no effect, and its images must satisfy the other rules. Images that do not are \
          denied, even when their Pods are rescheduled after a node failure.",
    example: IMAGE_POLICY,
    avoid: "    - name: node images
      images: [registry.k8s.io/**]
      exempt: {owner: platform team, reason: images of the nodes, until: 2024-03-31}
",
    prefer: "    - name: node images
      images: [registry.k8s.io/**]
      exempt: {owner: platform team, reason: images of the nodes, until: 2094-03-31}
",
    check: Check::Dated(check),
};

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    let soon = Time::from_unix(now.as_unix().saturating_add(SOON)).unwrap_or(Time::LAST);
    for rule in settings.image_rules() {
        let until = rule.entry.value.get("until");
        let Some(node) = until.filter(|_| rule.effect == Effect::Exempt) else {
            continue;
        };
        let Some(until) = node.text().and_then(|text| DateOrTime::parse(text).ok()) else {
            continue;
        };
        if !until.is_over(soon) {
            continue;
        }
        let (label, verb) = if until.is_over(now) {
            ("has no effect any more", "ended")
        } else {
            ("the other rules apply from then on", "ends")
        };
        let message = format!("the exemption `{}` {verb} on {until}", rule.name());
        findings.push(
            Diagnostic::new(node.span, label, message)
                .help("remove the rule if the images satisfy the others, or agree on a later date with its owner"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::messages;

    /// Examples are judged at noon of 2026-11-23.
    #[test]
    fn ends_are_found_thirty_days_before() {
        for (until, verb) in [
            ("2026-11-22", Some("ended")),
            ("2026-11-23T12:00:00Z", Some("ended")),
            ("2026-11-23", Some("ends")),
            ("2026-12-22", Some("ends")),
            ("2026-12-23", None),
        ] {
            let yaml = RULE.avoided().replace("2024-03-31", until);
            let expected =
                verb.map(|verb| format!("the exemption `node images` {verb} on {until}"));
            assert_eq!(messages(&RULE, &yaml), expected.as_slice());
        }
    }
}
