//! Reading of answers without assumptions about their shape, in one pass over the JSON.

use alloc::borrow::Cow;
use core::fmt;
use core::marker::PhantomData;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// A part of an answer, read from whatever JSON is in its place: JSON of another type gives the default value
pub(crate) trait Part: Default {
    /// Reads `true` or `false`.
    fn flag(_flag: bool) -> Self {
        Self::default()
    }

    /// Reads an integer of 0 or more.
    fn number(_number: u64) -> Self {
        Self::default()
    }

    /// Reads a string.
    fn text(_text: &str) -> Self {
        Self::default()
    }

    /// Reads an array.
    ///
    /// # Errors
    ///
    /// Not valid JSON.
    fn items<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    /// Reads an object.
    ///
    /// # Errors
    ///
    /// Not valid JSON.
    fn fields<'de, A: MapAccess<'de>>(mut fields: A) -> Result<Self, A::Error> {
        while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    /// Changes every text, but those in values of any shape.
    fn each_text(&mut self, _change: &mut dyn FnMut(&mut String)) {}
}

/// Reads a part.
pub(super) fn read<'de, T: Part, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    Reader::new().deserialize(from)
}

/// Reads a part in place
pub(super) struct Reader<T>(PhantomData<T>);

impl<T> Reader<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Part> DeserializeSeed<'de> for Reader<T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<T, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, T: Part> Visitor<'de> for Reader<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<T, E> {
        Ok(T::flag(flag))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        Ok(T::number(number))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        Ok(T::text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<T, A::Error> {
        T::items(items)
    }

    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<T, A::Error> {
        T::fields(fields)
    }
}

/// Name of a field
#[derive(Deserialize)]
pub(super) struct Key<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

/// Structs with the names of their fields in JSON
macro_rules! parts {
    ($(
        $(#[$doc:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_doc:meta])* $field_vis:vis $field:ident: $type:ty = $key:literal,)+
        }
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq)]
        $vis struct $name {
            $($(#[$field_doc])* $field_vis $field: $type,)+
        }

        impl $crate::decision::part::Part for $name {
            fn fields<'de, A: serde::de::MapAccess<'de>>(mut fields: A) -> Result<Self, A::Error> {
                use $crate::decision::part::{Key, Reader};
                let mut part = Self::default();
                while let Some(Key(key)) = fields.next_key()? {
                    match &*key {
                        $($key => part.$field = fields.next_value_seed(Reader::new())?,)+
                        _ => {
                            fields.next_value::<serde::de::IgnoredAny>()?;
                        }
                    }
                }
                Ok(part)
            }

            fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
                $(self.$field.each_text(change);)+
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::decision::part::read(from)
            }
        }
    )+};
}
pub(super) use parts;

impl Part for bool {
    fn flag(flag: bool) -> Self {
        flag
    }
}

/// An index
impl Part for Option<usize> {
    fn number(number: u64) -> Self {
        usize::try_from(number).ok()
    }
}

impl Part for String {
    fn text(text: &str) -> Self {
        text.to_owned()
    }

    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        change(self);
    }
}

impl<T: Part> Part for Option<T> {
    fn fields<'de, A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        T::fields(fields).map(Some)
    }

    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        if let Some(part) = self {
            part.each_text(change);
        }
    }
}

impl<T: Part> Part for Vec<T> {
    fn items<'de, A: SeqAccess<'de>>(mut items: A) -> Result<Self, A::Error> {
        let mut parts = Self::new();
        while let Some(part) = items.next_element_seed(Reader::new())? {
            parts.push(part);
        }
        Ok(parts)
    }

    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        for part in self {
            part.each_text(change);
        }
    }
}

/// Names and texts
impl Part for Vec<(String, String)> {
    fn fields<'de, A: MapAccess<'de>>(mut fields: A) -> Result<Self, A::Error> {
        let mut texts = Self::new();
        while let Some(Key(key)) = fields.next_key()? {
            texts.push((key.into_owned(), fields.next_value_seed(Reader::new())?));
        }
        Ok(texts)
    }

    fn each_text(&mut self, change: &mut dyn FnMut(&mut String)) {
        for (name, text) in self {
            change(name);
            change(text);
        }
    }
}

/// A value of any shape; `None` if it is missing or null
impl Part for Option<Value> {
    fn flag(flag: bool) -> Self {
        Some(flag.into())
    }

    fn number(number: u64) -> Self {
        Some(number.into())
    }

    fn text(text: &str) -> Self {
        Some(text.into())
    }

    fn items<'de, A: SeqAccess<'de>>(items: A) -> Result<Self, A::Error> {
        Value::deserialize(SeqAccessDeserializer::new(items)).map(Some)
    }

    fn fields<'de, A: MapAccess<'de>>(fields: A) -> Result<Self, A::Error> {
        Value::deserialize(MapAccessDeserializer::new(fields)).map(Some)
    }
}
