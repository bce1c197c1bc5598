//! The WASI host: arguments, clocks, randomness and three pipes, and nothing else of the machine.
//!
//! It implements the functions that commands need to start, read, write and exit. All other functions of
//! preview 1 can be imported and return `NOSYS`.

mod failure;
mod imports;
mod place;

use std::io::{Cursor, Read as _};

use thiserror::Error;
use wasmtime::{InstancePre, Store};

use super::memory::{slice, slice_mut, write};
use super::{EngineError, Guest, Operation};
use failure::{Errno, Failure};
use place::{Buffers, put};

pub(super) use imports::add_to_linker;

/// The arguments and standard streams of one call
#[derive(Debug)]
pub(super) struct Context {
    /// Each ends in NUL
    arguments: Vec<&'static str>,
    stdin: Cursor<Vec<u8>>,
    stdout: Output,
    stderr: Output,
    /// By number, until the guest closes it
    is_open: [bool; 3],
}

/// Output of a guest
#[derive(Debug)]
enum Output {
    Discarded,
    Kept { bytes: Vec<u8>, max: usize },
}

const STDIN: u32 = 0;
const STDOUT: u32 = 1;
const STDERR: u32 = 2;

/// Longer than any message is worth reading.
const MAX_STDERR: usize = 64 << 10;

impl Context {
    /// For a waPC guest: no arguments, an empty input, and output that is discarded.
    pub(super) fn closed() -> Self {
        Self {
            arguments: Vec::new(),
            stdin: Cursor::default(),
            stdout: Output::Discarded,
            stderr: Output::Discarded,
            is_open: [true; 3],
        }
    }

    /// For a command: the operation as argument, the call as input, and output up to a length.
    pub(super) fn command(operation: Operation, input: &[u8], max_answer: usize) -> Self {
        let operation = match operation {
            Operation::Decide => "decide\0",
            Operation::Validate => "validate\0",
            Operation::ValidateSettings => "validate-settings\0",
        };
        Self {
            arguments: vec!["policy.wasm\0", operation],
            stdin: Cursor::new(input.to_vec()),
            stdout: Output::kept(max_answer),
            stderr: Output::kept(MAX_STDERR),
            ..Self::closed()
        }
    }

    pub(super) fn answer(self, status: i32) -> Result<Vec<u8>, EngineError> {
        if status == 0 {
            return Ok(self.stdout.into_bytes());
        }
        let stderr = self.stderr.into_bytes();
        let text = String::from_utf8_lossy(&stderr);
        Err(EngineError::Guest(format!(
            "exit status {status}: {}",
            text.trim_end()
        )))
    }
}

/// The implementation. Numbers and pointers are the guest's and untrusted.
impl Context {
    fn argument_sizes(&self, memory: &mut [u8], count: u32, bytes: u32) -> Result<(), Failure> {
        let all: usize = self.arguments.iter().map(|argument| argument.len()).sum();
        put(memory, count, size(self.arguments.len())?.to_le_bytes())?;
        Ok(put(memory, bytes, size(all)?.to_le_bytes())?)
    }

    fn arguments(&self, memory: &mut [u8], list: u32, text: u32) -> Result<(), Failure> {
        let (mut list, mut text) = (list, text);
        for argument in &self.arguments {
            put(memory, list, text.to_le_bytes())?;
            write(memory, text, argument.as_bytes())?;
            list = list.saturating_add(4);
            text = text.saturating_add(size(argument.len())?);
        }
        Ok(())
    }

    fn read(
        &mut self,
        memory: &mut [u8],
        fd: u32,
        (buffers, count): (u32, u32),
        read: u32,
    ) -> Result<(), Failure> {
        self.open(fd)?;
        if fd != STDIN {
            return Err(Errno::BADF.into());
        }
        let mut length: usize = 0;
        for (at, room) in Buffers::read(memory, buffers, count)?.places {
            let place = slice_mut(memory, at, room)?;
            let filled = self.stdin.read(place).map_err(|_| Errno::IO)?;
            length = length.saturating_add(filled);
        }
        Ok(put(memory, read, size(length)?.to_le_bytes())?)
    }

