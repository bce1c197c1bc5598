//! Inputs: files, directories and standard input, in YAML or JSON, and the admission requests made from their
//! objects.

pub(crate) mod lines;
mod walk;

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::{Map, Value};

use crate::terminal::shown;
use admission_requests::foreign::no_export;
use admission_requests::{documents_by, found_in, parse_undoubted, read_from};

pub use admission_requests::{Asked, DocumentError, InputError, Place, Request, Source, parse};
pub(crate) use admission_requests::{
    Found, creation_of, documents_in, each_object_at, is_without_images, request_of, settings_in,
    settings_of,
};
pub use walk::{Skipped, Walk, Why, files, walk};
pub(crate) use walk::{is_below, is_document};

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

/// The documents of a file that Google's tools wrote: not for kubectl, which takes some texts for something
/// else, such as an unquoted `n`.
///
/// # Errors
///
/// The file cannot be read, has something else in it, which `other` may name, or is not the same to every reader.
pub(crate) fn exports(
    path: &Path,
    other: impl Fn(&Value) -> Option<String>,
) -> Result<(String, Vec<Value>), InputError> {
    let source = read(path)?;
    let documents = documents_by(parse_undoubted, &source)?;
    let name = source.name;
    match documents
        .iter()
        .find_map(|one| other(one).or_else(|| no_export(one)))
    {
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

/// Like [`requests`], with an error for each part that is not an object, along with all valid ones.
///
/// # Errors
///
/// The file cannot be read.
pub(crate) fn found(path: &Path, namespace: Option<&str>) -> Result<Vec<Found>, InputError> {
    Ok(found_in(&read(path)?, namespace))
}

/// Visits the requests of a file as they are read, with an error for each part that is not an object; `progress` is
/// told the number of bytes.
///
/// # Errors
///
/// `visit` returned an error.
pub(crate) fn each_request<E>(
    path: &Path,
    namespace: Option<&str>,
    progress: &dyn Fn(u64),
    visit: &mut dyn FnMut(Found) -> Result<(), E>,
) -> Result<(), E> {
    match open(path) {
        Ok((name, input)) => {
            admission_requests::each_request(input, &name, namespace, progress, visit)
        }
        Err(error) => visit(Err(error)),
    }
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
