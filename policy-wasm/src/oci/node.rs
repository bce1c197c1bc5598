//! A manifest as a tree of JSON values.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::json::{Kind, Value};

/// One JSON value
pub(super) enum Node<'a> {
    Text(Cow<'a, str>),
    /// A number, boolean or `null`, as written
    Plain(&'a str),
    List(Vec<Self>),
    /// Fields by name
    Object(BTreeMap<String, Self>),
}

impl<'a> Node<'a> {
    /// Reads a value whose nesting is limited by the caller.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        match value.kind() {
            Kind::Text => Self::Text(value.text().unwrap_or_default()),
            Kind::List => {
                let mut items = Vec::new();
                value.list(|_, item| items.push(Self::read(item)));
                Self::List(items)
            }
            Kind::Object => {
                let mut fields = BTreeMap::new();
                value.object(|key, value| {
                    fields.insert(key.to_string(), Self::read(value));
                });
                Self::Object(fields)
            }
            Kind::Null | Kind::Bool | Kind::Number | Kind::Nothing => {
                Self::Plain(value.raw().text())
            }
        }
    }

    /// Returns a field of an object.
    #[inline(never)] // once in the module
    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        match self {
            Self::Object(fields) => fields.get(key),
            _ => None,
        }
    }

    /// Returns a field that is a text; empty if there is none.
    #[inline(never)] // once in the module
    pub(super) fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Self::Text(text)) => text,
            _ => "",
        }
    }
}
