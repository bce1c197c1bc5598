//! The place of an object in its file.

/// Where an object stands in its file
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Index of its document, without empty documents
    pub document: usize,
    /// JSON pointer of the object in the document
    pub pointer: String,
}

impl Place {
    /// The place at a pointer in the first document.
    pub(super) fn at(pointer: &str) -> Self {
        Self {
            document: 0,
            pointer: pointer.to_owned(),
        }
    }
}
