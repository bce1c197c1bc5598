//! OpenPGP keys that expire soon.

use policy_wasm::key::PublicKey;
use policy_wasm::time::Time;

use super::example::PGP_KEY;
use super::{Check, Findings, Rule, SOON, date};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-pgp-key-expires",
    severity: Severity::Warning,
    what: "an OpenPGP key expires within 30 days",
    why: "After the expiry, all of its signatures are invalid, including earlier ones. Images without another valid \
          signature are denied, even when their Pods are rescheduled after a node failure.",
    example: PGP_KEY,
    avoid: "mDMEZZIAgBYJKwYBBAHaRw8BAQdACBncSjarVm330WSGMS0zpxlBFRCpcm8gVzw2
            6U0yJBS0GWJ1aWxkIDxidWlsZEBleGFtcGxlLmNvbT6IlgQTFggAPhYhBP9+Ccmc
            aQKICg3ShwPlM6D/YFqLBQJlkgCAAhsDBQkFiJPABQsJCAcCBhUKCQgLAgQWAgMB
            Ah4BAheAAAoJEAPlM6D/YFqLeJkA/1i7+UAm0AvLb8xJQ4Ztk3HHaeci1NctnoMQ
            pqc42djOAQDyUNgVqmlj9DR4JlxCh/fgYNxzgA4S8xJvFJtvc56kAw==
            =osb6",
    prefer: "mDMEZZIAgBYJKwYBBAHaRw8BAQdA7AQxY1M+xxBUXVMrl+g3thW1U/19PecUbahs
            MlEy9WS0HWVkMjU1MTkgPGVkMjU1MTlAZXhhbXBsZS5jb20+iJAEExYIADgWIQTQ
            qpayeWPxf2/WSLcvvhCp/eEBygUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIe
            AQIXgAAKCRAvvhCp/eEByllYAQDNUg73grOTnco1k5DRY8UhfFWMHzvk21VFDVZl
            zvMODQD/QqkKmRwjxe0j1ZNR8XiFgxO4MteGI3amm11g2xElZgE=
            =B9t5",
    check: Check::Dated(check),
};

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    for key in settings.keys() {
        let expiry = key.decode().and_then(|key| expiry(&key, now));
        let Some(expiry) = expiry else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                key.span(),
                "its signatures become invalid then",
                format!("the OpenPGP key expires on {}", date(expiry)),
            )
            .help(
                "extend it (`gpg --quick-set-expire FINGERPRINT 2y`) and replace it with its new export, or add \
                 another key",
            ),
        );
    }
}

/// The expiry of a key that is valid now, if it is soon.
fn expiry(key: &PublicKey, now: Time) -> Option<Time> {
    let may_sign = |seconds: u64| {
        let time = Time::from_unix(seconds).ok()?;
        Some(key.may_sign_at(time).is_ok())
    };
    let (mut valid, mut expired) = (now.as_unix(), now.as_unix().saturating_add(SOON));
    if !may_sign(valid)? || may_sign(expired)? {
        return None;
    }
    while expired.saturating_sub(valid) > 1 {
        let between = valid.midpoint(expired);
        if may_sign(between)? {
            valid = between;
        } else {
            expired = between;
        }
    }
    Time::from_unix(expired).ok()
}

#[cfg(test)]
mod tests {
    use policy_wasm::time::Time;

    use super::RULE;
    use crate::{Config, SourceFile, lint};

    /// The key of the page expires at noon of 10 December 2026.
    #[test]
    fn thirty_days_before_its_end_a_key_is_found() {
        for (now, expected) in [
            ("2026-11-10T12:00:00Z", Some("2026-12-10")),
            ("2026-12-10T11:59:59Z", Some("2026-12-10")),
            ("2026-11-10T11:59:59Z", None),
            ("2026-12-11T12:00:00Z", None),
        ] {
            let config = Config::default().at(Time::parse(now).unwrap());
            let report = lint(&[SourceFile::new("", RULE.avoided())], &config);
            let found = report.diagnostics.iter().find(|one| one.code == RULE.code);
            let message = found.map(|one| one.message.as_str());
            let expected = expected.map(|date| format!("the OpenPGP key expires on {date}"));
            assert_eq!(message, expected.as_deref(), "{now}");
        }
        let undated = lint(&[SourceFile::new("", RULE.avoided())], &Config::default());
        assert!(undated.diagnostics.iter().all(|one| one.code != RULE.code));
    }
}
