//! Kubewarden's answers, made from ours.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

use super::{Decision, MutatedObject, Verdict};
use crate::json::Problem;

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

/// Kubernetes may cut a warning beyond this many characters.
const MAX_WARNING: usize = 256;

impl From<Decision> for AdmissionResponse {
    fn from(decision: Decision) -> Self {
        let code = match decision.verdict {
            _ if decision.allowed => None,
            Verdict::Error => Some(500),
            Verdict::NonConformant | Verdict::Conformant => Some(403),
        };
        Self {
            accepted: decision.allowed,
            message: decision.message,
            code,
            audit_annotations: decision.audit_annotations,
            warnings: decision
                .warnings
                .iter()
                .map(|warning| cut(&warning.message))
                .collect(),
            mutated_object: decision.mutated_object,
        }
    }
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
    /// The same as `message`, one by one, for whoever can use more than a text
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
