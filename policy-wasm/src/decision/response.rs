//! Kubewarden's answers, made from ours.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Decision, MutatedObject, Reason, Verdict};
use crate::json::Problem;
use crate::printable::escaped;

/// What a policy server expects of `validate`
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
    /// What nearly every call is answered, as JSON: no serializer has to be there for it
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

/// Kubernetes may cut a warning beyond this many characters.
const MAX_WARNING: usize = 256;
/// And beyond this many in all warnings, it leaves out the rest.
const MAX_WARNINGS: usize = 4096;

impl From<Decision> for AdmissionResponse {
    fn from(decision: Decision) -> Self {
        let code = match decision.verdict {
            _ if decision.allowed => None,
            Verdict::Error => Some(500),
            Verdict::NonConformant | Verdict::Conformant => Some(403),
        };
        Self {
            accepted: decision.allowed,
            message: escaped(&decision.message).into_owned(),
            code,
            audit_annotations: decision.audit_annotations,
            warnings: warnings(&decision.warnings),
            mutated_object: decision.mutated_object,
        }
    }
}

/// What the API server hands on: it drops a warning with a control character whole, and what is beyond its
/// limits.
fn warnings(all: &[Reason]) -> Vec<String> {
    let all = all.iter();
    let mut all = all.map(|warning| cut(&escaped(&warning.message)));
    // One more may have to be told.
    let mut room = MAX_WARNINGS.saturating_sub(MAX_WARNING);
    let mut told = Vec::new();
    while let Some(warning) = all.next() {
        match room.checked_sub(warning.chars().count()) {
            Some(rest) => room = rest,
            None => {
                let left_out = all.count().saturating_add(1);
                told.push(alloc::format!("and {left_out} more warnings"));
                break;
            }
        }
        told.push(warning);
    }
    told
}

fn cut(warning: &str) -> String {
    match warning.char_indices().nth(MAX_WARNING.saturating_sub(1)) {
        Some((end, _)) if warning.chars().count() > MAX_WARNING => {
            let (head, _) = warning.split_at(end);
            alloc::format!("{head}…")
        }
        _ => warning.to_string(),
    }
}

/// What a policy server expects of `validate_settings`
#[derive(Debug, Serialize)]
pub struct SettingsResponse {
    valid: bool,
    message: Option<String>,
    /// The problems of `message`, one by one
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<SettingsProblem>,
}

#[derive(Debug, Serialize)]
struct SettingsProblem {
    code: super::Code,
    path: String,
    message: String,
}

impl From<Vec<Problem>> for SettingsResponse {
    fn from(problems: Vec<Problem>) -> Self {
        let texts: Vec<_> = problems.iter().map(Problem::to_string).collect();
        Self {
            valid: problems.is_empty(),
            message: (!problems.is_empty()).then(|| texts.join("; ")),
            problems: problems
                .into_iter()
                .map(
                    |Problem {
                         code,
                         path,
                         message,
                     }| SettingsProblem {
                        code,
                        path,
                        message,
                    },
                )
                .collect(),
        }
    }
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
            |response| response.mutated_object = Some(MutatedObject::new("{}".into())),
        ];
        for (index, change) in changes.iter().enumerate() {
            let mut response = AdmissionResponse::from(Decision::new());
            change(&mut response);
            assert!(!response.is_plain_yes(), "{index}");
        }
    }

    #[test]
    fn warnings_and_the_message_have_no_control_characters() {
        let mut decision = Decision::refused(Reason::new(Code::DryRun, "a\nb\u{1b}[31m\u{202e}c"));
        let warning = Reason::new(Code::DryRun, "one\ntwo\r\0 \u{85}");
        decision.warnings.push(warning);
        let response = AdmissionResponse::from(decision);
        assert_eq!(response.message, r"a\u{a}b\u{1b}[31m\u{202e}c");
        assert_eq!(response.warnings, [r"one\u{a}two\u{d}\u{0} \u{85}"]);
    }

    /// As many are told as the API server hands on, and how many are left out.
    #[test]
    fn warnings_stay_within_the_limits_of_the_api_server() {
        for (count, length, told) in [(15, 256, 15), (16, 256, 16), (30, 200, 20), (3, 5000, 3)] {
            let mut decision = Decision::new();
            let warning = Reason::new(Code::DryRun, "ü".repeat(length));
            decision.warnings = alloc::vec![warning; count];
            let response = AdmissionResponse::from(decision);
            let lengths = response
                .warnings
                .iter()
                .map(|warning| warning.chars().count());
            assert!(lengths.clone().all(|length| length <= MAX_WARNING));
            assert!(lengths.sum::<usize>() <= MAX_WARNINGS);
            assert_eq!(response.warnings.len(), told, "{count}");
            let last = response.warnings.last().unwrap();
            assert_eq!(
                last.starts_with("and "),
                told < count || count == 16,
                "{last}"
            );
        }
    }
}
