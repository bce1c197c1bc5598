//! Parts of `imagePolicy`: its rules, their requirements, and images without a rule.

use alloc::collections::BTreeSet;

use policy_wasm::Code;
use serde_json::Value;

use super::{Parts, allowlist, check, outcomes};
use crate::decision::{DocumentResult, ImageRuleResult, RequirementResult, Verdict, has};
use crate::fields::{list, text};
use crate::suite::place::Place;

/// Adds the parts of an image policy.
pub(super) fn parts(policy: &Value, place: &Place, parts: &mut Parts) {
    let rules = list(policy, "rules");
    for (index, rule) in rules.iter().enumerate() {
        let name = text(rule, "name");
        let mark = mark(name);
        let place = place.key("rules").index(index);
        parts.push(format!("rule `{name}`"), &place, mark.clone());
        let requirements = list(rule, "require");
        for (index, requirement) in requirements.iter().enumerate() {
            let mark = format!("{mark} requirement {index}");
            let place = place.key("require").index(index);
            self::requirement(requirement, &place, &mark, parts);
        }
    }
    if !rules.iter().any(covers_every_image) {
        let what = "an image without a rule".to_owned();
        parts.push(what, &place.key("unmatchedImages"), UNMATCHED.to_owned());
    }
}

fn mark(rule: &str) -> String {
    format!("image rule {rule}")
}

/// The mark of Decisions on images that no rule covers
const UNMATCHED: &str = "image rules none";

/// Whether a rule in force leaves no image without a rule.
fn covers_every_image(rule: &Value) -> bool {
    let is_wide = list(rule, "images").iter().any(|pattern| pattern == "**");
    let limits = [
        "/exceptImages",
        "/namespaces",
        "/serviceAccounts",
        "/exempt/until",
    ];
    let is_limited = limits.iter().any(|limit| rule.pointer(limit).is_some());
    is_wide && !is_limited && text(rule, "enforcement") != "dryrun"
}

fn requirement(requirement: &Value, place: &Place, mark: &str, parts: &mut Parts) {
    if let Some(one) = requirement.get("check") {
        let place = place.key("check");
        allowlist(one, &place, mark, parts);
        outcomes(one, "check", &place, mark, parts);
        return;
    }
    let attestors = list(requirement, "attestors");
    for (index, name) in attestors.iter().enumerate() {
        let name = name.as_str().unwrap_or_default();
        let place = place.key("attestors").index(index);
        for outcome in ["satisfied", "unsatisfied"] {
            let what = format!("attestor `{name}` {outcome}");
            parts.push(what, &place, format!("{mark} attestor {name} {outcome}"));
        }
    }
    let threshold = requirement.get("threshold").and_then(Value::as_u64);
    if let Some(threshold) = threshold {
        for outcome in ["met", "not met"] {
            let what = format!("{threshold} of {} attestors, {outcome}", attestors.len());
            let place = place.key("threshold");
            parts.push(what, &place, format!("{mark} threshold {outcome}"));
        }
    }
}

/// Adds the marks of the parts that the result for an image exercises.
pub(super) fn exercised(result: &DocumentResult, marks: &mut BTreeSet<String>) {
    let is_unmatched = has(&result.reasons, Code::NoImageRule)
        || has(&result.reasons, Code::UnmatchedImageAdmitted);
    if is_unmatched {
        marks.insert(UNMATCHED.to_owned());
    }
    // Lifted rules have not been evaluated, and exemptions that have ended have no effect.
    let is_in_force = |rule: &&ImageRuleResult| {
        rule.lifted_by.is_empty() && !has(&rule.reasons, Code::ExemptionExpired)
    };
    for rule in result.rules.iter().filter(is_in_force) {
        let mark = mark(&rule.name);
        for (index, requirement) in rule.requirements.iter().enumerate() {
            of_requirement(requirement, &format!("{mark} requirement {index}"), marks);
        }
        marks.insert(mark);
    }
}

fn of_requirement(requirement: &RequirementResult, mark: &str, marks: &mut BTreeSet<String>) {
    if let Some(one) = &requirement.check {
        return check(one, mark, marks);
    }
    for attestor in &requirement.attestors {
        let outcome = super::outcome(attestor.verified);
        marks.insert(format!("{mark} attestor {} {outcome}", attestor.name));
    }
    let met = match requirement.verdict {
        Verdict::Conformant => "met",
        _ => "not met",
    };
    marks.insert(format!("{mark} threshold {met}"));
}
