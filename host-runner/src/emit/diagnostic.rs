//! Diagnostics in the style of rustc: the source line, the problem, and a help text.

use core::cell::OnceCell;
use core::ops::Range;
use std::io::{self, Write};

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use policy_lint::{Diagnostic, Label, Severity, SourceFile};

use crate::terminal::printable;
use crate::terminal::printable::{begins_command, is_unsafe, private_keys};

/// Prints findings with their source lines.
pub(crate) fn write_all<'d>(
    out: &mut dyn Write,
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    files: &[SourceFile],
) -> io::Result<()> {
    let files: Vec<_> = files.iter().map(File::of).collect();
    let mut diagnostics = diagnostics.into_iter();
    diagnostics.try_for_each(|diagnostic| write(out, diagnostic, &files))
}

/// A file and the places of private keys in it, searched once for all findings
struct File<'f> {
    source: &'f SourceFile,
    keys: OnceCell<Vec<Range<usize>>>,
}

impl<'f> File<'f> {
    const fn of(source: &'f SourceFile) -> Self {
        Self {
            source,
            keys: OnceCell::new(),
        }
    }

    /// Whether a byte is part of a private key.
    fn is_in_key(&self, at: usize) -> bool {
        let keys = self.keys.get_or_init(|| private_keys(self.source.text()));
        // They are in order and do not overlap.
        let next = keys.partition_point(|key| key.end <= at);
        keys.get(next).is_some_and(|key| key.contains(&at))
    }
}

