//! Entries of `deniedDigests` that have ended.

use policy_wasm::date_or_time::DateOrTime;
use policy_wasm::time::Time;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-denied-digest-ended",
    severity: Severity::Warning,
    what: "a digest is no longer denied",
    why: "From its `until` on, an entry of `deniedDigests` has no effect but a warning for each admitted image. Who \
          reads the settings takes the image for revoked.",
    example: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
deniedDigests:
  - digest: sha256:1111111111111111111111111111111111111111111111111111111111111111
    reason: CVE-2026-1 in the base image
{part}
",
    avoid: "    until: 2026-10-31\n",
    prefer: "",
    check: Check::Dated(check),
};

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    let Some(denied) = settings.setting(&["deniedDigests"]) else {
        return;
    };
    for entry in denied.items() {
        let Some(until) = entry.get("until") else {
            continue;
        };
        let bound = until.text().map(DateOrTime::parse);
        if let Some(Ok(bound)) = bound
            && bound.is_over(now)
        {
            let message = format!("the digest was denied until {bound}");
            findings.push(
                Diagnostic::new(until.span, "the image is admitted since then", message)
                    .help("remove the entry, or set a later `until`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::messages_at;

    #[test]
    fn an_entry_is_found_when_its_last_day_is_over() {
        let ended = ["the digest was denied until 2026-10-31"];
        for (now, expected) in [
            ("2026-10-31T23:59:59Z", &[][..]),
            ("2026-11-01T00:00:00Z", &ended),
        ] {
            assert_eq!(
                messages_at(&RULE, &RULE.avoided(), Some(now)),
                expected,
                "{now}"
            );
        }
        assert!(messages_at(&RULE, &RULE.avoided(), None).is_empty());
    }
}
