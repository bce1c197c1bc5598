//! Settings in a file, whose trusted roots of Sigstore are added or renewed. Everything else stays as it is.

use std::path::Path;

use serde_json::{Map, Value};

use super::splice::{Splice, Target, apply};
use super::{Change, StoreError, Yaml, read, write};
use crate::yaml;

/// Keys down to the trusted roots
const PATH: [&str; 2] = ["sigstore", "trustedRoots"];

/// Puts trusted roots into settings: each document replaces the one of the same name, whose thresholds stay, and a new
/// name gets all of its fields. Returns the change for each name.
///
/// # Errors
///
/// The file has something else than settings in it, is written in a way in which this cannot be done, or cannot be
/// read or written.
pub(crate) fn renew(
    path: &Path,
    roots: &Map<String, Value>,
) -> Result<Vec<(String, Change)>, StoreError> {
    let refused = |problem: String| StoreError::refused(path, problem);
    let mut text = read(path)?.ok_or_else(|| refused("it does not exist".to_owned()))?;
    let mut changes = Vec::new();
    for (name, root) in roots {
        let (change, new) = with_root(&text, name, root).map_err(refused)?;
        text = new;
        changes.push((name.clone(), change));
    }
    if changes
        .iter()
        .any(|(_, change)| *change != Change::Unchanged)
    {
        write(path, &text)?;
    }
    Ok(changes)
}

fn with_root(text: &str, name: &str, root: &Value) -> Result<(Change, String), String> {
    let yaml = Yaml::parse("", text)?;
    let values = yaml.values();
    let ([node], [settings]) = (yaml.documents.as_slice(), values.as_slice()) else {
        return Err("expected one document with settings".to_owned());
    };
    let is_settings = ["policy", "platformPolicies", "sigstore"]
        .iter()
        .any(|key| settings.get(key).is_some());
    if !is_settings {
        return Err("expected settings".to_owned());
    }
    let new = root.get("document").cloned().unwrap_or_default();
    let at = format!("/{}/{name}/document", PATH.join("/"));
    let (change, value) = match settings.pointer(&at) {
        Some(old) if *old == new => return Ok((Change::Unchanged, text.to_owned())),
        Some(_) => (Change::Replaced, &new),
        None => (Change::Added, root),
    };
    let [sigstore, roots] = PATH;
    let keys = [sigstore, roots, name, "document"];
    let (keys, _) = keys.split_at(if change == Change::Replaced { 4 } else { 3 });
    let target = Target { key: None, node };
    let splice = Splice::new(&yaml.source).indenting_like(node);
    let edits = match change {
        Change::Replaced => splice.replace(target, keys, value),
        Change::Added | Change::Unchanged => splice.set(target, keys, value),
    };
    let expected = inserted(settings.clone(), keys, value);
    let spliced = edits.ok().map(|edits| apply(text, edits));
    let is_right = |text: &String| {
        Yaml::parse("", text).is_ok_and(|again| again.values() == [expected.clone()])
    };
    match spliced.filter(is_right) {
        Some(text) => Ok((change, text)),
        None => Err(format!(
            "`{}` cannot be written without changing other parts; paste this there:\n{}",
            keys.join("."),
            yaml::document(value)
        )),
    }
}

/// Settings with a value at the end of a path.
fn inserted(mut settings: Value, keys: &[&str], value: &Value) -> Value {
    let mut place = &mut settings;
    for key in keys {
        if place.is_null() {
            *place = Value::Object(Map::new());
        }
        let Some(fields) = place.as_object_mut() else {
            return Value::Null;
        };
        place = fields.entry(*key).or_insert(Value::Null);
    }
    *place = value.clone();
    settings
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn root(number: u8) -> Value {
        json!({"transparencyLogs": 1, "document": {"tlogs": [{"size": number}], "mediaType": "m"}})
    }

    #[test]
    fn everything_beside_the_root_stays() {
        let old = "\
# ours
policy: {defaultAdmissionRule: {}} # rule
sigstore:
  trustedRoots:
    # renewed in May
    a:
      transparencyLogs: 2 # both
      document:
        tlogs:
          - size: 1
        mediaType: m

    # the other
    b: {document: {\"tlogs\": [], 'mediaType': '}'}, signedTimestamps: 1}
  identities: {}
";
        let (change, new) = with_root(old, "a", &root(2)).unwrap();
        assert_eq!(change, Change::Replaced);
        assert_eq!(new, old.replace("- size: 1", "- size: 2"));
        let (change, same) = with_root(&new, "a", &root(2)).unwrap();
        assert_eq!((change, same), (Change::Unchanged, new));

        let (_, new) = with_root(old, "b", &root(3)).unwrap();
        let written = "{\"tlogs\":[{\"size\":3}],\"mediaType\":\"m\"}";
        assert_eq!(
            new,
            old.replace("{\"tlogs\": [], 'mediaType': '}'}", written)
        );

        let (change, new) = with_root(old, "c", &root(4)).unwrap();
        assert_eq!(change, Change::Added);
        for line in old.lines() {
            assert!(new.contains(line), "{new}");
        }
    }

    #[test]
    fn a_root_is_added_to_settings_without_any() {
        for old in [
            "policy: {}\n",
            "policy:\n  a: 1 # b\nsigstore:\n",
            "{\"policy\": {}}",
        ] {
            let (change, new) = with_root(old, "a", &root(1)).unwrap();
            assert_eq!(change, Change::Added);
            let again = Yaml::parse("", &new).unwrap().values();
            assert_eq!(again[0]["sigstore"]["trustedRoots"]["a"], root(1), "{new}");
        }
    }

    #[test]
    fn what_cannot_be_changed_is_refused() {
        for (text, expected) in [
            ("", "one document"),
            ("a: 1\n", "expected settings"),
            ("policy: {}\n---\npolicy: {}\n", "one document"),
            (
                "policy: {}\nx: &x {document: {a: 1}}\nsigstore: {trustedRoots: {a: *x}}\n",
                "paste this there",
            ),
        ] {
            let error = with_root(text, "a", &root(1)).unwrap_err();
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
