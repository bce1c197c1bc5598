//! Rules of `imagePolicy`, as importers write them.

use serde_json::{Map, Value, json};

use crate::import::Place;

/// One rule
#[derive(Debug, Clone)]
pub(crate) struct Rule {
    /// Where the other system has it
    pub(crate) place: Place,
    pub(crate) name: String,
    /// Patterns of images
    pub(crate) images: Vec<String>,
    pub(crate) except_images: Vec<String>,
    /// All if empty
    pub(crate) namespaces: Vec<String>,
    pub(crate) effect: Effect,
    /// Whether violations are only reported
    pub(crate) is_dry_run: bool,
}

/// Effect of a rule
#[derive(Debug, Clone)]
pub(crate) enum Effect {
    /// Every requirement must hold
    Require(Vec<Requirement>),
    /// Denies, with this text
    Deny(String),
    /// Lifts the requirements of other rules, for this reason
    Exempt { reason: String },
}

/// One requirement
#[derive(Debug, Clone)]
pub(crate) enum Requirement {
    /// Signatures by attestors, given by their resource names
    Attestors {
        names: Vec<String>,
        /// All if `None`
        threshold: Option<usize>,
        must_include: Vec<String>,
        /// Types of the statements to sign; approvals if empty
        predicate_types: Vec<String>,
    },
    /// A check as in platform policies
    Check(Value),
}

/// Limits of the settings, in characters
const MAX_NAME: usize = 100;
const MAX_TEXT: usize = 200;

impl Rule {
    pub(super) fn to_json(&self) -> Value {
        let mut fields = Map::new();
        fields.insert("name".to_owned(), json!(self.name));
        fields.insert("images".to_owned(), json!(self.images));
        for (key, list) in [
            ("exceptImages", &self.except_images),
            ("namespaces", &self.namespaces),
        ] {
            if !list.is_empty() {
                fields.insert(key.to_owned(), json!(list));
            }
        }
        let (key, value) = match &self.effect {
            Effect::Require(requirements) => {
                let all = requirements.iter().map(Requirement::to_json);
                ("require", all.collect())
            }
            Effect::Deny(text) => ("deny", json!(shortened(text, MAX_TEXT))),
            Effect::Exempt { reason } => {
                let reason = shortened(reason, MAX_TEXT);
                ("exempt", json!({ "reason": reason }))
            }
        };
        fields.insert(key.to_owned(), value);
        if self.is_dry_run {
            fields.insert("enforcement".to_owned(), json!("dryrun"));
        }
        Value::Object(fields)
    }
}

impl Requirement {
    fn to_json(&self) -> Value {
        match self {
            Self::Check(check) => json!({ "check": check }),
            Self::Attestors {
                names,
                threshold,
                must_include,
                predicate_types,
            } => {
                let mut fields = Map::new();
                fields.insert("attestors".to_owned(), json!(names));
                if let Some(threshold) = threshold.filter(|number| *number < names.len()) {
                    fields.insert("threshold".to_owned(), json!(threshold));
                    if !must_include.is_empty() {
                        fields.insert("mustInclude".to_owned(), json!(must_include));
                    }
                }
                if !predicate_types.is_empty() {
                    fields.insert("predicateTypes".to_owned(), json!(predicate_types));
                }
                Value::Object(fields)
            }
        }
    }
}

/// A name in printable characters, and of at most the length that settings take with a number.
pub(super) fn plain(name: &str) -> String {
    let name = shortened(name, MAX_NAME.saturating_sub(6));
    if name.is_empty() {
        "rule".to_owned()
    } else {
        name
    }
}

/// A text on one line, of at most so many characters.
fn shortened(text: &str, max: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let shown = one_line.chars().filter(|one| !one.is_control());
    shown.take(max).collect()
}

/// Whether an image may be of both patterns.
pub(crate) fn may_overlap(one: &str, other: &str) -> bool {
    if one.starts_with("**") || other.starts_with("**") {
        return true;
    }
    let mut pairs = one.split('/').zip(other.split('/'));
    pairs.all(|(one, other)| one.contains('*') || other.contains('*') || one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_share_no_image_are_told_apart() {
        for (one, other, expected) in [
            ("**", "ghcr.io/a/**", true),
            ("ghcr.io/a/**", "ghcr.io/b/**", false),
            ("ghcr.io/a/**", "ghcr.io/*/x", true),
            ("ghcr.io/a/**", "quay.io/a/**", false),
            ("*.ecr.example.com/a", "x.ecr.example.com/a", true),
        ] {
            assert_eq!(may_overlap(one, other), expected, "{one} {other}");
        }
    }
}
