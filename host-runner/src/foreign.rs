//! Policies of other systems, given where settings or exports of Google are expected. The answer names their importer.

use std::path::Path;

use admission_requests::foreign as formats;
use admission_requests::{KUBEWARDEN_GROUP, is_policy};
use serde_json::Value;

use crate::import::System;
use crate::inputs::{self, InputError, Source, parse};

/// Reads settings, like [`inputs::settings`].
///
/// # Errors
///
/// Those of [`inputs::settings`], and policies of another system.
pub(crate) fn settings(path: &Path) -> Result<Value, InputError> {
    settings_in(&inputs::read(path)?)
}

/// Like [`settings`], for a file that is read already.
///
/// # Errors
///
/// As for [`settings`].
pub(crate) fn settings_in(source: &Source) -> Result<Value, InputError> {
    let documents = inputs::documents_in(source)?;
    match documents.iter().find_map(no_settings) {
        Some(problem) => Err(InputError::Object {
            path: source.name.clone(),
            problem,
        }),
        None => inputs::settings_of(documents, &source.name),
    }
}

/// Names a text of another format or system; `None` if it is not recognised.
pub(crate) fn text(text: &str) -> Option<String> {
    let documents = parse(text).unwrap_or_default();
    let of_system = documents.iter().find_map(no_settings);
    of_system.or_else(|| admission_requests::foreign(text))
}

/// Names the policies of Kubewarden that are for another module than this one; `None` if there are none.
pub(crate) fn manifest(text: &str) -> Option<String> {
    if !text.contains(KUBEWARDEN_GROUP) {
        return None;
    }
    let documents = parse(text).ok()?;
    let mut policies = documents.iter().filter(|document| is_policy(document));
    policies.find_map(of_system)
}

/// Names the importer of a document of another system.
pub(crate) fn of_system(document: &Value) -> Option<String> {
    let System { title, name, .. } = System::of(document)?;
    Some(format!(
        "it is a policy of {title}; convert it with `countersign import --from {name}`"
    ))
}

/// Names the importer of a document that is no settings. Settings may look like those of another system.
fn no_settings(document: &Value) -> Option<String> {
    let may_be_other = is_policy(document) || !formats::is_settings(document);
    of_system(document).filter(|_| may_be_other)
}
