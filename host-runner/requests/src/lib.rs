//! Admission requests and evidence made from texts: manifests, lists of objects, recorded requests, and attestations,
//! in YAML or JSON.
//!
//! The crate reads no files, so that it also builds for the browser.
//!
//! | to read about | go to |
//! | --- | --- |
//! | documents of a text | [`documents_in`], [`parse`] |
//! | the request that creates an object | [`Request`] |
//! | dumps of whole clusters, object by object | [`each_request`] |
//! | settings, also in a Kubewarden manifest | [`settings_in`] |
//! | attestations in documents | [`evidence`] |
//! | what is signed for an image | [`payload`], [`occurrence`] |
//! | places of objects in a text | [`Documents`] |
//! | values as YAML | [`yaml`] |
//! | files that are for something else | `foreign.rs` |
//! | text that is safe to show | [`printable`](mod@printable) |

extern crate alloc;

mod document;
pub mod evidence;
pub mod foreign;
pub mod image;
mod kinds;
mod list;
pub mod occurrence;
pub mod payload;
mod place;
mod positions;
pub mod printable;
mod request;
mod split;
mod stream;
pub mod yaml;

use std::io::{self, Read as _};

use serde_json::{Map, Value};
use thiserror::Error;

use request::Problem;

pub use document::{DocumentError, parse, parse_undoubted};
pub use list::each_at as each_object_at;
pub use place::Place;
pub use positions::Documents;
pub use request::{Asked, Request};
pub use split::{Document, documents_of};
pub use stream::each_request;

/// One file, or standard input
#[derive(Debug)]
pub struct Source {
    /// The name in messages
    pub name: String,
    /// Its content, undecoded
    pub text: String,
}

/// Why an input cannot be used
#[derive(Debug, Error)]
pub enum InputError {
    /// Not there, not readable, not UTF-8
    #[error("cannot read `{path}`: {cause}")]
    Read {
        /// As given
        path: String,
        /// Why
        cause: io::Error,
    },
    /// Neither YAML nor JSON
    #[error("`{path}`: {cause}")]
    Parse {
        /// As given
        path: String,
        /// Why
        cause: DocumentError,
    },
    /// An object that is no Kubernetes object and no request
    #[error("{}", of_file(path, problem))]
    Object {
        /// As given
        path: String,
        /// The missing part
        problem: String,
    },
    /// A document that has nothing of an object, such as the values of a chart
    #[error("{}", of_file(path, problem))]
    WithoutKind {
        /// As given
        path: String,
        /// The expected content
        problem: String,
    },
    /// A folder without a single file of the right kind
    #[error("`{0}` has no .yaml, .yml or .json files")]
    EmptyFolder(String),
}

/// Joins the name of a file and its problem: `a.yaml` is empty, or `a.yaml`: no kind.
#[must_use]
pub fn of_file(name: &str, problem: &str) -> String {
    match problem.strip_prefix("it ") {
        Some(rest) => format!("`{name}` {rest}"),
        None => format!("`{name}`: {problem}"),
    }
}

/// Limit on inputs; longer ones are a mistake or an attack
const MAX_BYTES: u64 = 1 << 30;

/// Reads a text to its end.
///
/// # Errors
///
/// Not readable, not UTF-8, or longer than 1 GiB.
pub fn read_from(input: impl io::Read, name: String) -> Result<Source, InputError> {
    let mut bytes = Vec::new();
    let read = input
        .take(MAX_BYTES.saturating_add(1))
        .read_to_end(&mut bytes);
    let text = read.and_then(|length| {
        // A part that is cut off may be the one that matters.
        if u64::try_from(length).unwrap_or(u64::MAX) > MAX_BYTES {
            let problem = "longer than 1 GiB";
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
        }
        let foreign = foreign::encoding(&bytes);
        match (foreign, String::from_utf8(bytes)) {
            (None, Ok(text)) => Ok(text),
            (foreign, _) => {
                let problem = foreign.unwrap_or("it is not UTF-8");
                Err(io::Error::new(io::ErrorKind::InvalidData, problem))
            }
        }
    });
    match text {
        Ok(text) => Ok(Source { name, text }),
        Err(cause) => Err(InputError::Read { path: name, cause }),
    }
}

/// Names a text of a foreign format, such as a PEM file or a Terraform state; `None` if it is not recognised.
#[must_use]
pub fn foreign(text: &str) -> Option<String> {
    let documents = parse(text).unwrap_or_default();
    let known = documents.iter().find_map(foreign::no_settings);
    known.or_else(|| foreign::text(text).map(str::to_owned))
}

/// The documents of a source.
///
/// # Errors
///
/// It is malformed, or in a foreign format.
pub fn documents_in(source: &Source) -> Result<Vec<Value>, InputError> {
    documents_by(parse, source)
}

