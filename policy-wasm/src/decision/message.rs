//! The message of a denial: the verdict, a line for each container, and where to learn more.
//!
//! Codes are stable, texts are not. Lines are folded for a terminal of 80 columns. Lines that do not fit are left
//! out and counted; no line is cut in its middle.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::objection::{Hints, Objection, objections};
use super::short::{self, AttestorNames};
use super::{Code, DocumentResult, ImageDecision, ImageRuleResult, Reason, Verdict};
use crate::printable::escaped;

/// Maximum length of a message; `kubectl` prints it whole, events and dashboards show its beginning
const MAX_LENGTH: usize = 1200;
/// More images than this are counted.
const MAX_IMAGES: usize = 8;
/// More problems of settings are counted.
pub(crate) const MAX_PROBLEMS: usize = 3;
/// Default width of a terminal
const WIDTH: usize = 80;
/// Room for `  and 256 more images`
const COUNT: usize = 32;

/// Composes the denial of a request for these of its images.
pub(crate) fn deny(denied: &[&ImageDecision], total: usize, hints: &Hints<'_>) -> String {
    let distinct = distinct(denied);
    // No more are put into words: there may be hundreds.
    let shown = distinct.get(..MAX_IMAGES).unwrap_or(&distinct);
    let names = AttestorNames(shown);
    let (mut message, mut code, mut told) = (verdict(denied, total), None, 0_usize);
    for (image, name) in shown.iter().zip(short::images(shown)) {
        let objections = objections(image, names, hints);
        code = code.or_else(|| objections.iter().find_map(|one| one.code));
        let rest = length(&last_lines(code, hints.contact)).saturating_add(COUNT);
        let room = MAX_LENGTH.saturating_sub(length(&message).saturating_add(rest));
        let name = alloc::format!("{} ({name})", short::container(image));
        let Some(lines) = container(&name, &objections, room) else {
            break;
        };
        message.push_str(&lines);
        told = told.saturating_add(1);
    }
    match distinct.len().saturating_sub(told) {
        0 => {}
        1 => message.push_str("\n  and 1 more image"),
        more => message.push_str(&alloc::format!("\n  and {more} more images")),
    }
    message.push_str(&last_lines(code, hints.contact));
    message
}

/// Composes the denial of a request whose images were not evaluated. `problems` are the first of `total`.
pub(super) fn refuse(
    code: Code,
    problems: &[String],
    total: usize,
    contact: Option<&str>,
) -> String {
    let what = match (code, code.verdict()) {
        (Code::SettingsInvalid, _) => "the settings of the policy are not valid",
        (_, Verdict::Error) => "the request could not be checked",
        _ => "the object could not be checked",
    };
    let mut message = alloc::format!("denied: {what} [{code}]");
    let end = last_lines(Some(code), contact);
    let rest = length(&end).saturating_add(COUNT);
    let mut told = 0_usize;
    for problem in problems.iter().take(MAX_PROBLEMS) {
        let line = fold(&escaped(problem), 2);
        let used = length(&message).saturating_add(length(&line));
        if used.saturating_add(rest) > MAX_LENGTH {
            break;
        }
        message.push_str(&line);
        told = told.saturating_add(1);
    }
    match total.saturating_sub(told) {
        0 => {}
        _ if told == 0 => message.push_str("\n  the reason is too long for this message"),
        more => message.push_str(&alloc::format!("\n  and {more} more")),
    }
    message.push_str(&end);
    message
}

/// Returns the images without those that would be reported alike: an object may have several Pods.
pub(super) fn distinct<'d>(images: &[&'d ImageDecision]) -> Vec<&'d ImageDecision> {
    let mut distinct: Vec<&ImageDecision> = Vec::new();
    for image in images {
        let is_same = |other: &&ImageDecision| is_told_alike(other, image);
        if !distinct.iter().any(is_same) {
            distinct.push(image);
        }
    }
    distinct
}

/// Whether two image fields have equal images, container names, codes and rules.
fn is_told_alike(one: &ImageDecision, other: &ImageDecision) -> bool {
    let code = |reasons: &[Reason]| reasons.first().map(|reason| reason.code);
    let mut results = one.results.iter().zip(&other.results);
    one.image == other.image
        && short::place(one) == short::place(other)
        && code(&one.reasons) == code(&other.reasons)
        && one.results.len() == other.results.len()
        && results.all(|(one, other)| {
            let key = |result: &DocumentResult| result.rule.as_ref()?.key.clone();
            one.enforcement == other.enforcement
                && are_rules_alike(&one.rules, &other.rules)
                && code(&one.reasons) == code(&other.reasons)
                && key(one) == key(other)
        })
}

/// Whether two images have the same rules of `imagePolicy`, with equal verdicts and codes.
fn are_rules_alike(one: &[ImageRuleResult], other: &[ImageRuleResult]) -> bool {
    let code = |rule: &ImageRuleResult| rule.reasons.first().map(|reason| reason.code);
    let mut both = one.iter().zip(other);
    one.len() == other.len()
        && both.all(|(one, other)| {
            one.name == other.name && one.verdict == other.verdict && code(one) == code(other)
        })
}

