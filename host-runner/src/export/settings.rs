//! Settings as text for another document, with the author's comments.
//!
//! Changes of the text must not change its value. If they would, the value is serialized without comments.

use core::cmp::Reverse;
use std::path::Path;

use policy_lint::source::{self, Doubt, DoubtKind, Entry, Node, Shape};
use policy_lint::{Needs, SourceFile, Span};
use serde_json::Value;

use crate::inputs::{self, InputError};
use crate::terminal::printable;
use crate::yaml;

/// Settings, and a text in block style that says them
#[derive(Debug, Clone)]
pub(crate) struct SettingsText {
    value: Value,
    /// INVARIANT: one YAML document that readers of every version take for `value`
    text: String,
}

impl SettingsText {
    /// Reads a file of settings, or the settings of a Kubewarden policy.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is not one document.
    pub(crate) fn read(path: &Path) -> Result<Self, InputError> {
        let source = inputs::read(path)?;
        let value = inputs::settings_in(&source)?;
        let text = own_text(&source.text, &value);
        Ok(Self::new(value, text))
    }

    /// Takes a text for the value, if it says that.
    fn new(value: Value, text: Option<String>) -> Self {
        let text = text
            .and_then(|text| unambiguous(&text))
            .filter(|text| says(text, &value));
        let text = text.unwrap_or_else(|| yaml::document(&value));
        Self { value, text }
    }

    /// Returns their value.
    pub(crate) const fn value(&self) -> &Value {
        &self.value
    }

    /// Returns the permissions and host capabilities that they need.
    pub(crate) fn needs(&self) -> Needs {
        let documents = SourceFile::new("", self.text.as_str()).parse(0);
        let documents = documents.unwrap_or_default();
        documents.first().map(Needs::of).unwrap_or_default()
    }

    /// Returns a copy without some settings.
    pub(crate) fn without(&self, keys: &[&str]) -> Self {
        let mut value = self.value.clone();
        if let Some(fields) = value.as_object_mut() {
            fields.retain(|key, _| !keys.contains(&key.as_str()));
        }
        let text = keys
            .iter()
            .try_fold(self.text.clone(), |text, key| without_key(&text, key));
        Self::new(value, text)
    }

    /// Returns a copy with one more setting that is `true`.
    pub(crate) fn with_flag(&self, key: &str) -> Self {
        let mut value = self.value.clone();
        if let Some(fields) = value.as_object_mut() {
            fields.insert(key.to_owned(), true.into());
        }
        let text = format!("{}\n{key}: true\n", self.text.trim_end());
        Self::new(value, Some(text))
    }

    /// The text as it stands in another document, this many columns from the left.
    pub(crate) fn indented(&self, columns: usize) -> String {
        let lines = self.text.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("{}{line}\n", " ".repeat(columns)),
        });
        lines.collect()
    }
}

fn says(text: &str, value: &Value) -> bool {
    inputs::parse(text).is_ok_and(|documents| documents.as_slice() == core::slice::from_ref(value))
}

/// The lines of a file in which its author wrote the settings; `None` where they stand in brackets.
fn own_text(text: &str, value: &Value) -> Option<String> {
    let file = SourceFile::new("", text);
    let documents = file.parse(0).ok()?;
    let [root] = documents.as_slice() else {
        return None;
    };
    let spec = root.get("spec");
    let nested = spec.and_then(|spec| spec.entry("settings"));
    let own = if root.to_json() == *value {
        is_block(root, text).then(|| without_markers(text))
    } else {
        let entry = nested.filter(|entry| is_block(&entry.value, text))?;
        lines_below(&file, entry)
    };
    own.filter(|own| own.lines().all(is_shown_as_written))
}

fn is_block(node: &Node, text: &str) -> bool {
    let written = text.get(node.span.start..);
    written.is_some_and(|written| !written.starts_with(['{', '[']))
}

/// YAML allows no control characters, and a reviewer should see what a reader reads.
fn is_shown_as_written(line: &str) -> bool {
    let line = line.replace('\t', " ");
    printable(&line) == line
}

