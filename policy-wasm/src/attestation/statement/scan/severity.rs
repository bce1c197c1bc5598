//! Severities of vulnerabilities, in the terms of Binary Authorization.

use super::payload::INVALID;
use crate::json::Value;

/// A severity, in ascending order
///
/// [`Severity::Unspecified`] comes first but exceeds every threshold: only a policy that allows everything
/// allows it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names are self-explanatory")]
pub enum Severity {
    /// No severity is assigned; not the same as a low one
    #[default]
    Unspecified,
    Minimal,
    Low,
    Medium,
    High,
    Critical,
}

/// Trivy writes them in upper case, Grype capitalised and in-toto's example in lower case.
const WORDS: &[(&str, Severity)] = &[
    ("unspecified", Severity::Unspecified),
    ("unknown", Severity::Unspecified),
    ("none", Severity::Minimal),       // CVSS, for a score of 0
    ("negligible", Severity::Minimal), // Grype
    ("minimal", Severity::Minimal),
    ("low", Severity::Low),
    ("medium", Severity::Medium),
    ("high", Severity::High),
    ("critical", Severity::Critical),
];

impl Severity {
    /// Reads a severity; an unknown word is a problem.
    pub(super) fn read(value: Value<'_, '_>) -> Self {
        let (path, report) = (value.path(), value.report());
        let Some(text) = value.text() else {
            return Self::Unspecified;
        };
        Self::from_word(&text).unwrap_or_else(|| {
            let message = alloc::format!("{} is not a severity", crate::quote(&text));
            report.push(INVALID, path, message);
            Self::Unspecified
        })
    }

    pub(super) fn from_word(text: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|(word, _)| word.eq_ignore_ascii_case(text))
            .map(|(_, severity)| *severity)
    }

    /// The band of the CVSS v3 rating scale that a score from `0` to `10.0` is in.
    ///
    /// The scale's bands begin at whole numbers, except that a score of 0 has one for itself, named
    /// "none". It is `MINIMAL` here, so that a policy that blocks everything blocks it. Scores have one decimal place;
    /// some calculators print more, and 6.95 is 7.0, because CVSS rounds up. It rounds to five places first (appendix A
    /// of version 3.1), so that 6.9 in 32 bits, 6.900000095, stays 6.9.
    pub(super) fn from_cvss(score: &str) -> Option<Self> {
        let (whole, fraction) = score.split_once('.').unwrap_or((score, "0"));
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !is_number(whole) || !is_number(fraction) {
            return None;
        }
        let whole = whole.parse::<u8>().ok()?;
        let mut digits = fraction.bytes();
        let tenths = digits.next();
        let next_four = digits.by_ref().take(4);
        let has_more =
            next_four.filter(|digit| *digit != b'0').count() > 0 || digits.next() >= Some(b'5');
        let rounds_up = tenths == Some(b'9') && has_more;
        match (
            whole.checked_add(rounds_up.into())?,
            (tenths != Some(b'0') || has_more) && !rounds_up,
        ) {
            (0, false) => Some(Self::Minimal),
            (0..=3, _) => Some(Self::Low),
            (4..=6, _) => Some(Self::Medium),
            (7..=8, _) => Some(Self::High),
            (9, _) | (10, false) => Some(Self::Critical),
            _ => None,
        }
    }
}
