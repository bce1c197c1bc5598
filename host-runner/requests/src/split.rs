//! YAML documents one by one, for files that cannot be read as a whole: a document that is malformed must
//! not hide the others.

use super::{Found, InputError, Source, documents_in, objects_of};

/// Each of these is read a second time, for its place in the file.
const MAX_TOLD: usize = 100;

/// Reads each document by itself; `error` is the one of the whole.
pub(super) fn found_in(
    text: &str,
    namespace: Option<&str>,
    name: &str,
    error: InputError,
) -> Vec<Found> {
    let documents = documents_of(text);
    let exceeds = matches!(&error, InputError::Parse { cause, .. } if cause.exceeds);
    if documents.len() < 2 || exceeds {
        return vec![Err(error)];
    }
    let (mut found, mut malformed) = (Vec::new(), 0_usize);
    for (index, document) in documents.into_iter().enumerate() {
        let read = |text: String| {
            let name = name.to_owned();
            documents_in(&Source { name, text })
        };
        match read(document.text.to_owned()) {
            Ok(documents) => found.extend(objects_of(documents, index, namespace, name)),
            Err(error) => {
                malformed = malformed.saturating_add(1);
                if malformed <= MAX_TOLD {
                    let placed = "\n".repeat(document.line) + document.text;
                    found.push(Err(read(placed).err().unwrap_or(error)));
                }
            }
        }
    }
    if malformed > MAX_TOLD {
        found.push(Err(InputError::Object {
            path: name.to_owned(),
            problem: format!("{malformed} of its documents cannot be read"),
        }));
    }
    found
}

/// A document of a stream
#[derive(Debug)]
pub struct Document<'t> {
    /// The text of the document
    pub text: &'t str,
    /// Offset of its first byte
    pub start: usize,
    /// Number of lines before it
    line: usize,
}

/// The documents of a text, without empty ones.
#[must_use]
pub fn documents_of(text: &str) -> Vec<Document<'_>> {
    let (mut documents, mut line) = (Vec::new(), 0_usize);
    for range in policy_lint::source::documents(text) {
        let start = range.start;
        let text = text.get(range).unwrap_or_default();
        if !text.trim().is_empty() {
            documents.push(Document { text, start, line });
        }
        line = line.saturating_add(text.matches('\n').count());
    }
    documents
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::found_in;

    #[test]
    fn one_malformed_document_does_not_hide_the_others() {
        let text = "kind: Pod\napiVersion: v1\n---\na: [\n--- # third\nkind: Job\napiVersion: v1\n\
                    ---\nb: 1\nb: 2\n---\n[1]\n";
        let source = Source {
            name: "all.yaml".into(),
            text: text.into(),
        };
        let (mut titles, mut problems) = (Vec::new(), Vec::new());
        for found in found_in(&source, None) {
            match found {
                Ok(request) => titles.push(request.title),
                Err(error) => problems.push(error.to_string()),
            }
        }
        assert_eq!(titles, ["Pod default", "Job default"]);
        let [flow, key, list] = problems.as_slice() else {
            panic!("{problems:?}")
        };
        assert!(
            flow.starts_with("`all.yaml`: not valid YAML: ") && flow.contains("line 4"),
            "{flow}"
        );
        assert!(
            key.contains("duplicate") && key.contains("line 10"),
            "{key}"
        );
        assert!(list.contains("expected a Kubernetes object"), "{list}");
    }

    /// Each document by itself repeats little; together they would fill the memory.
    #[test]
    fn what_aliases_repeat_is_bounded_for_the_whole_file() {
        let one = format!(
            "a: &x {}\nb: [{}]\n---\n",
            "x".repeat(20_000),
            "*x, ".repeat(500)
        );
        let source = |count| Source {
            name: "a".into(),
            text: one.repeat(count),
        };
        assert_eq!(found_in(&source(1), None).len(), 1);
        let template = Source {
            name: "a".into(),
            text: source(2).text + "c: '{{ c }}'\n",
        };
        for source in [source(2), template] {
            let found = found_in(&source, None);
            let [Err(error)] = found.as_slice() else {
                panic!("{found:?}")
            };
            assert!(
                error.to_string().contains("anchors and aliases repeat"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_file_of_one_document_has_one_error() {
        for text in ["a: [", "---\na: [\n", "# c\n---\na: ["] {
            let source = Source {
                name: "a".into(),
                text: text.into(),
            };
            assert_eq!(found_in(&source, None).len(), 1, "{text}");
        }
    }
}
