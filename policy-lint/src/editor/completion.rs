//! Completion: keys and values that can be written at the cursor.

mod draft;

use alloc::collections::BTreeSet;
use core::ops::Range;

use draft::{Draft, drafts};
use serde_json::Value;

use super::Editor;
use super::cursor::{Found, Kind, On};
use super::declared::World;
use super::hover::{page, plain};
use super::names::{Noun, noun};
use super::text::Text;
use crate::directive;
use crate::rule::RULES;
use crate::schema::Schema;
use crate::source::{Span, is_plain_text};

/// Something that can be written
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// As a list shows it
    pub label: String,
    /// Kind of the text
    pub kind: CompletionKind,
    /// A few words; may be empty
    pub detail: String,
    /// A page in Markdown
    pub documentation: Option<String>,
    /// The text that it replaces
    pub span: Span,
    /// The text that replaces it
    pub insert: String,
}

/// Kind of a text
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CompletionKind {
    /// A key
    Key,
    /// One of the values that a schema lists
    Value,
    /// A name that is declared elsewhere
    Name,
    /// A code
    Code,
}

/// Maximum number of completions
const MAX: usize = 500;

pub(super) fn complete(editor: &Editor<'_>, offset: usize) -> Vec<Completion> {
    let text = editor.text.source().text();
    let Some(place) = Place::of(text, offset) else {
        return Vec::new();
    };
    if place.is_in_directive() {
        let lints = RULES.iter();
        let lints = lints.map(|rule| place.completion(rule.code, CompletionKind::Code, rule.what));
        return lints.collect();
    }
    let mut completions = Vec::new();
    for draft in drafts(text, &place.word, place.may_begin_key()) {
        completions.extend(of_draft(editor, &place, &draft));
    }
    let mut seen = BTreeSet::new();
    completions.retain(|one| seen.insert(one.label.clone()));
    if completions.len() > MAX {
        let typed = text.get(place.word.start..offset).unwrap_or_default();
        completions.retain(|one| one.label.contains(typed));
    }
    completions.truncate(MAX);
    completions
}

fn of_draft(editor: &Editor<'_>, place: &Place<'_>, draft: &Draft) -> Vec<Completion> {
    let editor = Editor {
        text: &draft.text,
        ..*editor
    };
    let section = draft.found().and_then(|found| {
        let section = found.section(editor.suite_schema)?;
        Some((found, section))
    });
    let Some((found, section)) = section else {
        return Vec::new();
    };
    let world = World::of(&editor, &section);
    // Of other lines, a draft may have only those that lead to the place.
    let world = match section.kind {
        Kind::Settings(_) if draft.is_part => {
            world.with_settings(editor.readable.and_then(Text::settings))
        }
        _ => world,
    };
    let mut completions = Vec::new();
    let is_key = matches!(found.on, On::Key(_));
    let names = noun(&section, is_key);
    completions.extend(
        names
            .into_iter()
            .flat_map(|noun| place.names(noun, &world, is_key)),
    );
    let Some(schema) = &section.schema else {
        return completions;
    };
    if is_key {
        let above = section
            .keys
            .split_last()
            .map_or(&[][..], |(_, above)| above);
        completions.extend(place.keys(&schema.at(above), &found));
    } else {
        completions.extend(place.values(&schema.at(&section.keys)));
    }
    completions
}

/// The text around the cursor
#[derive(Debug)]
struct Place<'t> {
    /// The text before the word, from the beginning of its line
    before: &'t str,
    /// The rest of the line
    after: &'t str,
    /// The word that is replaced
    word: Range<usize>,
}

impl<'t> Place<'t> {
    fn of(text: &'t str, offset: usize) -> Option<Self> {
        let (head, tail) = text.split_at_checked(offset)?;
        let line = head.rfind('\n').map_or(0, |at| at.saturating_add(1));
        let in_line = head.get(line..)?;
        let rest = tail.split(['\n', '\r']).next().unwrap_or_default();
        let start = line.saturating_add(word_start(in_line));
        let end = offset.saturating_add(word_end(rest));
        Some(Self {
            before: text.get(line..start)?,
            after: text.get(end..offset.saturating_add(rest.len()))?,
            word: start..end,
        })
    }

    /// Whether the word is in a comment that ignores findings.
    fn is_in_directive(&self) -> bool {
        let directive = self.before.rsplit_once(directive::MARK);
        directive
            .is_some_and(|(before, after)| before.trim_end().ends_with('#') && !after.contains(':'))
    }

    fn is_quoted(&self) -> bool {
        self.before.ends_with(['"', '\''])
    }

    /// Whether a key in place of the word needs a colon: none follows, and the word is not between quotes.
    fn needs_colon(&self) -> bool {
        !(self.is_quoted() || self.after.trim_start().starts_with(':'))
    }

