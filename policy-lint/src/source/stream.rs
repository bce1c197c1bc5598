//! Starts of the documents of a stream that cannot be parsed as a whole.

use core::ops::Range;

/// The documents of a text: three dashes at the beginning of a line stand in no scalar
/// (<https://yaml.org/spec/1.2.2/#914-explicit-documents>). The first one may be empty.
#[must_use]
pub fn documents(text: &str) -> Vec<Range<usize>> {
    let (mut documents, mut start, mut at) = (Vec::new(), 0_usize, 0_usize);
    for line in text.split_inclusive('\n') {
        let begins = line.strip_prefix("---");
        if begins.is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            documents.push(start..at);
            start = at;
        }
        at = at.saturating_add(line.len());
    }
    documents.push(start..text.len());
    documents
}
