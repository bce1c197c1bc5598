//! The seam to `serde_json`: its generic visitors behind two object-safe traits, so that readers
//! are plain closures over [`Shape`]s.

use alloc::borrow::{Cow, ToOwned as _};
use alloc::string::String;
use core::fmt;

use serde::Deserialize as _;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// What a JSON value turned out to be
pub(super) enum Shape<'s, 'de> {
    Null,
    Bool(bool),
    /// With its value, where it is a whole number
    Number(Option<i64>),
    Text(Cow<'de, str>),
    List(&'s mut dyn Items<'de>),
    Object(&'s mut dyn Fields<'de>),
}

impl Shape<'_, '_> {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::Text(_) => "a string",
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// A value that can be taken once; one that nobody takes is skipped
pub(super) trait Source<'de>: fmt::Debug {
    fn open(&mut self, take: &mut dyn FnMut(Shape<'_, 'de>));
    fn raw(&mut self) -> Option<&'de RawValue>;
}

/// The items of a list; false at its end
pub(super) trait Items<'de> {
    fn next(&mut self, take: &mut dyn FnMut(&mut dyn Source<'de>)) -> bool;
}

/// The fields of an object; false at its end
pub(super) trait Fields<'de> {
    fn next(&mut self, take: &mut dyn FnMut(&Cow<'de, str>, &mut dyn Source<'de>)) -> bool;
}

/// Reads one whole document.
///
/// # Errors
///
/// The text is not one well-formed JSON value.
pub(super) fn read<'de>(
    text: &'de str,
    take: &mut dyn FnMut(&mut dyn Source<'de>),
) -> Result<(), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    Take(take).deserialize(&mut deserializer)?;
    deserializer.end()
}

/// Lends a deserializer out as a [`Source`]
struct Take<'t, 'de>(&'t mut dyn FnMut(&mut dyn Source<'de>));

impl<'de> DeserializeSeed<'de> for Take<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let mut slot = Slot {
            deserializer: Some(deserializer),
            error: None,
        };
        (self.0)(&mut slot);
        if let Some(untaken) = slot.deserializer {
            IgnoredAny::deserialize(untaken)?;
        }
        slot.error.map_or(Ok(()), Err)
    }
}

struct Slot<'de, D: Deserializer<'de>> {
    deserializer: Option<D>,
    error: Option<D::Error>,
}

impl<'de, D: Deserializer<'de>> fmt::Debug for Slot<'de, D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.deserializer.is_some() {
            "an unread value"
        } else {
            "a read value"
        })
    }
}

impl<'de, D: Deserializer<'de>> Source<'de> for Slot<'de, D> {
    fn open(&mut self, take: &mut dyn FnMut(Shape<'_, 'de>)) {
        if let Some(deserializer) = self.deserializer.take() {
            self.error = deserializer.deserialize_any(Open(take)).err();
        }
    }

    fn raw(&mut self) -> Option<&'de RawValue> {
        match <&RawValue>::deserialize(self.deserializer.take()?) {
            Ok(raw) => Some(raw),
            Err(error) => {
                self.error = Some(error);
                None
            }
        }
    }
}

/// Turns the one visit of a value into a [`Shape`]
struct Open<'t, 'de>(&'t mut dyn FnMut(Shape<'_, 'de>));

impl<'de> Visitor<'de> for Open<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        (self.0)(Shape::Null);
        Ok(())
    }

    fn visit_bool<E>(self, flag: bool) -> Result<(), E> {
        (self.0)(Shape::Bool(flag));
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        (self.0)(Shape::Number(Some(number)));
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        (self.0)(Shape::Number(number.try_into().ok()));
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        (self.0)(Shape::Number(None));
        Ok(())
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        (self.0)(Shape::Text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        (self.0)(Shape::Text(Cow::Owned(text.to_owned())));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let mut list = Walk {
            access,
            error: None,
        };
        (self.0)(Shape::List(&mut list));
        while list.next(&mut |_| {}) {}
        list.error.map_or(Ok(()), Err)
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<(), A::Error> {
        let mut object = Walk {
            access,
            error: None,
        };
        (self.0)(Shape::Object(&mut object));
        while Fields::next(&mut object, &mut |_, _| {}) {}
        object.error.map_or(Ok(()), Err)
    }
}

/// A list or object half-way through; stops for good at its end or at an error
struct Walk<A, E> {
    access: A,
    error: Option<E>,
}

impl<'de, A: SeqAccess<'de>> Items<'de> for Walk<A, A::Error> {
    fn next(&mut self, take: &mut dyn FnMut(&mut dyn Source<'de>)) -> bool {
        if self.error.is_some() {
            return false;
        }
        match self.access.next_element_seed(Take(take)) {
            Ok(item) => item.is_some(),
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }
}

impl<'de, A: MapAccess<'de>> Fields<'de> for Walk<A, A::Error> {
    fn next(&mut self, take: &mut dyn FnMut(&Cow<'de, str>, &mut dyn Source<'de>)) -> bool {
        if self.error.is_some() {
            return false;
        }
        let result = self.access.next_key_seed(Key).and_then(|key| {
            let Some(key) = key else { return Ok(false) };
            self.access
                .next_value_seed(Take(&mut |source| take(&key, source)))?;
            Ok(true)
        });
        result.unwrap_or_else(|error| {
            self.error = Some(error);
            false
        })
    }
}

/// A key, borrowed unless it has escapes
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(String::from(text)))
    }
}
