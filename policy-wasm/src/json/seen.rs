//! The keys of one object, to find the second of two equal ones.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;

/// Keys held without allocating. Most objects have fewer; a map of rules may have thousands.
const INLINE: usize = 16;

/// A set of borrowed keys that allocates only beyond [`INLINE`] of them
#[derive(Debug, Default)]
pub(super) struct Seen<'de> {
    inline: [Option<Cow<'de, str>>; INLINE],
    spilled: BTreeSet<Cow<'de, str>>,
}

impl<'de> Seen<'de> {
    /// Adds a key; false when it was there already.
    pub(super) fn insert(&mut self, key: Cow<'de, str>) -> bool {
        for slot in &mut self.inline {
            match slot {
                Some(known) if *known == key => return false,
                Some(_) => {}
                None => {
                    *slot = Some(key);
                    return true;
                }
            }
        }
        self.spilled.insert(key)
    }
}