/// Without the lines that say where the document begins and ends, and which schema it has.
fn without_markers(text: &str) -> String {
    let is_marker = |line: &str| {
        matches!(line.trim_end(), "---" | "...") || line.starts_with("# yaml-language-server:")
    };
    let lines = text.lines().filter(|line| !is_marker(line));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The lines of a value below its key, as if they stood by themselves.
fn lines_below(file: &SourceFile, entry: &Entry) -> Option<String> {
    let key = file.position(entry.key_span.start);
    let first = file.position(entry.value.span.start);
    let indentation = " ".repeat(first.column.saturating_sub(1));
    let below = file.line_start(key.line.saturating_add(1));
    let lines = file.text().get(below..)?.lines();
    let own = lines.map_while(|line| {
        let rest = line.strip_prefix(&indentation);
        rest.or_else(|| line.trim().is_empty().then_some(""))
    });
    let own: String = own.map(|line| format!("{line}\n")).collect();
    Some(format!("{}\n", own.trim_end()))
}

/// Quotes what some readers of YAML take for something else than others: `off` as a truth, `0123` as a
/// number. `None` where quotes are no help: anchors, aliases, `<<` and tags.
fn unambiguous(text: &str) -> Option<String> {
    let reading = source::read(text).ok()?;
    let has_tag = |doubt: &Doubt| doubt.kind == DoubtKind::Tag;
    if reading.has_references || reading.doubts.iter().any(has_tag) {
        return None;
    }
    let mut edits = Vec::new();
    for document in &reading.documents {
        quote_within(document, text, &mut edits);
    }
    edits.sort_by_key(|(span, _)| Reverse(*span));
    let mut quoted = text.to_owned();
    for (span, replacement) in edits {
        quoted.get(span.range())?;
        quoted.replace_range(span.range(), &replacement);
    }
    Some(quoted)
}

fn quote_within(node: &Node, text: &str, edits: &mut Vec<(Span, String)>) {
    let written = |span: Span| text.get(span.range()).unwrap_or_default();
    let mut rewrite = |span: Span, safe: String| {
        let written = written(span);
        // Versions of YAML differ in their escapes, but not in what stands between other quotes.
        let is_sure = written.starts_with(['"', '\'']) && !written.contains('\\');
        if !is_sure && !written.contains('\n') && written != safe {
            edits.push((span, safe));
        }
    };
    match &node.shape {
        // The span of a text in block style begins behind its header, in the next line.
        Shape::Text(value)
            if written(node.span) == value || written(node.span).starts_with('"') =>
        {
            rewrite(node.span, yaml::scalar(value));
        }
        Shape::Number(number) => rewrite(node.span, yaml::number(number)),
        Shape::List(items) => {
            for item in items {
                quote_within(item, text, edits);
            }
        }
        Shape::Map(entries) => {
            for entry in entries {
                // A key that is no text to begin with is written as the text that it becomes.
                rewrite(entry.key_span, yaml::scalar(&entry.key));
            }
            for entry in entries {
                quote_within(&entry.value, text, edits);
            }
        }
        // Some readers take only these two words for it.
        Shape::Bool(flag) => rewrite(node.span, flag.to_string()),
        Shape::Text(_) | Shape::Null => {}
    }
}

/// Takes a setting out, with the comment above it. One at the very beginning is about the whole.
fn without_key(text: &str, key: &str) -> Option<String> {
    let file = SourceFile::new("", text);
    let documents = file.parse(0).ok()?;
    let root = documents.first()?;
    let Some(entry) = root.entry(key) else {
        return Some(text.to_owned());
    };
    let lines: Vec<_> = text.split_inclusive('\n').collect();
    let index = |offset: usize| file.position(offset).line.saturating_sub(1);
    let own = index(entry.key_span.start);
    let later = root
        .entries()
        .iter()
        .map(|entry| index(entry.key_span.start));
    let next = later.filter(|line| *line > own).min();
    let (before, rest) = lines.split_at_checked(own)?;
    let (rest, after) = rest.split_at_checked(next.unwrap_or(lines.len()).saturating_sub(own))?;
    let is_comment = |line: &&&str| line.trim_start().starts_with('#');
    let is_apart = |line: &&&str| line.trim().is_empty() || is_comment(line);
    let above = before.iter().rev().take_while(is_comment).count();
    let above = if above == before.len() { 0 } else { above };
    // A line of a text in block style may look like a comment.
    let value = text.get(..entry.value.span.end)?.trim_end().len();
    let of_value = index(value).saturating_sub(own).saturating_add(1);
    let behind = rest.iter().skip(of_value);
    let below = behind.rev().take_while(is_apart).count();
    let kept = before.iter().take(before.len().saturating_sub(above));
    let about_next = rest.iter().skip(rest.len().saturating_sub(below));
    Some(kept.chain(about_next).chain(after).copied().collect())
}

#[cfg(test)]
mod tests;
