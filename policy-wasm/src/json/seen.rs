//! The keys of one object, to find the second of two equal ones.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;

/// Keys held without allocating. Most objects have fewer; a map of rules may have thousands.
const INLINE: usize = 16;

/// A set of keys that allocates only beyond [`INLINE`] of them, and for those with escapes
#[derive(Debug, Default)]
pub(super) struct Seen<'de> {
    /// One bit for each key, by its length and its ends: most keys are told apart by that
    sketch: u64,
    inline: [&'de str; INLINE],
    count: usize,
    spilled: Option<BTreeSet<Cow<'de, str>>>,
}

impl<'de> Seen<'de> {
    /// Whether a key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        if self.sketch & sketch(key) == 0 {
            return false;
        }
        self.inline
            .iter()
            .take(self.count)
            .any(|known| *known == key)
            || self.spilled.as_ref().is_some_and(|all| all.contains(key))
    }

    /// Adds a key that is not there.
    pub(super) fn insert(&mut self, key: Cow<'de, str>) {
        self.sketch |= sketch(&key);
        match (key, self.inline.get_mut(self.count)) {
            (Cow::Borrowed(key), Some(slot)) => {
                *slot = key;
                self.count = self.count.saturating_add(1);
            }
            (key, _) => {
                self.spilled.get_or_insert_default().insert(key);
            }
        }
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
