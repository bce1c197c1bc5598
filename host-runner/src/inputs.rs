//! Inputs: files, directories and standard input, in YAML or JSON, and the admission requests made from their
//! objects.

mod document;
mod foreign;
mod kinds;
pub(crate) mod lines;
mod list;
mod place;
mod request;
mod split;
mod stream;
mod walk;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::terminal::shown;
use request::Problem;

pub use document::{DocumentError, parse};
pub(crate) use list::each_at as each_object_at;
pub use place::Place;
pub use request::{Asked, Request};
pub(crate) use stream::each_request;
pub use walk::{Skipped, Walk, Why, files, walk};
pub(crate) use walk::{is_below, is_document};

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
    #[error("`{path}`: {problem}")]
    Object {
        /// As given
        path: String,
        /// The missing part
        problem: String,
    },
    /// A document that has nothing of an object, such as the values of a chart
    #[error("`{path}`: {problem}")]
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

/// Limit on inputs; longer ones are a mistake or an attack
const MAX_BYTES: u64 = 1 << 30;

/// Reads a file, or standard input for `-`.
///
/// # Errors
///
/// The file cannot be read as text, or is longer than 1 GiB.
pub fn read(path: &Path) -> Result<Source, InputError> {
    let (name, input) = open(path)?;
    read_from(input, name)
}

/// Opens a file, or standard input for `-`; its name as it is shown.
///
/// # Errors
///
/// The file does not exist or cannot be read.
pub(crate) fn open(path: &Path) -> Result<(String, Box<dyn io::Read>), InputError> {
    if is_stdin(path) {
        return Ok((STDIN.to_owned(), Box::new(io::stdin())));
    }
    let name = shown(path);
    match fs::File::open(path) {
        Ok(file) => Ok((name, Box::new(file))),
        Err(cause) => Err(InputError::Read { path: name, cause }),
    }
}

fn read_from(input: impl io::Read, name: String) -> Result<Source, InputError> {
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
pub(crate) fn foreign(text: &str) -> Option<String> {
    let documents = parse(text).unwrap_or_default();
    let known = documents.iter().find_map(foreign::no_settings);
    known.or_else(|| foreign::text(text).map(str::to_owned))
}

/// Names the policies of Kubewarden that are for another module than this one; `None` if there are none.
pub(crate) fn foreign_manifest(text: &str) -> Option<String> {
    if !text.contains(KUBEWARDEN_GROUP) {
        return None;
    }
    let documents = parse(text).ok()?;
    let mut policies = documents.iter().filter(|document| is_policy(document));
    policies.find_map(foreign::of_system)
}

/// Names a text that is no document, such as a PEM file or a template; `None` if it is not recognised.
pub(crate) fn foreign_text(text: &str) -> Option<&'static str> {
    foreign::text(text)
}

/// The name of a file and all documents in it.
///
/// # Errors
///
/// The file cannot be read, or is malformed.
pub fn documents(path: &Path) -> Result<(String, Vec<Value>), InputError> {
    let source = read(path)?;
    let documents = documents_in(&source)?;
    Ok((source.name, documents))
}

fn documents_in(source: &Source) -> Result<Vec<Value>, InputError> {
    documents_by(parse, source)
}

fn documents_by(
    parse: fn(&str) -> Result<Vec<Value>, DocumentError>,
    source: &Source,
) -> Result<Vec<Value>, InputError> {
    let path = || source.name.clone();
    let foreign = |problem: &'static str| InputError::Object {
        path: path(),
        problem: problem.to_owned(),
    };
    match parse(&source.text) {
        // YAML takes almost every text for a scalar.
        Ok(documents) if documents.iter().all(Value::is_string) && !documents.is_empty() => {
            foreign::text(&source.text).map_or(Ok(documents), |problem| Err(foreign(problem)))
        }
        Ok(documents) => Ok(documents),
        Err(cause) => Err(foreign::text(&source.text).map_or_else(
            || InputError::Parse {
                path: path(),
                cause,
            },
            foreign,
        )),
    }
}

/// The name of standard input, where files have theirs
pub(crate) const STDIN: &str = "<stdin>";

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The paths in their order, each file once however it is spelled.
#[must_use]
pub fn unique(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut seen = std::collections::HashSet::new();
    let identity = |path: &PathBuf| fs::canonicalize(path).unwrap_or_else(|_| path.clone());
    paths
        .into_iter()
        .filter(|path| seen.insert(identity(path)))
        .collect()
}

