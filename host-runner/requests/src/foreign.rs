//! Files that are for something else, or in another form: what they are, and what to give instead.

use serde_json::{Map, Value};

use crate::printable::printable;

/// Recognizes a text that is not a document.
#[must_use]
pub fn text(text: &str) -> Option<&'static str> {
    format(text).or_else(|| {
        has_action(text).then_some("it is a template; give the output of `helm template`")
    })
}

/// Explains why a text of another format is malformed. A document with a mistake may have the braces of templates in its
/// texts, so a template keeps the problem.
#[must_use]
pub fn malformed(text: &str, problem: &str) -> Option<String> {
    let of_template =
        || format!("{problem}; if this is a template, give the output of `helm template`");
    let format = format(text).map(str::to_owned);
    format.or_else(|| has_action(text).then(of_template))
}

/// Recognizes a format by its first line.
fn format(text: &str) -> Option<&'static str> {
    let text = text.trim_start();
    if text.starts_with("-----BEGIN ") {
        return Some("it is a PEM file, not a YAML or JSON document");
    }
    if is_table(text) {
        return Some(
            "it is a table; print JSON instead, with `--format=json` of gcloud or `-o json` of kubectl",
        );
    }
    None
}

/// Whether a text has the braces of a template.
fn has_action(text: &str) -> bool {
    text.contains("{{") && text.contains("}}")
}

/// Whether the first line is a heading, such as `NAME  NOTE  NUM_PUBLIC_KEYS`, or a frame.
fn is_table(text: &str) -> bool {
    let heading = text.lines().next().unwrap_or_default();
    let mut columns = heading.split_whitespace();
    let is_word = |word: &str| {
        let is_inner = |one: u8| one.is_ascii_uppercase() || b"_-()".contains(&one);
        word.starts_with(|one: char| one.is_ascii_uppercase()) && word.bytes().all(is_inner)
    };
    heading.starts_with('┌') || (columns.clone().count() > 1 && columns.all(is_word))
}

/// Recognizes a document that is not a Kubernetes object, or returns the expected content.
pub(super) fn or(document: &Value, expected: &str) -> String {
    let known = match document {
        Value::Object(fields) if is_terraform(fields) => Some(TERRAFORM),
        Value::String(text) => self::text(text),
        _ => None,
    };
    known.unwrap_or(expected).to_owned()
}

/// Whether a document has the fields of settings.
#[must_use]
pub fn is_settings(document: &Value) -> bool {
    let has = |key: &str| document.get(key).is_some();
    // Connaisseur's `policy` is a list.
    let has_policy = document
        .get("policy")
        .is_some_and(|policy| !policy.is_array());
    has_policy || has("platformPolicies") || has("imagePolicy")
}

/// Why a document is no settings, although it may be about them.
#[must_use]
pub fn no_settings(document: &Value) -> Option<String> {
    if is_settings(document) {
        return None;
    }
    let fields = document.as_object()?;
    let has = |key: &str| fields.contains_key(key);
    if let Some(foreign) = no_export(document) {
        return Some(foreign);
    }
    if has("defaultAdmissionRule") || has("admissionWhitelistPatterns") {
        return Some(
            "it is a Google policy without settings; convert it with `countersign import --policy`"
                .into(),
        );
    }
    if has("gkePolicy") {
        return Some(
            "it is a Google platform policy without settings; convert it with `countersign import \
             --platform-policy`"
                .into(),
        );
    }
    let is_entry = |entry: &Value| entry.get("module").is_some_and(Value::is_string);
    (!fields.is_empty() && fields.values().all(is_entry)).then(|| {
        "it is the `policies.yml` of a policy server; give the `settings` of one policy".into()
    })
}

/// Why a document is nothing that Google exports.
#[must_use]
pub fn no_export(document: &Value) -> Option<String> {
    let fields = document.as_object()?;
    if is_terraform(fields) {
        return Some(TERRAFORM.to_owned());
    }
    let text = |key: &str| fields.get(key).and_then(Value::as_str);
    let (version, kind) = (text("apiVersion")?, text("kind")?);
    let kind = printable(kind);
    if version.contains(".cnrm.cloud.google.com/") {
        return Some(format!(
            "it is of kind {kind} of Config Connector; give the output of `gcloud container binauthz policy export`"
        ));
    }
    Some(format!(
        "it is a Kubernetes object of kind {kind}, not a policy or settings"
    ))
}