/// `denied: 2 of 3 images do not meet the policy`
fn verdict(denied: &[&ImageDecision], total: usize) -> String {
    let is_unknown = denied.iter().all(|image| image.verdict == Verdict::Error);
    let (one, many) = if is_unknown {
        ("could not be checked", "could not be checked")
    } else {
        ("does not meet the policy", "do not meet the policy")
    };
    match (denied.len(), total) {
        (1, 1) => alloc::format!("denied: the image {one}"),
        (1, _) => alloc::format!("denied: 1 of {total} images {one}"),
        (count, _) => alloc::format!("denied: {count} of {total} images {many}"),
    }
}

/// Formats the objections against the image of one container: on one line if they fit, else each on lines of its
/// own. Objections without room are counted; `None` if there is no room for the first.
fn container(name: &str, objections: &[Objection], room: usize) -> Option<String> {
    let objections: Vec<_> = objections.iter().map(Objection::to_string).collect();
    let whole = alloc::format!("{name}: {}", objections.join("; "));
    if length(&whole).saturating_add(2) <= WIDTH && length(&whole).saturating_add(3) <= room {
        return Some(fold(&whole, 2));
    }
    let mut lines = fold(&alloc::format!("{name}:"), 2);
    for (told, objection) in objections.iter().enumerate() {
        let line = fold(objection, 4);
        let used = length(&lines)
            .saturating_add(length(&line))
            .saturating_add(COUNT);
        if used > room {
            if told == 0 {
                return None;
            }
            let more = objections.len().saturating_sub(told);
            lines.push_str(&alloc::format!("\n    and {more} more"));
            break;
        }
        lines.push_str(&line);
    }
    Some(lines)
}

/// Formats the help and the contact.
fn last_lines(code: Option<Code>, contact: Option<&str>) -> String {
    let help = code.map(|code| alloc::format!("help: countersign explain {code}"));
    let contact = contact.map(|contact| alloc::format!("contact: {}", escaped(contact)));
    match (help, contact) {
        (Some(help), Some(contact)) => {
            let line = alloc::format!("{help}; {contact}");
            if length(&line) <= WIDTH {
                alloc::format!("\n{line}")
            } else {
                alloc::format!("\n{help}{}", fold(&contact, 0))
            }
        }
        (Some(line), None) | (None, Some(line)) => fold(&line, 0),
        (None, None) => String::new(),
    }
}

/// A line that begins a new one, broken at spaces where it is too wide, its further parts a step further in.
fn fold(text: &str, indent: usize) -> String {
    let mut folded = String::new();
    let mut column = 0_usize;
    for word in text.split(' ') {
        let width = length(word);
        let end = column.saturating_add(1).saturating_add(width);
        let would_fit = indent.saturating_add(2).saturating_add(width) <= WIDTH;
        if folded.is_empty() || (end > WIDTH && would_fit) {
            let indent = if folded.is_empty() {
                indent
            } else {
                indent.saturating_add(2)
            };
            folded.push('\n');
            folded.extend(core::iter::repeat_n(' ', indent));
            folded.push_str(word);
            column = indent.saturating_add(width);
        } else {
            folded.push(' ');
            folded.push_str(word);
            column = end;
        }
    }
    folded
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_spaces() {
        let words = "word ".repeat(40);
        let folded = fold(words.trim_end(), 2);
        let lines: Vec<_> = folded.lines().skip(1).collect();
        assert_eq!(lines.len(), 3, "{folded}");
        assert!(lines.iter().all(|line| length(line) <= WIDTH), "{folded}");
        assert!(lines[0].starts_with("  word") && lines[1].starts_with("    word"));
        assert_eq!(
            fold(&"x".repeat(100), 2),
            alloc::format!("\n  {}", "x".repeat(100))
        );
    }

    #[test]
    fn a_refusal_tells_the_first_problems_and_counts_the_rest() {
        let problem = |n| alloc::format!("a.b[{n}]: unknown field (policy-unknown-field)");
        let problems: Vec<_> = (0..4).map(problem).collect();
        let contact = "é".repeat(200);
        let message = refuse(Code::SettingsInvalid, &problems, 64, Some(&contact));
        let expected = "denied: the settings of the policy are not valid [settings-invalid]
  a.b[0]: unknown field (policy-unknown-field)
  a.b[1]: unknown field (policy-unknown-field)
  a.b[2]: unknown field (policy-unknown-field)
  and 61 more
help: countersign explain settings-invalid
contact: ";
        assert_eq!(message, alloc::format!("{expected}{contact}"));
        let long = ["x\n".repeat(5000)];
        let expected = "denied: the object could not be checked [undecodable-object]
  the reason is too long for this message
help: countersign explain undecodable-object";
        assert_eq!(refuse(Code::UndecodableObject, &long, 1, None), expected);
    }

    #[test]
    fn help_and_contact_share_a_line_that_is_not_too_wide() {
        let code = Some(Code::AlwaysDeny);
        assert_eq!(
            last_lines(code, Some("#platform")),
            "\nhelp: countersign explain always-deny; contact: #platform"
        );
        let lines = last_lines(
            code,
            Some("the platform team, at https://chat.example/platform"),
        );
        assert_eq!(lines.lines().count(), 3, "{lines}");
    }
}
