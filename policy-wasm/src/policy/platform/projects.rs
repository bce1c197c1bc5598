//! The Google projects with evidence. Countersign reads evidence from the sources in the settings, so these lists
//! are only validated.

use crate::decision::Code;
use crate::json::Value;

/// Maximum number of projects in Google's API
const MAX_PROJECTS: usize = 10;

/// Reads a list of `projects/[PROJECT_ID]`.
pub(super) fn read(value: Value<'_, '_>) {
    value.list(|index, item| {
        let (path, report) = (item.path(), item.report());
        if index == MAX_PROJECTS {
            let message = alloc::format!("expected at most {MAX_PROJECTS} projects");
            report.push(Code::PolicyLimit, path, message);
        }
        let Some(text) = item.text() else { return };
        if !text.strip_prefix("projects/").is_some_and(is_project_id) {
            let message = alloc::format!(
                "{} is not of the form `projects/[PROJECT_ID]`",
                crate::quote(&text)
            );
            report.push(Code::PolicyInvalidValue, path, message);
        }
    });
}

/// Whether a text is a project id. It begins with a letter, unlike a project number, and may have the
/// organization's domain and a colon as prefix.
fn is_project_id(text: &str) -> bool {
    let is_inner = |byte: u8| {
        byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b':')
    };
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.bytes().all(is_inner)
}
