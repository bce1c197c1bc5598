//! One walk over a text: where it stands, and the keys of the objects that it is inside of.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use policy_text::cursor::Cursor;

/// A walk over a text
#[derive(Debug)]
pub(super) struct Walk<'de> {
    pub(super) cursor: Cursor<'de>,
    /// The keys of all objects that are open, those of the innermost last
    keys: Vec<&'de str>,
}

/// The keys of one object, to find the second of two equal ones
#[derive(Debug)]
pub(super) struct Seen<'de> {
    /// One bit for each key, by its length and its ends: most keys are told apart by that
    sketch: u64,
    /// Where they begin among all keys
    start: usize,
    spilled: Option<BTreeSet<Cow<'de, str>>>,
}

/// Keys of one object that are compared one by one. Most objects have fewer; a map of rules may have
/// thousands.
const COMPARED: usize = 16;

/// Keys of open objects for which there is room at once: more than most requests have.
const ROOM: usize = 32;

impl<'de> Walk<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self {
            cursor: Cursor::new(text),
            keys: Vec::new(),
        }
    }

    /// Moves into an object, which has no key yet.
    pub(super) fn enter(&mut self) -> Seen<'de> {
        self.cursor.enter();
        Seen {
            sketch: 0,
            start: self.keys.len(),
            spilled: None,
        }
    }

    /// Moves over a value that began here, where nobody has read it.
    pub(super) fn skip_unread(&mut self, start: usize) {
        if self.cursor.position() == start {
            self.cursor.skip();
        }
    }

    /// Forgets the keys of an object.
    pub(super) fn leave(&mut self, seen: &Seen<'de>) {
        self.keys.truncate(seen.start);
    }
}

impl<'de> Seen<'de> {
    /// Whether a key is there.
    pub(super) fn has(&self, key: &str, walk: &Walk<'de>) -> bool {
        if self.sketch & sketch(key) == 0 {
            return false;
        }
        self.compared(walk).contains(&key)
            || self.spilled.as_ref().is_some_and(|all| all.contains(key))
    }

    /// Adds a key that is not there.
    pub(super) fn insert(&mut self, key: Cow<'de, str>, walk: &mut Walk<'de>) {
        self.sketch |= sketch(&key);
        match key {
            Cow::Borrowed(key) if self.compared(walk).len() < COMPARED => {
                if walk.keys.is_empty() {
                    walk.keys.reserve(ROOM);
                }
                walk.keys.push(key);
            }
            key => {
                self.spilled.get_or_insert_default().insert(key);
            }
        }
    }

    fn compared<'w>(&self, walk: &'w Walk<'de>) -> &'w [&'de str] {
        walk.keys.get(self.start..).unwrap_or_default()
    }
}

fn sketch(key: &str) -> u64 {
    let bytes = key.as_bytes();
    let first = bytes.first().copied().unwrap_or_default();
    let last = bytes.last().copied().unwrap_or_default();
    let length = u8::try_from(bytes.len() & 0xff).unwrap_or_default();
    let bit = first
        .wrapping_mul(5)
        .wrapping_add(last.wrapping_mul(11))
        .wrapping_add(length);
    1 << (bit & 63)
}
