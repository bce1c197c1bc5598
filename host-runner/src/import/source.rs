//! Documents of other systems, with the lines of their values.

use alloc::sync::Arc;
use std::path::Path;

use admission_requests::{foreign, of_file};
use policy_lint::SourceFile;
use policy_lint::source::{Node, Position, Shape};
use serde_json::Value;

use super::{Findings, Level, Place};
use crate::inputs;
use crate::terminal::printable;

/// One document, or one item of a Kubernetes list
#[derive(Debug, Clone)]
pub(crate) struct Document {
    file: Arc<SourceFile>,
    root: Node,
    /// Path of the item in its document; empty for a whole document
    path: String,
}

/// A value of a document
#[derive(Debug, Clone)]
pub(crate) struct At<'d> {
    document: &'d Document,
    node: &'d Node,
    /// First byte of its key, or of the value itself
    start: usize,
    path: String,
}

impl Document {
    /// Reads all documents of a file, as kubectl does. The items of Kubernetes lists are documents by themselves.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or has no document.
    pub(crate) fn read(path: &Path) -> Result<Vec<Self>, String> {
        let source = inputs::read(path).map_err(|error| error.to_string())?;
        Self::parse(&source.name, source.text)
    }

    /// Like [`Self::read`], for a text.
    pub(crate) fn parse(name: &str, text: String) -> Result<Vec<Self>, String> {
        let file = Arc::new(SourceFile::new(name, text));
        let roots = file.parse(0).map_err(|malformed| {
            let Position { line, column } = file.position(malformed.span.start);
            let problem = format!("{malformed} at line {line} column {column}");
            let problem = foreign::malformed(file.text(), &problem).unwrap_or(problem);
            of_file(name, &problem)
        })?;
        // Kyverno's policies have variables in braces, as templates have, between quotes.
        let is_document = |root: &Node| matches!(root.shape, Shape::Map(_) | Shape::Null);
        let are_documents = roots.iter().all(is_document);
        if let (Some(problem), false) = (foreign::text(file.text()), are_documents) {
            return Err(of_file(name, problem));
        }
        let documents: Vec<_> = roots
            .into_iter()
            .flat_map(|root| items(&file, root))
            .collect();
        if documents.is_empty() {
            return Err(format!("`{name}`: the file is empty"));
        }
        Ok(documents)
    }

    /// The whole document.
    pub(crate) fn root(&self) -> At<'_> {
        At {
            document: self,
            node: &self.root,
            start: self.root.span.start,
            path: self.path.clone(),
        }
    }

    /// The document without places.
    pub(crate) fn to_json(&self) -> Value {
        self.root.to_json()
    }
}

/// The items of a Kubernetes list, or the document itself.
fn items(file: &Arc<SourceFile>, root: Node) -> Vec<Document> {
    let file = Arc::clone(file);
    let is_list = root.text_of("kind").ends_with("List");
    match root.get("items") {
        Some(list) if is_list && matches!(list.shape, Shape::List(_)) => {
            let items = list.items().iter().enumerate();
            let items = items.map(|(index, item)| Document {
                file: Arc::clone(&file),
                root: item.clone(),
                path: format!("items[{index}]"),
            });
            items.collect()
        }
        _ => vec![Document {
            file,
            root,
            path: String::new(),
        }],
    }
}

impl<'d> At<'d> {
    /// The file with the line, and the path of the value.
    pub(crate) fn place(&self) -> Place {
        let file = &self.document.file;
        let line = file.position(self.start).line;
        Place {
            file: format!("{}:{line}", file.name()),
            path: self.path.clone(),
        }
    }

    /// The value of a key; `None` if it is missing or null.
    pub(crate) fn get(&self, key: &str) -> Option<Self> {
        let entry = self.node.entry(key)?;
        let is_null = matches!(entry.value.shape, Shape::Null);
        (!is_null).then(|| self.below(&entry.value, entry.key_span.start, key))
    }

    /// The value at the end of several keys.
    pub(crate) fn at(&self, keys: &[&str]) -> Option<Self> {
        keys.iter()
            .try_fold(self.clone(), |value, key| value.get(key))
    }

