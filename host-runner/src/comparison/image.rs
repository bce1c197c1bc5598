//! Changes of an image: its verdict, the applied parts of each document, and the reasons.

use alloc::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::{Codes, codes};
use crate::fields::{list, text};

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
    pub(crate) verdict: String,
    /// One for each document
    pub(crate) because: Vec<Cause>,
}

/// The part of a document that applied to an image
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cause {
    pub(crate) document: String,
    /// The allowlist entry, rule or check set that applied, in words
    pub(crate) by: String,
}

/// The images that change, in the object's order; each place of an object names one.
pub(super) fn changes(old: &Value, new: &Value) -> Vec<ImageChange> {
    let (before, after) = (list(old, "images"), list(new, "images"));
    let changed = after
        .iter()
        .filter_map(|image| change(at(before, text(image, "field")), Some(image)));
    let lost = before
        .iter()
        .filter(|image| at(after, text(image, "field")).is_none())
        .filter_map(|image| change(Some(image), None));
    changed.chain(lost).collect()
}

fn at<'a>(images: &'a [Value], field: &str) -> Option<&'a Value> {
    images.iter().find(|image| text(image, "field") == field)
}

fn change(old: Option<&Value>, new: Option<&Value>) -> Option<ImageChange> {
    let image = new.or(old)?;
    let (before, after) = (old.map(Said::of), new.map(Said::of));
    let codes = Codes::between(
        &old.map(all_codes).unwrap_or_default(),
        &new.map(all_codes).unwrap_or_default(),
    );
    let is_changed = before != after || !codes.is_empty();
    is_changed.then(|| ImageChange {
        image: text(image, "image").to_owned(),
        field: text(image, "field").to_owned(),
        old: before,
        new: after,
        codes,
    })
}

/// The codes of everything that is said about an image.
fn all_codes(image: &Value) -> BTreeSet<&str> {
    let mut found = codes(list(image, "reasons"));
    for result in list(image, "results") {
        found.extend(codes(list(result, "reasons")));
        let attestors = list(result, "attestors").iter();
        let checks = result
            .get("checkSet")
            .map_or(&[][..], |set| list(set, "checks"));
        for part in attestors.chain(checks) {
            found.extend(codes(list(part, "reasons")));
        }
    }
    found
}

impl Said {
    fn of(image: &Value) -> Self {
        let because = list(image, "results").iter().map(Cause::of);
        Self {
            verdict: text(image, "verdict").to_owned(),
            because: because.collect(),
        }
    }
}

impl Cause {
    fn of(result: &Value) -> Self {
        Self {
            document: text(result, "document").to_owned(),
            by: applied(result),
        }
    }
}

/// Describes the applied part, such as `default rule: ALWAYS_DENY` or `check set 0 "Prod"`
fn applied(result: &Value) -> String {
    let mode = match text(result, "enforcement") {
        "dry-run" => ", in dry run",
        _ => "",
    };
    if let Some(allowlist) = result.get("allowlist") {
        return format!("exempt by `{}`", text(allowlist, "pattern"));
    }
    if let Some(rule) = result.get("rule") {
        let evaluation = text(rule, "evaluationMode");
        let attestors = names(list(result, "attestors"), "name", " by ");
        return match text(rule, "key") {
            "" => format!("default rule: {evaluation}{attestors}{mode}"),
            key => {
                let kind = text(rule, "kind");
                format!("{kind} rule for `{key}`: {evaluation}{attestors}{mode}")
            }
        };
    }
    let Some(check_set) = result.get("checkSet") else {
        return format!("no check sets{mode}");
    };
    let index = check_set.get("index").map(Value::to_string);
    let index = index.unwrap_or_default();
    let name = match text(check_set, "displayName") {
        "" => String::new(),
        name => format!(" \"{name}\""),
    };
    let exempt = check_set.get("allowlist").map_or_else(String::new, |one| {
        format!(", exempt by `{}`", text(one, "pattern"))
    });
    let checks = names(list(check_set, "checks"), "type", ": ");
    format!("check set {index}{name}{exempt}{checks}{mode}")
}

/// Joins the names of parts after `before`; empty without parts.
fn names(parts: &[Value], key: &str, before: &str) -> String {
    let names: Vec<_> = parts.iter().map(|part| text(part, key)).collect();
    if names.is_empty() {
        return String::new();
    }
    format!("{before}{}", names.join(", "))
}
