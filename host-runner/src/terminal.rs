//! The terminal: text that is safe to print, colors, and notes on standard error.

pub(crate) mod progress;
mod width;

use std::io;
use std::path::Path;

pub(crate) use admission_requests::printable::{self, printable, printable_lines};
pub(crate) use width::{ShortDigests, columns, fitted, wrapped};

/// Ignores a closed pipe, as when `head` has read enough. The exit status stays that of the result.
pub(crate) fn unless_closed(printed: io::Result<()>) -> io::Result<()> {
    match printed {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        printed => printed,
    }
}

/// `1 case`, `2 cases`, `2 policies`
pub(crate) fn counted(count: usize, noun: &str) -> String {
    match (count, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) => format!("{count} {stem}ies"),
        (_, None) => format!("{count} {noun}s"),
    }
}

/// Prints an error with its causes, outer context first. Errors in several files are on a line each.
pub(crate) fn error(error: &anyhow::Error) {
    let text = format!("{error:#}");
    let lines = printable_lines(&text);
    anstream::eprintln!("{BOLD_RED}error{RESET}: {}", lines.join("\n"));
}

/// Prints one problem. Lines after the first are indented, since they belong to it.
pub(crate) fn problem(text: &str) {
    let lines = printable_lines(text);
    anstream::eprintln!("{BOLD_RED}error{RESET}: {}", lines.join("\n  "));
}

/// Prints a note.
pub(crate) fn note(text: &str) {
    anstream::eprintln!("note: {}", printable(text));
}

/// Prints a warning.
pub(crate) fn warning(text: &str) {
    anstream::eprintln!("{BOLD_YELLOW}warning{RESET}: {}", printable(text));
}

/// A path, safe to print.
pub(crate) fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}

/// A path in a command to copy.
pub(crate) fn shell_quoted(path: &Path) -> String {
    shell_word(&shown(path))
}

/// A text as one word of a command to copy, quoted where the shell would read it differently.
pub(crate) fn shell_word(text: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || "/._-+,:@%".contains(one);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "'\\''"))
}

pub(crate) const BOLD_RED: &str = "\x1b[1;31m";
pub(crate) const BOLD_GREEN: &str = "\x1b[1;32m";
pub(crate) const BOLD_YELLOW: &str = "\x1b[1;33m";
pub(crate) const DIM: &str = "\x1b[2m";
pub(crate) const RESET: &str = "\x1b[0m";
