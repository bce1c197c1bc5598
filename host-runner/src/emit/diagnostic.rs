//! Findings as rustc shows its own: the line, what is wrong in it, and what to do.

use std::io::{self, Write};

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use policy_lint::{Diagnostic, Label, Severity, SourceFile};

use super::printable;

/// Prints one finding with the lines that it is about.
pub(crate) fn write(
    out: &mut dyn Write,
    diagnostic: &Diagnostic,
    files: &[SourceFile],
) -> io::Result<()> {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Info => Level::INFO,
    };
    // Lines of the file are shown as they are, but for what could change a terminal.
    let texts: Vec<String> = files.iter().map(|file| tame(&file.text)).collect();
    let names: Vec<String> = files.iter().map(|file| printable(&file.name)).collect();
    let message = printable(&diagnostic.message);
    let title = level.primary_title(&message).id(&diagnostic.code);
    let mut group = Group::with_title(title);
    let mut seen = Vec::new();
    for label in &diagnostic.labels {
        let file = label.span.file;
        if seen.contains(&file) {
            continue;
        }
        seen.push(file);
        let (Some(text), Some(name)) = (texts.get(file), names.get(file)) else {
            continue;
        };
        let labels = diagnostic.labels.iter().enumerate();
        let labels = labels.filter(|(_, label)| label.span.file == file);
        let annotations = labels.map(|(index, label)| annotation(index, label, text));
        let snippet = Snippet::source(text).path(name);
        group = group.element(snippet.annotations(annotations));
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(printable(help)));
    }
    writeln!(out, "{}\n", Renderer::styled().render(&[group]))
}

fn annotation<'l>(index: usize, label: &'l Label, text: &str) -> annotate_snippets::Annotation<'l> {
    let kind = if index == 0 {
        AnnotationKind::Primary
    } else {
        AnnotationKind::Context
    };
    let range = label.span.range();
    // A place behind the end, such as that of something missing, is the end.
    let range = range.start.min(text.len())..range.end.min(text.len());
    kind.span(range).label(printable(&label.text))
}

/// The text with every character that a terminal would obey replaced by one of the same length.
fn tame(text: &str) -> String {
    let is_tame = |c: char| {
        c == '\n' || c == '\t' || printable(c.encode_utf8(&mut [0; 4])).len() <= c.len_utf8()
    };
    if text.chars().all(is_tame) {
        return text.to_owned();
    }
    text.chars()
        .flat_map(|c| {
            let dots = if is_tame(c) { 0 } else { c.len_utf8() };
            core::iter::repeat_n('.', dots).chain((dots == 0).then_some(c))
        })
        .collect()
}
