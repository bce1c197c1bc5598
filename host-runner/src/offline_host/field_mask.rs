//! Kubewarden's field masks: which fields of an object a policy wants to see.

use alloc::collections::BTreeMap;
use serde_json::{Map, Value};

/// The fields to keep, below each of them the same again; none is all
#[derive(Debug, Default)]
pub(super) struct FieldMask(BTreeMap<String, Self>);

/// Not part of an object's data there, so no mask ever drops them.
const ALWAYS: [&str; 3] = ["apiVersion", "kind", "metadata"];

impl FieldMask {
    /// Reads paths such as `spec.containers.image`.
    pub(super) fn new(paths: &[String]) -> Self {
        let mut root = Self::default();
        for path in paths {
            let mut node = &mut root;
            for step in path.split('.') {
                node = node.0.entry(step.to_owned()).or_default();
            }
        }
        root
    }

    /// Drops what no path names. Between a path and a longer one, the longer decides.
    pub(super) fn apply(&self, object: &mut Map<String, Value>) {
        if self.0.is_empty() {
            return;
        }
        object.retain(|key, value| ALWAYS.contains(&key.as_str()) || self.keeps(key, value));
    }

    fn keeps(&self, key: &str, value: &mut Value) -> bool {
        match self.0.get(key) {
            Some(below) => {
                below.prune(value);
                true
            }
            None => false,
        }
    }

    fn prune(&self, value: &mut Value) {
        match value {
            _ if self.0.is_empty() => {}
            Value::Object(fields) => fields.retain(|key, value| self.keeps(key, value)),
            // A path steps into every item of a list.
            Value::Array(items) => items.iter_mut().for_each(|item| self.prune(item)),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn masked(paths: &[&str]) -> Value {
        let object = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "labels": {"b": "c"}},
            "spec": {"containers": [{"name": "a", "image": "b"}, {"name": "c"}], "host": true},
            "status": {"phase": "Running"},
        });
        let Value::Object(mut object) = object else {
            panic!("an object")
        };
        let paths: Vec<_> = paths.iter().map(|path| (*path).to_owned()).collect();
        FieldMask::new(&paths).apply(&mut object);
        // Fields of every object are returned under every mask.
        assert_eq!(object.shift_remove("metadata").unwrap()["labels"]["b"], "c");
        assert_eq!(object.shift_remove("kind").unwrap(), "Pod");
        assert_eq!(object.shift_remove("apiVersion").unwrap(), "v1");
        Value::Object(object)
    }

    #[test]
    fn no_mask_keeps_everything() {
        assert_eq!(masked(&[])["status"]["phase"], "Running");
    }

    #[test]
    fn a_path_keeps_all_below_it() {
        assert_eq!(masked(&["status"]), json!({"status": {"phase": "Running"}}));
    }

    #[test]
    fn a_path_steps_into_lists() {
        let expected = json!({"spec": {"containers": [{"image": "b"}, {}]}});
        assert_eq!(masked(&["spec.containers.image"]), expected);
    }

    #[test]
    fn the_longer_of_two_paths_decides() {
        assert_eq!(
            masked(&["spec", "spec.host"]),
            json!({"spec": {"host": true}})
        );
    }

    #[test]
    fn metadata_is_kept_whole_and_names_nothing_else() {
        assert_eq!(masked(&["metadata.name"]), json!({}));
        assert_eq!(masked(&[""]), json!({}));
    }
}
