//! Adds an attestation to a list of them that stands in a document.

use policy_lint::source::Node;
use serde_json::{Map, Value};

use super::splice::{Edit, Splice, Target, apply};
use super::{Change, Entry, Identity, Place, Yaml};

/// The place of a list in a text: its document and keys
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct List<'p> {
    pub(super) document: usize,
    pub(super) path: &'p [&'p str],
}

/// Documents with one attestation more
#[derive(Debug)]
pub(super) struct Added {
    pub(super) documents: Vec<Value>,
    place: Place,
}

impl Added {
    pub(super) const fn change(&self) -> Change {
        self.place.change()
    }
}

impl List<'_> {
    /// Adds an attestation; keys that are missing come into being. `max` is how many the list may
    /// have.
    ///
    /// # Errors
    ///
    /// Something else stands there, or there is no room.
    pub(super) fn add(
        self,
        mut documents: Vec<Value>,
        entry: &Entry,
        max: usize,
    ) -> Result<Added, String> {
        let root = documents.get_mut(self.document);
        let items = items_at(root.ok_or("it is empty")?, self.path)?;
        let place = Place::among(items.iter(), &entry.document);
        if place == Place::Last {
            if items.len() >= max {
                return Err(full(max, "an obsolete one"));
            }
            room_for_image(items.iter(), entry)?;
        }
        place.put(items, &entry.document);
        Ok(Added { documents, place })
    }

    /// The text in which nothing but the attestation is another; `None` where the text is written in
    /// a way in which this cannot be done.
    pub(super) fn splice(self, yaml: &Yaml, added: &Added, entry: &Entry) -> Option<String> {
        let root = yaml.documents.get(self.document)?;
        let edits = self.edits(yaml, root, added.place, &entry.document).ok()?;
        let text = apply(yaml.source.text(), edits);
        let again = Yaml::parse("", &text).ok()?;
        (again.values() == added.documents).then_some(text)
    }

    fn edits(
        self,
        yaml: &Yaml,
        root: &Node,
        place: Place,
        item: &Value,
    ) -> Result<Vec<Edit>, String> {
        let splice = Splice::new(&yaml.source);
        let root = Target {
            key: None,
            node: root,
        };
        let (Target { node: list, .. }, missing) = root.follow(self.path);
        match place {
            Place::Same => Ok(Vec::new()),
            Place::InsteadOf(index) => {
                let old = list.items().get(index);
                splice.put(old.ok_or("it is not there")?, item)
            }
            Place::Last if missing.is_empty() && !list.items().is_empty() => {
                splice.push(list, item)
            }
            Place::Last => splice.set(root, self.path, &Value::Array(vec![item.clone()])),
        }
    }
}

/// Whether a text could have comments, which would be lost if it were written anew.
pub(super) fn has_comments(text: &str) -> bool {
    text.lines()
        .any(|line| line.trim_start().starts_with('#') || line.contains(" #"))
}

/// The list at the end of a path.
fn items_at<'v>(root: &'v mut Value, path: &[&str]) -> Result<&'v mut Vec<Value>, String> {
    let mut value = root;
    for key in path {
        if value.is_null() {
            *value = Value::Object(Map::new());
        }
        let Value::Object(fields) = value else {
            return Err(format!("`{key}` has to be in a mapping"));
        };
        value = fields.entry(*key).or_insert(Value::Null);
    }
    if value.is_null() {
        *value = Value::Array(Vec::new());
    }
    match value {
        Value::Array(items) => Ok(items),
        _ => Err(match path.last() {
            Some(key) => format!("`{key}` is not a list"),
            None => "it is not a list".into(),
        }),
    }
}

/// Refuses one more for an image that has as many as a policy looks at.
pub(super) fn room_for_image<'v>(
    others: impl Iterator<Item = &'v Value>,
    entry: &Entry,
) -> Result<(), String> {
    let max = policy_wasm::Budget::DEFAULT.attestations_per_image;
    let Some(own) = Identity::of(&entry.document) else {
        return Ok(());
    };
    let counts = |other: &Identity| other.may_count_beside(&own, &entry.digest);
    let beside = others.filter_map(Identity::of).filter(counts).count();
    if beside < max {
        Ok(())
    } else {
        Err(full(max, &format!("an obsolete one of {}", entry.digest)))
    }
}

/// Says that a place is full.
pub(super) fn full(max: usize, what: &str) -> String {
    format!(
        "it already has {max} attestations, and the policy denies images with more; remove {what}"
    )
}