const TERRAFORM: &str = "it is the output of `terraform show -json`; give manifests, or the output of \
                         `gcloud container binauthz policy export`";

fn is_terraform(fields: &Map<String, Value>) -> bool {
    ["format_version", "terraform_version"]
        .iter()
        .all(|key| fields.get(*key).is_some_and(Value::is_string))
}

/// Why bytes are no UTF-8, where that can be told.
pub(super) fn encoding(bytes: &[u8]) -> Option<&'static str> {
    let utf16 = "it is UTF-16, not UTF-8; in PowerShell, use `Out-File -Encoding utf8`";
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some(utf16),
        // Without a mark: of every two bytes of plain letters one is 0.
        [0, first, 0, second, ..] | [first, 0, second, 0, ..] if *first != 0 && *second != 0 => {
            Some(utf16)
        }
        [0x1f, 0x8b, ..] => Some("it is compressed with gzip"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tables_templates_and_keys_are_told_from_documents() {
        for (given, words) in [
            (
                "NAME   NOTE                      NUM_PUBLIC_KEYS\nbuild  projects/p/notes/build  1\n",
                "table",
            ),
            (
                "NAME READY STATUS RESTARTS AGE\nweb 1/1 Running 0 3d\n",
                "-o json",
            ),
            ("┌──────┐\n│ NAME │\n", "table"),
            ("image: {{ .Values.image }}\n", "helm template"),
            ("-----BEGIN PRIVATE KEY-----\nMII\n", "PEM"),
        ] {
            assert!(
                text(given).is_some_and(|what| what.contains(words)),
                "{given}"
            );
        }
        for given in ["kind: Pod", "A: 1", "NAME", "# NAME NOTE\na: 1", ""] {
            assert_eq!(text(given), None, "{given}");
        }
    }

    #[test]
    fn a_malformed_template_keeps_its_problem() {
        let template = malformed("a: {{ .Values.a }}\n", "not valid").unwrap();
        assert!(template.starts_with("not valid; if this is a template"));
        let key = malformed("-----BEGIN PRIVATE KEY-----\nMII {{ }}\n", "not valid").unwrap();
        assert!(key.starts_with("it is a PEM file"), "{key}");
        assert_eq!(malformed("a: [\n", "not valid"), None);
    }

    #[test]
    fn what_is_no_settings_says_what_it_is() {
        for (document, words) in [
            (json!({"defaultAdmissionRule": {}}), "import --policy`"),
            (
                json!({"name": "n", "gkePolicy": {}}),
                "import --platform-policy`",
            ),
            (
                json!({"format_version": "1.0", "terraform_version": "1.9.8", "values": {}}),
                "terraform show -json",
            ),
            (
                json!({"apiVersion": "iam.cnrm.cloud.google.com/v1beta1", "kind": "IAMPolicy"}),
                "of kind IAMPolicy of Config Connector",
            ),
            (
                json!({"apiVersion": "apps/v1", "kind": "Deployment"}),
                "of kind Deployment",
            ),
            (
                json!({"a": {"module": "registry://x", "settings": {}}}),
                "policies.yml",
            ),
        ] {
            assert!(
                no_settings(&document).is_some_and(|what| what.contains(words)),
                "{document}"
            );
        }
        for document in [
            json!({"policy": {}}),
            json!({"attestors": []}),
            json!({}),
            json!([]),
        ] {
            assert_eq!(no_settings(&document), None, "{document}");
        }
    }

    #[test]
    fn utf_16_is_told_with_and_without_a_mark() {
        let utf16 = |text: &str, mark: &[u8]| -> Vec<u8> {
            let units = text.encode_utf16().flat_map(u16::to_le_bytes);
            mark.iter().copied().chain(units).collect()
        };
        for bytes in [utf16("kind: Pod", &[0xff, 0xfe]), utf16("kind: Pod", &[])] {
            assert!(encoding(&bytes).is_some_and(|what| what.contains("UTF-16")));
        }
        for bytes in [&b"kind: Pod"[..], b"", b"\xe9"] {
            assert_eq!(encoding(bytes), None);
        }
    }
}
