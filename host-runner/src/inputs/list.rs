//! Lists of objects, as `kubectl get` prints them.

use serde_json::{Map, Value};

/// Visits an object, or the items of a list. An item is an object too, whatever its author put in
/// the place of its kind.
///
/// # Errors
///
/// A list has an item that is no object, or `visit` said no.
pub(super) fn each(
    object: Map<String, Value>,
    visit: &mut dyn FnMut(Map<String, Value>) -> Result<(), String>,
) -> Result<(), String> {
    each_at(object, "", &mut |_, object| visit(object))
}

/// Takes an object and its JSON pointer.
type VisitAt<'v> = dyn FnMut(&str, Map<String, Value>) -> Result<(), String> + 'v;

/// The same with the JSON pointer of each object; `pointer` is that of the first.
///
/// # Errors
///
/// A list has an item that is no object, or `visit` said no.
pub(crate) fn each_at(
    mut object: Map<String, Value>,
    pointer: &str,
    visit: &mut VisitAt<'_>,
) -> Result<(), String> {
    let Some(item_kind) = list_of(&object) else {
        return visit(pointer, object);
    };
    let version = object.get("apiVersion").cloned().unwrap_or_default();
    let Some(Value::Array(items)) = object.remove("items") else {
        return Ok(());
    };
    for (index, item) in items.into_iter().enumerate() {
        let Value::Object(mut item) = item else {
            return Err("the list has an item that is no object".into());
        };
        // The items of a typed list leave out what the list says.
        if !item_kind.is_empty() {
            for (key, inherited) in [
                ("kind", item_kind.clone().into()),
                ("apiVersion", version.clone()),
            ] {
                let says = item
                    .get(key)
                    .and_then(Value::as_str)
                    .is_some_and(|own| !own.is_empty());
                if !says {
                    item.insert(key.to_owned(), inherited);
                }
            }
        }
        each_at(item, &format!("{pointer}/items/{index}"), visit)?;
    }
    Ok(())
}

/// The kind of a list's items; empty when they say it themselves.
fn list_of(object: &Map<String, Value>) -> Option<String> {
    let kind = object
        .get("kind")
        .and_then(Value::as_str)?
        .strip_suffix("List")?;
    object
        .get("items")
        .is_some_and(Value::is_array)
        .then(|| kind.to_owned())
}
