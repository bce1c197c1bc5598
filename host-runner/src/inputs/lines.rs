//! Lines of objects and of their fields. Only reports for reviewers need them, so the files are read again.

use alloc::collections::BTreeMap;
use std::fs;

use super::Place;
use admission_requests::Documents;
use policy_lint::SourceFile;
use policy_lint::source::Position;

/// Limit on files that are read again, in bytes. Longer files are dumps, and their findings are at line 1.
const MAX_BYTES: u64 = 16 << 20;

/// Line and column of what has no better place
pub(crate) const START: Position = Position { line: 1, column: 1 };

/// The files of a report
#[derive(Debug, Default)]
pub(crate) struct Lines {
    /// By name; `None` for files that cannot be read again, such as standard input
    files: BTreeMap<String, Option<Documents>>,
}

impl Lines {
    /// The position of a field of an object, such as `spec.containers[0].image`; the position of the object if it
    /// has no such field, and the start of the file if that is unknown.
    pub(crate) fn position(&mut self, file: &str, place: &Place, field: &str) -> Position {
        let documents = self.documents(file);
        let position = documents.and_then(|documents| documents.position(place, field));
        position.unwrap_or(START)
    }

    fn documents(&mut self, file: &str) -> Option<&Documents> {
        let documents = self.files.entry(file.to_owned());
        let documents = documents.or_insert_with(|| read_again(file));
        documents.as_ref()
    }
}

impl Lines {
    /// The position of a setting, such as `policy.defaultAdmissionRule`, in a file of settings or in the manifest of a
    /// policy with settings.
    pub(crate) fn of_settings(&mut self, file: &str, setting: &str) -> Position {
        let documents = self.documents(file);
        let position = documents.map(Documents::file).and_then(|file| {
            let span = policy_lint::place(file, setting)?;
            Some(file.position(span.start))
        });
        position.unwrap_or(START)
    }
}

/// Reads a file again; `None` for a pipe, which has nothing left to read.
fn read_again(name: &str) -> Option<Documents> {
    let metadata = fs::metadata(name).ok();
    metadata.filter(|found| found.is_file() && found.len() <= MAX_BYTES)?;
    let text = fs::read_to_string(name).ok()?;
    Some(Documents::of(SourceFile::new(name, text)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::Source;
    use admission_requests::found_in;

    /// The lines of the image of the first container of every object.
    fn lines(text: &str) -> Vec<usize> {
        let source = Source {
            name: "all".into(),
            text: text.into(),
        };
        let documents = Documents::of(SourceFile::new("all", text));
        let found = found_in(&source, None).into_iter().filter_map(Result::ok);
        let positions = found.map(|request| {
            let field = "spec.containers[0].image";
            documents.position(&request.place, field).unwrap_or(START)
        });
        positions.map(|position| position.line).collect()
    }

    const POD: &str =
        "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: a\n";

    #[test]
    fn images_have_their_line_in_every_kind_of_file() {
        let review = r#"{"kind": "AdmissionReview", "request": {"kind": {"kind": "Pod"},
            "object": {"spec": {"containers": [
                {"image": "a"}]}}}}"#;
        let list = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  spec:\n    containers:\n    - image: a\n- apiVersion: v1\n  kind: Pod\n  spec: {containers: [{image: b}]}\n";
        for (text, expected) in [
            (format!("---\n# first\n---\n{POD}---\n{POD}"), vec![9, 16]),
            // One malformed document between two that are not.
            (format!("{POD}---\na: [\n---\n{POD}"), vec![6, 15]),
            (list.to_owned(), vec![8, 11]),
            (review.to_owned(), vec![3]),
            (
                format!("{review}\n{{\"kind\": \"Pod\", \"apiVersion\": \"v1\"}}"),
                vec![3, 4],
            ),
        ] {
            assert_eq!(lines(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_again_begins_at_its_first_line() {
        let mut lines = Lines::default();
        for file in ["<stdin>", "/dev/null", "/", "no such file"] {
            assert_eq!(lines.position(file, &Place::default(), "spec"), START);
        }
    }
}
