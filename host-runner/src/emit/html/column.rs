//! Columns of tables. Each text is written once, however many rows have it.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::{Level, lines, state};

/// The values of a column, one for each row
#[derive(Debug)]
pub(in crate::emit) struct Column {
    title: String,
    kind: &'static str,
    /// The texts, each once; empty in a column of counts
    texts: Vec<String>,
    /// The states of the texts, in a column of outcomes
    states: Vec<&'static str>,
    /// Indexes of texts, or counts
    rows: Vec<usize>,
    jump: Option<Jump>,
}

/// Rows of a table
#[derive(Debug, Clone)]
pub(in crate::emit) struct Jump {
    pub(in crate::emit) table: &'static str,
    /// Column and value
    pub(in crate::emit) set: Vec<(&'static str, String)>,
    /// Columns whose values the row has that leads there
    pub(in crate::emit) copy: Vec<&'static str>,
}

impl Column {
    /// Text in lines.
    pub(in crate::emit) fn text(title: &str, values: impl IntoIterator<Item = String>) -> Self {
        Self::of(title, "text", values)
    }

    /// Names of images and other references.
    pub(in crate::emit) fn code(title: &str, values: impl IntoIterator<Item = String>) -> Self {
        Self::of(title, "code", values)
    }

    /// Text of which many rows have the same.
    pub(in crate::emit) fn facet(title: &str, values: impl IntoIterator<Item = String>) -> Self {
        Self::of(title, "facet", values)
    }

    /// Several items of which many rows have the same, a line each.
    pub(in crate::emit) fn list(title: &str, values: impl IntoIterator<Item = String>) -> Self {
        Self::of(title, "list", values)
    }

    /// Text that is shown when a row is opened.
    pub(in crate::emit) fn details(values: impl IntoIterator<Item = String>) -> Self {
        Self::of("Details", "lines", values)
    }

    /// Lines that begin with the letter of their tone.
    pub(in crate::emit) fn toned(title: &str, values: impl IntoIterator<Item = String>) -> Self {
        Self::of(title, "toned", values)
    }

    /// Results of the rows.
    pub(in crate::emit) fn outcomes(
        title: &str,
        values: impl IntoIterator<Item = (String, Level)>,
    ) -> Self {
        let (texts, levels): (Vec<_>, Vec<_>) = values.into_iter().unzip();
        let mut column = Self::of(title, "outcome", texts);
        let mut states = vec![""; column.texts.len()];
        for (row, level) in column.rows.iter().zip(levels) {
            if let Some(known) = states.get_mut(*row) {
                *known = state(level);
            }
        }
        column.states = states;
        column
    }

    pub(in crate::emit) fn counts(title: &str, values: impl IntoIterator<Item = usize>) -> Self {
        Self {
            rows: values.into_iter().collect(),
            ..Self::of(title, "count", [])
        }
    }

    /// Makes each count lead to rows of another table.
    pub(in crate::emit) fn leading_to(self, jump: Jump) -> Self {
        Self {
            jump: Some(jump),
            ..self
        }
    }

    fn of(title: &str, kind: &'static str, values: impl IntoIterator<Item = String>) -> Self {
        let (mut texts, mut known, mut rows) = (Vec::new(), HashMap::new(), Vec::new());
        for value in values {
            let index = *known.entry(value).or_insert_with_key(|value| {
                texts.push(lines(value));
                texts.len().saturating_sub(1)
            });
            rows.push(index);
        }
        Self {
            title: title.to_owned(),
            kind,
            texts,
            states: Vec::new(),
            rows,
            jump: None,
        }
    }

    /// Whether any row has a value.
    pub(super) fn says_something(&self) -> bool {
        self.kind == "count" || self.texts.iter().any(|text| !text.is_empty())
    }

    pub(super) fn title(&self) -> &str {
        &self.title
    }

    /// Whether the texts are shown only when a row is opened.
    pub(super) fn is_details(&self) -> bool {
        self.kind == "lines"
    }

    /// The number of rows.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The lines of a row, as text.
    pub(super) fn lines(&self, row: usize) -> Vec<String> {
        let value = self.rows.get(row).copied().unwrap_or_default();
        if self.kind == "count" {
            return vec![value.to_string()];
        }
        let text = self.texts.get(value).map_or("", String::as_str);
        let tones = usize::from(self.kind == "toned");
        let shown = text
            .lines()
            .map(|line| line.get(tones..).unwrap_or_default());
        shown.map(str::to_owned).collect()
    }

    /// The items of lists.
    pub(super) fn items(&self) -> impl Iterator<Item = &str> {
        let texts = self.texts.iter().filter(|_| self.kind == "list");
        texts.flat_map(|text| text.lines())
    }

    pub(super) fn json(&self) -> Value {
        let mut json = json!({"title": lines(&self.title), "kind": self.kind, "rows": self.rows});
        if let Some(fields) = json.as_object_mut() {
            if self.kind != "count" {
                fields.insert("values".to_owned(), json!(self.texts));
            }
            if !self.states.is_empty() {
                fields.insert("states".to_owned(), json!(self.states));
            }
            if let Some(jump) = &self.jump {
                fields.insert("jump".to_owned(), jump.json());
            }
        }
        json
    }
}

impl Jump {
    pub(super) fn json(&self) -> Value {
        let Self { table, set, copy } = self;
        let set = set.iter();
        let set: serde_json::Map<_, _> = set
            .map(|(title, value)| ((*title).to_owned(), lines(value).into()))
            .collect();
        json!({"table": table, "set": set, "copy": copy})
    }
}
