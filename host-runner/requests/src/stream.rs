//! Dumps of whole clusters, object by object: JSON is never in memory as a whole, however long it is.

mod items;
mod reader;
#[cfg(test)]
mod tests;

use core::fmt;
use std::io::{Cursor, Read};

use policy_lint::source::begins_like_json;
use serde::de::{DeserializeSeed, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::document::{self, Strict};
use super::list::List;
use super::request::{self, Problem};
use super::{Found, InputError, found_in as found_in_source, read_from};
use items::{Items, Visited};
use reader::{Place, Position, Reader};

/// Visits the requests of an input as they are read, and what is none. Anything but JSON is read to its end
/// first.
///
/// # Errors
///
/// `visit` said no. What came before has been visited.
pub fn each_request<E>(
    input: impl Read,
    name: &str,
    namespace: Option<&str>,
    progress: &dyn Fn(u64),
    visit: &mut dyn FnMut(Found) -> Result<(), E>,
) -> Result<(), E> {
    Objects {
        namespace,
        name,
        position: &Position::start(MAX_OBJECT),
        document: 0,
        visit,
        stopped: None,
    }
    .read(input, progress)
}

/// The requests of a text, and what is none; `None` where it is no JSON.
pub(super) fn found_in(text: &str, namespace: Option<&str>, name: &str) -> Option<Vec<Found>> {
    if !begins_like_json(text.as_bytes()) {
        return None;
    }
    let mut all = Vec::new();
    let read = Objects {
        namespace,
        name,
        position: &Position::start(MAX_OBJECT),
        document: 0,
        visit: &mut |found| {
            all.push(found);
            Ok::<_, core::convert::Infallible>(())
        },
        stopped: None,
    }
    .read(text.as_bytes(), &|_| {});
    match read {
        Ok(()) => Some(all),
    }
}

/// Twice what the policy reads of a request. Longer is no Kubernetes object: etcd holds 1.5 MiB.
const MAX_OBJECT: u64 = 16 << 20;

/// Number of bytes that are read to tell JSON from YAML.
const HEAD: u64 = 4096;

/// The objects of one file
struct Objects<'a, E> {
    namespace: Option<&'a str>,
    name: &'a str,
    position: &'a Position,
    /// Index of the document that is read
    document: usize,
    visit: &'a mut dyn FnMut(Found) -> Result<(), E>,
    /// Why reading ended, where JSON is not the reason
    stopped: Option<Stop<E>>,
}

/// Why reading ended
enum Stop<E> {
    /// The visitor said no
    Visitor(E),
    /// The rest of the file cannot be read
    Input(InputError),
}

