//! Forms that `gcloud` accepts: a single value instead of a list, and `null` instead of no value. They are
//! converted with a warning. Validation reports all other problems.

use serde_json::{Map, Value};

use super::shape::Shape;
use super::{Export, Findings, Level, Place};

/// Puts a document into its shape.
pub(super) fn relax(export: &mut Export, shape: &Shape, findings: &mut Findings) {
    relax_value(&mut export.document, shape, &export.place, findings);
}

fn relax_value(value: &mut Value, shape: &Shape, place: &Place, findings: &mut Findings) {
    match (shape, value) {
        (Shape::Fields(fields), Value::Object(values)) => {
            let shape_of = |key: &str| fields.iter().find(|(field, _)| *field == key);
            let written: Vec<_> = values.keys().filter_map(|key| shape_of(key)).collect();
            for (key, shape) in written {
                drop_null(values, key, place, findings);
                if let Some(value) = values.get_mut(*key) {
                    relax_value(value, shape, &place.field(key), findings);
                }
            }
        }
        (Shape::Entries(shape), Value::Object(values)) => {
            for (key, value) in values {
                relax_value(value, shape, &place.field(key), findings);
            }
        }
        (Shape::List(shape), Value::Array(items)) => {
            for (index, item) in items.iter_mut().enumerate() {
                relax_value(item, shape, &place.item(index), findings);
            }
        }
        (Shape::List(shape), value) if is_item(value, shape) => {
            let message = "a single value was converted to a list";
            findings.push(Level::Warning, place, message);
            relax_value(value, shape, place, findings);
            *value = Value::Array(vec![value.take()]);
        }
        _ => {}
    }
}

fn drop_null(values: &mut Map<String, Value>, key: &str, place: &Place, findings: &mut Findings) {
    if values.get(key).is_some_and(Value::is_null) {
        values.shift_remove(key);
        let message = "the field has no value and was left out";
        findings.push(Level::Warning, &place.field(key), message);
    }
}

/// Whether this could stand in a list of its own. `gcloud` takes no number for a text.
fn is_item(value: &Value, shape: &Shape) -> bool {
    match shape {
        Shape::Text => value.is_string(),
        Shape::Fields(_) => value.is_object(),
        Shape::Leaf | Shape::Entries(_) | Shape::List(_) => false,
    }
}
