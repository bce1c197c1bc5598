//! A reader that knows where it is, and that no object may be too long.

use core::cell::Cell;
use std::io::{self, BufRead as _, BufReader, Read};

use policy_lint::source::Notation;

use crate::document::DocumentError;

/// Position of a reader, shared with its parser
#[derive(Debug)]
pub(super) struct Position {
    /// Bytes of one object
    pub(super) limit: u64,
    bytes: Cell<u64>,
    /// Start of the current object
    object: Cell<u64>,
    /// Line breaks so far
    lines: Cell<usize>,
    /// Bytes since the last of them
    column: Cell<usize>,
}

/// A place as people count it, from 0
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Position {
    /// The beginning of an input whose objects have at most so many bytes.
    pub(super) const fn start(limit: u64) -> Self {
        Self {
            limit,
            bytes: Cell::new(0),
            object: Cell::new(0),
            lines: Cell::new(0),
            column: Cell::new(0),
        }
    }

    /// Returns the number of bytes read.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes.get()
    }

    pub(super) const fn place(&self) -> Place {
        Place {
            line: self.lines.get(),
            column: self.column.get(),
        }
    }

    /// Returns the start of the last value. With line breaks in it, only the line is exact.
    pub(super) fn place_before(&self, value: &str) -> Place {
        let breaks = value.matches('\n').count();
        let Place { line, column } = self.place();
        Place {
            line: line.saturating_sub(breaks),
            column: match breaks {
                0 => column.saturating_sub(value.len()),
                _ => 0,
            },
        }
    }

    /// Notes that an object begins here; how many bytes were read before.
    pub(super) fn begin_object(&self) -> u64 {
        self.object.set(self.bytes());
        self.bytes()
    }

    fn object_bytes(&self) -> u64 {
        self.bytes().saturating_sub(self.object.get())
    }

    fn pass(&self, passed: &[u8]) {
        let count = u64::try_from(passed.len()).unwrap_or(u64::MAX);
        self.bytes.set(self.bytes().saturating_add(count));
        for byte in passed {
            if *byte == b'\n' {
                self.lines.set(self.lines.get().saturating_add(1));
                self.column.set(0);
            } else {
                self.column.set(self.column.get().saturating_add(1));
            }
        }
    }
}

impl Place {
    /// An error of a document that begins here, with the place in the whole input.
    pub(super) fn of(self, error: &serde_json::Error) -> DocumentError {
        let text = error.to_string();
        let (line, column) = (error.line(), error.column());
        let words = text.strip_suffix(&format!(" at line {line} column {column}"));
        // An error of ours has no place, and is found behind what it is about.
        let line = line.max(1);
        let before = if line <= 1 { self.column } else { 0 };
        DocumentError {
            notation: Notation::Json,
            problem: words.unwrap_or(&text).to_owned(),
            line: self.line.saturating_add(line),
            column: before.saturating_add(column),
            exceeds: false,
        }
    }
}

/// An input, byte by byte
pub(super) struct Reader<'p, R> {
    input: BufReader<R>,
    position: &'p Position,
    progress: &'p dyn Fn(u64),
}

impl<'p, R: Read> Reader<'p, R> {
    pub(super) fn new(input: R, position: &'p Position, progress: &'p dyn Fn(u64)) -> Self {
        Self {
            input: BufReader::with_capacity(1 << 16, input),
            position,
            progress,
        }
    }

    /// Skips white space, and returns whether anything follows.
    pub(super) fn has_more(&mut self) -> io::Result<bool> {
        let position = self.position;
        loop {
            let buffer = self.fill()?;
            if buffer.is_empty() {
                return Ok(false);
            }
            let visible = buffer.iter().position(|byte| !byte.is_ascii_whitespace());
            let blank = visible.unwrap_or(buffer.len());
            position.pass(buffer.get(..blank).unwrap_or_default());
            self.input.consume(blank);
            if visible.is_some() {
                return Ok(true);
            }
        }
    }

    /// Returns the buffered bytes; empty at the end.
    fn fill(&mut self) -> io::Result<&[u8]> {
        if self.input.buffer().is_empty() {
            let count = self.input.fill_buf()?.len();
            (self.progress)(u64::try_from(count).unwrap_or(u64::MAX));
        }
        Ok(self.input.buffer())
    }
}

impl<R: Read> Read for Reader<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let limit = self.position.limit;
        if self.position.object_bytes() >= limit {
            let problem = format!("an object is longer than {limit} bytes");
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
        }
        let count = self.fill()?.read(buffer)?;
        self.input.consume(count);
        self.position.pass(buffer.get(..count).unwrap_or_default());
        Ok(count)
    }
}
