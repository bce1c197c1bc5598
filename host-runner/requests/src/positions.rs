//! Places of objects and of their fields in a text.

use core::ops::Range;

use policy_lint::SourceFile;
use policy_lint::source::{Node, Position, Shape, begins_like_json, read, resolve};

use crate::{Place, documents_of};

/// A file with the nodes of its documents
#[derive(Debug)]
pub struct Documents {
    file: SourceFile,
    documents: Vec<Document>,
}

/// One document
#[derive(Debug)]
struct Document {
    /// The offset in the file from which its nodes count
    offset: usize,
    /// `None` if it cannot be read
    root: Option<Node>,
}

impl Documents {
    /// Reads a file.
    #[must_use]
    pub fn of(file: SourceFile) -> Self {
        let text = file.text();
        let documents = match read(text) {
            Ok(reading) => {
                let documents = reading.documents.into_iter();
                let whole = documents.map(|root| Document {
                    offset: 0,
                    root: Some(root),
                });
                whole.collect()
            }
            Err(_) if begins_like_json(text.as_bytes()) => Vec::new(),
            Err(_) => {
                let documents = documents_of(text).into_iter();
                let each = documents.map(|document| Document {
                    offset: document.start,
                    root: read(document.text)
                        .ok()
                        .and_then(|reading| reading.documents.into_iter().next()),
                });
                each.collect()
            }
        };
        Self { file, documents }
    }

    /// Returns the file.
    #[must_use]
    pub const fn file(&self) -> &SourceFile {
        &self.file
    }

    /// Returns the position of a field of an object; see [`Self::bytes`].
    #[must_use]
    pub fn position(&self, place: &Place, field: &str) -> Option<Position> {
        let bytes = self.bytes(place, field)?;
        Some(self.file.position(bytes.start))
    }

    /// Returns the bytes of a field of an object, such as `spec.containers[0].image`; those of the nearest value above
    /// it if the object has no such field.
    #[must_use]
    pub fn bytes(&self, place: &Place, field: &str) -> Option<Range<usize>> {
        let document = self.documents.get(place.document)?;
        let bytes = document.root.as_ref().map_or(0..0, |root| {
            let object = object(root, &place.pointer);
            resolve(object, field).range()
        });
        let shifted = |at: usize| document.offset.saturating_add(at);
        Some(shifted(bytes.start)..shifted(bytes.end))
    }
}

/// The node at a JSON pointer, as far as it leads.
fn object<'n>(root: &'n Node, pointer: &str) -> &'n Node {
    let mut node = root;
    for step in pointer.split('/').skip(1) {
        let next = match &node.shape {
            Shape::List(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
            _ => node.get(step),
        };
        let Some(next) = next else { break };
        node = next;
    }
    node
}
