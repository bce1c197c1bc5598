//! Messages on standard input and output, each behind a header with its length.
//!
//! The reader of `lsp_server` ends the session at the first malformed message. This one answers it and goes on, and has a
//! limit on lengths.

use std::io::{self, BufRead, Read as _, Write};
use std::sync::mpsc::Sender;

use lsp_server::{ErrorCode, Message};
use serde_json::{Value, json};

/// A message of a client, or the reason why there is none
#[derive(Debug)]
pub(super) enum Incoming {
    /// A message
    Message(Message),
    /// A text that is no message
    Malformed {
        /// The id of the request; null if it has none
        id: Value,
        code: ErrorCode,
        problem: String,
    },
    /// Nothing more can be read: where the next message begins is unknown
    Lost(io::Error),
}

/// Maximum length of a message in bytes
const MAX_LENGTH: usize = 64 << 20;

/// Maximum length of a line of a header
const MAX_HEADER: u64 = 1 << 10;

/// Reads messages until the input ends.
pub(super) fn read_all(mut input: impl BufRead, sender: &Sender<Incoming>) {
    loop {
        let incoming = match read(&mut input) {
            Ok(Some(incoming)) => incoming,
            Ok(None) => return,
            Err(error) => Incoming::Lost(error),
        };
        let is_lost = matches!(incoming, Incoming::Lost(_));
        if sender.send(incoming).is_err() || is_lost {
            return;
        }
    }
}

fn read(input: &mut impl BufRead) -> io::Result<Option<Incoming>> {
    let Some(length) = read_header(input)? else {
        return Ok(None);
    };
    let mut body = vec![0; length];
    input.read_exact(&mut body)?;
    Ok(Some(parse(&body)))
}

/// Returns the length of the next message; `None` at the end of the input.
fn read_header(input: &mut impl BufRead) -> io::Result<Option<usize>> {
    let mut length = None;
    let mut is_first = true;
    loop {
        let mut line = Vec::new();
        input
            .by_ref()
            .take(MAX_HEADER)
            .read_until(b'\n', &mut line)?;
        if line.is_empty() && is_first {
            return Ok(None);
        }
        is_first = false;
        let line = str::from_utf8(&line)
            .ok()
            .and_then(|line| line.strip_suffix('\n'));
        let line = line.ok_or_else(|| malformed("a header of a message is malformed"))?;
        match line.trim_end().split_once(':') {
            Some((name, value)) if name.eq_ignore_ascii_case("Content-Length") => {
                let value = value
                    .trim()
                    .parse()
                    .ok()
                    .filter(|value| *value <= MAX_LENGTH);
                let value =
                    value.ok_or_else(|| malformed("`Content-Length` is malformed or too large"))?;
                length = Some(value);
            }
            Some(_) => {}
            None if line.trim_end().is_empty() => break,
            None => return Err(malformed("a header of a message is malformed")),
        }
    }
    length
        .map(Some)
        .ok_or_else(|| malformed("a message has no `Content-Length`"))
}

fn malformed(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

fn parse(body: &[u8]) -> Incoming {
    let value: Value = match serde_json::from_slice(body) {
        Ok(value) => value,
        Err(error) => {
            return Incoming::Malformed {
                id: Value::Null,
                code: ErrorCode::ParseError,
                problem: error.to_string(),
            };
        }
    };
    let id = value
        .get("id")
        .filter(|id| id.is_string() || id.is_number());
    let id = id.cloned().unwrap_or_default();
    match serde_json::from_value(value) {
        Ok(message) => Incoming::Message(message),
        Err(_) => Incoming::Malformed {
            id,
            code: ErrorCode::InvalidRequest,
            problem: "neither a request nor a notification nor a response".to_owned(),
        },
    }
}

/// Answers a text that is no message.
pub(super) fn write_error(
    output: &mut impl Write,
    id: &Value,
    code: ErrorCode,
    problem: &str,
) -> io::Result<()> {
    let error = json!({"code": number(code), "message": problem});
    let text = json!({"jsonrpc": "2.0", "id": id, "error": error}).to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

/// Returns the number of an error.
#[expect(
    clippy::as_conversions,
    reason = "the discriminants are the numbers of the protocol"
)]
pub(super) const fn number(code: ErrorCode) -> i32 {
    code as i32
}
