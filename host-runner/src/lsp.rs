//! The language server: answers editors about open policies, manifests and suites.
//!
//! | to read about | go to |
//! | --- | --- |
//! | messages on standard input and output | `stdio.rs` |
//! | open documents, and the settings that suites name | `documents.rs` |
//! | findings | `findings.rs` |
//! | requests | `requests.rs` |
//! | positions in UTF-16 | `lines.rs` |
//!
//! One thread reads messages, and another one answers them in their order. Findings are looked for once no message
//! is waiting, so only the newest text is linted.

mod documents;
mod findings;
mod lines;
mod protocol;
mod requests;
mod stdio;
mod uri;

use alloc::collections::VecDeque;
use core::time::Duration;
use std::io::{self, BufRead, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;

use anyhow::Result;
use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use documents::Documents;
use protocol::{About, DidChange, DidOpen, Shows};
use stdio::Incoming;

/// End of a session
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// The client asked for it
    Exited,
    /// The client ended without asking
    Lost,
}

/// Time without a message before findings are looked for
const PAUSE: Duration = Duration::from_millis(30);

/// Serves one client until it exits.
///
/// # Errors
///
/// Output cannot be written, or input is not divided into messages.
pub(crate) fn serve(input: impl BufRead + Send + 'static, output: impl Write) -> Result<End> {
    let (sender, receiver) = channel();
    // Not joined: it may wait for input for ever.
    thread::spawn(move || stdio::read_all(input, &sender));
    let server = Server {
        output,
        incoming: receiver,
        waiting: VecDeque::new(),
        documents: Documents::new()?,
        state: State::New,
        shows: Shows::default(),
    };
    server.run()
}

struct Server<W> {
    output: W,
    incoming: Receiver<Incoming>,
    /// Messages that have been read and not answered
    waiting: VecDeque<Incoming>,
    documents: Documents,
    state: State,
    shows: Shows,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    Initialized,
    ShutDown,
}

impl<W: Write> Server<W> {
    fn run(mut self) -> Result<End> {
        loop {
            let message = match self.next() {
                Ok(message) => message,
                Err(RecvTimeoutError::Timeout) => {
                    self.publish()?;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(End::Lost),
            };
            match message {
                Incoming::Message(Message::Request(request)) => self.answer(request)?,
                Incoming::Message(Message::Notification(notification)) => {
                    if notification.method == "exit" {
                        return Ok(match self.state {
                            State::ShutDown => End::Exited,
                            State::New | State::Initialized => End::Lost,
                        });
                    }
                    self.note(notification)?;
                }
                // Nothing is asked of the client.
                Incoming::Message(Message::Response(_)) => {}
                Incoming::Malformed { id, code, problem } => {
                    stdio::write_error(&mut self.output, &id, code, &problem)?;
                }
                Incoming::Lost(problem) => return Err(problem.into()),
            }
        }
    }

    /// Returns the next message; a timeout means that it is time to look for findings.
    fn next(&mut self) -> Result<Incoming, RecvTimeoutError> {
        if self.waiting.is_empty() {
            let first = if self.documents.has_changed() {
                self.incoming.recv_timeout(PAUSE)?
            } else {
                let received = self.incoming.recv();
                received.map_err(|_| RecvTimeoutError::Disconnected)?
            };
            self.waiting.push_back(first);
        }
        self.waiting.extend(self.incoming.try_iter());
        let next = self.waiting.pop_front();
        next.ok_or(RecvTimeoutError::Timeout)
    }

    fn answer(&mut self, request: Request) -> Result<()> {
        let Request { id, method, params } = request;
        let result = if self.is_cancelled(&id) {
            Err((ErrorCode::RequestCanceled, "cancelled".to_owned()))
        } else {
            match (self.state, method.as_str()) {
                (State::New, "initialize") => {
                    self.state = State::Initialized;
                    self.shows = Shows::of(&params);
                    Ok(protocol::capabilities())
                }
                (State::New, _) => Err((
                    ErrorCode::ServerNotInitialized,
                    "`initialize` comes first".to_owned(),
                )),
                (State::Initialized, "shutdown") => {
                    self.state = State::ShutDown;
                    Ok(Value::Null)
                }
                (State::Initialized, method) => {
                    requests::answer(&self.documents, self.shows, method, params)
                }
                (State::ShutDown, _) => {
                    Err((ErrorCode::InvalidRequest, "already shut down".to_owned()))
                }
            }
        };
        let response = match result {
            Ok(result) => Response::new_ok(id, result),
            Err((code, problem)) => Response::new_err(id, stdio::number(code), problem),
        };
        self.send(&response.into())
    }

    /// Whether a message that is waiting cancels a request.
    fn is_cancelled(&self, id: &RequestId) -> bool {
        let Ok(id) = serde_json::to_value(id) else {
            return false;
        };
        let cancels = |message: &Incoming| {
            matches!(message, Incoming::Message(Message::Notification(one))
            if one.method == "$/cancelRequest" && one.params.get("id") == Some(&id))
        };
        self.waiting.iter().any(cancels)
    }

    /// Takes note of a change. One that cannot be read is reported to the client's log.
    fn note(&mut self, notification: Notification) -> Result<()> {
        if self.state != State::Initialized {
            return Ok(());
        }
        let Notification { method, params } = notification;
        let noted = match method.as_str() {
            "textDocument/didOpen" => read(params).map(
                |DidOpen {
                     text_document: document,
                 }| {
                    let version = Some(document.version);
                    self.documents.set(document.uri, version, document.text);
                },
            ),
            "textDocument/didChange" => read(params).map(|change: DidChange| {
                let DidChange {
                    text_document: document,
                    mut content_changes,
                } = change;
                if let Some(change) = content_changes.pop() {
                    self.documents
                        .set(document.uri, document.version, change.text);
                }
            }),
            "textDocument/didClose" => match read(params) {
                Ok(About {
                    text_document: document,
                }) => {
                    self.documents.close(&document.uri);
                    let nothing = json!({"uri": document.uri, "diagnostics": []});
                    return self.notify("textDocument/publishDiagnostics", nothing);
                }
                Err(problem) => Err(problem),
            },
            // Of settings or of the linter's configuration, which other documents depend on
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => {
                self.documents.mark_all();
                Ok(())
            }
            _ => Ok(()),
        };
        match noted {
            Ok(()) => Ok(()),
            Err(problem) => self.log(&format!("`{method}`: {problem}")),
        }
    }

    /// Sends the findings in all documents that have changed.
    fn publish(&mut self) -> Result<()> {
        for changed in self.documents.changed() {
            let (published, problem) = findings::publish(&self.documents, &changed);
            if let Some(problem) = problem {
                self.log(&problem)?;
            }
            self.notify("textDocument/publishDiagnostics", published)?;
        }
        Ok(())
    }

    fn log(&mut self, problem: &str) -> Result<()> {
        self.notify("window/logMessage", json!({"type": 2, "message": problem}))
    }

    fn notify(&mut self, method: &str, params: Value) -> Result<()> {
        self.send(&Notification::new(method.to_owned(), params).into())
    }

    fn send(&mut self, message: &Message) -> Result<()> {
        match message.write(&mut self.output) {
            // The client is gone; its end of input follows.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => Ok(written?),
        }
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, String> {
    serde_json::from_value(params).map_err(|error| error.to_string())
}
