//! Annotations of a GitHub workflow, one command a line.

use std::io::{self, Write};

use crate::terminal::printable_lines;

/// One annotation
pub(super) struct Annotation<'a> {
    /// `error`, `warning` or `notice`
    pub(super) level: &'a str,
    /// `None` if it is about the whole run
    pub(super) file: Option<&'a str>,
    pub(super) line: usize,
    pub(super) column: Option<usize>,
    pub(super) title: &'a str,
    pub(super) message: &'a str,
}

impl Annotation<'_> {
    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let column = match self.column {
            Some(column) => format!(",col={column}"),
            None => String::new(),
        };
        let place = match self.file {
            Some(file) => format!("file={},line={}{column},", property(file), self.line),
            None => String::new(),
        };
        writeln!(
            out,
            "::{} {place}title={}::{}",
            self.level,
            property(self.title),
            data(self.message)
        )
    }
}

/// Escapes the text line by line.
fn data(text: &str) -> String {
    let lines = printable_lines(text).into_iter();
    let lines = lines.map(|line| line.replace('%', "%25"));
    lines.collect::<Vec<_>>().join("%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
