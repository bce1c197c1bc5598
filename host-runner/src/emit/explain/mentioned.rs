//! Codes that a text mentions: a denial as `kubectl` printed it, a Decision, an `EvaluationReport`, an
//! `AdmissionReview`.

use serde_json::Value;

use super::page::Entry;

/// Returns the codes in a text, in order, without duplicates. If there are codes in brackets, as in a denial or
/// warning, only those; else every code that is a word.
pub(crate) fn codes(text: &str) -> Vec<String> {
    let json: Option<Value> = serde_json::from_str(text.trim()).ok();
    let mut found = Vec::new();
    match &json {
        Some(value) => in_json(value, &mut found),
        None => found = in_text(text),
    }
    found
}

/// Whether a text is a message rather than a misspelled code: a code is one word.
pub(crate) fn is_message(text: &str) -> bool {
    text.trim().contains(char::is_whitespace) || text.contains('[')
}

/// Whether a file is an answer whose codes can be explained, and not a manifest or a page about codes.
pub(crate) fn is_answer(text: &str) -> bool {
    let is_ours = |value: &Value| {
        let kind = value.get("kind").and_then(Value::as_str);
        matches!(
            kind,
            Some("AdmissionReview" | "Decision" | "EvaluationReport" | "Status")
        )
    };
    match serde_json::from_str(text.trim()) {
        Ok(Value::Array(items)) => !items.is_empty() && items.iter().all(is_ours),
        Ok(value) => is_ours(&value),
        Err(_) => text.contains("denied: ") && !bracketed(text).is_empty(),
    }
}

fn in_json(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            // Conformant parts need no explanation.
            if fields.get("verdict").and_then(Value::as_str) == Some("CONFORMANT") {
                return;
            }
            for (key, value) in fields {
                match value {
                    Value::String(code) if key == "code" => add(found, [code.as_str()]),
                    Value::String(text) if is_told(key) => add(found, bracketed(text)),
                    _ => in_json(value, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| match item {
            Value::String(text) => add(found, bracketed(text)),
            item => in_json(item, found),
        }),
        _ => {}
    }
}

/// Fields of an answer that hold the message. The others are written by the author of the object.
fn is_told(key: &str) -> bool {
    key == "message"
}

fn in_text(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    add(&mut found, bracketed(text));
    if found.is_empty() {
        add(&mut found, words(text));
    }
    found
}

/// `[no-valid-attestation]`
fn bracketed(text: &str) -> Vec<&str> {
    let after = text.split('[').skip(1);
    let inside = after.filter_map(|rest| Some(rest.split_once(']')?.0));
    inside.filter(|code| Entry::of(code).is_some()).collect()
}

/// Codes that stand by themselves, and are no part of a name.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|one: char| one.is_whitespace() || "(),;:\"'`".contains(one));
    words.filter(|word| word.contains('-') && Entry::of(word).is_some())
}

fn add<'t>(found: &mut Vec<String>, codes: impl IntoIterator<Item = &'t str>) {
    for code in codes {
        if Entry::of(code).is_some() && !found.iter().any(|known| known == code) {
            found.push(code.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MESSAGE: &str = "Error from server: error when creating \"web.yaml\": admission webhook \
        \"x.kubewarden.admission\" denied the request: denied: 2 of 3 images do not meet the policy
  web (registry.example/always-deny/web:1):
    the tag is not pinned to a digest [digest-required]
  proxy (a.example/b@sha256:2222…2222): not attested by qa [no-valid-attestation]
help: countersign explain digest-required";

    #[test]
    fn a_pasted_message_is_about_its_codes_in_brackets() {
        assert_eq!(codes(MESSAGE), ["digest-required", "no-valid-attestation"]);
        let warning = "Warning: not attested by a [no-valid-attestation]: web admitted by dry run";
        assert_eq!(codes(warning), ["no-valid-attestation"]);
        assert!(is_message(MESSAGE) && is_answer(MESSAGE) && !is_message("digest-require"));
    }

    #[test]
    fn without_brackets_a_code_counts_where_it_is_a_word() {
        let text =
            "  digest-required: Expected a digest (always-deny); registry/no-checks no-codes-here";
        assert_eq!(codes(text), ["digest-required", "always-deny"]);
        assert!(codes("nothing [here] attested").is_empty());
    }

    #[test]
    fn a_decision_is_about_what_is_not_conformant() {
        let reason = |code: &str| json!([{"code": code, "message": "[dry-run]", "details": []}]);
        let decision = json!({"kind": "Decision", "verdict": "NON_CONFORMANT", "images": [
            {"image": "[always-deny]", "verdict": "CONFORMANT", "reasons": reason("attested")},
            {"verdict": "NON_CONFORMANT", "reasons": reason("digest-denied")}], "warnings": reason("dry-run")});
        assert_eq!(codes(&decision.to_string()), ["digest-denied", "dry-run"]);
        let review = json!({"kind": "AdmissionReview", "response": {"uid": "always-deny",
            "status": {"code": 403, "message": MESSAGE}}});
        assert_eq!(
            codes(&review.to_string()),
            ["digest-required", "no-valid-attestation"]
        );
        assert!(is_answer(&json!([decision, review]).to_string()));
    }

    #[test]
    fn a_manifest_or_a_page_about_codes_is_no_answer() {
        for text in [
            "kind: Pod",
            "{\"kind\": \"Pod\"}",
            "[]",
            "- `digest-required`: use a digest",
            "",
        ] {
            assert!(!is_answer(text), "{text}");
        }
    }
}
