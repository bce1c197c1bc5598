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
    /// Those for which there is no place among them, for each open object that has some
    others: Vec<BTreeSet<Cow<'de, str>>>,
}

/// The keys of one object, to find the second of two equal ones
#[derive(Debug)]
pub(super) struct Seen {
    /// One bit for each key, by its length and its ends: most keys are told apart by that
    sketch: u64,
    /// Where they begin among all keys
    start: usize,
    has_others: bool,
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
            others: Vec::new(),
        }
    }

    /// Moves into an object, which has no key yet.
    pub(super) fn enter(&mut self) -> Seen {
        self.cursor.enter();
        Seen {
            sketch: 0,
            start: self.keys.len(),
            has_others: false,
        }
    }

    /// Moves over a value that began here, where nobody has read it.
    pub(super) fn skip_unread(&mut self, start: usize) {
        if self.cursor.position() == start {
            self.cursor.skip();
        }
    }

    /// Forgets the keys of the innermost object, behind which the walk is.
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

    /// Adds a key that the innermost object does not have: with escapes, or one of many, to the others.
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
