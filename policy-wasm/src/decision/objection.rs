//! Objections against an image: what is missing, in a deployer's words, each with its code.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt;

use super::short::AttestorNames;
use super::{
    AppliedRule, AttestorResult, CheckResult, CheckSetResult, Code, DocumentResult, Enforcement,
    ImageDecision, ImageRuleResult, Reason, RequirementResult, Verdict, failing_platform,
};
use crate::brief;
use crate::image::ImageReference;
use crate::printable::escaped;

/// The text of [`Cause::NotSigned`]
pub(crate) const NOT_SIGNED: &str = "No trusted key has signed this digest";

/// Longer texts are replaced; the Decision has them whole.
const MAX_TEXT: usize = 160;
/// Maximum length of a text about a missing attestation, which may name two identities or predicate types
const MAX_ATTESTED: usize = 320;
/// Maximum length of a list from the settings
const MAX_LIST: usize = 90;
/// Maximum number of attestors that are named
const MAX_ATTESTORS: usize = 4;
/// Maximum length of the name of a rule or check set
const MAX_NAME: usize = 63;

/// Settings that help a deployer
#[derive(Debug, Default)]
pub(crate) struct Hints<'h> {
    /// `contact`
    pub(crate) contact: Option<&'h str>,
    /// `registries`, as a list to read
    pub(crate) registries: String,
    /// Allowlist of the policy, as a list to read
    pub(crate) allowlist: String,
}

/// Returns the items from the settings that fit as one list, with a count of the others: `a, b and 3 more`.
pub(crate) fn listed<'i>(items: impl Iterator<Item = &'i str>) -> String {
    let (mut text, mut more) = (String::new(), 0_usize);
    for item in items {
        let has_room = text.len().saturating_add(item.len()) < MAX_LIST;
        if more > 0 || !has_room {
            more = more.saturating_add(1);
            continue;
        }
        if !text.is_empty() {
            text.push_str(", ");
        }
        text.push_str(&escaped(item));
    }
    match (more, text.is_empty()) {
        (0, _) => {}
        (_, true) => text = alloc::format!("{more} too long to show"),
        (_, false) => text.push_str(&alloc::format!(" and {more} more")),
    }
    text
}

/// One reason why an image is denied or would be
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Objection {
    pub(super) text: String,
    /// `None` only if a document gave no result
    pub(super) code: Option<Code>,
}

impl fmt::Display for Objection {
    /// `not attested by qa [no-valid-attestation]`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.code {
            Some(code) => write!(f, "{} [{code}]", self.text),
            None => f.write_str(&self.text),
        }
    }
}

/// Returns the documents that the image does not meet: those that are enforced, or else those in dry run. A
/// document in dry run is never a reason of a denial.
pub(super) fn documents(image: &ImageDecision) -> impl Iterator<Item = &DocumentResult> {
    let against = |result: &&DocumentResult| result.verdict != Verdict::Conformant;
    let mode = if image
        .results
        .iter()
        .filter(against)
        .any(|result| result.enforcement == Enforcement::Enforced)
    {
        Enforcement::Enforced
    } else {
        Enforcement::DryRun
    };
    // Reasons of the image itself outrank all documents.
    let results = image.results.iter().filter(|_| image.reasons.is_empty());
    results
        .filter(against)
        .filter(move |result| result.enforcement == mode)
}

/// Returns all objections against an image, without duplicates; at least one.
pub(super) fn objections(
    image: &ImageDecision,
    names: AttestorNames<'_>,
    hints: &Hints<'_>,
) -> Vec<Objection> {
    let words = Words {
        image,
        names,
        hints,
    };
    let mut all: Vec<_> = image.reasons.iter().map(|one| words.plain(one)).collect();
    for result in documents(image) {
        let objections = match &result.check_set {
            Some(check_set) => words.by_check_set(check_set),
            None if !result.rules.is_empty() => words.by_image_rules(result),
            None => words.by_rule(result),
        };
        match failing_platform(&result.platforms) {
            None => all.extend(objections),
            Some(platform) => all.extend(objections.into_iter().map(|one| Objection {
                text: alloc::format!("{} ({platform})", one.text),
                ..one
            })),
        }
    }
    let mut each: Vec<Objection> = Vec::with_capacity(all.len());
    for one in all {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    if each.is_empty() {
        let text = "could not be checked".to_string();
        each.push(Objection { text, code: None });
    }
    each
}

/// The image, names and hints from which objections are worded
struct Words<'w> {
    image: &'w ImageDecision,
    names: AttestorNames<'w>,
    hints: &'w Hints<'w>,
}

