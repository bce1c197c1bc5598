//! Which parts of a policy no case has exercised.

mod image_policy;

use alloc::collections::BTreeSet;

use policy_wasm::{Code, RuleKind};
use serde::Serialize;
use serde_json::Value;

use super::place::Place;
use crate::decision::{CheckResult, CheckSetResult, Decision, Exemption, Verdict};
use crate::fields::{items, list, text, text_or_field};

/// The parts of one settings file
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The settings file
    pub settings: String,
    /// In the order of the document
    pub parts: Vec<Part>,
}

/// A part of a policy that a case can exercise
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// In words: `rule for production`
    pub what: String,
    /// Its path in the settings
    pub place: String,
    /// Whether some case has exercised it
    pub exercised: bool,
    /// The mark of Decisions that exercise it
    #[serde(skip)]
    mark: String,
}

impl Coverage {
    /// Looks up what the Decisions about cases have exercised of the settings.
    #[must_use]
    pub fn of<'d>(
        name: &str,
        settings: &Value,
        decisions: impl IntoIterator<Item = &'d Decision>,
    ) -> Self {
        let mut marks = BTreeSet::new();
        for decision in decisions {
            exercised(decision, &mut marks);
        }
        let mut parts = parts(settings);
        for part in &mut parts {
            part.exercised = marks.contains(&part.mark);
        }
        Self {
            settings: name.to_owned(),
            parts,
        }
    }

    /// The marks of Decisions that exercise a part.
    pub(super) fn marks(self) -> BTreeSet<String> {
        self.parts.into_iter().map(|part| part.mark).collect()
    }

    /// Returns the number of parts that were exercised.
    #[must_use]
    pub fn exercised(&self) -> usize {
        self.parts.iter().filter(|part| part.exercised).count()
    }

    /// Percent, rounded down: 100 only when nothing is left.
    #[must_use]
    pub fn percent(&self) -> usize {
        let exercised = self.exercised().saturating_mul(100);
        exercised.checked_div(self.parts.len()).unwrap_or(100)
    }
}

fn parts(settings: &Value) -> Vec<Part> {
    let mut parts = Parts::default();
    let root = Place::default();
    if let Some(policy) = settings.get("policy") {
        singleton(policy, &root.key("policy"), &mut parts);
    }
    for (index, policy) in list(settings, "platformPolicies").iter().enumerate() {
        let place = root.key("platformPolicies").index(index);
        platform(policy, &place, &mut parts);
    }
    if let Some(policy) = settings.get("imagePolicy") {
        image_policy::parts(policy, &root.key("imagePolicy"), &mut parts);
    }
    for (index, digest) in list(settings, "deniedDigests").iter().enumerate() {
        let digest = text_or_field(digest, "digest");
        let place = root.key("deniedDigests").index(index);
        parts.push(
            format!("denied digest `{digest}`"),
            &place,
            format!("denied {digest}"),
        );
    }
    parts.0
}

#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn push(&mut self, what: String, place: &Place, mark: String) {
        // A pattern that stands twice can not be told from its twin.
        if self.0.iter().all(|part| part.mark != mark) {
            self.0.push(Part {
                what,
                place: place.to_string(),
                exercised: false,
                mark,
            });
        }
    }
}

fn singleton(policy: &Value, place: &Place, parts: &mut Parts) {
    for (index, pattern) in list(policy, "admissionWhitelistPatterns")
        .iter()
        .enumerate()
    {
        let text = text(pattern, "namePattern");
        let place = place.key("admissionWhitelistPatterns").index(index);
        parts.push(
            format!("pattern `{text}`"),
            &place,
            format!("policy exempt {text}"),
        );
    }
    for (map, kind) in RuleKind::ALL.map(|kind| (kind.map_name(), kind.name())) {
        let rules = policy.get(map).and_then(Value::as_object);
        for (key, rule) in rules.into_iter().flatten() {
            let place = place.key(map).key(key);
            parts.push(
                format!("rule for `{key}`"),
                &place,
                format!("rule {kind} {key}"),
            );
            attestors(rule, &place, parts);
        }
    }
    if let Some(rule) = policy.get("defaultAdmissionRule") {
        let place = place.key("defaultAdmissionRule");
        parts.push("default rule".into(), &place, "rule default ".into());
        attestors(rule, &place, parts);
    }
}

/// An attestor has been tested when it was satisfied once, and once it was not.
fn attestors(rule: &Value, place: &Place, parts: &mut Parts) {
    for (index, name) in list(rule, "requireAttestationsBy").iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        let place = place.key("requireAttestationsBy").index(index);
        for outcome in ["satisfied", "unsatisfied"] {
            let what = format!("attestor `{name}` {outcome}");
            parts.push(what, &place, format!("attestor {name} {outcome}"));
        }
    }
}