    fn write(
        &mut self,
        memory: &mut [u8],
        fd: u32,
        (buffers, count): (u32, u32),
        written: u32,
    ) -> Result<(), Failure> {
        self.open(fd)?;
        let output = match fd {
            STDOUT => &mut self.stdout,
            STDERR => &mut self.stderr,
            _ => return Err(Errno::BADF.into()),
        };
        let buffers = Buffers::read(memory, buffers, count)?;
        for (at, length) in buffers.places {
            output.write(slice(memory, at, length)?)?;
        }
        Ok(put(memory, written, buffers.length.to_le_bytes())?)
    }

    /// Earlier output is kept.
    fn close(&mut self, fd: u32) -> Result<(), Failure> {
        *self.open(fd)? = false;
        Ok(())
    }

    /// Writes an `fdstat`: a type that is not known, no flags, and twice the one right that there is.
    fn describe(&mut self, memory: &mut [u8], fd: u32, at: u32) -> Result<(), Failure> {
        const FD_READ: u64 = 1 << 1;
        const FD_WRITE: u64 = 1 << 6;
        self.open(fd)?;
        let right = if fd == STDIN { FD_READ } else { FD_WRITE };
        for (offset, field) in [(0, 0), (8, right), (16, right)] {
            put(memory, at.saturating_add(offset), field.to_le_bytes())?;
        }
        Ok(())
    }

    fn position(&mut self, fd: u32) -> Result<(), Failure> {
        self.open(fd)?;
        Err(Errno::SPIPE.into())
    }

    /// The descriptor's place in the list of those that are open.
    fn open(&mut self, fd: u32) -> Result<&mut bool, Errno> {
        let number = usize::try_from(fd).map_err(|_| Errno::BADF)?;
        let is_open = self.is_open.get_mut(number);
        is_open.filter(|is_open| **is_open).ok_or(Errno::BADF)
    }
}

fn size(length: usize) -> Result<u32, Errno> {
    u32::try_from(length).map_err(|_| Errno::OVERFLOW)
}

impl Output {
    const fn kept(max: usize) -> Self {
        let bytes = Vec::new();
        Self::Kept { bytes, max }
    }

    /// Keeps what there is room for.
    fn write(&mut self, written: &[u8]) -> Result<(), Errno> {
        let Self::Kept { bytes, max } = self else {
            return Ok(());
        };
        let room = max.saturating_sub(bytes.len());
        let fitting = written.get(..room).unwrap_or(written);
        bytes.extend_from_slice(fitting);
        if fitting.len() < written.len() {
            return Err(Errno::IO);
        }
        Ok(())
    }

    fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Discarded => Vec::new(),
            Self::Kept { bytes, .. } => bytes,
        }
    }
}

/// A guest ends itself
#[derive(Debug, Error)]
#[error("the module exited with status {0}")]
struct Exit(i32);

impl Exit {
    /// Higher numbers are for those who run commands, such as shells.
    const MAX: u32 = 125;

    /// Returns an error, because only an error unwinds a guest at any depth.
    fn with(status: u32) -> wasmtime::Error {
        match i32::try_from(status) {
            Ok(valid) if status <= Self::MAX => Self(valid).into(),
            _ => wasmtime::Error::msg(format!(
                "the module exited with status {status}; the highest valid one is {}",
                Self::MAX
            )),
        }
    }
}

/// Runs a fresh instance and returns its exit status.
pub(super) fn call(
    store: &mut Store<Guest>,
    instance: &InstancePre<Guest>,
) -> wasmtime::Result<i32> {
    let instance = instance.instantiate(&mut *store)?;
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    match start.call(store, ()) {
        Ok(()) => Ok(0),
        Err(error) => match error.downcast_ref::<Exit>() {
            Some(Exit(status)) => Ok(*status),
            None => Err(error),
        },
    }
}

#[cfg(test)]
mod tests;
