//! What a user gives: files, folders and standard input, in YAML or JSON. What the module is asked:
//! one admission request for each object found.

mod document;
mod list;
mod request;
mod stream;

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Value};
use thiserror::Error;

use crate::emit::printable;

pub use document::{DocumentError, parse};
pub(crate) use list::each_at as each_object_at;
pub use request::{Asked, Request};
pub(crate) use stream::each_request;

/// One file, or standard input
#[derive(Debug)]
pub struct Source {
    /// As it is shown to the user
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
        /// What is missing
        problem: String,
    },
    /// A folder without a single file of the right kind
    #[error("`{0}` has no file that ends in .yaml, .yml or .json")]
    EmptyFolder(String),
}

/// Longer inputs are a mistake, or somebody else's.
const MAX_BYTES: u64 = 1 << 30;

/// Reads a file, or standard input for `-`.
///
/// # Errors
///
/// It cannot be read as text, or is longer than 1 GiB.
pub fn read(path: &Path) -> Result<Source, InputError> {
    let (name, input) = open(path)?;
    read_from(input, name)
}

/// Opens a file, or standard input for `-`; its name as it is shown.
///
/// # Errors
///
/// It is not there, or may not be read.
pub(crate) fn open(path: &Path) -> Result<(String, Box<dyn io::Read>), InputError> {
    if is_stdin(path) {
        return Ok(("<stdin>".to_owned(), Box::new(io::stdin())));
    }
    let name = shown(path);
    match fs::File::open(path) {
        Ok(file) => Ok((name, Box::new(file))),
        Err(cause) => Err(InputError::Read { path: name, cause }),
    }
}

fn read_from(input: impl io::Read, name: String) -> Result<Source, InputError> {
    let mut text = String::new();
    let mut bounded = input.take(MAX_BYTES);
    let result = bounded.read_to_string(&mut text).and_then(|_| {
        // What is cut off may be what matters.
        match bounded.into_inner().read(&mut [0])? {
            0 => Ok(()),
            _ => Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "longer than 1 GiB",
            )),
        }
    });
    match result {
        Ok(()) => Ok(Source { name, text }),
        Err(cause) => Err(InputError::Read { path: name, cause }),
    }
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
    parse(&source.text).map_err(|cause| InputError::Parse {
        path: source.name.clone(),
        cause,
    })
}

/// A path as output may show it: whoever adds a file chooses its name.
pub(crate) fn shown(path: &Path) -> String {
    printable(&path.display().to_string())
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

/// The files that a path stands for: itself, or all YAML and JSON files below a folder, sorted.
///
/// # Errors
///
/// A folder cannot be read, or has no such file.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, InputError> {
    if is_stdin(path) || !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        let unreadable = |cause| InputError::Read {
            path: shown(&folder),
            cause,
        };
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            // Links to folders could lead in circles, and a pipe would never end.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.is_file()
                && path.extension().is_some_and(|ending| {
                    ["yaml", "yml", "json"].iter().any(|known| ending == *known)
                })
            {
                found.push(path);
            }
        }
    }
    if found.is_empty() {
        return Err(InputError::EmptyFolder(shown(path)));
    }
    found.sort();
    Ok(found)
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
/// It cannot be read, or is not one document.
pub fn settings(path: &Path) -> Result<Value, InputError> {
    settings_in(&read(path)?)
}

/// The same of a file that was read.
///
/// # Errors
///
/// It is not one document.
pub(crate) fn settings_in(source: &Source) -> Result<Value, InputError> {
    let mut documents = documents_in(source)?;
    let problem = match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => return Ok(unwrap_manifest(document)),
        (None, _) => "it is empty",
        (Some(_), false) => "it has several documents, and settings are one",
    };
    Err(InputError::Object {
        path: source.name.clone(),
        problem: problem.into(),
    })
}

fn unwrap_manifest(mut document: Value) -> Value {
    let is_policy = document
        .get("apiVersion")
        .and_then(Value::as_str)
        .is_some_and(|version| version.starts_with("policies.kubewarden.io/"));
    if is_policy {
        let settings = document.pointer_mut("/spec/settings").map(Value::take);
        return settings.unwrap_or_else(|| Value::Object(Map::new()));
    }
    document
}

/// Reads every object of a file as the request that would bring it before the policy.
///
/// # Errors
///
/// The file cannot be read, or has something in it that is no object.
pub fn requests(path: &Path, namespace: Option<&str>) -> Result<Vec<Request>, InputError> {
    requests_in(read(path)?, namespace)
}

fn requests_in(source: Source, namespace: Option<&str>) -> Result<Vec<Request>, InputError> {
    let (documents, name) = (documents_in(&source)?, source.name);
    let mut requests = Vec::new();
    for document in documents {
        request::from_document(document, namespace, &name, &mut requests).map_err(|problem| {
            InputError::Object {
                path: name.clone(),
                problem,
            }
        })?;
    }
    Ok(requests)
}

/// The request that creates an object.
///
/// # Errors
///
/// Says what the object lacks.
pub(crate) fn request_of(object: Map<String, Value>, namespace: &str) -> Result<Value, String> {
    let mut requests = Vec::new();
    request::from_document(Value::Object(object), Some(namespace), "", &mut requests)?;
    let request = requests.pop().ok_or("a list without an object")?;
    Ok(request.request)
}

/// The request that creates an object which nobody has written, such as one that asks a question.
///
/// # Errors
///
/// Says what the object lacks.
pub(crate) fn creation_of(object: Value) -> Result<Request, String> {
    let mut requests = Vec::new();
    request::from_document(object, None, "-", &mut requests)?;
    requests
        .pop()
        .ok_or_else(|| "a list without an object".into())
}

/// Whether an object is of a well-known kind that brings in no image.
pub(crate) fn is_without_images(object: &Map<String, Value>) -> bool {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or_default();
    let version = text("apiVersion");
    let group = version.split_once('/').map_or("", |(group, _)| group);
    request::is_without_images(group, text("kind"))
}

/// Reads every Kubernetes object of a file, those in lists too.
///
/// # Errors
///
/// The file cannot be read, or has something in it that is no object.
pub fn objects(path: &Path) -> Result<Vec<Map<String, Value>>, InputError> {
    let (name, documents) = documents(path)?;
    let mut objects = Vec::new();
    for document in documents {
        let found = match document {
            Value::Object(object) => list::each(object, &mut |object| {
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
