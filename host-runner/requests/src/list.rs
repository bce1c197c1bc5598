//! Lists of objects, as `kubectl get` prints them.

use serde_json::{Map, Value};

use super::{Asked, kinds};
use crate::printable::printable;

/// Visits an object, or the items of a list, each with its JSON pointer; `pointer` is that of the first. An
/// item is an object too, whatever its author put in the place of its kind. One that is none is an error
/// of its own, and the others are visited all the same.
///
/// kubectl takes an object of any kind for a list if it has `items`, creates these, and leaves out the object.
pub(super) fn each(mut object: Map<String, Value>, pointer: &str, visit: &mut Visit<'_>) {
    let kind = object.get("kind").and_then(Value::as_str);
    let list = kind.map(|kind| List::new(kind, object.get("apiVersion")));
    let (Some(list), true) = (list, has_items(&object)) else {
        return visit(pointer, Ok(object));
    };
    let items = object.remove("items");
    if let Some(problem) = is_more(&object) {
        visit(pointer, Err(problem));
    }
    let Some(Value::Array(items)) = items else {
        return;
    };
    for (index, item) in items.into_iter().enumerate() {
        let pointer = format!("{pointer}/items/{index}");
        match list.item(item) {
            Ok(item) => each(item, &pointer, visit),
            Err(problem) => visit(&pointer, Err(problem)),
        }
    }
}

/// Whether an object has items. kubectl minds the case of the key.
pub(super) fn has_items(object: &Map<String, Value>) -> bool {
    object.get("items").is_some_and(Value::is_array)
}

/// Why something with items, which are taken away, is not only a list: what it says itself would be created
/// by one tool, and its items by another.
fn is_more(object: &Map<String, Value>) -> Option<String> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let (kind, version) = (text("kind"), text("apiVersion"));
    let group = version.split_once('/').map_or("", |(group, _)| group);
    let is_more = kind == "AdmissionReview" || kinds::asked(group, kind, object) == Asked::Yes;
    is_more.then(|| both(&printable(kind)))
}

/// Returns the problem with an object that is also a list.
pub(super) fn both(kind: &str) -> String {
    format!(
        "the {kind} also has `items`, which kubectl creates instead of it: use one of them, or both in a \
         List"
    )
}

/// Takes an object and its JSON pointer, or why it is none.
type Visit<'v> = dyn FnMut(&str, Result<Map<String, Value>, String>) + 'v;

/// Takes an object and its JSON pointer.
type VisitAt<'v> = dyn FnMut(&str, Map<String, Value>) -> Result<(), String> + 'v;

/// Calls `visit` with an object and its JSON pointer, or with those of each object in a list, up to the first error.
///
/// # Errors
///
/// A list has an item that is no object, or `visit` returned an error.
pub fn each_at(
    object: Map<String, Value>,
    pointer: &str,
    visit: &mut VisitAt<'_>,
) -> Result<(), String> {
    let mut result = Ok(());
    each(object, pointer, &mut |pointer, object| {
        if result.is_ok() {
            result = object.and_then(|object| visit(pointer, object));
        }
    });
    result
}

/// Kind and version of a list's items
#[derive(Debug)]
pub(super) struct List {
    /// Empty where they say it themselves
    item_kind: String,
    api_version: Value,
}

impl List {
    /// The list of this kind, which may be that of its items.
    pub(super) fn new(kind: &str, api_version: Option<&Value>) -> Self {
        Self {
            item_kind: kind.strip_suffix("List").unwrap_or(kind).to_owned(),
            api_version: api_version.cloned().unwrap_or_default(),
        }
    }

    /// An item as an object by itself: those of a typed list leave out what the list says.
    ///
    /// # Errors
    ///
    /// It is no object.
    pub(super) fn item(&self, item: Value) -> Result<Map<String, Value>, String> {
        let mut item = object(item)?;
        if !self.item_kind.is_empty() {
            for (key, inherited) in [
                ("kind", self.item_kind.clone().into()),
                ("apiVersion", self.api_version.clone()),
            ] {
                if !says(&item, key) {
                    item.insert(key.to_owned(), inherited);
                }
            }
        }
        Ok(item)
    }
}

/// An item of a list of any kind.
///
/// # Errors
///
/// It is no object.
pub(super) fn object(item: Value) -> Result<Map<String, Value>, String> {
    match item {
        Value::Object(item) => Ok(item),
        _ => Err("an item of the list is not an object".into()),
    }
}

/// Whether an item has such a text of its own.
pub(super) fn says(item: &Map<String, Value>, key: &str) -> bool {
    item.get(key)
        .and_then(Value::as_str)
        .is_some_and(|own| !own.is_empty())
}