/// The documents of a source, by one of the readers of this crate.
///
/// # Errors
///
/// As for [`documents_in`].
pub fn documents_by(
    parse: fn(&str) -> Result<Vec<Value>, DocumentError>,
    source: &Source,
) -> Result<Vec<Value>, InputError> {
    let path = || source.name.clone();
    let foreign = |problem: String| InputError::Object {
        path: path(),
        problem,
    };
    match parse(&source.text) {
        // YAML takes almost every text for a scalar.
        Ok(documents) if documents.iter().all(Value::is_string) && !documents.is_empty() => {
            foreign::text(&source.text)
                .map_or(Ok(documents), |problem| Err(foreign(problem.to_owned())))
        }
        Ok(documents) => Ok(documents),
        // Parts of a text that exceeds a limit must not be tried.
        Err(cause) if cause.exceeds => Err(InputError::Parse {
            path: path(),
            cause,
        }),
        Err(cause) => Err(match foreign::malformed(&source.text, &cause.to_string()) {
            Some(problem) => foreign(problem),
            None => InputError::Parse {
                path: path(),
                cause,
            },
        }),
    }
}

/// Reads the one document of settings.
///
/// A `ClusterAdmissionPolicy` or `AdmissionPolicy` stands for its `spec.settings`.
///
/// # Errors
///
/// The source is not one document.
pub fn settings_in(source: &Source) -> Result<Value, InputError> {
    settings_of(documents_in(source)?, &source.name)
}

/// Like [`settings_in`], for the documents of a source that has this name.
///
/// # Errors
///
/// There is not one document, or it is something else.
pub fn settings_of(mut documents: Vec<Value>, name: &str) -> Result<Value, InputError> {
    let are_policies = documents.iter().all(is_policy);
    let problem = match (documents.pop(), documents.is_empty()) {
        (Some(document), true) if is_policy(&document) => return Ok(unwrap_manifest(document)),
        (Some(document), true) => match foreign::no_settings(&document) {
            None => return Ok(document),
            Some(problem) => problem,
        },
        (None, _) => "it is empty".to_owned(),
        (Some(_), false) if are_policies => {
            "it has several Kubewarden policies; give the settings of one".to_owned()
        }
        (Some(_), false) => "it has several documents; settings are one document".to_owned(),
    };
    Err(InputError::Object {
        path: name.to_owned(),
        problem,
    })
}

/// API group of Kubewarden's policies
pub const KUBEWARDEN_GROUP: &str = "policies.kubewarden.io/";

/// Whether a document is a policy of Kubewarden, with settings in it.
#[must_use]
pub fn is_policy(document: &Value) -> bool {
    let text = |key: &str| {
        document
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    text("apiVersion").starts_with(KUBEWARDEN_GROUP)
        && ["", "AdmissionPolicy", "ClusterAdmissionPolicy"].contains(&text("kind"))
}

fn unwrap_manifest(mut document: Value) -> Value {
    let settings = document.pointer_mut("/spec/settings").map(Value::take);
    settings.unwrap_or_else(|| Value::Object(Map::new()))
}

/// An object as an admission request, or the error
pub type Found = Result<Request, InputError>;

/// Reads every object of a source as an admission request, with an error for each part that is not an object.
#[must_use]
pub fn found_in(source: &Source, namespace: Option<&str>) -> Vec<Found> {
    let Source { name, text } = source;
    match documents_in(source) {
        Ok(documents) => objects_of(documents, 0, namespace, name),
        // One document that cannot be read must not hide the others.
        Err(error) => match stream::found_in(text, namespace, name) {
            Some(found) => found,
            None => split::found_in(text, namespace, name, error),
        },
    }
}

/// Reads every object of documents; `first` is the index of the first of them in the file.
fn objects_of(
    documents: Vec<Value>,
    first: usize,
    namespace: Option<&str>,
    name: &str,
) -> Vec<Found> {
    let mut all = Vec::new();
    for (index, document) in (first..).zip(documents) {
        request::from_document(document, namespace, name, &mut |found| {
            let found = found.map(|request| request.in_document(index));
            all.push(found.map_err(|problem| InputError::of(problem, name)));
        });
    }
    all
}

impl InputError {
    /// A problem of a file.
    fn of(problem: Problem, name: &str) -> Self {
        let path = name.to_owned();
        match problem {
            Problem::WithoutKind(problem) => Self::WithoutKind { path, problem },
            Problem::Malformed(problem) => Self::Object { path, problem },
        }
    }
}

/// The request that creates an object.
///
/// # Errors
///
/// Says what the object lacks.
pub fn request_of(object: Map<String, Value>, namespace: &str) -> Result<Value, String> {
    let request = one(Value::Object(object), Some(namespace), "")?;
    Ok(request.request)
}

/// Returns the request that creates a generated object.
///
/// # Errors
///
/// Says what the object lacks.
pub fn creation_of(object: Value) -> Result<Request, String> {
    one(object, None, "-")
}

fn one(object: Value, namespace: Option<&str>, name: &str) -> Result<Request, String> {
    let last = objects_of(vec![object], 0, namespace, name).pop();
    let request = last.ok_or("a list without an object")?;
    request.map_err(|error| match error {
        InputError::Object { problem, .. } | InputError::WithoutKind { problem, .. } => problem,
        error => error.to_string(),
    })
}

/// Whether an object is of a well-known kind that brings in no image.
#[must_use]
pub fn is_without_images(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let version = text("apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    kinds::is_without_images(group, text("kind"))
}
