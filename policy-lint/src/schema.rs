//! The JSON Schema of the settings: for editors, and for the names that a wrong one may have meant.

use std::sync::LazyLock;

use serde_json::Value;

use crate::document::Origin;
use crate::source::{Node, steps};
use crate::spelling::closest;

/// The JSON Schema of the settings
pub const SETTINGS_SCHEMA: &str = include_str!("../schemas/settings.json");

static SETTINGS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(SETTINGS_SCHEMA).unwrap_or_default());

/// Returns the part of [`SETTINGS_SCHEMA`] that a reference names, such as `#/$defs/policy`.
#[must_use]
pub fn definition(reference: &str) -> Option<&'static Value> {
    SETTINGS.pointer(reference.strip_prefix('#')?)
}

/// Returns the field that the schema has where `written` is the last step of `path`, if one is similar.
pub(crate) fn similar_field(
    origin: Origin,
    root: &Node,
    path: &str,
    written: &str,
) -> Option<&'static str> {
    let mut above = steps(root, path)?;
    above.pop();
    let properties = at(origin, &above)?.get("properties")?.as_object()?;
    closest(written, properties.keys().map(String::as_str))
}

/// Returns the value that the schema lists at `path`, if one is similar to `written`.
pub(crate) fn similar_value(
    origin: Origin,
    root: &Node,
    path: &str,
    written: &str,
) -> Option<&'static str> {
    let values = at(origin, &steps(root, path)?)?.get("enum")?.as_array()?;
    closest(written, values.iter().filter_map(Value::as_str))
}

/// The schema of what the keys lead to; an item of a list has none.
fn at(origin: Origin, keys: &[Option<&str>]) -> Option<&'static Value> {
    let root = match origin {
        Origin::Settings => Some(&*SETTINGS),
        Origin::SingletonPolicy => SETTINGS.pointer("/$defs/policy"),
        Origin::PlatformPolicy => SETTINGS.pointer("/$defs/platformPolicy"),
    };
    keys.iter().try_fold(root?, |schema, key| {
        let inner = match key {
            None => schema.get("items"),
            Some(key) => schema
                .get("properties")
                .and_then(|properties| properties.get(key))
                .or_else(|| schema.get("additionalProperties")),
        };
        referenced(inner?)
    })
}

/// The definition that a schema refers to, or the schema itself.
fn referenced(schema: &'static Value) -> Option<&'static Value> {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(reference) => definition(reference),
        None => Some(schema),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Config, SourceFile, lint};

    /// The help of the finding with a code.
    fn help(yaml: &str, code: &str) -> Option<String> {
        let report = lint(&[SourceFile::new("policy.yaml", yaml)], &Config::default());
        let mut findings = report.diagnostics.into_iter();
        findings.find(|one| one.code == code).unwrap().help
    }

    #[test]
    fn a_misspelled_field_is_answered_with_the_one_that_is_meant() {
        let (settings, policy) = ("settings-unknown-field", "policy-unknown-field");
        for (code, yaml, meant) in [
            (
                settings,
                "policy: {}\nresolvTags: true",
                Some("resolveTags"),
            ),
            (settings, "policy: {}\nentirelyElse: 1", None),
            (
                policy,
                "policy: {defaultAdmisionRule: {}}",
                Some("defaultAdmissionRule"),
            ),
            (
                policy,
                "policy: {default_admission_rule: {}}",
                Some("defaultAdmissionRule"),
            ),
            (
                policy,
                "policy: {clusterAdmissionRules: {a.b: {evaluationmod: x}}}",
                Some("evaluationMode"),
            ),
            (
                settings,
                "policy: {}\nattestors: [{names: a}]",
                Some("name"),
            ),
        ] {
            let expected = meant.map(|name| format!("did you mean `{name}`?"));
            assert_eq!(help(yaml, code), expected, "{yaml}");
        }
    }

    #[test]
    fn a_misspelled_value_is_answered_with_the_one_that_is_meant() {
        let rule =
            "policy: {defaultAdmissionRule: {evaluationMode: ALWAY_DENY, enforcementMode: x}}";
        let expected = Some("did you mean `ALWAYS_DENY`?".to_owned());
        assert_eq!(help(rule, "policy-unknown-enum"), expected);
        let setting = "policy: {}\nunchangedImages: chek";
        let expected = Some("did you mean `check`?".to_owned());
        assert_eq!(help(setting, "settings-invalid-value"), expected);
    }
}
