//! Open documents, and the settings that suites among them name.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use core::cell::OnceCell;
use std::path::{Component, Path, PathBuf};

use anyhow::Result;
use policy_lint::editor::{Text, is_settings_key};
use policy_lint::{Diagnostic, Span};
use serde_json::Value;

use super::lines::Lines;
use super::protocol::{Position, Range};
use super::uri;
use crate::inputs;

/// Index of the settings of a suite in places
pub(super) const SETTINGS: usize = 1;

/// Maximum length in bytes of settings that are read for a suite
const MAX_SETTINGS: u64 = 64 << 20;

/// The open documents by their URIs
#[derive(Debug)]
pub(super) struct Documents {
    open: BTreeMap<String, Rc<Document>>,
    changed: Vec<String>,
    pub(super) suite_schema: Value,
}

/// A version of a document
#[derive(Debug)]
pub(super) struct Document {
    pub(super) uri: String,
    pub(super) version: Option<i64>,
    pub(super) path: Option<PathBuf>,
    text: String,
    /// Index of the file in places
    file: usize,
    /// Read when it is first asked for, since texts follow each other quickly
    parsed: OnceCell<Rc<Text>>,
    lines: OnceCell<Lines>,
    /// The newest version before this one that could be read
    readable: Option<Rc<Text>>,
    /// The findings in it, once they have been looked for
    pub(super) findings: OnceCell<Vec<Diagnostic>>,
}

impl Document {
    fn new(uri: String, version: Option<i64>, text: String, readable: Option<Rc<Text>>) -> Self {
        Self {
            path: uri::path(&uri),
            uri,
            version,
            text,
            file: 0,
            parsed: OnceCell::new(),
            lines: OnceCell::new(),
            readable,
            findings: OnceCell::new(),
        }
    }

    /// Returns the name under which it is linted.
    pub(super) fn name(&self) -> String {
        let path = self.path.as_ref().map(|path| path.to_string_lossy());
        path.map_or_else(|| self.uri.clone(), |path| path.into_owned())
    }

    pub(super) fn parsed(&self) -> &Text {
        self.parsed
            .get_or_init(|| Rc::new(Text::new(&self.name(), &self.text, self.file)))
    }

    /// Returns the range of a span in it.
    pub(super) fn range(&self, span: Span) -> Range {
        self.lines().range(&self.text, &span.range())
    }

    /// Returns the range of its whole text.
    pub(super) fn whole(&self) -> Range {
        self.lines().range(&self.text, &(0..self.text.len()))
    }

    /// Returns the byte at a position.
    pub(super) fn offset(&self, position: Position) -> usize {
        self.lines().offset(&self.text, position)
    }

    fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::of(&self.text))
    }

    /// Returns the newest version that can be read.
    pub(super) fn readable(&self) -> Option<&Text> {
        let parsed = Some(self.parsed()).filter(|text| text.is_readable());
        parsed.or(self.readable.as_deref())
    }

    /// Whether a text that cannot be read may be for this program.
    pub(super) fn may_be_own(&self) -> bool {
        let readable = self.readable.as_deref();
        readable.is_some_and(Text::is_own) || self.parsed().is_own() || looks_own(&self.text)
    }

    /// Returns the path of the settings that it names, if it is a suite.
    fn settings_path(&self) -> Option<PathBuf> {
        let name = self.parsed().suite_settings()?;
        let path = self.path.as_ref()?.parent()?.join(name);
        Some(plain(&path))
    }
}

impl Documents {
    pub(super) fn new() -> Result<Self> {
        Ok(Self {
            open: BTreeMap::new(),
            changed: Vec::new(),
            suite_schema: serde_json::from_str(include_str!("../../schemas/suite.json"))?,
        })
    }

    pub(super) fn get(&self, uri: &str) -> Option<Rc<Document>> {
        self.open.get(uri).cloned()
    }

    /// Opens a document, or replaces its text.
    pub(super) fn set(&mut self, uri: String, version: Option<i64>, text: String) {
        let before = self.open.get(&uri).and_then(|document| {
            let parsed = document.parsed.get().filter(|text| text.is_readable());
            parsed.or(document.readable.as_ref()).cloned()
        });
        let document = Document::new(uri.clone(), version, text, before);
        let path = document.path.clone();
        // The document is not asked, which would read a text that the next one may replace.
        self.open.remove(&uri);
        for suite in path.map(|path| self.suites_of(&path)).unwrap_or_default() {
            self.mark(suite);
        }
        self.open.insert(uri.clone(), Rc::new(document));
        self.mark(uri);
    }

    pub(super) fn close(&mut self, uri: &str) {
        self.open.remove(uri);
        self.changed.retain(|changed| changed != uri);
    }

    /// Whether findings have to be looked for.
    pub(super) fn has_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// Returns the documents whose findings have to be looked for.
    pub(super) fn changed(&mut self) -> Vec<Rc<Document>> {
        let changed = core::mem::take(&mut self.changed);
        changed.iter().filter_map(|uri| self.get(uri)).collect()
    }

    /// Returns the settings of a suite with their URI: as they are open, or else as they are stored.
    pub(super) fn settings_of(&self, suite: &Document) -> Option<Document> {
        let path = suite.settings_path()?;
        let mut open = self.open.values();
        let open = open.find(|document| document.path.as_ref() == Some(&path));
        let (uri, text) = match open {
            Some(open) => (open.uri.clone(), open.text.clone()),
            // Not from a device, which may never end.
            None if !is_small_file(&path) => return None,
            None => (uri::of(&path), inputs::read(&path).ok()?.text),
        };
        Some(Document {
            file: SETTINGS,
            ..Document::new(uri, None, text, None)
        })
    }

    /// Asks for the findings in all documents once more.
    pub(super) fn mark_all(&mut self) {
        let open: Vec<_> = self.open.keys().cloned().collect();
        open.into_iter().for_each(|uri| self.mark(uri));
    }

    /// Asks for the findings in a document once more.
    fn mark(&mut self, uri: String) {
        if let Some(document) = self.open.get_mut(&uri).and_then(Rc::get_mut) {
            document.findings = OnceCell::new();
        }
        if !self.changed.contains(&uri) {
            self.changed.push(uri);
        }
    }

    /// Returns the open suites of settings.
    fn suites_of(&self, settings: &Path) -> Vec<String> {
        let open = self.open.values();
        let suites = open.filter(|one| one.settings_path().is_some_and(|path| path == settings));
        suites.map(|suite| suite.uri.clone()).collect()
    }
}

/// Whether a text names this program, or has a line that is a key of settings.
fn looks_own(text: &str) -> bool {
    let is_key = |line: &str| {
        let key = line.split_once(':').map(|(key, _)| key);
        key.is_some_and(is_settings_key)
    };
    text.contains("countersign") || text.lines().any(is_key)
}

fn is_small_file(path: &Path) -> bool {
    let metadata = path.metadata();
    metadata.is_ok_and(|file| file.is_file() && file.len() <= MAX_SETTINGS)
}

/// Removes `.` and `..` from a path.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            component => plain.push(component),
        }
    }
    plain
}
