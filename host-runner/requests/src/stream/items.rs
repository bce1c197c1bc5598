//! The items of a list, visited as they are read.

use core::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::Objects;
use crate::document::Strict;
use crate::list::{self, List};

/// The items of a list, where its kind is known already or not
pub(super) struct Items<'o, 'a, E> {
    pub(super) objects: &'o mut Objects<'a, E>,
    pub(super) list: Option<List>,
}

/// The value of `items`
pub(super) enum Visited {
    /// Items, visited but for these, each with its index: they do not say what they are
    Items(Vec<(usize, Value)>),
    /// No item
    Nothing(Value),
}

impl<'de, E> DeserializeSeed<'de> for Items<'_, '_, E> {
    type Value = Visited;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Visited, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, E> Visitor<'de> for Items<'_, '_, E> {
    type Value = Visited;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Strict.expecting(f)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Visited, A::Error> {
        let Self { objects, list } = self;
        let (mut held, mut held_bytes) = (Vec::new(), 0_u64);
        let mut count = 0_usize;
        loop {
            let start = objects.position.begin_object();
            let Some(raw) = access.next_element::<Box<RawValue>>()? else {
                break;
            };
            let index = count;
            count = count.saturating_add(1);
            let item = match objects.value(&raw) {
                Ok(item) => item,
                Err(error) => {
                    objects.visit(Err(error))?;
                    continue;
                }
            };
            match &list {
                Some(list) => objects.item(index, list.item(item))?,
                None if says_what_it_is(&item) => objects.item(index, list::object(item))?,
                None => {
                    let length = objects.position.bytes().saturating_sub(start);
                    held_bytes = held_bytes.saturating_add(length);
                    if held_bytes > objects.position.limit {
                        return Err(objects.refuse(
                            "its items have no kind, and the kind of the list does not come before them",
                        ));
                    }
                    held.push((index, item));
                }
            }
        }
        Ok(if count == 0 {
            Visited::Nothing(Value::Array(Vec::new()))
        } else {
            Visited::Items(held)
        })
    }

    fn visit_unit<D: serde::de::Error>(self) -> Result<Visited, D> {
        Strict.visit_unit().map(Visited::Nothing)
    }

    fn visit_bool<D: serde::de::Error>(self, flag: bool) -> Result<Visited, D> {
        Strict.visit_bool(flag).map(Visited::Nothing)
    }

    fn visit_i64<D: serde::de::Error>(self, number: i64) -> Result<Visited, D> {
        Strict.visit_i64(number).map(Visited::Nothing)
    }

    fn visit_u64<D: serde::de::Error>(self, number: u64) -> Result<Visited, D> {
        Strict.visit_u64(number).map(Visited::Nothing)
    }

    fn visit_f64<D: serde::de::Error>(self, number: f64) -> Result<Visited, D> {
        Strict.visit_f64(number).map(Visited::Nothing)
    }

    fn visit_str<D: serde::de::Error>(self, text: &str) -> Result<Visited, D> {
        Strict.visit_str(text).map(Visited::Nothing)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Visited, A::Error> {
        Strict.visit_map(access).map(Visited::Nothing)
    }
}

fn says_what_it_is(item: &Value) -> bool {
    let says = |item: &Map<String, Value>| {
        ["kind", "apiVersion"]
            .iter()
            .all(|key| list::says(item, key))
    };
    item.as_object().is_some_and(says)
}
