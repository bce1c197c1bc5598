//! The answer about settings.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

use crate::decision::Code;
use crate::json::Problem;

/// The answer to `validate_settings` that a policy server expects
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
    code: Code,
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