/// Reads the one document of a settings file.
///
/// A `ClusterAdmissionPolicy` or `AdmissionPolicy` stands for its `spec.settings`.
///
/// # Errors
///
/// The file cannot be read, or is not one document.
pub fn settings(path: &Path) -> Result<Value, InputError> {
    settings_in(&read(path)?)
}

/// Like [`settings`], for a file that has been read.
///
/// # Errors
///
/// The file is not one document.
pub(crate) fn settings_in(source: &Source) -> Result<Value, InputError> {
    let mut documents = documents_in(source)?;
    let are_policies = documents.iter().all(is_policy);
    let other = documents.iter().find_map(foreign::of_system);
    let problem = match (documents.pop(), documents.is_empty()) {
        (Some(document), true) if is_policy(&document) => match foreign::of_system(&document) {
            None => return Ok(unwrap_manifest(document)),
            Some(problem) => problem,
        },
        (Some(document), true) => match foreign::no_settings(&document) {
            None => return Ok(document),
            Some(problem) => problem,
        },
        (None, _) => "it is empty".to_owned(),
        (Some(_), false) if are_policies => {
            "it has several Kubewarden policies; give the settings of one".to_owned()
        }
        (Some(_), false) => other
            .unwrap_or_else(|| "it has several documents; settings are one document".to_owned()),
    };
    Err(InputError::Object {
        path: source.name.clone(),
        problem,
    })
}

/// API group of Kubewarden's policies
const KUBEWARDEN_GROUP: &str = "policies.kubewarden.io/";

/// Whether a document is a policy of Kubewarden, with settings in it.
fn is_policy(document: &Value) -> bool {
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

/// The documents of a file that Google's tools wrote: not for kubectl, which takes some texts for something
/// else, such as an unquoted `n`.
///
/// # Errors
///
/// The file cannot be read, has something else in it, or is not the same to every reader.
pub(crate) fn exports(path: &Path) -> Result<(String, Vec<Value>), InputError> {
    let source = read(path)?;
    let documents = documents_by(document::parse_undoubted, &source)?;
    let name = source.name;
    match documents.iter().find_map(foreign::no_export) {
        Some(problem) => Err(InputError::Object {
            path: name,
            problem,
        }),
        None => Ok((name, documents)),
    }
}

/// Reads every object of a file as an admission request.
///
/// # Errors
///
/// The file cannot be read, or a part of it is not an object.
pub fn requests(path: &Path, namespace: Option<&str>) -> Result<Vec<Request>, InputError> {
    found(path, namespace)?.into_iter().collect()
}

/// An object as an admission request, or the error
pub(crate) type Found = Result<Request, InputError>;

/// Like [`requests`], with an error for each part that is not an object, along with all valid ones.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn found(path: &Path, namespace: Option<&str>) -> Result<Vec<Found>, InputError> {
    Ok(found_in(&read(path)?, namespace))
}

fn found_in(source: &Source, namespace: Option<&str>) -> Vec<Found> {
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
pub(crate) fn request_of(object: Map<String, Value>, namespace: &str) -> Result<Value, String> {
    let request = one(Value::Object(object), Some(namespace), "")?;
    Ok(request.request)
}

/// Returns the request that creates a generated object.
///
/// # Errors
///
/// Says what the object lacks.
pub(crate) fn creation_of(object: Value) -> Result<Request, String> {
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
pub(crate) fn is_without_images(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let version = text("apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    kinds::is_without_images(group, text("kind"))
}

/// Reads every Kubernetes object of a file, those in lists too.
///
/// # Errors
///
/// The file cannot be read, or a part of it is not an object.
pub fn objects(path: &Path) -> Result<Vec<Map<String, Value>>, InputError> {
    let (name, documents) = documents(path)?;
    let mut objects = Vec::new();
    for document in documents {
        let found = match document {
            Value::Object(object) => each_object_at(object, "", &mut |_, object| {
                objects.push(object);
                Ok(())
            }),
            _ => Err("expected a Kubernetes object or a list of them".into()),
        };
        found.map_err(|problem| InputError::Object {
            path: name.clone(),
            problem,
        })?;
    }
    Ok(objects)
}
