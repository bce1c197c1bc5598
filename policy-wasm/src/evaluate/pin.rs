//! Replaces tags in the object by verified digests.
//!
//! Only these strings of the object's text change; all other bytes stay as they are.

use alloc::string::String;
use alloc::vec::Vec;

use super::images::Image;
use crate::decision::MutatedObject;
use crate::digest::Digest;

/// One string of the object and its replacement
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pin {
    start: usize,
    end: usize,
    image: String,
}

impl Pin {
    /// Returns the replacement for an image with a resolved digest; `None` if its text is not in `object`, which
    /// cannot happen.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(super) fn new(object: &str, image: &Image<'_>, digest: Digest) -> Option<Self> {
        let token = image.field.token?.text();
        let start = token.as_ptr().addr().checked_sub(object.as_ptr().addr())?;
        let end = start.checked_add(token.len())?;
        (object.get(start..end) == Some(token)).then(|| Self {
            start,
            end,
            // A reference has no characters that JSON escapes.
            image: alloc::format!("\"{}@{digest}\"", image.text()),
        })
    }
}

/// Returns the object with all replacements; `None` if one is missing, if two overlap, or if the result is not JSON,
/// none of which can happen.
#[inline(never)] // cold: see docs/performance.md#stack
pub(super) fn apply(object: &str, pins: Vec<Option<Pin>>) -> Option<MutatedObject> {
    let pins: Option<Vec<_>> = pins.into_iter().collect();
    let pins = crate::set(pins?);
    let mut text = String::with_capacity(object.len());
    let mut copied = 0_usize;
    for pin in pins {
        text.push_str(object.get(copied..pin.start)?);
        text.push_str(&pin.image);
        copied = pin.end;
    }
    text.push_str(object.get(copied..)?);
    MutatedObject::new(text)
}
