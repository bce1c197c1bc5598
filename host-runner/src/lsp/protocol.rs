//! The parts of the Language Server Protocol 3.17 that are used.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A place in a document
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Position {
    /// From 0
    pub(super) line: u32,
    /// UTF-16 code units from 0
    pub(super) character: u32,
}

/// A part of a document
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Range {
    pub(super) start: Position,
    /// Behind the last character
    pub(super) end: Position,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DidOpen {
    pub(super) text_document: Opened,
}

#[derive(Debug, Deserialize)]
pub(super) struct Opened {
    pub(super) uri: String,
    pub(super) version: i64,
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DidChange {
    pub(super) text_document: Versioned,
    pub(super) content_changes: Vec<Change>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Versioned {
    pub(super) uri: String,
    pub(super) version: Option<i64>,
}

/// The whole text: the server asks for no other changes
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Change {
    pub(super) text: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Identifier {
    pub(super) uri: String,
}

/// Parameters of a message about a document
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct About {
    pub(super) text_document: Identifier,
}

/// Parameters of a request about a place
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct At {
    pub(super) text_document: Identifier,
    pub(super) position: Position,
}

/// Parameters of a request for changes
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Actions {
    pub(super) text_document: Identifier,
    pub(super) range: Range,
    pub(super) context: ActionContext,
}

#[derive(Debug, Deserialize)]
pub(super) struct ActionContext {
    /// The kinds that are wanted; all of them if there is no list
    pub(super) only: Option<Vec<String>>,
}

/// Formats that the client renders, from its capabilities
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Shows {
    /// Pages in Markdown
    pub(super) markdown_pages: bool,
    /// Documentation of completions in Markdown
    pub(super) markdown_completions: bool,
}

impl Shows {
    /// Reads the parameters of `initialize`. A client that names no formats has plain text.
    pub(super) fn of(params: &Value) -> Self {
        let has_markdown = |path: &str| {
            let place = format!("/capabilities/textDocument/{path}");
            let formats = params.pointer(&place).and_then(Value::as_array);
            formats.is_some_and(|formats| formats.contains(&json!("markdown")))
        };
        Self {
            markdown_pages: has_markdown("hover/contentFormat"),
            markdown_completions: has_markdown("completion/completionItem/documentationFormat"),
        }
    }
}

/// Returns a text in Markdown as the protocol has it.
pub(super) fn markup(markdown: &str, shows_markdown: bool) -> Value {
    if shows_markdown {
        return json!({"kind": "markdown", "value": markdown});
    }
    let mut is_example = false;
    let mut lines = Vec::new();
    for line in markdown.lines() {
        if line.starts_with("```") {
            is_example = !is_example;
        } else if is_example {
            lines.push(format!("    {line}"));
        } else {
            lines.push(plain(line));
        }
    }
    json!({"kind": "plaintext", "value": lines.join("\n")})
}

/// Removes the marks of code and of bold text.
fn plain(line: &str) -> String {
    let parts = line.split('`').enumerate().map(|(index, part)| {
        let is_code = !index.is_multiple_of(2);
        if is_code {
            part.to_owned()
        } else {
            part.replace("**", "")
        }
    });
    parts.collect()
}

/// Kind of a change that fixes one finding
pub(super) const QUICK_FIX: &str = "quickfix";

/// Kind of a change that applies all fixes
pub(super) const FIX_ALL: &str = "source.fixAll.countersign";

/// Returns the answer to `initialize`.
pub(super) fn capabilities() -> Value {
    json!({
        "capabilities": {
            "positionEncoding": "utf-16",
            // Whole texts
            "textDocumentSync": {"openClose": true, "change": 1, "save": true},
            "hoverProvider": true,
            "completionProvider": {"triggerCharacters": [":", " ", "\"", "{", "[", "/"]},
            "definitionProvider": true,
            "documentSymbolProvider": true,
            "codeActionProvider": {"codeActionKinds": [QUICK_FIX, FIX_ALL]},
        },
        "serverInfo": {"name": "countersign", "version": env!("CARGO_PKG_VERSION")},
    })
}