fn platform(policy: &Value, place: &Place, parts: &mut Parts) {
    let document = place.to_string();
    let gke = policy.get("gkePolicy").unwrap_or(&Value::Null);
    let place = place.key("gkePolicy");
    allowlist(gke, &place, &document, parts);
    for (index, set) in list(gke, "checkSets").iter().enumerate() {
        let mark = format!("{document} set {index}");
        let place = place.key("checkSets").index(index);
        let name = named(set);
        parts.push(format!("check set {index}{name}"), &place, mark.clone());
        allowlist(set, &place, &mark, parts);
        for (index, check) in list(set, "checks").iter().enumerate() {
            let mark = format!("{mark} check {index}");
            let place = place.key("checks").index(index);
            allowlist(check, &place, &mark, parts);
            outcomes(check, &format!("check {index}"), &place, &mark, parts);
        }
    }
}

/// A check has been tested when it passed once, and failed once.
fn outcomes(check: &Value, title: &str, place: &Place, mark: &str, parts: &mut Parts) {
    let name = named(check);
    // One outcome of it is all that can be.
    let always_denies = check.get("alwaysDeny").is_some();
    for outcome in ["passed", "failed"] {
        if !(always_denies && outcome == "passed") {
            let what = format!("{title}{name} {outcome}");
            parts.push(what, place, format!("{mark} {outcome}"));
        }
    }
}

fn named(part: &Value) -> String {
    match text(part, "displayName") {
        "" => String::new(),
        name => format!(" \"{name}\""),
    }
}

fn allowlist(owner: &Value, place: &Place, mark: &str, parts: &mut Parts) {
    let patterns = items(owner.pointer("/imageAllowlist/allowPattern"));
    for (index, pattern) in patterns.iter().enumerate() {
        let text = pattern.as_str().unwrap_or_default();
        let place = place.key("imageAllowlist").key("allowPattern").index(index);
        parts.push(
            format!("pattern `{text}`"),
            &place,
            format!("{mark} exempt {text}"),
        );
    }
}

/// Returns the marks of the parts that one Decision exercises.
pub(super) fn exercised(decision: &Decision, marks: &mut BTreeSet<String>) {
    for image in &decision.images {
        let mut reasons = image.reasons.iter();
        if reasons.any(|reason| reason.code == Code::DigestDenied) {
            let written = image.image.split_once('@').map(|(_, digest)| digest);
            let digest = match image.resolved_digest.as_str() {
                "" => written.unwrap_or_default(),
                resolved => resolved,
            };
            marks.insert(format!("denied {digest}"));
            let listed = image.platforms.iter();
            marks.extend(listed.map(|one| format!("denied {}", one.digest)));
        }
        for result in &image.results {
            let document = &result.document;
            exempt(result.allowlist.as_ref(), document, marks);
            if let Some(rule) = &result.rule {
                marks.insert(format!("rule {} {}", rule.kind, rule.key));
            }
            for attestor in &result.attestors {
                let outcome = outcome(attestor.verified);
                marks.insert(format!("attestor {} {outcome}", attestor.name));
            }
            image_policy::exercised(result, marks);
            if let Some(set) = &result.check_set {
                let mark = format!("{document} set {}", set.index.unwrap_or_default());
                check_set(set, &mark, marks);
            }
        }
    }
}

fn check_set(set: &CheckSetResult, mark: &str, marks: &mut BTreeSet<String>) {
    marks.insert(mark.to_owned());
    exempt(set.allowlist.as_ref(), mark, marks);
    for one in &set.checks {
        let mark = format!("{mark} check {}", one.index.unwrap_or_default());
        check(one, &mark, marks);
    }
}

fn check(check: &CheckResult, mark: &str, marks: &mut BTreeSet<String>) {
    exempt(check.allowlist.as_ref(), mark, marks);
    if check.allowlist.is_none() {
        let passed = check.verdict == Verdict::Conformant;
        let outcome = if passed { "passed" } else { "failed" };
        marks.insert(format!("{mark} {outcome}"));
    }
}

/// The outcome of an attestor.
const fn outcome(is_verified: bool) -> &'static str {
    if is_verified {
        "satisfied"
    } else {
        "unsatisfied"
    }
}

fn exempt(allowlist: Option<&Exemption>, mark: &str, marks: &mut BTreeSet<String>) {
    if let Some(Exemption { pattern, .. }) = allowlist {
        marks.insert(format!("{mark} exempt {pattern}"));
    }
}
