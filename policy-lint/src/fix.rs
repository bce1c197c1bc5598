//! Applies fixes to a text.

use crate::diagnostic::{Diagnostic, Edit};
use crate::source::SourceFile;

/// The text of a file with the fixes of its findings, and how many there were. Of fixes that touch each
/// other only the first is applied; another run finds the rest.
#[must_use]
pub fn apply_fixes(
    file: usize,
    source: &SourceFile,
    diagnostics: &[Diagnostic],
) -> (String, usize) {
    let mut edits: Vec<&Edit> = Vec::new();
    let mut fixed = 0_usize;
    for diagnostic in diagnostics {
        let Some(fix) = &diagnostic.fix else {
            continue;
        };
        let is_own = fix.edits.iter().all(|edit| edit.span.file == file);
        let is_free = fix.edits.iter().all(|edit| {
            edits
                .iter()
                .all(|other| edit.span.end <= other.span.start || other.span.end <= edit.span.start)
        });
        if is_own && is_free {
            edits.extend(&fix.edits);
            fixed = fixed.saturating_add(1);
        }
    }
    edits.sort_by_key(|edit| core::cmp::Reverse(edit.span));
    let mut text = source.text().to_owned();
    for edit in edits {
        if text.get(edit.span.range()).is_some() {
            text.replace_range(edit.span.range(), &edit.replacement);
        }
    }
    (text, fixed)
}
