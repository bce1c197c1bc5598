//! The findings of in-toto's own vulnerability predicate.
//!
//! v0.1 puts `id` and `severity` inside a `vulnerability` in the text of its specification and
//! directly into the item in its example; v0.2 does the latter. Neither records whether a fix exists.

use alloc::borrow::Cow;

use super::findings::{Finding, Findings};
use super::payload::INVALID;
use super::severity::Severity;
use crate::json::Value;

/// Reads `scanner.result`; an empty list means that nothing was found.
pub(super) fn read<'p>(result: Value<'_, 'p>, findings: &mut Findings<'p>) {
    result.list(|_, item| {
        findings.add(item, |item, finding| {
            item.object(|key, value| match key {
                "vulnerability" => {
                    value.object(|key, value| read_field(key, value, finding));
                }
                _ => read_field(key, value, finding),
            });
        });
    });
}

fn read_field<'p>(key: &str, value: Value<'_, 'p>, finding: &mut Finding<'p>) {
    match key {
        "id" => finding.id = value.text().unwrap_or_default(),
        "severity" => {
            value.list(|_, item| finding.severity = finding.severity.max(read_score(item)));
        }
        _ => {}
    }
}

/// Reads the severity that one method assigned, as a word or as a CVSS score.
fn read_score(item: Value<'_, '_>) -> Severity {
    let (path, report) = (item.path(), item.report());
    let (mut method, mut score) = (Cow::default(), None);
    item.object(|key, value| match key {
        "method" => method = value.text().unwrap_or_default(),
        "score" => score = value.text(),
        _ => {}
    });
    let Some(score) = score else {
        return Severity::Unspecified;
    };
    let known = if is_number(&score) {
        from_number(&method, &score)
    } else {
        Severity::from_word(&score)
    };
    known.unwrap_or_else(|| {
        let (score, method) = (crate::quote(&score), crate::quote(&method));
        let message = alloc::format!("score {score} of method {method} is not a severity");
        report.push(INVALID, path, message);
        Severity::Unspecified
    })
}

/// Methods with CVSS scores. Numbers of other methods, such as the probability of EPSS, are not severities and
/// are ignored.
const CVSS: [&str; 2] = ["cvss", "nvd"];

fn from_number(method: &str, score: &str) -> Option<Severity> {
    let is_cvss = CVSS.iter().any(|name| {
        method
            .get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name))
    });
    if is_cvss {
        Severity::from_cvss(score)
    } else {
        Some(Severity::Unspecified)
    }
}

fn is_number(score: &str) -> bool {
    score.starts_with(|first: char| first.is_ascii_digit())
        && score.bytes().all(|b| b.is_ascii_digit() || b == b'.')
}
