//! Recordings of requests and answers, in the format of `kwctl run` and its options
//! `--record-host-capabilities-interactions` and `--replay-host-capabilities-interactions`.

use alloc::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Failure, OfflineHostError, Request};
use crate::files::{self, Readers};
use crate::inputs;
use crate::terminal::shown;

/// A request and its answer
#[derive(Debug)]
pub(super) struct Exchange {
    request: Request,
    response: Response,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type")]
enum Response {
    Success { payload: String },
    Error { message: String },
}

impl Exchange {
    pub(super) fn new(request: Request, answer: &Result<String, Failure>) -> Self {
        let response = match answer {
            Ok(payload) => Response::Success {
                payload: payload.clone(),
            },
            Err(failure) => Response::Error {
                message: failure.message().to_owned(),
            },
        };
        Self { request, response }
    }
}

/// The answers of a recording
#[derive(Debug)]
pub struct Replay {
    answers: Mutex<BTreeMap<String, VecDeque<Response>>>,
}

impl Replay {
    /// Reads a recording.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is no recording.
    pub fn open(path: &Path) -> Result<Self, OfflineHostError> {
        let (_, documents) = inputs::documents(path)?;
        let wrong = |problem: String| OfflineHostError::Recording {
            path: shown(path),
            problem,
        };
        let Ok([Value::Array(recorded)]) = <[Value; 1]>::try_from(documents) else {
            return Err(wrong("it is not one list".into()));
        };
        let mut answers: BTreeMap<_, VecDeque<_>> = BTreeMap::new();
        for (number, exchange) in (1_usize..).zip(recorded) {
            let Exchange { request, response } = parse(exchange)
                .map_err(|problem| wrong(format!("exchange {number}: {problem}")))?;
            answers
                .entry(request.identity())
                .or_default()
                .push_back(response);
        }
        Ok(Self {
            answers: Mutex::new(answers),
        })
    }

    /// The recorded answer to an equal request. Where it was asked several times, the answers come
    /// in their order, and the last one stays.
    pub(super) fn answer(&self, request: &Request) -> Result<String, Failure> {
        let identity = request.identity();
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = answers.get_mut(&identity).and_then(|recorded| {
            if recorded.len() > 1 {
                recorded.pop_front()
            } else {
                recorded.front().cloned()
            }
        });
        match recorded {
            Some(Response::Success { payload }) => Ok(payload),
            Some(Response::Error { message }) => Err(Failure::new(message)),
            None => Err(Failure::new(format!(
                "Replay error: no answer is recorded for {identity}"
            ))),
        }
    }
}

/// Reads one exchange. The request is YAML inside of YAML: its kind as a tag, then its fields.
fn parse(exchange: Value) -> Result<Exchange, String> {
    #[derive(Deserialize)]
    struct Recorded {
        request: String,
        response: Response,
    }
    let Recorded { request, response } =
        serde_json::from_value(exchange).map_err(|error| error.to_string())?;
    let tagged = request.trim_start().strip_prefix('!');
    let (kind, fields) = tagged
        .and_then(|tagged| tagged.split_once(char::is_whitespace))
        .ok_or("its request does not begin with a kind such as `!KubernetesGetResource`")?;
    let fields = inputs::parse(fields).map_err(|error| format!("its request is {error}"))?;
    let Ok([Value::Object(fields)]) = <[Value; 1]>::try_from(fields) else {
        return Err("its request has no fields".into());
    };
    let request = Request::new(kind, fields);
    Ok(Exchange { request, response })
}

/// Writes a recording.
pub(super) fn write(path: &Path, exchanges: &[Exchange]) -> Result<(), OfflineHostError> {
    let mut text = String::new();
    for exchange in exchanges {
        text.push_str(&in_yaml(exchange));
    }
    if text.is_empty() {
        text.push_str("[]\n");
    }
    files::replace(path, text.as_bytes(), Readers::Anyone).map_err(|cause| {
        OfflineHostError::Write {
            path: shown(path),
            cause,
        }
    })
}

fn in_yaml(Exchange { request, response }: &Exchange) -> String {
    let response = match response {
        Response::Success { payload } => format!("Success\n    payload: {}", scalar(payload)),
        Response::Error { message } => format!("Error\n    message: {}", scalar(message)),
    };
    format!(
        "- type: Exchange\n  request: |\n    !{}\n{}  response:\n    type: {response}\n",
        request.kind(),
        fields(request.fields()),
    )
}

/// One field a line, each value as JSON, which YAML includes.
fn fields(fields: &Map<String, Value>) -> String {
    let lines = fields
        .iter()
        .map(|(name, value)| format!("    {name}: {}\n", printable(&value.to_string())));
    lines.collect()
}

/// Easy to read where that is possible.
fn scalar(text: &str) -> String {
    if text
        .chars()
        .any(|character| character.is_control() || is_special(character))
    {
        printable(&Value::from(text).to_string())
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// JSON text for a YAML file: JSON leaves characters as they are that YAML takes for line breaks, or
/// does not allow at all.
fn printable(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if is_special(character) {
            text.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            text.push(character);
        }
    }
    text
}

const fn is_special(character: char) -> bool {
    matches!(
        character,
        '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
    )
}

#[cfg(test)]
mod tests;
