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

/// The part of a schema about one place of a document
#[derive(Debug, Clone)]
pub(crate) struct Schema<'s> {
    document: &'s Value,
    /// The place's own schema, and those that it refers to
    parts: Vec<&'s Value>,
}

impl Schema<'static> {
    /// Returns the schema of settings, or of one of Google's documents.
    pub(crate) fn of(origin: Origin) -> Self {
        let part = match origin {
            Origin::Settings => Some(&*SETTINGS),
            Origin::SingletonPolicy => definition("#/$defs/policy"),
            Origin::PlatformPolicy => definition("#/$defs/platformPolicy"),
        };
        Self::part(&SETTINGS, part.into_iter())
    }
}

impl<'s> Schema<'s> {
    /// Returns the schema of a whole document.
    pub(crate) fn new(document: &'s Value) -> Self {
        Self::part(document, core::iter::once(document))
    }

    fn part(document: &'s Value, schemas: impl Iterator<Item = &'s Value>) -> Self {
        let mut parts = Vec::new();
        schemas.for_each(|schema| collect(document, schema, &mut parts));
        Self { document, parts }
    }

    /// Returns the schema of the value under a key, or of an item for `None`.
    pub(crate) fn step(&self, key: Option<&str>) -> Self {
        let inner = self.parts.iter().filter_map(|part| match key {
            None => part.get("items"),
            Some(key) => {
                let properties = part.get("properties");
                let property = properties.and_then(|properties| properties.get(key));
                property.or_else(|| part.get("additionalProperties"))
            }
        });
        Self::part(self.document, inner)
    }

    /// Returns the schema at the end of several steps.
    pub(crate) fn at(&self, keys: &[Option<&str>]) -> Self {
        let start = self.clone();
        keys.iter().fold(start, |schema, key| schema.step(*key))
    }

    /// Returns the named fields, each with its schema.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&'s str, Self)> {
        let properties = self.words("properties").filter_map(Value::as_object);
        let properties = properties.flatten();
        properties.map(|(name, schema)| {
            let schema = Self::part(self.document, core::iter::once(schema));
            (name.as_str(), schema)
        })
    }

    /// Returns the values that are listed.
    pub(crate) fn values(&self) -> impl Iterator<Item = &'s Value> {
        let listed = self.words("enum").filter_map(Value::as_array).flatten();
        listed.chain(self.words("const"))
    }

    /// Returns a word of JSON Schema, from the schema nearest to the place.
    pub(crate) fn word(&self, word: &str) -> Option<&'s Value> {
        self.words(word).next()
    }

    fn words(&self, word: &str) -> impl Iterator<Item = &'s Value> {
        self.parts.iter().filter_map(move |part| part.get(word))
    }
}

/// Collects a schema and those that it refers to or combines.
fn collect<'s>(document: &'s Value, schema: &'s Value, parts: &mut Vec<&'s Value>) {
    parts.push(schema);
    let reference = schema.get("$ref").and_then(Value::as_str);
    let referenced = reference.and_then(|path| document.pointer(path.strip_prefix('#')?));
    let combined = ["allOf", "anyOf", "oneOf"].iter();
    let combined = combined.filter_map(|word| schema.get(word)?.as_array());
    for inner in referenced.into_iter().chain(combined.flatten()) {
        collect(document, inner, parts);
    }
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
    let schema = Schema::of(origin).at(&above);
    closest(written, schema.fields().map(|(name, _)| name))
}

/// Returns the value that the schema lists at `path`, if one is similar to `written`.
pub(crate) fn similar_value(
    origin: Origin,
    root: &Node,
    path: &str,
    written: &str,
) -> Option<&'static str> {
    let schema = Schema::of(origin).at(&steps(root, path)?);
    closest(written, schema.values().filter_map(Value::as_str))
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
