//! Google's documents, read from settings: the policy and its attestors.

pub(crate) mod attestor;
pub(crate) mod platform;
pub(crate) mod public_key;
pub(crate) mod rule;
pub(crate) mod singleton;

use crate::decision::Code;
use crate::json::{Dialect, Null, Path, Report};

/// Reports a text that is no pattern of the language that is spoken at its place.
pub(crate) fn refuse_pattern(
    text: &str,
    error: &dyn core::fmt::Display,
    path: Path<'_>,
    report: &Report,
) {
    let message = alloc::format!("pattern {}: {error}", crate::quote(text));
    report.push(Code::PatternInvalid, path, message);
}

/// How a policy document reports what is wrong with its shape
pub(crate) const POLICY: &Dialect = &Dialect {
    malformed: Code::SettingsMalformed,
    unknown_field: Code::PolicyUnknownField,
    wrong_type: Code::PolicyWrongType,
    duplicate_key: Code::PolicyDuplicateKey,
    null: Null::Refused,
};