    /// The text, if it is one.
    pub(crate) fn text(&self) -> Option<&'d str> {
        self.node.text()
    }

    /// The text of a key; empty if there is none.
    pub(crate) fn text_of(&self, key: &str) -> &'d str {
        self.node.text_of(key)
    }

    /// The items; none if it is no list.
    pub(crate) fn items(&self) -> Vec<Self> {
        let items = self.node.items().iter().enumerate();
        let items = items.map(|(index, node)| Self {
            document: self.document,
            node,
            start: node.span.start,
            path: format!("{}[{index}]", self.path),
        });
        items.collect()
    }

    /// The items of a list under a key; none if there is no list.
    pub(crate) fn items_of(&self, key: &str) -> Vec<Self> {
        self.get(key).map(|list| list.items()).unwrap_or_default()
    }

    /// The keys with their values; none if it is no mapping.
    pub(crate) fn entries(&self) -> Vec<(&'d str, Self)> {
        let entries = self.node.entries().iter();
        let entries = entries.map(|entry| {
            let value = self.below(&entry.value, entry.key_span.start, &entry.key);
            (entry.key.as_str(), value)
        });
        entries.collect()
    }

    /// The value without places.
    pub(crate) fn to_json(&self) -> Value {
        self.node.to_json()
    }

    /// Reports the fields that are not listed: an importer that does not know a field does not know what it loses.
    pub(crate) fn only(&self, known: &[&str], findings: &mut Findings) {
        for (key, value) in self.entries() {
            if known.contains(&key) {
                continue;
            }
            let message = format!("the importer does not know `{}`", printable(key));
            findings.push(Level::Lacking, &value.place(), message);
        }
    }

    fn below(&self, node: &'d Node, start: usize, key: &str) -> Self {
        let place = Place {
            file: String::new(),
            path: self.path.clone(),
        };
        Self {
            document: self.document,
            node,
            start,
            path: place.field(key).path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_line_of_their_key() {
        let text = "apiVersion: v1\nkind: List\nitems:\n  - kind: A\n    spec:\n      names:\n        - a\n        - b\n";
        let documents = Document::parse("all.yaml", text.to_owned()).unwrap();
        let [document] = documents.as_slice() else {
            panic!("{documents:?}");
        };
        let names = document.root().at(&["spec", "names"]).unwrap();
        let shown = |at: &At<'_>| (at.place().file, at.place().path);
        let expected = ("all.yaml:6".to_owned(), "items[0].spec.names".to_owned());
        assert_eq!(shown(&names), expected);
        let expected = ("all.yaml:8".to_owned(), "items[0].spec.names[1]".to_owned());
        assert_eq!(shown(&names.items()[1]), expected);
    }

    #[test]
    fn braces_between_quotes_are_no_template() {
        let quoted = "a: '{{ request.namespace }}'\n".to_owned();
        assert_eq!(Document::parse("a.yaml", quoted).unwrap().len(), 1);
        let template = "a: {{ .Values.a }}\n".to_owned();
        let error = Document::parse("a.yaml", template).unwrap_err();
        assert!(error.contains("template"), "{error}");
    }

    #[test]
    fn braces_do_not_hide_where_a_document_is_malformed() {
        let malformed = "a: '{{ request.namespace }}'\nb: [\nc: d\n".to_owned();
        let error = Document::parse("a.yaml", malformed).unwrap_err();
        let start = "`a.yaml`: not valid YAML: ";
        assert!(error.starts_with(start), "{error}");
        assert!(
            error.contains(" at line 2 column 4; if this is a template"),
            "{error}"
        );
    }

    #[test]
    fn unknown_fields_are_reported() {
        let documents = Document::parse("a.yaml", "a: 1\nb: 2\n".to_owned()).unwrap();
        let mut findings = Findings::default();
        documents[0].root().only(&["a"], &mut findings);
        let findings = findings.in_order();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].message, "the importer does not know `b`");
        assert_eq!(findings[0].place.as_ref().unwrap().file, "a.yaml:2");
    }
}
