//! Ways around the rules of `imagePolicy`: the signatures that a quorum lacks, the line of the rule to change, or an
//! exemption.

use policy_wasm::Code;
use policy_wasm::image::{NormalizedReference, ReferenceDigest};
use policy_wasm::pattern::ImagePattern;
use serde_json::Value;

use super::rule::{other_reasons, signatures};
use super::yaml::{quoted, scalar};
use super::{Obstacle, Refused, Way, check, exemption_caution, request};
use crate::decision::{
    AttestorResult, DocumentResult, ImageRuleResult, RequirementResult, Verdict, has,
};
use crate::fields::{list, text};
use crate::settings_view::rule_covers;
use crate::terminal::printable;

/// Returns one obstacle for each `deny` rule and each requirement that is against the image, or one if no rule covers
/// it.
pub(super) fn obstacles(result: &DocumentResult, refused: &Refused<'_>) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let denying = result.rules.iter();
    let denying = denying.filter(|rule| has(&rule.reasons, Code::ImageRuleDenied));
    obstacles.extend(denying.map(|rule| Obstacle {
        what: title(rule),
        ways: against_deny(rule, refused),
    }));
    let (by_name, others): (Vec<_>, Vec<_>) =
        failed(result).partition(|one| needs_digest(one.requirement));
    let mut requirements: Vec<_> = others
        .iter()
        .map(|one| (one.title(), one.ways(refused)))
        .collect();
    // All requirements say the same about a tag.
    if !by_name.is_empty() {
        let what = "its name, in every requirement of imagePolicy".to_owned();
        requirements.push((what, request::digest(refused)));
    }
    if has(&result.reasons, Code::NoImageRule) {
        let what = "imagePolicy, of which no rule covers it".to_owned();
        requirements.push((what, covering_rules(refused)));
    }
    obstacles.extend(requirements.into_iter().map(|(what, mut ways)| {
        ways.extend(exemptions(result, refused));
        Obstacle { what, ways }
    }));
    obstacles
}

/// `rule "shop" of imagePolicy`
fn title(rule: &ImageRuleResult) -> String {
    format!("rule {} of imagePolicy", quoted(&rule.name))
}

/// A requirement that does not hold
struct Failed<'r> {
    rule: &'r ImageRuleResult,
    /// Its index in the rule
    index: usize,
    requirement: &'r RequirementResult,
}

fn failed(result: &DocumentResult) -> impl Iterator<Item = Failed<'_>> {
    let all = result.rules.iter().flat_map(|rule| {
        let requirements = rule.requirements.iter().enumerate();
        requirements.map(move |(index, requirement)| Failed {
            rule,
            index,
            requirement,
        })
    });
    all.filter(|one| one.requirement.verdict != Verdict::Conformant)
}

/// Whether a requirement does not hold only because the image has no digest.
fn needs_digest(requirement: &RequirementResult) -> bool {
    let attestors = requirement.attestors.iter();
    let reasons = attestors
        .filter(|one| !one.verified)
        .map(|one| &one.reasons);
    let checks = requirement.check.iter().map(|check| &check.reasons);
    let mut reasons = reasons.chain(checks).flatten();
    reasons.all(|reason| reason.code == Code::DigestRequired)
}

/// A digest, if the rule denies only images without one, and an exception from the rule. Rules see references before
/// tags are resolved, so `resolveTags` does not help.
fn against_deny(rule: &ImageRuleResult, refused: &Refused<'_>) -> Vec<Way> {
    let mut ways = Vec::new();
    let Some((place, written)) = refused.settings.image_rule(&rule.name) else {
        return ways;
    };
    if let Some(reference) = refused.reference.map(NormalizedReference::from)
        && reference.digest.is_none()
        && !rule_covers(
            written,
            &NormalizedReference {
                tag: None,
                digest: Some(ReferenceDigest::Other),
                ..reference
            },
        )
    {
        ways.extend(request::by_digest(refused));
    }
    if let Some(pattern) = pattern(refused) {
        let title = format!("except this image from the rule {}", quoted(&rule.name));
        let block = format!("# {place}\nexceptImages:\n  - {}\n", scalar(&pattern));
        ways.push(Way::new(title, block));
    }
    ways
}

impl Failed<'_> {
    /// `rule "shop" of imagePolicy`, or `requirement 2 of rule "shop" of imagePolicy` if it has several
    fn title(&self) -> String {
        let rule = title(self.rule);
        match self.rule.requirements.len() {
            0 | 1 => rule,
            _ => format!("requirement {} of {rule}", self.index.saturating_add(1)),
        }
    }

    fn ways(&self, refused: &Refused<'_>) -> Vec<Way> {
        let Some(failed) = &self.requirement.check else {
            return attestors(self.requirement, refused);
        };
        let index = self.index;
        let at = |(place, written): (String, &Value)| {
            let check = list(written, "require").get(index)?.get("check")?;
            let place = format!("{place}.require[{index}].check");
            Some(check::ways(
                &failed.kind,
                &failed.reasons,
                check,
                place,
                refused,
            ))
        };
        let written = refused.settings.image_rule(&self.rule.name);
        written.and_then(at).unwrap_or_default()
    }
}

/// Maximum number of choices among attestors
const MOST_CHOICES: usize = 4;

