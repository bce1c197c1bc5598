//! Kubewarden's answers, made from ours.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::warning::is_short;
use super::{Decision, MutatedObject, Reason, Verdict};
use crate::printable::escaped;

/// The answer to `validate` that a policy server expects
#[derive(Debug, Serialize)]
pub struct AdmissionResponse {
    accepted: bool,
    #[serde(skip_serializing_if = "String::is_empty")]
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u16>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    audit_annotations: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mutated_object: Option<MutatedObject>,
}

impl AdmissionResponse {
    /// The answer to nearly every call, as JSON: it needs no serializer
    pub(crate) const PLAIN_YES: &[u8] = br#"{"accepted":true}"#;

    /// Whether it admits, and says nothing else.
    pub(crate) fn is_plain_yes(&self) -> bool {
        let Self {
            accepted,
            message,
            code,
            audit_annotations,
            warnings,
            mutated_object,
        } = self;
        *accepted
            && message.is_empty()
            && code.is_none()
            && audit_annotations.is_empty()
            && warnings.is_empty()
            && mutated_object.is_none()
    }
}

impl From<Decision> for AdmissionResponse {
    fn from(decision: Decision) -> Self {
        let code = match decision.verdict {
            _ if decision.allowed => None,
            Verdict::Error => Some(500),
            Verdict::NonConformant | Verdict::Conformant => Some(403),
        };
        Self {
            accepted: decision.allowed,
            message: lines(&decision.message),
            code,
            audit_annotations: decision.audit_annotations,
            warnings: decision.warnings.iter().map(warning).collect(),
            mutated_object: decision.mutated_object,
        }
    }
}

/// Returns a message with all control characters escaped but line feeds.
fn lines(message: &str) -> String {
    // Most responses have no message, and should cost nothing.
    if message.is_empty() {
        return String::new();
    }
    let lines: Vec<_> = message.split('\n').map(escaped).collect();
    lines.join("\n")
}

/// Returns a warning as the API server keeps it: the API server drops warnings with control characters, and
/// truncates long ones. A warning that untrusted text makes too long is replaced by its code.
fn warning(warning: &Reason) -> String {
    let text = escaped(&warning.message).into_owned();
    if is_short(&text) {
        return text;
    }
    let code = warning.code;
    alloc::format!("[{code}] (see: countersign explain {code})")
}

#[cfg(test)]
mod tests {
    use super::super::Code;
    use super::*;

    #[test]
    fn the_ready_made_answer_is_the_serialized_one_and_only_for_who_says_nothing_else() {
        let plain = AdmissionResponse::from(Decision::new());
        assert!(plain.is_plain_yes());
        let serialized = serde_json::to_vec(&plain).unwrap();
        assert_eq!(serialized, AdmissionResponse::PLAIN_YES);
        let changes: [fn(&mut AdmissionResponse); 6] = [
            |response| response.accepted = false,
            |response| response.message = "a word".into(),
            |response| response.code = Some(403),
            |response| {
                response.audit_annotations.insert("dry-run", "true".into());
            },
            |response| response.warnings = alloc::vec!["a word".into()],
            |response| response.mutated_object = MutatedObject::new("{}".into()),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut response = AdmissionResponse::from(Decision::new());
            change(&mut response);
            assert!(!response.is_plain_yes(), "{index}");
        }
    }

    #[test]
    fn warnings_and_the_message_have_no_control_characters() {
        let mut decision = Decision::new();
        decision.allowed = false;
        decision.message = "a\nb\u{1b}[31m\u{202e}c\r".into();
        let warning = Reason::new(Code::DryRun, "one\ntwo\r\0 \u{85}");
        decision.warnings.push(warning);
        let response = AdmissionResponse::from(decision);
        assert_eq!(response.message, "a\nb\\u{1b}[31m\\u{202e}c\\u{d}");
        assert_eq!(response.warnings, [r"one\u{a}two\u{d}\u{0} \u{85}"]);
    }

    #[test]
    fn a_warning_that_is_too_long_is_its_code() {
        let mut decision = Decision::new();
        let texts = ["ü".repeat(120), "ü".repeat(121)];
        decision.warnings = texts
            .iter()
            .map(|text| Reason::new(Code::BreakGlassNamespaceRefused, text.as_str()))
            .collect();
        let response = AdmissionResponse::from(decision);
        let expected = "[break-glass-namespace-refused] (see: countersign explain break-glass-namespace-refused)";
        assert_eq!(response.warnings, [texts[0].as_str(), expected]);
        assert!(is_short(expected));
    }
}