fn write(out: &mut dyn Write, diagnostic: &Diagnostic, files: &[File<'_>]) -> io::Result<()> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    let excerpts = excerpts(&diagnostic.labels, files);
    let message = printable(&diagnostic.message);
    let title = level.primary_title(&message).id(&diagnostic.code);
    let mut group = Group::with_title(title);
    for excerpt in &excerpts {
        if !excerpt.is_shown {
            let origin = Origin::path(excerpt.name.as_str()).line(excerpt.first_line);
            group = group.element(origin);
            continue;
        }
        let annotations = excerpt.labels.iter();
        let snippet = Snippet::source(excerpt.text.as_str())
            .line_start(excerpt.first_line)
            .path(excerpt.name.as_str())
            .annotations(annotations.map(|(index, label)| excerpt.annotation(*index, label)));
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    writeln!(out, "{}\n", Renderer::styled().render(&[group]))
}

/// Some lines of a file, with their labels
struct Excerpt<'l> {
    file: usize,
    name: String,
    first_line: usize,
    last_line: usize,
    /// The byte at which the first line begins
    start: usize,
    text: String,
    /// Labels with their index in the finding
    labels: Vec<(usize, &'l Label)>,
    /// Whether its lines may be printed: files that are not policy documents may contain secrets
    is_shown: bool,
}

/// Maximum distance of labels in one snippet, so that output stays proportional to the labels.
const NEAR: usize = 40;

fn excerpts<'l>(labels: &'l [Label], files: &[File<'_>]) -> Vec<Excerpt<'l>> {
    let mut excerpts: Vec<Excerpt<'_>> = Vec::new();
    for (index, label) in labels.iter().enumerate() {
        let Some(File { source: file, .. }) = files.get(label.span.file) else {
            continue;
        };
        let first_line = file.position(label.span.start).line;
        let last_line = file.position(label.span.end).line;
        let near = excerpts.iter_mut().find(|excerpt| {
            excerpt.file == label.span.file
                && first_line <= excerpt.last_line.saturating_add(NEAR)
                && excerpt.first_line <= last_line.saturating_add(NEAR)
        });
        match near {
            Some(excerpt) => {
                excerpt.first_line = excerpt.first_line.min(first_line);
                excerpt.last_line = excerpt.last_line.max(last_line);
                excerpt.labels.push((index, label));
                excerpt.is_shown &= is_in_mapping(file.text(), label.span.start);
            }
            None => excerpts.push(Excerpt {
                file: label.span.file,
                name: printable(file.name()),
                first_line,
                last_line,
                start: 0,
                text: String::new(),
                labels: vec![(index, label)],
                is_shown: is_in_mapping(file.text(), label.span.start),
            }),
        }
    }
    for excerpt in &mut excerpts {
        if let Some(file) = files.get(excerpt.file) {
            excerpt.start = file.source.line_start(excerpt.first_line);
            let end = file.source.line_start(excerpt.last_line.saturating_add(1));
            excerpt.text = tame(file, excerpt.start..end);
        }
    }
    excerpts
}

impl<'l> Excerpt<'l> {
    fn annotation(&self, index: usize, label: &'l Label) -> Annotation<'l> {
        let kind = if index == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        // A place past the end, such as that of something missing, is the end.
        let at = |offset: usize| {
            let offset = offset.saturating_sub(self.start).min(self.text.len());
            self.text.floor_char_boundary(offset)
        };
        kind.span(at(label.span.start)..at(label.span.end))
            .label(printable(&label.text))
    }
}

/// Whether the document around a byte begins as a mapping. Lists of passwords, keys and programs do not.
fn is_in_mapping(text: &str, at: usize) -> bool {
    let before = text.get(..text.floor_char_boundary(at.min(text.len())));
    let before = before.unwrap_or_default();
    let begins = before.rfind("\n---").map_or(0, |at| at.saturating_add(1));
    let document = text.get(begins..).unwrap_or_default();
    let lines = document.lines().map(|line| {
        line.strip_prefix("---").map_or(line, |rest| {
            let is_marker = rest.is_empty() || rest.starts_with(char::is_whitespace);
            if is_marker { rest } else { line }
        })
    });
    let first = lines
        .map(str::trim)
        .find(|line| !line.is_empty() && !line.starts_with(['#', '%']));
    let Some(first) = first else {
        return true;
    };
    let is_item = first == "-" || first.starts_with("- ");
    let has_key = first.ends_with(':') || first.contains(": ") || first.starts_with("? ");
    first.starts_with('{') || (has_key && !is_item)
}

/// A part of a text in which control characters, workflow commands and private keys are replaced by dots of
/// the same length.
fn tame(file: &File<'_>, part: Range<usize>) -> String {
    let text = file.source.text().get(part.clone()).unwrap_or_default();
    let is_tame = |at: usize, c: char| {
        // A private key may begin before the part.
        if file.is_in_key(part.start.saturating_add(at)) {
            return false;
        }
        c == '\t' || !(is_unsafe(c) || begins_command(text, at))
    };
    let mut tamed = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        if c == '\n' || is_tame(at, c) {
            tamed.push(c);
        } else {
            tamed.extend(core::iter::repeat_n('.', c.len_utf8()));
        }
    }
    tamed
}

#[cfg(test)]
mod tests {
    use policy_lint::Span;

    use super::*;

    fn rendered(text: &str, spans: &[(usize, usize)]) -> String {
        let files = [SourceFile::new("a\u{1b}.yaml", text)];
        let label = |(start, end): &(usize, usize)| Label {
            span: Span {
                file: 0,
                start: *start,
                end: *end,
            },
            text: "here\u{7}".into(),
        };
        let diagnostic = Diagnostic {
            code: "lint-x".into(),
            severity: Severity::Warning,
            message: "one\u{1b}[2J\ntwo".into(),
            labels: spans.iter().map(label).collect(),
            help: Some("do\u{202e}".into()),
            fix: None,
        };
        let mut out = anstream::StripStream::new(Vec::new());
        write_all(&mut out, [&diagnostic], &files).unwrap();
        String::from_utf8(out.into_inner()).unwrap()
    }

    /// Checks files, names and findings with any content.
    #[test]
    fn nothing_that_is_shown_moves_the_terminal() {
        let text = "a: \u{1b}[31mred\r\nb: \u{202e}x\n";
        let shown = rendered(text, &[(3, 7), (17, 19)]);
        let is_obeyed = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!shown.contains(is_obeyed), "{shown:?}");
    }

    #[test]
    fn a_document_that_is_no_mapping_is_not_shown() {
        for text in [
            "hunter2\n",
            "-----BEGIN PRIVATE KEY-----\nhunter2\n",
            "root:hunter2:0:0\n",
            "TOKEN=hunter2\n",
            "- hunter2\n",
            "a: 1\n---\n# c\nhunter2: [\n- hunter2",
        ] {
            let at = text.rfind("hunter2").unwrap();
            let shown = rendered(text, &[(at, at + 1)]);
            assert_eq!(
                shown.contains("hunter2"),
                text.contains("hunter2: "),
                "{shown}"
            );
            assert!(shown.contains(".yaml:"), "{shown}");
        }
    }

    #[test]
    fn a_private_key_in_a_document_is_not_shown() {
        let text = "a: |\n  -----BEGIN EC PRIVATE KEY-----\n  hunter2\n  -----END EC PRIVATE KEY-----\nb: [\n";
        for at in [0, text.find("hunter2").unwrap(), text.len() - 2] {
            let shown = rendered(text, &[(at, at + 1), (0, text.len())]);
            assert!(
                !shown.contains("hunter2") && shown.contains("END EC"),
                "{shown}"
            );
        }
    }

    #[test]
    fn any_place_can_be_shown() {
        for text in ["", "a", "a\n", "é🙂\n\nx"] {
            for start in 0..=text.len() {
                for end in start..=text.len().saturating_add(2) {
                    if text.is_char_boundary(start) {
                        rendered(text, &[(start, end)]);
                    }
                }
            }
        }
    }

    #[test]
    fn places_that_are_far_apart_are_shown_apart() {
        let text = "x: 1\n".repeat(100);
        let shown = rendered(&text, &[(0, 1), (495, 496)]);
        assert!(
            shown.contains("\n  1 | x: 1\n") || shown.contains("\n1   | x: 1\n"),
            "{shown}"
        );
        assert!(
            shown.contains("100 | x: 1\n") && !shown.contains("50"),
            "{shown}"
        );
    }
}
