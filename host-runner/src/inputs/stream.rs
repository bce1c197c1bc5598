//! Dumps of whole clusters, object by object: JSON is never in memory as a whole, however long it is.

mod items;
mod reader;
#[cfg(test)]
mod tests;

use core::fmt;
use std::io::{self, Cursor, Read};
use std::path::Path;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::document::{self, DocumentError, Strict};
use super::list::List;
use super::request::{self, Request};
use super::{InputError, open, read_from, requests_in};
use items::{Items, Visited};
use reader::{Position, Reader};

/// Visits the requests of a file as they are read. Anything but JSON is read to its end first.
///
/// # Errors
///
/// The file cannot be read, or has something in it that is no object; or `visit` said no. What came
/// before has been visited.
pub(crate) fn each_request<E: From<InputError>>(
    path: &Path,
    namespace: Option<&str>,
    progress: &dyn Fn(u64),
    visit: &mut dyn FnMut(Request) -> Result<(), E>,
) -> Result<(), E> {
    let (name, input) = open(path)?;
    Objects {
        namespace,
        name: &name,
        position: &Position::start(MAX_OBJECT),
        visit,
        stopped: None,
    }
    .read(input, progress)
}

/// Twice what the policy reads of a request. Longer is no Kubernetes object: etcd holds 1.5 MiB.
const MAX_OBJECT: u64 = 16 << 20;

/// How much is looked at to tell JSON from YAML.
const HEAD: u64 = 4096;

/// Whether this is JSON, and not YAML's own notation for a mapping.
fn begins_like_json(head: &[u8]) -> bool {
    let mut visible = head.iter().filter(|byte| !byte.is_ascii_whitespace());
    visible.next() == Some(&b'{') && matches!(visible.next(), Some(b'"' | b'}'))
}

/// The objects of one file
struct Objects<'a, E> {
    namespace: Option<&'a str>,
    name: &'a str,
    position: &'a Position,
    visit: &'a mut dyn FnMut(Request) -> Result<(), E>,
    /// Why reading ended, where JSON is not the reason
    stopped: Option<E>,
}

impl<E: From<InputError>> Objects<'_, E> {
    /// Reads all documents.
    fn read(&mut self, mut input: impl Read, progress: &dyn Fn(u64)) -> Result<(), E> {
        let mut head = Vec::new();
        let read = input.by_ref().take(HEAD).read_to_end(&mut head);
        read.map_err(|cause| self.unreadable(cause))?;
        let is_json = begins_like_json(&head);
        let input = Cursor::new(head).chain(input);
        if !is_json {
            let source = read_from(input, self.name.to_owned())?;
            let requests = requests_in(source, self.namespace)?;
            return requests.into_iter().try_for_each(&mut *self.visit);
        }
        let mut reader = Reader::new(input, self.position, progress);
        while reader.has_more().map_err(|cause| self.unreadable(cause))? {
            self.read_json(&mut reader)?;
        }
        Ok(())
    }

    /// Reads one JSON document.
    fn read_json<R: Read>(&mut self, reader: &mut Reader<'_, R>) -> Result<(), E> {
        let start = self.position.place();
        let mut json = serde_json::Deserializer::from_reader(reader);
        let read = Document(self).deserialize(&mut json);
        match (self.stopped.take(), read) {
            (Some(stopped), _) => Err(stopped),
            (None, Ok(())) => Ok(()),
            (None, Err(error)) if error.is_io() => Err(self.unreadable(error.into())),
            (None, Err(error)) => {
                let path = self.name.to_owned();
                let cause = DocumentError::Json(start.of(&error));
                Err(InputError::Parse { path, cause }.into())
            }
        }
    }

    /// Visits a document that is not a list whose items have been visited.
    fn document<D: serde::de::Error>(&mut self, document: Map<String, Value>) -> Result<(), D> {
        let mut requests = Vec::new();
        let document = Value::Object(document);
        let read = request::from_document(document, self.namespace, self.name, &mut requests);
        self.each(read, requests)
    }

    /// Visits an item of a list.
    fn item<D: serde::de::Error>(
        &mut self,
        item: Result<Map<String, Value>, String>,
    ) -> Result<(), D> {
        let mut requests = Vec::new();
        let read = item.and_then(|item| {
            request::from_manifests(item, self.namespace, self.name, &mut |request| {
                requests.push(request);
            })
        });
        self.each(read, requests)
    }

    fn each<D: serde::de::Error>(
        &mut self,
        read: Result<(), String>,
        requests: Vec<Request>,
    ) -> Result<(), D> {
        read.map_err(|problem| self.refuse(problem))?;
        let visited = requests.into_iter().try_for_each(&mut *self.visit);
        visited.map_err(|error| self.stop(error))
    }

    fn unreadable(&self, cause: io::Error) -> E {
        let path = self.name.to_owned();
        InputError::Read { path, cause }.into()
    }

    fn refuse<D: serde::de::Error>(&mut self, problem: impl Into<String>) -> D {
        let refused = InputError::Object {
            path: self.name.to_owned(),
            problem: problem.into(),
        };
        self.stop(refused.into())
    }

    /// The parser has only its own errors; ours stays here meanwhile.
    fn stop<D: serde::de::Error>(&mut self, error: E) -> D {
        self.stopped = Some(error);
        D::custom("stopped")
    }
}

/// One JSON document: an object, or a list whose items are visited one by one
struct Document<'o, 'a, E>(&'o mut Objects<'a, E>);

impl<'de, E: From<InputError>> DeserializeSeed<'de> for Document<'_, '_, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, E: From<InputError>> Visitor<'de> for Document<'_, '_, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object, a list of them, or an admission request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let Self(objects) = self;
        objects.position.begin_object();
        let mut fields = Map::new();
        let mut held = None;
        while let Some(key) = access.next_key::<String>()? {
            let value = if key == "items" && may_be_list(&fields) {
                let list = list_of(&fields);
                match access.next_value_seed(Items { objects, list })? {
                    Visited::Items(items) => {
                        held = Some(items);
                        Value::Array(Vec::new())
                    }
                    Visited::Nothing(value) => value,
                }
            } else {
                access.next_value_seed(Strict)?
            };
            document::insert(&mut fields, key, value)?;
        }
        let Some(held) = held else {
            return objects.document(fields);
        };
        // Only a list that names its kind behind its items may turn out to be none.
        let Some(list) = list_of(&fields) else {
            return Err(objects.refuse("its `items` stand before its kind, and that is no list"));
        };
        let mut held = held.into_iter();
        held.try_for_each(|item| objects.item(list.item(item)))
    }
}

/// Whether the items of this document may be objects: it is a list, or does not say yet what it is.
fn may_be_list(fields: &Map<String, Value>) -> bool {
    let is_request = || fields.contains_key("request") || fields.contains_key("operation");
    match fields.get("kind") {
        Some(_) => list_of(fields).is_some(),
        None => !is_request(),
    }
}

fn list_of(fields: &Map<String, Value>) -> Option<List> {
    let kind = fields.get("kind")?.as_str()?;
    List::new(kind, fields.get("apiVersion"))
}