    /// Whether a key may begin here: at the beginning of a line or an item, or between braces.
    fn may_begin_key(&self) -> bool {
        let before = self.before.trim_end_matches(['"', '\'']).trim_end();
        let is_first = before.trim_start_matches([' ', '-']).is_empty();
        is_first || before.ends_with(['{', ','])
    }

    fn completion(&self, text: &str, kind: CompletionKind, detail: &str) -> Completion {
        Completion {
            label: text.to_owned(),
            kind,
            detail: detail.to_owned(),
            documentation: None,
            span: Span {
                file: 0,
                start: self.word.start,
                end: self.word.end,
            },
            insert: text.to_owned(),
        }
    }

    /// Returns the keys of a mapping that it does not have.
    fn keys(&self, schema: &Schema<'_>, found: &Found<'_>) -> Vec<Completion> {
        let is_there = |name: &str| found.mapping.is_some_and(|all| all.get(name).is_some());
        let fields = schema.fields().map(|(name, schema)| (name, Some(schema)));
        let names = schema
            .word("propertyNames")
            .and_then(|names| names.get("enum"));
        let names = names.and_then(Value::as_array).into_iter().flatten();
        let names = names.filter_map(Value::as_str).map(|name| (name, None));
        let all = fields.chain(names).filter(|(name, _)| !is_there(name));
        all.map(|(name, schema)| self.key(name, schema.as_ref()))
            .collect()
    }

    fn key(&self, name: &str, schema: Option<&Schema<'_>>) -> Completion {
        let word = |word| {
            schema
                .and_then(|schema| schema.word(word))
                .and_then(Value::as_str)
        };
        let kind = word("type").unwrap_or_default();
        let is_block = matches!(kind, "object" | "array") && !self.before.contains('{');
        let colon = match (self.needs_colon(), is_block) {
            (false, _) => "",
            (true, true) => ":",
            (true, false) => ": ",
        };
        let completion = self.completion(name, CompletionKind::Key, kind);
        Completion {
            documentation: schema.and_then(|schema| page(name, schema)),
            insert: format!("{name}{colon}"),
            ..completion
        }
    }

    /// Returns the values that a schema lists.
    fn values(&self, schema: &Schema<'_>) -> Vec<Completion> {
        let is_flag = schema.word("type").and_then(Value::as_str) == Some("boolean");
        let flags = [Value::Bool(true), Value::Bool(false)];
        let flags = flags.iter().filter(|_| is_flag);
        let values = schema.values().chain(flags);
        let default = schema.word("default");
        let completions = values.map(|value| {
            let detail = if Some(value) == default {
                "default"
            } else {
                ""
            };
            let text = plain(value);
            let completion = self.completion(&text, CompletionKind::Value, detail);
            match value {
                Value::String(_) => self.written(completion),
                _ => completion,
            }
        });
        completions.collect()
    }

    fn names(&self, noun: Noun, world: &World<'_>, is_key: bool) -> Vec<Completion> {
        let kind = match noun {
            Noun::Reason | Noun::Lint => CompletionKind::Code,
            _ => CompletionKind::Name,
        };
        let declared = world.declared(noun).into_iter();
        let declared = declared.filter(|one| !one.name.is_empty() && one.name != draft::MARK);
        let completions = declared.map(|one| {
            let mut completion = self.written(self.completion(&one.name, kind, &one.detail));
            if is_key && self.needs_colon() {
                completion.insert.push(':');
            }
            completion
        });
        completions.collect()
    }

    /// Puts a text in quotes if YAML asks for them.
    fn written(&self, completion: Completion) -> Completion {
        if self.is_quoted() || is_plain_text(&completion.label) {
            return completion;
        }
        let insert = Value::String(completion.label.clone()).to_string();
        Completion {
            insert,
            ..completion
        }
    }
}

/// Returns where the word at the end of a text begins.
fn word_start(text: &str) -> usize {
    let mut characters = text.char_indices().rev();
    let end = characters.find(|(at, _)| text.get(*at..).is_some_and(begins_with_end));
    end.map_or(0, |(at, c)| at.saturating_add(c.len_utf8()))
}

/// Returns where the word at the beginning of a text ends.
fn word_end(text: &str) -> usize {
    let mut characters = text.char_indices();
    let end = characters.find(|(at, _)| text.get(*at..).is_some_and(begins_with_end));
    end.map_or(text.len(), |(at, _)| at)
}

/// Whether a text begins with what cannot be in a word; a colon can be, unless a space or nothing follows.
fn begins_with_end(text: &str) -> bool {
    let is_end = |c: char| c.is_whitespace() || "[]{},\"'#!".contains(c);
    text == ":" || text.starts_with(": ") || text.starts_with(is_end)
}
