//! State of one walk over a text: its position, and the keys of all open objects.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use policy_text::cursor::Cursor;

/// A walk over a text
#[derive(Debug)]
pub(super) struct Walk<'de> {
    pub(super) cursor: Cursor<'de>,
    /// Keys of all open objects, the innermost last
    keys: Vec<&'de str>,
    /// Keys beyond the limit or with escapes, for each open object that has some
    others: Vec<BTreeSet<Cow<'de, str>>>,
}

/// The keys of one object, to find duplicates
#[derive(Debug)]
pub(super) struct Seen {
    /// One bit for each key, by its length and its ends, which distinguish most keys
    sketch: u64,
    /// Start of the object's keys among all keys
    start: usize,
    has_others: bool,
}

/// Maximum number of keys of one object that are compared linearly. Most objects have fewer; a map of rules may
/// have thousands.
const COMPARED: usize = 16;

/// Initial capacity for the keys of all open objects: more than most requests have.
const ROOM: usize = 32;

impl<'de> Walk<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self {
            cursor: Cursor::new(text),
            keys: Vec::new(),
            others: Vec::new(),
        }
    }

    /// Enters an object without keys.
    pub(super) fn enter(&mut self) -> Seen {
        self.cursor.enter();
        Seen {
            sketch: 0,
            start: self.keys.len(),
            has_others: false,
        }
    }

    /// Skips a value that began here, if it was not read.
    pub(super) fn skip_unread(&mut self, start: usize) {
        if self.cursor.position() == start {
            self.cursor.skip();
        }
    }

    /// Drops the keys of the innermost object after its end.
    pub(super) fn leave(&mut self, seen: &Seen) {
        self.keys.truncate(seen.start);
        if seen.has_others {
            self.others.pop();
        }
    }

    /// Whether the innermost object has a key.
    pub(super) fn has(&self, seen: &Seen, key: &str) -> bool {
        if seen.sketch & sketch(key) == 0 {
            return false;
        }
        let others = self.others.last().filter(|_| seen.has_others);
        self.compared(seen).contains(&key) || others.is_some_and(|others| others.contains(key))
    }

    /// Adds a new key of the innermost object; keys with escapes or beyond the limit go to `others`.
    pub(super) fn insert(&mut self, seen: &mut Seen, key: Cow<'de, str>) {
        seen.sketch |= sketch(&key);
        match key {
            Cow::Borrowed(key) if self.compared(seen).len() < COMPARED => {
                if self.keys.is_empty() {
                    self.keys.reserve(ROOM);
                }
                self.keys.push(key);
            }
            key => {
                if !seen.has_others {
                    seen.has_others = true;
                    self.others.push(BTreeSet::new());
                }
                if let Some(others) = self.others.last_mut() {
                    others.insert(key);
                }
            }
        }
    }

    fn compared(&self, seen: &Seen) -> &[&'de str] {
        self.keys.get(seen.start..).unwrap_or_default()
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
