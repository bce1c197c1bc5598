//! A settings document to its validation.

use policy_lint::{Config, Severity, SourceFile, lint};
use policy_wasm::abi;
use serde_json::{Value, json};

use crate::base::request;
use crate::{decide, is_allowed, parsed};

/// Settings that are valid never make a request fail with `settings-invalid`, and the linter finds no
/// error of the validation in them.
pub fn settings(bytes: &[u8]) {
    let answer = parsed(&abi::validate_settings(bytes));
    if !is_allowed(&answer, "valid") {
        return;
    }
    let text = core::str::from_utf8(bytes).unwrap_or_else(|error| panic!("valid, but {error}"));
    let settings: Value = match serde_json::from_str(text) {
        Ok(settings) => settings,
        // Numbers larger than a float are JSON for the policy where nothing reads them.
        Err(error) if error.to_string().contains("number out of range") => return,
        Err(error) => panic!("valid, but {error}"),
    };
    let decision = decide(
        json!({"request": request(), "settings": settings})
            .to_string()
            .as_bytes(),
    );
    assert!(
        !decision.to_string().contains("settings-invalid"),
        "{decision:#}"
    );
    let report = lint(
        &[SourceFile::new("settings.json", text)],
        &Config::default(),
    );
    let refused = report
        .diagnostics
        .iter()
        .find(|one| one.severity == Severity::Error && one.code.starts_with("settings-"));
    assert!(refused.is_none(), "{refused:?}");
}