impl Words<'_> {
    /// Returns the objections of the rule of a project-singleton policy.
    fn by_rule(&self, result: &DocumentResult) -> Vec<Objection> {
        let objections = self.by_attestors(result.attestors.iter(), "");
        if !objections.is_empty() {
            return objections;
        }
        let rule = result.rule.as_ref();
        let words = |reason| self.of_rule(rule, reason);
        result.reasons.iter().map(words).collect()
    }

    /// Returns the objections of the rules of `imagePolicy`, each with the name of its rule.
    fn by_image_rules(&self, result: &DocumentResult) -> Vec<Objection> {
        let failed = result.rules.iter();
        let failed = failed.filter(|rule| rule.verdict != Verdict::Conformant);
        let of_rules = failed.flat_map(|rule| {
            let name = brief(&rule.name, MAX_NAME);
            let objections = self.by_image_rule(rule).into_iter();
            objections.map(move |one| Objection {
                text: alloc::format!("{} (rule {name})", one.text),
                ..one
            })
        });
        let is_of_no_rule =
            |reason: &&Reason| matches!(reason.code, Code::NoImageRule | Code::ExemptionExpired);
        let others = result.reasons.iter().filter(is_of_no_rule);
        let others = others.map(|reason| self.plain(reason));
        of_rules.chain(others).collect()
    }

    fn by_image_rule(&self, rule: &ImageRuleResult) -> Vec<Objection> {
        let failed = rule.requirements.iter();
        let mut failed = failed
            .filter(|requirement| requirement.verdict != Verdict::Conformant)
            .peekable();
        if failed.peek().is_none() {
            return rule.reasons.iter().map(|one| self.plain(one)).collect();
        }
        failed.flat_map(|one| self.by_requirement(one)).collect()
    }

    fn by_requirement(&self, requirement: &RequirementResult) -> Vec<Objection> {
        if let Some(check) = &requirement.check {
            return self.by_checks(core::iter::once(check), || "a check".to_string());
        }
        let attestors = requirement.attestors.iter();
        if requirement.needs_all() {
            return self.by_attestors(attestors, &requirement.with_types());
        }
        if requirement.verdict == Verdict::NonConformant {
            let text = requirement.shortfall(|names| self.attestors(names));
            return alloc::vec![objection(lower(&text), Code::ThresholdNotMet)];
        }
        let is_unknown = |attestor: &&AttestorResult| {
            Reason::verdict_unless_unknown(&attestor.reasons) == Verdict::Error
        };
        self.by_attestors(attestors.filter(is_unknown), &requirement.with_types())
    }

    /// Returns one objection for all attestors with equal reasons; none for those that are satisfied. `with_types` tells
    /// what they have to sign.
    fn by_attestors<'r>(
        &self,
        attestors: impl Iterator<Item = &'r AttestorResult>,
        with_types: &str,
    ) -> Vec<Objection> {
        let mut groups: Vec<(&Reason, Vec<&str>)> = Vec::new();
        for attestor in attestors.filter(|one| !one.verified) {
            for reason in &attestor.reasons {
                let is_alike = |group: &&mut (&Reason, Vec<&str>)| {
                    group.0.code == reason.code && group.0.message == reason.message
                };
                match groups.iter_mut().find(is_alike) {
                    Some((_, names)) => names.push(&attestor.name),
                    None => groups.push((reason, alloc::vec![attestor.name.as_str()])),
                }
            }
        }
        let words =
            |(reason, names): (&Reason, Vec<&str>)| self.of_attestors(reason, &names, with_types);
        groups.into_iter().map(words).collect()
    }

    fn of_attestors(&self, reason: &Reason, names: &[&str], with_types: &str) -> Objection {
        let text = match reason.code {
            Code::NoValidAttestation => {
                let missing =
                    alloc::format!("not attested by {}{with_types}", self.attestors(names));
                let text = alloc::format!("{missing}: {}", lower(&reason.message));
                if reason.message == NOT_SIGNED || text.chars().count() > MAX_ATTESTED {
                    missing
                } else {
                    text
                }
            }
            Code::AttestorWithoutKeys => {
                alloc::format!("no keys are known of {}", self.attestors(names))
            }
            _ => return self.plain(reason),
        };
        objection(text, reason.code)
    }

    /// `build, qa and 3 more`
    fn attestors(&self, names: &[&str]) -> String {
        let shown = names.iter().take(MAX_ATTESTORS);
        let shown: Vec<_> = shown.map(|name| self.names.short(name)).collect();
        let more = names.len().saturating_sub(shown.len());
        match (shown.as_slice(), more) {
            ([before @ .., last], 0) if !before.is_empty() => {
                alloc::format!("{} and {last}", before.join(", "))
            }
            (all, 0) => all.join(", "),
            (all, more) => alloc::format!("{} and {more} more", all.join(", ")),
        }
    }

    fn of_rule(&self, rule: Option<&AppliedRule>, reason: &Reason) -> Objection {
        let (Code::AlwaysDeny, Some(rule)) = (reason.code, rule) else {
            return self.plain(reason);
        };
        let rule = match &rule.key {
            Some(key) => {
                let kind = rule.kind.strip_prefix("kubernetes-").unwrap_or(rule.kind);
                let kind = kind.replace('-', " ");
                alloc::format!("the rule for {kind} {}", brief(key, MAX_NAME))
            }
            None => "the default rule".to_string(),
        };
        let text = match self.hints.allowlist.as_str() {
            "" => alloc::format!("{rule} denies every image"),
            allowed => {
                alloc::format!("not on the allowlist ({allowed}), and {rule} denies the rest")
            }
        };
        objection(text, reason.code)
    }

    fn by_check_set(&self, check_set: &CheckSetResult) -> Vec<Objection> {
        self.by_checks(check_set.checks.iter(), || {
            let name = match &check_set.display_name {
                Some(name) => brief(name, MAX_NAME),
                None => check_set.index.to_string(),
            };
            alloc::format!("check set {name}")
        })
    }

    /// Returns the objections of the failed checks. `whole` names what denies every image.
    fn by_checks<'r>(
        &self,
        checks: impl Iterator<Item = &'r CheckResult>,
        whole: impl Fn() -> String,
    ) -> Vec<Objection> {
        let failed = checks.filter(|check| check.verdict != Verdict::Conformant);
        let reasons = failed.flat_map(|check| &check.reasons);
        // Evidence that was ignored does not stand against an image.
        let reasons = reasons.filter(|reason| reason.code != Code::EvidenceUntrusted);
        let words = |reason: &Reason| {
            if reason.code != Code::AlwaysDeny {
                return self.plain(reason);
            }
            let text = alloc::format!("{} denies every image", whole());
            objection(text, reason.code)
        };
        reasons.map(words).collect()
    }

    /// Words a reason by itself.
    fn plain(&self, reason: &Reason) -> Objection {
        let text = match reason.code {
            Code::DigestRequired if self.image.image.contains('@') => {
                match ImageReference::parse(&self.image.image) {
                    Err(error) => error.to_string(),
                    Ok(_) => "the digest is not a sha256 digest".to_string(),
                }
            }
            Code::DigestRequired => "the tag is not pinned to a digest".to_string(),
            Code::DigestDenied => revoked(&reason.message),
            Code::NoImageRule => "no rule covers this image".to_string(),
            Code::ImageRuleDenied => {
                let text = lower(&reason.message);
                let text = text.strip_suffix('.').unwrap_or(&text).to_string();
                let code = Some(reason.code);
                return Objection { text, code };
            }
            Code::ImageMissing => "no image is named".to_string(),
            Code::ImageReferenceInvalid => match ImageReference::parse(&self.image.image) {
                Err(error) => alloc::format!("not a valid image reference: {error}"),
                Ok(_) => "not a valid image reference".to_string(),
            },
            Code::RegistryNotAllowed => {
                alloc::format!("registry not allowed; allowed: {}", self.hints.registries)
            }
            Code::TagResolutionFailed => with_detail("the tag could not be resolved", reason),
            Code::NoValidAttestation => lower(&reason.message),
            Code::HostCapabilityFailed => lower(&without_name(&reason.message)),
            _ => {
                // The line begins with the image.
                let text = reason.message.as_str();
                let text = text.strip_prefix("Image is ").unwrap_or(text);
                let text = text.strip_prefix("Image was ").unwrap_or(text);
                with_detail(&lower(text), reason)
            }
        };
        objection(text, reason.code)
    }
}

