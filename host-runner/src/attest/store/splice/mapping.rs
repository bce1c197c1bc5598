//! Values at the end of a path of keys.

use core::ops::Range;

use policy_lint::source::{Entry, Node, Shape};
use serde_json::Value;

use super::{Edit, Splice, Target};
use crate::yaml;

impl Splice<'_> {
    /// Puts a value at the end of a path of keys, and whatever is missing on the way.
    ///
    /// # Errors
    ///
    /// Says why this cannot be done here.
    pub(in super::super) fn set(
        &self,
        root: Target<'_>,
        path: &[&str],
        value: &Value,
    ) -> Result<Vec<Edit>, String> {
        self.refuse_shared(root, path)?;
        let (target, missing) = root.follow(path);
        let above = path.len().saturating_sub(missing.len()).checked_sub(1);
        let (container, _) = root.follow(path.get(..above.unwrap_or(0)).unwrap_or_default());
        let is_flow = above.is_some() && self.is_flow(container.node);
        match (&target.node.shape, target.key) {
            (Shape::Map(entries), key) if !missing.is_empty() && !entries.is_empty() => {
                self.add_entry(key, target.node, missing, value)
            }
            (Shape::Map(_), Some(key)) if !missing.is_empty() => {
                self.fill(key, is_flow, missing, value)
            }
            (Shape::Null, Some(key)) => self.fill(key, is_flow, missing, value),
            (Shape::List(items), Some(key)) if missing.is_empty() && items.is_empty() => {
                self.fill(key, is_flow, missing, value)
            }
            (_, Some(key)) if missing.is_empty() => self.overwrite(key, is_flow, value),
            (_, key) => {
                let name = key.map_or("it", |key| key.key.as_str());
                Err(format!("`{name}` is {}, not a mapping", target.node.kind()))
            }
        }
    }

    /// Puts a value in the place of a mapping at the end of a path of keys.
    ///
    /// # Errors
    ///
    /// Says why this cannot be done here.
    pub(in super::super) fn replace(
        &self,
        root: Target<'_>,
        path: &[&str],
        value: &Value,
    ) -> Result<Vec<Edit>, String> {
        self.refuse_shared(root, path)?;
        let (Target { key, node }, missing) = root.follow(path);
        let key = key
            .filter(|_| missing.is_empty())
            .ok_or("it is not there")?;
        if self.is_flow(node) {
            let start = node.span.start;
            let end = self.closing(start).ok_or("its `}` is not found")?;
            let text = value.to_string();
            let range = start..end;
            return Ok(vec![Edit { range, text }]);
        }
        let line = self.line_end(key.key_span.end);
        if node.span.start <= line {
            return Err(format!("`{}` is written in an unusual way", key.key));
        }
        let column = self.column(key.key_span.start);
        let lines = yaml::indented(value, self.step);
        let text = self.block(&lines, column.saturating_add(self.step));
        let range = line..self.end_of_block(line, column);
        Ok(vec![Edit { range, text }])
    }

    /// The end of the lines below a key that stand right of its column. Empty lines after them are not theirs.
    fn end_of_block(&self, line: usize, column: usize) -> usize {
        let (mut end, mut at) = (line, line);
        let rest = self.text(line..self.source.text().len());
        for next in rest.split_inclusive('\n') {
            let start = at;
            at = at.saturating_add(next.len());
            let indent = next
                .len()
                .saturating_sub(next.trim_start_matches(' ').len());
            match next.trim() {
                "" => {}
                _ if indent > column => end = start.saturating_add(next.trim_end().len()),
                _ => break,
            }
        }
        end
    }

    /// The offset past the bracket that closes the one at `start`.
    fn closing(&self, start: usize) -> Option<usize> {
        let (mut depth, mut quote, mut is_escaped) = (0_usize, None, false);
        let text = self.text(start..self.source.text().len());
        for (at, one) in text.char_indices() {
            match (quote, one) {
                (Some(_), _) if is_escaped => is_escaped = false,
                (Some('"'), '\\') => is_escaped = true,
                (Some(open), _) if open == one => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') => quote = Some(one),
                (None, '{' | '[') => depth = depth.saturating_add(1),
                (None, '}' | ']') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(start.saturating_add(at).saturating_add(1));
                    }
                }
                (None, _) => {}
            }
        }
        None
    }

    /// Adds a key to a mapping that has some. In front of them and of their comments, if the mapping
    /// stands under a key: where a last value ends is less certain.
    fn add_entry(
        &self,
        key: Option<&Entry>,
        node: &Node,
        path: &[&str],
        value: &Value,
    ) -> Result<Vec<Edit>, String> {
        let first = node.entries().first().ok_or("the mapping is empty")?;
        let at = first.key_span.start;
        if self.is_flow(node) {
            let entry = flow_entry(path, value);
            let indent = self.text(self.line_start(at)..at);
            let separator = if indent.trim().is_empty() && self.line_start(at) > 0 {
                format!(",\n{indent}")
            } else {
                ", ".to_owned()
            };
            return Ok(vec![Edit::insert(at, format!("{entry}{separator}"))]);
        }
        let lines = self.entry_lines(path, value);
        if let Some(key) = key.filter(|key| key.key_span.end <= self.line_start(at)) {
            let lines = self.block(&lines, self.column(at));
            return Ok(vec![Edit::insert(self.line_end(key.key_span.end), lines)]);
        }
        // Without a line of its own above it: behind everything in it.
        let lines = self.block(&lines, self.column(at));
        let at = self.line_end(self.end(node));
        Ok(vec![Edit::insert(at, lines)])
    }

    /// Puts something where a key has nothing: `null`, `{}` or `[]`.
    fn fill(
        &self,
        key: &Entry,
        is_flow: bool,
        path: &[&str],
        value: &Value,
    ) -> Result<Vec<Edit>, String> {
        let behind = self.text(key.key_span.end..self.source.text().len());
        let blank = behind
            .len()
            .saturating_sub(behind.trim_start_matches(' ').len());
        if !behind.trim_start_matches(' ').starts_with(':') {
            return Err(format!("`{}` is written in an unusual way", key.key));
        }
        let colon = key.key_span.end.saturating_add(blank).saturating_add(1);
        let token = self.token(&key.value)?;
        let is_on_its_line = token.end <= self.line_end(colon);
        let is_nested = !path.is_empty() || value.is_array();
        if !is_flow && is_nested && is_on_its_line {
            let indent = self.column(key.key_span.start).saturating_add(self.step);
            let lines = self.block(&self.entry_lines(path, value), indent);
            let mut edits = vec![Edit::insert(self.line_end(colon), lines)];
            if !token.is_empty() {
                let kept = self.text(colon..token.start).trim_end().len();
                edits.push(Edit {
                    range: colon.saturating_add(kept)..token.end,
                    text: String::new(),
                });
            }
            return Ok(edits);
        }
        let text = match (path, is_flow) {
            ([], false) => scalar(value),
            ([], true) => value.to_string(),
            (path, _) => format!("{{{}}}", flow_entry(path, value)),
        };
        Ok(vec![if token.is_empty() {
            Edit::insert(colon, format!(" {text}"))
        } else {
            Edit { range: token, text }
        }])
    }

    /// Returns the text of a `null`, `{}` or `[]` value; empty for no text.
    fn token(&self, node: &Node) -> Result<Range<usize>, String> {
        let Range { start, end } = node.span.range();
        if node.shape == Shape::Null {
            return Ok(start..end);
        }
        let rest = self.text(start..self.source.text().len());
        match rest.split_once(['}', ']']) {
            Some((inside, _)) if inside.trim_start_matches(['{', '[']).trim().is_empty() => {
                Ok(start..start.saturating_add(inside.len()).saturating_add(1))
            }
            _ => Err(format!(
                "{} without content is written in an unusual way",
                node.kind()
            )),
        }
    }

    /// Puts another scalar in the place of one.
    fn overwrite(&self, key: &Entry, is_flow: bool, value: &Value) -> Result<Vec<Edit>, String> {
        let (range, old) = (key.value.span.range(), &key.value);
        if matches!(old.shape, Shape::List(_) | Shape::Map(_)) {
            return Err(format!("`{}` is {}, not a text", key.key, old.kind()));
        }
        if let Some(header) = self.block_header(key) {
            // A comment may stand behind the header.
            let header_end = self.line_end(header.start);
            return Ok(vec![
                Edit {
                    range: header,
                    text: scalar(value),
                },
                Edit {
                    range: header_end..self.end(old),
                    text: String::new(),
                },
            ]);
        }
        let is_quoted = self.text(range.clone()).starts_with(['"', '\'']);
        let text = if is_flow || is_quoted {
            value.to_string()
        } else {
            scalar(value)
        };
        Ok(vec![Edit { range, text }])
    }

    /// The `|` or `>` of a text in lines of its own, with what belongs to it.
    fn block_header(&self, key: &Entry) -> Option<Range<usize>> {
        let between = self.text(key.key_span.end..key.value.span.start);
        let (line, _) = between.split_once('\n')?;
        let line = line.split(" #").next().unwrap_or(line).trim_end();
        let header = line.rsplit([' ', ':']).next()?;
        if !header.starts_with(['|', '>']) {
            return None;
        }
        let end = key.key_span.end.saturating_add(line.len());
        Some(end.saturating_sub(header.len())..end)
    }

    /// Refuses what stands elsewhere too: changed here, it would be changed there.
    fn refuse_shared(&self, root: Target<'_>, path: &[&str]) -> Result<(), String> {
        for depth in 0..=path.len() {
            let steps = path.get(..depth).unwrap_or_default();
            let (Target { key, node }, missing) = root.follow(steps);
            let name = key.map_or("it", |key| key.key.as_str());
            if self.text(node.span.range()).starts_with('*') {
                return Err(format!("`{name}` is an alias of what stands elsewhere"));
            }
            let is_merged = |entry: &Entry| {
                let key = self.text(entry.key_span.range());
                key.starts_with(['*', '{', '['])
            };
            if node.entries().iter().any(is_merged) {
                return Err(format!(
                    "`{name}` is merged from what stands elsewhere (`<<`)"
                ));
            }
            if !missing.is_empty() {
                break;
            }
        }
        Ok(())
    }

    /// Whether a mapping is written between braces.
    fn is_flow(&self, node: &Node) -> bool {
        self.text(node.span.range()).starts_with('{')
    }

    /// Keys down to a value, one below the other.
    fn entry_lines(&self, path: &[&str], value: &Value) -> String {
        let nested = path.iter().rev().fold(value.clone(), |value, key| {
            Value::Object([((*key).to_owned(), value)].into_iter().collect())
        });
        yaml::indented(&nested, self.step)
    }
}

/// Keys down to a value, as JSON has them and YAML between braces too.
fn flow_entry(path: &[&str], value: &Value) -> String {
    let mut entry = value.to_string();
    for (index, key) in path.iter().rev().enumerate() {
        let key = Value::from(*key);
        entry = if index == 0 {
            format!("{key}: {entry}")
        } else {
            format!("{key}: {{{entry}}}")
        };
    }
    entry
}

/// A scalar on one line.
fn scalar(value: &Value) -> String {
    let written = yaml::document(value);
    let written = written.trim_end();
    if written.contains('\n') {
        value.to_string()
    } else {
        written.to_owned()
    }
}
