//! A folder of manifests that stands for a cluster.

use alloc::sync::Arc;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::field_mask::FieldMask;
use super::{Failure, OfflineHostError, Request};
use crate::inputs::{self, InputError};
use crate::terminal::shown;

/// The objects of a cluster, by what a policy names them by
#[derive(Debug, Default)]
pub struct Cluster {
    objects: HashMap<Name, Object>,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Name {
    api_version: String,
    kind: String,
    /// None for objects of the whole cluster
    namespace: Option<String>,
    name: String,
}

/// Objects as text, which takes a third of the memory of parsed objects
#[derive(Debug)]
struct Object {
    json: Box<str>,
    file: Arc<str>,
}

/// The fields of the request, as the policy has to give them
#[derive(Debug, Deserialize)]
struct GetResource {
    api_version: String,
    kind: String,
    name: String,
    namespace: Option<String>,
    #[serde(rename = "disable_cache")]
    _disable_cache: bool,
    field_masks: Option<Vec<String>>,
}

impl Cluster {
    /// Reads all manifests below a folder, as `kubectl get -o yaml` prints them: an object without
    /// a namespace belongs to the whole cluster.
    ///
    /// # Errors
    ///
    /// The path is not a directory, a file in it cannot be read, or an object occurs twice.
    pub fn open(folder: &Path) -> Result<Self, OfflineHostError> {
        OfflineHostError::unless_folder(folder)?;
        let mut cluster = Self::default();
        let files = match inputs::files(folder) {
            // A cluster without attestations.
            Err(InputError::EmptyFolder(_)) => Vec::new(),
            files => files?,
        };
        for path in files {
            let file: Arc<str> = shown(&path).into();
            for object in inputs::objects(&path)? {
                cluster.add(object, &file)?;
            }
        }
        Ok(cluster)
    }

    /// A cluster of these objects; of two of one name the later one stays.
    pub(crate) fn of(objects: impl IntoIterator<Item = Map<String, Value>>) -> Self {
        let file: Arc<str> = "".into();
        let objects = objects.into_iter().filter_map(|object| {
            let name = Name::of(&object)?;
            let json = Value::Object(object).to_string().into();
            let file = Arc::clone(&file);
            Some((name, Object { json, file }))
        });
        Self {
            objects: objects.collect(),
        }
    }

    fn add(&mut self, object: Map<String, Value>, file: &Arc<str>) -> Result<(), OfflineHostError> {
        let name = Name::of(&object).ok_or_else(|| InputError::Object {
            path: file.to_string(),
            problem: "expected objects with `apiVersion`, `kind` and `metadata.name`".into(),
        })?;
        match self.objects.entry(name) {
            Entry::Occupied(first) => Err(OfflineHostError::Twice {
                object: first.key().shown(),
                first: first.get().file.to_string(),
                second: file.to_string(),
            }),
            Entry::Vacant(place) => {
                place.insert(Object {
                    json: Value::Object(object).to_string().into(),
                    file: Arc::clone(file),
                });
                Ok(())
            }
        }
    }

    /// Answers `get_resource`.
    pub(crate) fn resource(&self, request: &Request) -> Result<String, Failure> {
        let malformed = |error: serde_json::Error| Failure::new(error.to_string());
        let fields = Value::Object(request.fields().clone());
        let GetResource {
            api_version,
            kind,
            name,
            namespace,
            field_masks,
            ..
        } = serde_json::from_value(fields).map_err(malformed)?;
        let name = Name {
            api_version,
            kind,
            namespace,
            name,
        };
        let Some(Object { json, .. }) = self.objects.get(&name) else {
            return Err(name.not_found());
        };
        match field_masks {
            None => Ok(json.to_string()),
            Some(paths) => {
                let mut object = serde_json::from_str(json).map_err(malformed)?;
                FieldMask::new(&paths).apply(&mut object);
                Ok(Value::Object(object).to_string())
            }
        }
    }
}

impl Name {
    fn of(object: &Map<String, Value>) -> Option<Self> {
        let text = |value: Option<&Value>| {
            let text = value.and_then(Value::as_str).unwrap_or_default();
            (!text.is_empty()).then(|| text.to_owned())
        };
        let metadata = object.get("metadata")?;
        Some(Self {
            api_version: text(object.get("apiVersion"))?,
            kind: text(object.get("kind"))?,
            namespace: text(metadata.get("namespace")),
            name: text(metadata.get("name"))?,
        })
    }

    fn shown(&self) -> String {
        let Self {
            api_version,
            kind,
            namespace,
            name,
        } = self;
        match namespace {
            Some(namespace) => format!("{api_version} {kind} {namespace}/{name}"),
            None => format!("{api_version} {kind} {name}"),
        }
    }

    /// Policies tell an absent object from any other failure by this text.
    fn not_found(&self) -> Failure {
        let Self {
            api_version,
            kind,
            namespace,
            name,
        } = self;
        Failure::new(format!(
            "Cannot find {api_version}/{kind} named '{name}' inside of namespace '{namespace:?}'"
        ))
    }
}

#[cfg(test)]
mod tests;