fn objection(text: String, code: Code) -> Objection {
    let max = match code {
        Code::NoValidAttestation | Code::ThresholdNotMet => MAX_ATTESTED,
        _ => MAX_TEXT,
    };
    let text = if text.chars().count() > max {
        too_long(code)
    } else {
        text
    };
    let code = Some(code);
    Objection { text, code }
}

/// Returns the text that replaces one that is too long.
fn too_long(code: Code) -> String {
    match code {
        Code::HostCapabilityFailed => "the cluster or a registry could not be asked",
        Code::TagResolutionFailed => "the tag could not be resolved",
        Code::NoValidAttestation => "not attested",
        _ => "the reason is too long for this message",
    }
    .to_string()
}

/// Words the reason of an entry of `deniedDigests`, if it has one.
fn revoked(message: &str) -> String {
    let listed = message.strip_prefix("The image for ");
    let listed = listed.and_then(|rest| rest.split_once(" with digest "));
    let what = match listed {
        Some((platform, _)) => alloc::format!("the image for {platform} is revoked"),
        None => "this digest is revoked".to_string(),
    };
    match message.split_once(" the settings: ") {
        Some((_, why)) => alloc::format!("{what}: {why}"),
        None => what,
    }
}

/// Returns a text with the first detail of a reason, if both fit.
fn with_detail(text: &str, reason: &Reason) -> String {
    let whole = match reason.details.as_slice() {
        [] => None,
        [one] => Some(alloc::format!("{text}: {}", lower(&one.message))),
        [one, rest @ ..] => {
            let more = rest.len();
            Some(alloc::format!(
                "{text}: {}, and {more} more",
                lower(&one.message)
            ))
        }
    };
    let fits = |whole: &String| whole.chars().count() <= MAX_TEXT;
    whole.filter(fits).unwrap_or_else(|| text.to_string())
}

