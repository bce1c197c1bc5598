//! Changes of an image: its verdict, the applied parts of each document, and the reasons.

use alloc::collections::BTreeSet;

use serde::Serialize;

use super::Codes;
use crate::decision::{
    CheckSetResult, DocumentResult, Enforcement, ImageDecision, ImageRuleResult, Verdict,
};

/// An image that is judged in another way, or for other reasons
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ImageChange {
    pub(crate) image: String,
    pub(crate) field: String,
    /// Absent where the object was not read that far
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) old: Option<Said>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) new: Option<Said>,
    #[serde(flatten)]
    pub(crate) codes: Codes,
}

/// Result for an image under one of the settings
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Said {
    pub(crate) verdict: Verdict,
    /// One for each document
    pub(crate) because: Vec<Cause>,
}

/// The part of a document that applied to an image
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cause {
    pub(crate) document: String,
    /// The allowlist entry, rules or check set that applied, in words
    pub(crate) by: String,
}

/// The images that change, in the object's order; each place of an object names one.
pub(super) fn changes(old: &[ImageDecision], new: &[ImageDecision]) -> Vec<ImageChange> {
    let changed = new
        .iter()
        .filter_map(|image| change(at(old, &image.field), Some(image)));
    let lost = old
        .iter()
        .filter(|image| at(new, &image.field).is_none())
        .filter_map(|image| change(Some(image), None));
    changed.chain(lost).collect()
}

fn at<'a>(images: &'a [ImageDecision], field: &str) -> Option<&'a ImageDecision> {
    images.iter().find(|image| image.field == field)
}

fn change(old: Option<&ImageDecision>, new: Option<&ImageDecision>) -> Option<ImageChange> {
    let image = new.or(old)?;
    let (before, after) = (old.map(Said::of), new.map(Said::of));
    let codes = Codes::between(
        &old.map(codes).unwrap_or_default(),
        &new.map(codes).unwrap_or_default(),
    );
    let is_changed = before != after || !codes.is_empty();
    is_changed.then(|| ImageChange {
        image: image.image.clone(),
        field: image.field.clone(),
        old: before,
        new: after,
        codes,
    })
}

fn codes(image: &ImageDecision) -> BTreeSet<&str> {
    image.codes().into_iter().collect()
}

impl Said {
    fn of(image: &ImageDecision) -> Self {
        let because = image.results.iter().map(Cause::of);
        Self {
            verdict: image.verdict.clone(),
            because: because.collect(),
        }
    }
}

impl Cause {
    fn of(result: &DocumentResult) -> Self {
        Self {
            document: result.document.clone(),
            by: applied(result),
        }
    }
}

/// Describes the applied part, such as `default rule: ALWAYS_DENY` or `check set 0 "Prod"`, and the platforms against
/// which it is. The mode stands first, since reports shorten long texts.
fn applied(result: &DocumentResult) -> String {
    let part = match result.platform() {
        Some(platform) => format!("{} for {platform}", applied_part(result)),
        None => applied_part(result),
    };
    match result.enforcement {
        Enforcement::DryRun if result.allowlist.is_none() => format!("in dry run, {part}"),
        _ => part,
    }
}

fn applied_part(result: &DocumentResult) -> String {
    if let Some(allowlist) = &result.allowlist {
        return format!("exempt by `{}`", allowlist.pattern);
    }
    if let Some(rule) = &result.rule {
        let evaluation = &rule.evaluation_mode;
        let names = result.attestors.iter().map(|one| one.name.as_str());
        let attestors = joined(names, " by ");
        return match rule.key.as_str() {
            "" => format!("default rule: {evaluation}{attestors}"),
            key => {
                let kind = &rule.kind;
                format!("{kind} rule for `{key}`: {evaluation}{attestors}")
            }
        };
    }
    if result.is_image_policy() {
        return applied_rules(&result.rules);
    }
    let Some(check_set) = &result.check_set else {
        return "no check sets".to_owned();
    };
    let CheckSetResult {
        index,
        display_name,
        allowlist,
        checks,
        ..
    } = check_set;
    let index = index.map_or_else(String::new, |index| index.to_string());
    let name = match display_name.as_str() {
        "" => String::new(),
        name => format!(" \"{name}\""),
    };
    let exempt = allowlist
        .as_ref()
        .map_or_else(String::new, |one| format!(", exempt by `{}`", one.pattern));
    let kinds = checks.iter().map(|one| one.kind.as_str());
    let checks = joined(kinds, ": ");
    format!("check set {index}{name}{exempt}{checks}")
}

/// `rule "shop" (require), rule "nodes" (exempt)`
fn applied_rules(rules: &[ImageRuleResult]) -> String {
    let title = |rule: &ImageRuleResult| {
        let ImageRuleResult { name, effect, .. } = rule;
        match rule.lifted_by.as_str() {
            "" => format!("rule \"{name}\" ({effect})"),
            by => format!("rule \"{name}\" ({effect}, lifted by \"{by}\")"),
        }
    };
    let rules: Vec<_> = rules.iter().map(title).collect();
    if rules.is_empty() {
        return "no rule covers the image".to_owned();
    }
    rules.join(", ")
}

/// Joins names after `before`; empty without names.
fn joined<'n>(names: impl Iterator<Item = &'n str>, before: &str) -> String {
    let names: Vec<_> = names.collect();
    if names.is_empty() {
        return String::new();
    }
    format!("{before}{}", names.join(", "))
}
