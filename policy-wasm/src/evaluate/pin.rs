//! Writes the digests that were verified into the object, in place of the tags that named them.
//!
//! The object's text is kept to the byte but for those strings, so that nothing else of it can
//! change, whatever it contains.

use alloc::string::String;
use alloc::vec::Vec;

use super::images::Image;
use crate::decision::MutatedObject;
use crate::digest::Digest;

/// One string of the object, and what is to stand there
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Pin {
    start: usize,
    end: usize,
    image: String,
}

impl Pin {
    /// The change for an image whose digest was learned; `None` where its place is not in `object`,
    /// which cannot be.
    #[inline(never)] // only some requests come here
    pub(super) fn new(object: &str, image: &Image<'_>, digest: Digest) -> Option<Self> {
        let token = image.field.token?.text();
        let start = token.as_ptr().addr().checked_sub(object.as_ptr().addr())?;
        let end = start.checked_add(token.len())?;
        (object.get(start..end) == Some(token)).then(|| Self {
            start,
            end,
            // A reference has no characters that JSON would escape.
            image: alloc::format!("\"{}@{digest}\"", image.text()),
        })
    }
}

/// The object with all changes made; `None` where one has no place. Places that overlap cannot be, and
/// end in `None` too.
#[inline(never)] // only some requests come here
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
    Some(MutatedObject::new(text))
}
