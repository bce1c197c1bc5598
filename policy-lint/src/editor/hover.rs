//! Pages at the cursor.

use core::fmt::Write as _;

use serde_json::Value;

use super::Editor;
use super::cursor::{Found, Kind, On, Section, find};
use super::declared::World;
use super::names;
use crate::Entry;
use crate::document::Settings;
use crate::schema::Schema;
use crate::source::{Node, Span};

/// A page, and the place that it is about
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hover {
    /// The place
    pub span: Span,
    /// The page, in Markdown
    pub markdown: String,
}

pub(super) fn hover(editor: &Editor<'_>, offset: usize) -> Option<Hover> {
    let word = word_at(editor.text.source().text(), offset);
    // Also in comments that ignore findings
    if let Some((span, page)) = word.and_then(code).filter(|_| editor.text.is_own()) {
        let markdown = page.markdown();
        return Some(Hover { span, markdown });
    }
    let found = find(editor.text, offset)?;
    let section = found.section(editor.suite_schema)?;
    let world = World::of(editor, &section);
    let mut pages = Vec::new();
    if let Some((noun, name)) = names::used(&section, &found) {
        pages.extend(world.page(noun, name));
    }
    if let Some(entry) = found.entry {
        pages.extend(world.page_of_key_at(entry.key_span));
    }
    if let (Some(digest), Kind::Settings(settings)) = (word.and_then(digest), section.kind) {
        pages.push(digest_page(&settings, digest));
    }
    pages.extend(documentation(&section, &found));
    let hover = Hover {
        span: found.span(),
        markdown: pages.join("\n\n---\n\n"),
    };
    (!pages.is_empty() && !matches!(found.on, On::Value(node) if is_container(node)))
        .then_some(hover)
}

fn is_container(node: &Node) -> bool {
    !(node.items().is_empty() && node.entries().is_empty())
}

/// A part of the text without spaces and punctuation
#[derive(Debug, Clone, Copy)]
struct Word<'t> {
    text: &'t str,
    span: Span,
}

fn word_at(text: &str, offset: usize) -> Option<Word<'_>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-:".contains(c);
    let (before, after) = text.split_at_checked(offset)?;
    let start = before.trim_end_matches(is_part).len();
    let rest = after.trim_start_matches(is_part).len();
    let end = text.len().saturating_sub(rest);
    let word = text.get(start..end)?.trim_end_matches(':');
    let span = Span {
        file: 0,
        start,
        end: start.saturating_add(word.len()),
    };
    Some(Word { text: word, span })
}

/// Returns the page of a word that is a code.
fn code(word: Word<'_>) -> Option<(Span, Entry)> {
    let entry = Entry::of(word.text)?;
    // Codes of one word, such as `attested`, also occur in prose.
    word.text.contains('-').then_some((word.span, entry))
}

fn digest(word: Word<'_>) -> Option<&str> {
    let hex = word.text.strip_prefix("sha256:")?;
    let is_digest = hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(word.text)
}

/// Returns what the settings say about an image.
fn digest_page(settings: &Settings<'_>, digest: &str) -> String {
    let mut page = "digest of an image: the SHA-256 of its manifest\n".to_owned();
    let denied = settings.setting(&["deniedDigests"]).map(Node::items);
    for item in denied.unwrap_or_default() {
        if item.text() == Some(digest) || item.text_of("digest") == digest {
            let _ = write!(page, "\n- denied by `deniedDigests`");
            let reason = item.text_of("reason");
            if !reason.is_empty() {
                let _ = write!(page, ": {reason}");
            }
        }
    }
    let occurrences = settings.occurrences().into_iter();
    let of_image = occurrences.filter(|one| one.resource().ends_with(digest));
    for note in of_image.filter_map(|one| one.note()).map(|(note, _)| note) {
        let _ = write!(
            page,
            "\n- attestation in `evidence.occurrences` under `{note}`"
        );
    }
    page
}

/// Returns the documentation of the nearest key.
fn documentation(section: &Section<'_>, found: &Found<'_>) -> Option<String> {
    let schema = section.schema.as_ref()?;
    let last = section.keys.iter().rposition(Option::is_some)?;
    let key = section.keys.get(last).copied().flatten()?;
    let schema = schema.at(section.keys.get(..=last)?);
    let is_named = matches!(found.on, On::Key(_)) || last.saturating_add(2) >= section.keys.len();
    is_named.then(|| page(key, &schema))?
}

/// Returns the page of a key; `None` if the schema says nothing about it.
pub(super) fn page(key: &str, schema: &Schema<'_>) -> Option<String> {
    let mut page = format!("`{key}`");
    let start = page.len();
    if let Some(text) = schema.word("description").and_then(Value::as_str) {
        let _ = write!(page, ": {text}");
    }
    let values: Vec<_> = schema
        .values()
        .map(|value| format!("`{}`", plain(value)))
        .collect();
    if !values.is_empty() {
        let _ = write!(page, "\n\nOne of {}", values.join(", "));
    }
    if let Some(default) = schema.word("default") {
        let _ = write!(page, "\n\nDefault: `{}`", plain(default));
    }
    let bounds = [("minimum", "At least"), ("maximum", "At most")];
    for (word, title) in bounds {
        if let Some(bound) = schema.word(word) {
            let _ = write!(page, "\n\n{title} {bound}");
        }
    }
    (page.len() > start).then_some(page)
}

/// Returns a value of a schema as YAML has it.
pub(super) fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}
