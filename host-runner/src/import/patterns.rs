//! The pattern ending `[@:]*`, which some policies contain.

use serde_json::{Value, json};

use super::{Export, Findings, Level};

/// Ending that some guides use to exempt the tags and digests of a name
const CLASS: &str = "[@:]*";

/// Writes patterns that end in `[@:]*` as two. The second stands at the end of the list, so that the
/// others keep their places.
pub(super) fn split_classes(policy: &mut Export, findings: &mut Findings) {
    let place = policy.place.field("admissionWhitelistPatterns");
    let patterns = policy.document.get_mut("admissionWhitelistPatterns");
    let Some(Value::Array(patterns)) = patterns else {
        return;
    };
    let mut more = Vec::new();
    for (index, pattern) in patterns.iter_mut().enumerate() {
        let Some(text) = pattern.get_mut("namePattern") else {
            continue;
        };
        let Some(name) = text.as_str().and_then(|text| text.strip_suffix(CLASS)) else {
            continue;
        };
        let (tags, digests) = (format!("{name}:*"), format!("{name}@*"));
        let message = format!("`{name}{CLASS}` was replaced by `{tags}` and `{digests}`");
        let place = place.item(index).field("namePattern");
        findings.push(Level::Warning, &place, message);
        *text = tags.into();
        more.push(json!({"namePattern": digests}));
    }
    patterns.append(&mut more);
}
