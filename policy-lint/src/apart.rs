//! Files with several documents of which some are malformed: the others are still linted.

use core::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::sink::Sink;
use crate::source::{Malformed, SourceFile, Span, documents};

/// Maximum number of malformed documents of one file that are reported
const MAX_TOLD: usize = 100;

/// Replaces malformed documents by spaces and reports them; returns `None` if there are none.
///
/// A file of one document is not changed.
pub(crate) fn readable(files: &[SourceFile], sink: &mut Sink<'_>) -> Option<Vec<SourceFile>> {
    let mut readable: Option<Vec<SourceFile>> = None;
    for (index, file) in files.iter().enumerate() {
        let documents = documents(file.text());
        // The limit on aliases is one for the whole file.
        let is_apart = |error: Malformed| !error.exceeds;
        if documents.len() < 2 || !file.parse(index).is_err_and(is_apart) {
            continue;
        }
        let (text, malformed) = without_malformed(file, index, documents);
        let Some(place) = readable
            .get_or_insert_with(|| files.to_vec())
            .get_mut(index)
        else {
            continue;
        };
        *place = SourceFile::new(file.name(), text);
        let left = malformed.len().saturating_sub(MAX_TOLD);
        for (told, Malformed { span, message, .. }) in malformed.into_iter().enumerate() {
            let message = match told {
                MAX_TOLD => format!("{left} more documents of this file are not valid YAML"),
                _ => format!("not valid YAML: {message}"),
            };
            sink.push(Diagnostic::new(span, "", message).coded("document-malformed"));
            if told == MAX_TOLD {
                break;
            }
        }
    }
    readable
}

/// Returns the text with malformed documents replaced by spaces, and their errors.
pub(crate) fn without_malformed(
    file: &SourceFile,
    index: usize,
    documents: Vec<Range<usize>>,
) -> (String, Vec<Malformed>) {
    let (mut text, mut malformed) = (String::with_capacity(file.text().len()), Vec::new());
    for part in documents {
        let document = file.text().get(part.clone()).unwrap_or_default();
        match SourceFile::new("", document).parse(index) {
            Ok(_) => text.push_str(document),
            Err(error) => {
                text.extend(document.bytes().map(blank));
                let span = Span {
                    file: index,
                    start: error.span.start.saturating_add(part.start),
                    end: error.span.end.saturating_add(part.start),
                };
                malformed.push(Malformed { span, ..error });
            }
        }
    }
    (text, malformed)
}

/// Returns a space, so that all later offsets stay the same.
const fn blank(byte: u8) -> char {
    if byte == b'\n' { '\n' } else { ' ' }
}

#[cfg(test)]
mod tests {
    use crate::{Config, SourceFile, lint};

    const POLICY: &str = "policy:
  defaultAdmissionRule: {evaluationMode: ALWAYS_ALLOW, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
";

    #[test]
    fn a_malformed_document_does_not_hide_findings_in_the_others() {
        let text = format!("é: [\n---\n{POLICY}---\na: 1\na: 2\n");
        let files = [SourceFile::new("a.yaml", text)];
        let report = lint(&files, &Config::default());
        let found = report.diagnostics.iter().map(|one| {
            let line = files[0].position(one.span().start).line;
            (one.code.as_str(), line)
        });
        let found: Vec<_> = found.collect();
        for expected in [
            ("document-malformed", 1),
            ("lint-dry-run", 4),
            ("document-malformed", 7),
        ] {
            assert!(found.contains(&expected), "{found:?}");
        }
        assert_eq!(report.documents, 1);
    }

    #[test]
    fn malformed_documents_are_told_up_to_a_number_and_counted() {
        let text = format!("{POLICY}{}", "---\n{a: \n".repeat(250));
        let files = [SourceFile::new("a.yaml", text)];
        let report = lint(&files, &Config::default());
        let malformed = report.diagnostics.iter();
        let malformed = malformed.filter(|one| one.code == "document-malformed");
        let messages: Vec<_> = malformed.map(|one| one.message.as_str()).collect();
        assert_eq!(messages.len(), 101);
        assert!(
            messages.contains(&"150 more documents of this file are not valid YAML"),
            "{messages:?}"
        );
        assert!(
            report
                .diagnostics
                .iter()
                .any(|one| one.code == "lint-dry-run")
        );
    }

    #[test]
    fn a_file_that_has_nothing_else_is_one_finding() {
        for text in ["a: [", "---\na: [\n"] {
            let files = [SourceFile::new("a.yaml", text)];
            let report = lint(&files, &Config::default());
            assert_eq!(report.diagnostics.len(), 1, "{text}");
        }
    }
}
