//! The words for a deployer: which image, which rule, which requirement, and what to do.
//!
//! The sentences follow those of Google's enforcer, which tools and people know; the codes in the
//! Decision are what is stable.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{
    AppliedRule, CheckResult, CheckSetResult, Code, DocumentResult, ImageDecision, Reason, Verdict,
};

/// Longer messages are cut at an image, or at a check of one: the API server and kubectl print them whole.
const MAX_LENGTH: usize = 4096;

/// Composes the refusal: one group of sentences for each image, joined by `; `, then the containers
/// concerned and a hint.
pub(crate) fn compose(images: &[ImageDecision]) -> String {
    let mut groups: Vec<String> = Vec::new();
    let mut containers: Vec<&str> = Vec::new();
    let (mut left_out, mut needs_digest) = (0_usize, false);
    for image in images
        .iter()
        .filter(|image| image.verdict != Verdict::Conformant)
    {
        if let Some(name) = image
            .container
            .as_deref()
            .filter(|name| !containers.contains(name))
        {
            containers.push(name);
        }
        let group = sentences(image);
        if groups.contains(&group) {
            continue;
        }
        let length = groups
            .iter()
            .map(String::len)
            .fold(group.len(), usize::saturating_add);
        if length > MAX_LENGTH && !groups.is_empty() {
            left_out = left_out.saturating_add(1);
            continue;
        }
        needs_digest |= reasons(image).any(|reason| reason.code == Code::DigestRequired);
        groups.push(group);
    }
    let mut message = groups.join("; ");
    if left_out > 0 {
        message.push_str(&alloc::format!("; and {left_out} more images"));
    }
    if !containers.is_empty() {
        let names: Vec<_> = containers
            .iter()
            .take(16)
            .map(|name| crate::quote(name))
            .collect();
        message.push_str(&alloc::format!(" (in {})", names.join(", ")));
    }
    if needs_digest {
        message.push_str("; use REPOSITORY@sha256:<digest>");
    }
    message
}

fn reasons(image: &ImageDecision) -> impl Iterator<Item = &Reason> {
    image
        .reasons
        .iter()
        .chain(image.results.iter().flat_map(|result| &result.reasons))
}

fn sentences(image: &ImageDecision) -> String {
    let own = image.reasons.iter().map(|reason| match reason.code {
        Code::DigestRequired => {
            alloc::format!(
                "Image {} denied: {}",
                crate::Escaped(&image.image),
                reason.message
            )
        }
        _ => reason.message.clone(),
    });
    let by_documents = image
        .results
        .iter()
        .filter(|result| result.verdict != Verdict::Conformant)
        .map(|result| by_document(&image.image, result));
    let sentences: Vec<_> = own.chain(by_documents).collect();
    sentences.join(". ")
}

fn by_document(image: &str, result: &DocumentResult) -> String {
    match &result.check_set {
        Some(check_set) => by_check_set(image, result, check_set),
        None => by_rule(image, result),
    }
}

fn by_check_set(image: &str, result: &DocumentResult, check_set: &CheckSetResult) -> String {
    let name = result.name.as_deref().unwrap_or(&result.document);
    let failed = check_set
        .checks
        .iter()
        .filter(|check| check.verdict != Verdict::Conformant);
    let (mut sentences, mut left_out) = (String::new(), 0_usize);
    for sentence in failed.map(by_check) {
        if sentences.is_empty() {
            sentences = sentence;
        } else if sentences.len().saturating_add(sentence.len()) > MAX_LENGTH {
            left_out = left_out.saturating_add(1);
        } else {
            sentences.push_str("; ");
            sentences.push_str(&sentence);
        }
    }
    if left_out > 0 {
        sentences.push_str(&alloc::format!("; and {left_out} more checks"));
    }
    alloc::format!(
        "Image {image} denied by platform policy {}, check set {}: {sentences}",
        crate::Escaped(name),
        numbered(check_set.index, check_set.display_name.as_deref()),
    )
}

fn by_check(check: &CheckResult) -> String {
    // What was ignored did not refuse.
    let refusals = check
        .reasons
        .iter()
        .filter(|reason| reason.code != Code::EvidenceUntrusted);
    let reasons: Vec<_> = refusals.map(with_most_telling).collect();
    alloc::format!(
        "{} at index {}: {}",
        check.kind,
        numbered(check.index, check.display_name.as_deref()),
        reasons.join("; ")
    )
}

/// `0 "Display name"`
fn numbered(index: usize, display_name: Option<&str>) -> String {
    match display_name {
        Some(name) => alloc::format!("{index} \"{}\"", crate::Escaped(name)),
        None => index.to_string(),
    }
}

fn by_rule(image: &str, result: &DocumentResult) -> String {
    let rule = result.rule.as_ref().map_or_else(String::new, rule_name);
    let mut sentences: Vec<String> = result
        .attestors
        .iter()
        .filter(|attestor| !attestor.verified)
        .map(|attestor| {
            let reasons: Vec<_> = attestor.reasons.iter().map(with_most_telling).collect();
            alloc::format!(
                "Image {image} denied by attestor {}: {}",
                attestor.name,
                reasons.join("; ")
            )
        })
        .collect();
    if sentences.is_empty() {
        sentences.extend(result.reasons.iter().map(|reason| reason.message.clone()));
    }
    alloc::format!(
        "Image {image} denied by Binary Authorization {rule}. {}",
        sentences.join(". ")
    )
}

/// A reason with the first of its details and a count of the rest.
fn with_most_telling(reason: &Reason) -> String {
    match reason.details.as_slice() {
        [] => reason.message.clone(),
        [detail] => alloc::format!("{} ({})", reason.message, detail.message),
        [detail, rest @ ..] => {
            alloc::format!(
                "{} ({}; and {} more)",
                reason.message,
                detail.message,
                rest.len()
            )
        }
    }
}

fn rule_name(rule: &AppliedRule) -> String {
    let Some(key) = &rule.key else {
        return "default admission rule".to_string();
    };
    alloc::format!(
        "{} admission rule for {}",
        rule.kind.replace('-', " "),
        crate::Escaped(key)
    )
}
