//! The object to store instead of the one in the request.

use alloc::boxed::Box;
use alloc::string::String;

use serde::Serialize;
use serde_json::value::RawValue;

/// The exact JSON of an object
#[derive(Debug, Clone, Serialize)]
#[serde(transparent)]
pub struct MutatedObject {
    json: Box<RawValue>,
}

impl MutatedObject {
    /// Wraps a text; `None` if it is not JSON.
    pub(crate) fn new(text: String) -> Option<Self> {
        let json = RawValue::from_string(text).ok()?;
        Some(Self { json })
    }
}

impl PartialEq for MutatedObject {
    fn eq(&self, other: &Self) -> bool {
        self.json.get() == other.json.get()
    }
}

impl Eq for MutatedObject {}
