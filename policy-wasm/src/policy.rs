//! The documents in the settings: Google's policies and attestors, and `imagePolicy`.

pub(crate) mod attestor;
pub(crate) mod authenticators;
pub(crate) mod image_policy;
pub(crate) mod key_windows;
pub(crate) mod platform;
pub(crate) mod public_key;
pub(crate) mod rule;
pub(crate) mod singleton;

pub use authenticators::Purpose;
pub use platform::{CheckEvidence, CheckType};
pub use rule::RuleKind;

use crate::decision::Code;
use crate::json::{Dialect, Null, Path, Report};

/// Reports a text that is not a valid pattern of its language.
pub(crate) fn refuse_pattern(
    text: &str,
    error: &dyn core::fmt::Display,
    path: Path<'_>,
    report: &Report,
) {
    let message = alloc::format!("pattern {}: {error}", crate::quote(text));
    report.push(Code::PatternInvalid, path, message);
}

/// Codes of problems in policy documents
pub(crate) const POLICY: &Dialect = &Dialect {
    malformed: Code::SettingsMalformed,
    unknown_field: Code::PolicyUnknownField,
    wrong_type: Code::PolicyWrongType,
    duplicate_key: Code::PolicyDuplicateKey,
    null: Null::Refused,
};
