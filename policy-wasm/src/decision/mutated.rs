//! The object to store instead of the one in the request.

use alloc::string::String;

use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;

/// The exact JSON of an object
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MutatedObject {
    text: String,
}

impl MutatedObject {
    pub(crate) const fn new(text: String) -> Self {
        Self { text }
    }
}

impl Serialize for MutatedObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let raw: &RawValue = serde_json::from_str(&self.text).map_err(S::Error::custom)?;
        raw.serialize(serializer)
    }
}
