//! Trees of lines, drawn with box characters.

use std::io::{self, Write};

use crate::terminal::{DIM, RESET};

/// A line, and what lies below it
#[derive(Debug)]
pub(super) struct Node {
    line: String,
    children: Vec<Self>,
}

impl Node {
    pub(super) fn new(line: impl Into<String>) -> Self {
        Self {
            line: line.into(),
            children: Vec::new(),
        }
    }

    /// Adds children.
    pub(super) fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", self.line)?;
        self.write_children(out, "")
    }

    fn write_children(&self, out: &mut impl Write, indent: &str) -> io::Result<()> {
        let Some((last, others)) = self.children.split_last() else {
            return Ok(());
        };
        for child in others {
            child.write_below(out, indent, "├─ ", "│  ")?;
        }
        last.write_below(out, indent, "└─ ", "   ")
    }

    fn write_below(
        &self,
        out: &mut impl Write,
        indent: &str,
        branch: &str,
        trunk: &str,
    ) -> io::Result<()> {
        writeln!(out, "{DIM}{indent}{branch}{RESET}{}", self.line)?;
        self.write_children(out, &format!("{indent}{trunk}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_branch_ends_the_trunk() {
        let tree = Node::new("root").with([
            Node::new("a").with([Node::new("b"), Node::new("c")]),
            Node::new("d").with([Node::new("e")]),
        ]);
        let mut out = Vec::new();
        tree.write(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let text = anstream::adapter::strip_str(&text).to_string();
        let expected = "root\n├─ a\n│  ├─ b\n│  └─ c\n└─ d\n   └─ e\n";
        assert_eq!(text, expected);
    }
}
