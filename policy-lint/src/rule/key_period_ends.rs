//! Entries of `keys` whose period ends soon, or has ended.

use policy_wasm::date_or_time::DateOrTime;
use policy_wasm::time::Time;

use super::{Check, Findings, Rule, SOON};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-key-period-ends",
    severity: Severity::Warning,
    what: "the period of a key ends within 30 days, or has ended",
    why: "From then on, no signature of the key counts, including earlier ones. Images without another valid \
          signature are denied, even when their Pods are rescheduled after a node failure.",
    example: concat!(
        attested!(),
        public_key!(),
        "keys:
  - id: ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g
    notAfter: 2027-12-10
    owner: build team
",
        notes!()
    ),
    avoid: "notAfter: 2026-12-10",
    prefer: "notAfter: 2027-12-10",
    check: Check::Dated(check),
};

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    let Some(keys) = settings.setting(&["keys"]) else {
        return;
    };
    let soon = Time::from_unix(now.as_unix().saturating_add(SOON)).unwrap_or(Time::LAST);
    for entry in keys.items() {
        let Some(not_after) = entry.get("notAfter") else {
            continue;
        };
        let bound = not_after.text().map(DateOrTime::parse);
        let Some(Ok(bound)) = bound.filter(|bound| bound.is_ok_and(|bound| bound.is_over(soon)))
        else {
            continue;
        };
        let (label, verb) = if bound.is_over(now) {
            ("its signatures do not count", "has ended")
        } else {
            ("its signatures do not count after that", "ends")
        };
        let owner = match entry.text_of("owner") {
            "" => String::new(),
            owner => format!(" ({owner})"),
        };
        let message = format!("the period of a key{owner} {verb}: `notAfter` is {bound}");
        findings.push(Diagnostic::new(not_after.span, label, message).help(
            "sign with another key what has to run, then remove the key and its entry; or set a later `notAfter`",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::messages_at;

    #[test]
    fn thirty_days_before_its_end_a_key_is_found_and_ever_after() {
        let ends = ["the period of a key (build team) ends: `notAfter` is 2026-12-10"];
        let ended = ["the period of a key (build team) has ended: `notAfter` is 2026-12-10"];
        for (now, expected) in [
            ("2026-11-10T23:59:59Z", &[][..]),
            ("2026-11-11T00:00:00Z", &ends),
            ("2026-12-10T23:59:59Z", &ends),
            ("2026-12-11T00:00:00Z", &ended),
            ("9999-12-31T23:59:59Z", &ended),
        ] {
            assert_eq!(
                messages_at(&RULE, &RULE.avoided(), Some(now)),
                expected,
                "{now}"
            );
        }
        assert!(messages_at(&RULE, &RULE.avoided(), None).is_empty());
    }

    #[test]
    fn a_key_without_an_end_is_not_found() {
        let yaml = RULE.avoided().replace("notAfter", "notBefore");
        let found = messages_at(&RULE, &yaml, Some("2030-01-01T00:00:00Z"));
        assert!(found.is_empty(), "{found:?}");
    }
}
