//! Changes of whole lines in block style. Other layouts are not changed.

use super::Settings;
use crate::diagnostic::Edit;
use crate::source::{Entry, Node, Shape, Span};

impl Settings<'_> {
    /// Removes an item of a list, given the list.
    #[must_use]
    pub(crate) fn without_item(&self, list: &Node, item: &Node) -> Option<Edit> {
        let span = self.lines(item.span, item, |lead| lead.trim() == "-")?;
        let is_free = list.items().len() > 1 && self.is_block(list);
        self.removed(span).filter(|_| is_free)
    }

    /// Removes a key with its value, given the mapping.
    #[must_use]
    pub(crate) fn without_entry(&self, mapping: &Node, entry: &Entry) -> Option<Edit> {
        let span = Span {
            start: entry.key_span.start,
            ..entry.value.span
        };
        let span = self.lines(span, &entry.value, |lead| lead.trim().is_empty())?;
        let is_free = mapping.entries().len() > 1 && self.is_block(mapping);
        self.removed(span).filter(|_| is_free)
    }

    /// Adds a line at the end of a mapping.
    #[must_use]
    pub(crate) fn with_line(&self, mapping: &Node, line: &str) -> Option<Edit> {
        let first = mapping
            .entries()
            .first()
            .filter(|_| self.is_block(mapping))?;
        let indentation = self.lead(first.key_span.start)?;
        let lines = self.lines(mapping.span, mapping, |lead| lead.trim().is_empty())?;
        let is_open = !self.text.get(lines.range())?.ends_with('\n');
        let break_before = if is_open { "\n" } else { "" };
        Some(Edit {
            span: Span {
                start: lines.end,
                ..lines
            },
            replacement: format!("{break_before}{indentation}{line}\n"),
        })
    }

    /// Removes lines, unless a comment would be lost or be about the next line then.
    fn removed(&self, lines: Span) -> Option<Edit> {
        let above = self.text.get(..lines.start)?.lines().next_back();
        let is_comment_above = above.is_some_and(|line| line.trim().starts_with('#'));
        let has_comment = self.text.get(lines.range())?.contains(" #");
        let replacement = String::new();
        (!is_comment_above && !has_comment).then_some(Edit {
            span: lines,
            replacement,
        })
    }

    /// A mapping or list that is not in brackets.
    fn is_block(&self, node: &Node) -> bool {
        let text = self.text.get(node.span.range()).unwrap_or_default();
        !text.starts_with(['{', '['])
    }

    /// Returns the text before a byte in its line.
    fn lead(&self, start: usize) -> Option<&str> {
        let before = self.text.get(..start)?;
        Some(before.rsplit('\n').next().unwrap_or(before))
    }

    /// The lines of a value from their beginning to the next line, if there is nothing else in them.
    fn lines(&self, span: Span, value: &Node, is_lead: impl Fn(&str) -> bool) -> Option<Span> {
        let lead = self.lead(span.start)?;
        let start = span.start.saturating_sub(lead.len());
        let tail = self.text.get(span.end..)?.split_inclusive('\n').next();
        let tail = tail.unwrap_or_default();
        let behind = self.behind(value, tail)?;
        let is_comment = behind.starts_with([' ', '\t']) && behind.trim().starts_with('#');
        let is_alone = is_lead(lead) && (behind.trim().is_empty() || is_comment);
        is_alone.then_some(Span {
            start,
            end: span.end.saturating_add(tail.len()),
            ..span
        })
    }

    /// Returns the text in a line after a value and its closing brackets, which are not in its span.
    fn behind<'t>(&self, value: &Node, tail: &'t str) -> Option<&'t str> {
        let last_value = value.entries().last().map(|entry| &entry.value);
        let behind = match value.items().last().or(last_value) {
            Some(last) => self.behind(last, tail)?,
            None => tail,
        };
        match value.shape {
            Shape::List(_) | Shape::Map(_) if self.is_block(value) => Some(behind),
            Shape::List(_) | Shape::Map(_) => behind.trim_start().strip_prefix([']', '}']),
            _ => {
                // The span of a text in block style goes on into the lines behind it.
                let text = self.text.get(value.span.range())?;
                let is_whole = !text.is_empty() && !text.ends_with('\n');
                is_whole.then_some(behind)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Origin;
    use super::*;
    use crate::SourceFile;

    #[track_caller]
    fn edited(text: &str, edit: impl Fn(&Settings<'_>) -> Option<Edit>) -> Option<String> {
        let file = SourceFile::new("", text);
        let root = &file.parse(0).unwrap()[0];
        let edit = edit(&Settings::new(root, Origin::Settings, text))?;
        let mut text = text.to_owned();
        text.replace_range(edit.span.range(), &edit.replacement);
        Some(text)
    }

    #[track_caller]
    fn without_second_item(text: &str) -> Option<String> {
        edited(text, |settings| {
            let list = settings.root.get("l").unwrap();
            settings.without_item(list, &list.items()[1])
        })
    }

    #[track_caller]
    fn without_key(text: &str) -> Option<String> {
        edited(text, |settings| {
            let mapping = settings.root.get("m").unwrap();
            settings.without_entry(mapping, mapping.entry("b").unwrap())
        })
    }

    #[track_caller]
    fn with_line(text: &str) -> Option<String> {
        edited(text, |settings| {
            settings.with_line(settings.root.get("m").unwrap(), "x: 1")
        })
    }

    #[test]
    fn items_go_with_their_lines() {
        for (text, expected) in [
            ("l:\n  - a\n  - b\n  - c\n", Some("l:\n  - a\n  - c\n")),
            ("l:\n  - a\n  - b # why\n  - c\n", None),
            ("l:\n- a\n# why\n- b\n- c\n", None),
            ("l:\n- a: 1\n- b: 1\n  c: 2\n", Some("l:\n- a: 1\n")),
            ("l:\n- a\n- b", Some("l:\n- a\n")),
            ("l: [a, b, c]\n", None),
            ("l:\n- a\n- |\n  b\n- c\n", None),
            ("l:\n- a\n# countersign-ignore lint-x: y\n- b\n- c\n", None),
            ("l: [\n  a,\n  b\n]\n", None),
        ] {
            assert_eq!(without_second_item(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn keys_go_with_their_values() {
        for (text, expected) in [
            (
                "m:\n  a: 1\n  b:\n    - x\n  c: 1\n",
                Some("m:\n  a: 1\n  c: 1\n"),
            ),
            ("m:\n  a: 1\n  b: [x, y]\n", Some("m:\n  a: 1\n")),
            // The key alone would be a mapping of nothing.
            ("m:\n  b: [x]\n", None),
            ("m:\n  b: [{x: [y]} ]\n  c: 1\n", Some("m:\n  c: 1\n")),
            ("m:\n  b: [{x: [y]} ] # why\n  c: 1\n", None),
            ("m:\n  a: 1\n  b: [\n    x\n  ]\n", None),
            ("m:\n  a: 1\n  b: |\n    x\n\nn: 1\n", None),
            ("m: {a: 1,\n  b: 2\n}\n", None),
            (r#"{"m": {"a": 1, "b": 2}}"#, None),
        ] {
            assert_eq!(without_key(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn lines_are_indented_like_their_mapping() {
        for (text, expected) in [
            (
                "m:\n  a:\n    b: 1 # c\nn: 1\n",
                Some("m:\n  a:\n    b: 1 # c\n  x: 1\nn: 1\n"),
            ),
            ("m:\n  a: 1", Some("m:\n  a: 1\n  x: 1\n")),
            ("m: {a: 1}\n", None),
            ("m:\n  a: |\n    text\n", None),
        ] {
            assert_eq!(with_line(text).as_deref(), expected, "{text}");
        }
    }
}
