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
#[serde(rename_all = "camelCase")]
pub(super) struct DidClose {
    pub(super) text_document: Identifier,
}

#[derive(Debug, Deserialize)]
pub(super) struct Identifier {
    pub(super) uri: String,
}

/// Parameters of a request about a document
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