impl<E> Objects<'_, E> {
    /// Reads all documents.
    fn read(&mut self, input: impl Read, progress: &dyn Fn(u64)) -> Result<(), E> {
        match self.read_all(input, progress) {
            Ok(()) => Ok(()),
            Err(Stop::Visitor(error)) => Err(error),
            Err(Stop::Input(error)) => (self.visit)(Err(error)),
        }
    }

    fn read_all(&mut self, mut input: impl Read, progress: &dyn Fn(u64)) -> Result<(), Stop<E>> {
        let mut head = Vec::new();
        let path = || self.name.to_owned();
        let unreadable = |cause| {
            Stop::Input(InputError::Read {
                path: path(),
                cause,
            })
        };
        let read = input.by_ref().take(HEAD).read_to_end(&mut head);
        read.map_err(unreadable)?;
        let is_json = begins_like_json(&head);
        let input = Cursor::new(head).chain(input);
        if !is_json {
            let source = read_from(input, path()).map_err(Stop::Input)?;
            let found = found_in_source(&source, self.namespace).into_iter();
            return { found }
                .try_for_each(&mut *self.visit)
                .map_err(Stop::Visitor);
        }
        let mut reader = Reader::new(input, self.position, progress);
        while reader.has_more().map_err(unreadable)? {
            self.read_json(&mut reader)?;
            self.document = self.document.saturating_add(1);
        }
        Ok(())
    }

    /// Reads one JSON document.
    fn read_json<R: Read>(&mut self, reader: &mut Reader<'_, R>) -> Result<(), Stop<E>> {
        let start = self.position.place();
        let mut json = serde_json::Deserializer::from_reader(reader);
        let read = Document(self).deserialize(&mut json);
        match (self.stopped.take(), read) {
            (Some(stopped), _) => Err(stopped),
            (None, Ok(())) => Ok(()),
            (None, Err(error)) => {
                let path = self.name.to_owned();
                Err(Stop::Input(if error.is_io() {
                    let cause = error.into();
                    InputError::Read { path, cause }
                } else {
                    let cause = start.of(&error);
                    InputError::Parse { path, cause }
                }))
            }
        }
    }

    /// Reads a value whose end is known: what is wrong inside of it ends nothing but itself.
    fn value(&self, raw: &RawValue) -> Result<Value, InputError> {
        let mut json = serde_json::Deserializer::from_str(raw.get());
        Strict.deserialize(&mut json).map_err(|error| {
            let start = self.position.place_before(raw.get());
            self.malformed(&error, start)
        })
    }

    fn malformed(&self, error: &serde_json::Error, start: Place) -> InputError {
        InputError::Parse {
            path: self.name.to_owned(),
            cause: start.of(error),
        }
    }

    /// Visits a document that is not a list whose items have been visited.
    fn document<D: serde::de::Error>(&mut self, document: Map<String, Value>) -> Result<(), D> {
        let mut all = Vec::new();
        let document = Value::Object(document);
        request::from_document(document, self.namespace, self.name, &mut |found| {
            all.push(found);
        });
        self.each(all)
    }

    /// Visits an item of a list.
    fn item<D: serde::de::Error>(
        &mut self,
        index: usize,
        item: Result<Map<String, Value>, String>,
    ) -> Result<(), D> {
        let mut all = Vec::new();
        let pointer = format!("/items/{index}");
        match item {
            Ok(item) => {
                request::from_manifests(item, &pointer, self.namespace, self.name, &mut |found| {
                    all.push(found);
                });
            }
            Err(problem) => all.push(Err(Problem::Malformed(problem).at(&pointer))),
        }
        self.each(all)
    }

    fn each<D: serde::de::Error>(
        &mut self,
        all: Vec<Result<request::Request, Problem>>,
    ) -> Result<(), D> {
        all.into_iter().try_for_each(|found| {
            let found = found.map(|request| request.in_document(self.document));
            self.visit(found.map_err(|problem| InputError::of(problem, self.name)))
        })
    }

    fn visit<D: serde::de::Error>(&mut self, found: Found) -> Result<(), D> {
        (self.visit)(found).map_err(|error| self.stop(Stop::Visitor(error)))
    }

    fn refuse<D: serde::de::Error>(&mut self, problem: &str) -> D {
        self.stop(Stop::Input(InputError::Object {
            path: self.name.to_owned(),
            problem: problem.to_owned(),
        }))
    }

    /// The parser has only its own errors; ours stays here meanwhile.
    fn stop<D: serde::de::Error>(&mut self, stop: Stop<E>) -> D {
        self.stopped = Some(stop);
        D::custom("stopped")
    }
}

/// One JSON document: an object, or a list whose items are visited one by one
struct Document<'o, 'a, E>(&'o mut Objects<'a, E>);

impl<'de, E> DeserializeSeed<'de> for Document<'_, '_, E> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, E> Visitor<'de> for Document<'_, '_, E> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a Kubernetes object, a list of them, or an admission request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        let Self(objects) = self;
        objects.position.begin_object();
        let mut fields = Map::new();
        let (mut held, mut problem) = (None, None);
        while let Some(key) = access.next_key::<String>()? {
            let value = if key == "items" && may_be_list(&fields) {
                let list = list_of(&fields);
                match access.next_value_seed(Items { objects, list })? {
                    Visited::Items(items) => {
                        held = Some(items);
                        Ok(Value::Array(Vec::new()))
                    }
                    Visited::Nothing(value) => Ok(value),
                }
            } else {
                objects.value(&access.next_value::<Box<RawValue>>()?)
            };
            let added = value.and_then(|value| {
                let place = objects.position.place();
                document::insert(&mut fields, key, value)
                    .map_err(|error| objects.malformed(&error, place))
            });
            if let Err(error) = added {
                problem.get_or_insert(error);
            }
        }
        if let Some(problem) = problem {
            return objects.visit(Err(problem));
        }
        let Some(held) = held else {
            return objects.document(fields);
        };
        let Some(list) = list_of(&fields) else {
            return Err(objects.refuse("it has `items`, and no kind that says what it is"));
        };
        // Its items have been taken away: of what is only a list, nothing is left to be visited.
        objects.document(fields)?;
        let mut held = held.into_iter();
        held.try_for_each(|(index, item)| objects.item(index, list.item(item)))
    }
}

/// Whether the items of this document may be objects: it has a kind, or does not say yet what it is.
fn may_be_list(fields: &Map<String, Value>) -> bool {
    let is_request = || fields.contains_key("request") || fields.contains_key("operation");
    match fields.get("kind") {
        Some(kind) => kind.is_string(),
        None => !is_request(),
    }
}

fn list_of(fields: &Map<String, Value>) -> Option<List> {
    let kind = fields.get("kind")?.as_str()?;
    Some(List::new(kind, fields.get("apiVersion")))
}