/// Returns a text without the first name in backticks, which the line has in a shorter form:
/// `Looking up tag failed: …`
fn without_name(text: &str) -> String {
    let mut parts = text.splitn(3, '`');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(_), Some(after)) => [before.trim_end(), after].concat(),
        _ => text.to_string(),
    }
}

/// Returns a sentence with a small first letter, unless an abbreviation begins it.
pub(super) fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    characters.next();
    let rest = characters.as_str();
    let is_word = rest.starts_with(|second: char| second.is_ascii_lowercase() || second == ' ');
    let mut text = escaped(sentence).into_owned();
    if let (Some(first), true) = (text.get_mut(..1), is_word) {
        first.make_ascii_lowercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_shows_what_fits_and_counts_the_rest() {
        assert_eq!(listed([].into_iter()), "");
        assert_eq!(listed(["a", "b"].into_iter()), "a, b");
        let long = "x".repeat(60);
        assert_eq!(
            listed([long.as_str(), &long, "y"].into_iter()),
            alloc::format!("{long} and 2 more")
        );
        assert_eq!(
            listed([long.repeat(2).as_str()].into_iter()),
            "1 too long to show"
        );
    }

    #[test]
    fn a_sentence_becomes_part_of_another() {
        assert_eq!(lower("Image was uploaded"), "image was uploaded");
        assert_eq!(lower("A signature"), "a signature");
        assert_eq!(lower("CVE-2024-1 is"), "CVE-2024-1 is");
        assert_eq!(lower("x\ny"), r"x\u{a}y");
        assert_eq!(lower(""), "");
    }

    #[test]
    fn a_failed_lookup_is_told_without_its_long_name() {
        let text = without_name("Looking up tag `a.example/b:1` failed: no `route`");
        assert_eq!(text, "Looking up tag failed: no `route`");
        assert_eq!(without_name("no name"), "no name");
    }

    #[test]
    fn what_is_too_long_is_replaced_and_not_cut() {
        let words = |detail: &str| {
            let reason = Reason::new(Code::TagResolutionFailed, "Tag");
            let detail = Reason::new(Code::HostCapabilityFailed, detail);
            with_detail(
                "the tag could not be resolved",
                &reason.with_details(alloc::vec![detail]),
            )
        };
        assert_eq!(
            words("No answer"),
            "the tag could not be resolved: no answer"
        );
        assert_eq!(words(&"x".repeat(200)), "the tag could not be resolved");
        let long = objection("x".repeat(161), Code::LimitExceeded);
        assert_eq!(
            long.to_string(),
            "the reason is too long for this message [limit-exceeded]"
        );
    }
}