/// The signatures that a requirement lacks. If one more of several is enough, each of them is a way.
fn attestors(requirement: &RequirementResult, refused: &Refused<'_>) -> Vec<Way> {
    let (verified, missing): (Vec<_>, Vec<_>) =
        requirement.attestors.iter().partition(|one| one.verified);
    let (mut needed, others): (Vec<&AttestorResult>, Vec<_>) = missing
        .iter()
        .partition(|one| requirement.must_include.contains(&one.name));
    let threshold = requirement.threshold.unwrap_or(requirement.attestors.len());
    let lacking = threshold.saturating_sub(verified.len().saturating_add(needed.len()));
    let predicate_type = requirement.predicate_types.first().map(String::as_str);
    let mut ways = Vec::new();
    let signatures = |chosen: &[&AttestorResult]| {
        let mut ways = signatures(chosen, predicate_type, refused);
        for way in &mut ways {
            for (subject, holder) in taken(chosen, &verified) {
                let (subject, holder) = (printable(subject), printable(holder));
                way.title.push_str(&format!(
                    ", with another signer than {subject}, which counts once, for `{holder}`"
                ));
            }
        }
        ways
    };
    match lacking {
        0 => ways.extend(signatures(&needed)),
        1 => {
            for other in others.into_iter().take(MOST_CHOICES) {
                let mut chosen = needed.clone();
                chosen.push(other);
                ways.extend(signatures(&chosen));
            }
        }
        // The number of choices grows fast; the results name all attestors.
        _ => {
            needed.extend(others.into_iter().take(lacking));
            ways.extend(signatures(&needed));
        }
    }
    ways.extend(other_reasons(&missing, refused));
    ways
}

/// Returns the signers that have signed as one of the chosen attestors and count for another one, with its name.
fn taken<'r>(
    chosen: &[&AttestorResult],
    verified: &[&'r AttestorResult],
) -> Vec<(&'r str, &'r str)> {
    let is_told = |subject: &str| {
        let quoted = format!("`{subject}`");
        let mut reasons = chosen.iter().flat_map(|one| &one.reasons);
        reasons.any(|reason| reason.message.contains(&quoted))
    };
    let taken = verified.iter().filter_map(|holder| {
        let subject = holder.identity.as_ref()?.subject.as_str();
        is_told(subject).then_some((subject, holder.name.as_str()))
    });
    taken.collect()
}

/// Rules to which the repository of the image can be added
const MOST_RULES: usize = 3;

fn covering_rules(refused: &Refused<'_>) -> Vec<Way> {
    let Some(reference) = refused.reference.map(NormalizedReference::from) else {
        return Vec::new();
    };
    let rules = refused.settings.image_rules().enumerate();
    let requiring = rules.filter(|(_, rule)| rule.get("require").is_some());
    let ways = requiring.take(MOST_RULES).map(|(index, rule)| {
        let title = format!(
            "add `{}` to the rule {}; the image must then satisfy the rule",
            printable(&reference.name),
            quoted(text(rule, "name"))
        );
        let pattern = scalar(&reference.name);
        let block = format!("# imagePolicy.rules[{index}]\nimages:\n  - {pattern}\n");
        Way::new(title, block)
    });
    ways.collect()
}

/// A longer exemption, if one has ended, or a new one for exactly this image.
fn exemptions(result: &DocumentResult, refused: &Refused<'_>) -> Vec<Way> {
    let mut ways = Vec::new();
    let ended = result.rules.iter();
    let ended = ended.filter(|rule| has(&rule.reasons, Code::ExemptionExpired));
    for rule in ended {
        let Some((place, _)) = refused.settings.image_rule(&rule.name) else {
            continue;
        };
        let title = format!("extend the exemption {}", quoted(&rule.name));
        let block = format!("# {place}.exempt\nuntil: <YYYY-MM-DD>\n");
        ways.push(Way::new(title, block));
    }
    if let Some(pattern) = pattern(refused) {
        let name: String = format!("exempt {pattern}").chars().take(MAX_NAME).collect();
        let block = format!(
            "imagePolicy:\n  rules:\n    - name: {}\n      images: [{}]\n      \
             exempt: {{owner: <who answers for it>, reason: <why>, until: <YYYY-MM-DD>}}\n",
            quoted(&name),
            quoted(&pattern)
        );
        let way = Way::new("exempt exactly this image", block);
        ways.push(way.with_caution(exemption_caution(refused.image)));
    }
    ways
}

/// Maximum number of characters of a rule's name
const MAX_NAME: usize = 100;

/// Returns the pattern that covers this image, and no other.
fn pattern(refused: &Refused<'_>) -> Option<String> {
    let reference = NormalizedReference::from(refused.reference?);
    let tag = reference
        .tag
        .map_or_else(String::new, |tag| format!(":{tag}"));
    let digest = match reference.digest {
        None => "@-".to_owned(),
        Some(ReferenceDigest::Sha256(digest)) => format!("@{digest}"),
        // Patterns have no other digests.
        Some(ReferenceDigest::Other) => return None,
    };
    let pattern = format!("{}{tag}{digest}", reference.name);
    ImagePattern::parse(&pattern).is_ok().then_some(pattern)
}
