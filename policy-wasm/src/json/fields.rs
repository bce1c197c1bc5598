//! Iteration over the fields of an object.

use alloc::borrow::Cow;

use super::walk::Seen;
use super::{Path, Value};

/// The fields of an object during the walk
///
/// INVARIANT: callers call `next` until it returns `None`, and not again. Until then, the object's keys are the
/// innermost of the walk.
pub(super) struct Fields<'f, 'v, 'de> {
    object: &'f mut Value<'v, 'de>,
    seen: Seen,
    /// The last returned field: its key, and the offset of its value
    last: Option<(Cow<'de, str>, usize)>,
}

impl<'f, 'v, 'de> Fields<'f, 'v, 'de> {
    #[inline(never)]
    pub(super) fn of(object: &'f mut Value<'v, 'de>) -> Self {
        let seen = object.walk.enter();
        Self {
            object,
            seen,
            last: None,
        }
    }

    /// Returns the next field; duplicate keys are reported and skipped.
    #[inline(never)]
    pub(super) fn next(&mut self) -> Option<(&str, Value<'_, 'de>)> {
        let mut is_first = true;
        if let Some((key, start)) = self.last.take() {
            self.object.walk.skip_unread(start);
            self.object.walk.insert(&mut self.seen, key);
            is_first = false;
        }
        let object = &mut *self.object;
        while object.walk.cursor.next_item(is_first, b'}') {
            is_first = false;
            let key = object.string();
            object.walk.cursor.pass(b':');
            if !object.walk.cursor.is_whole() {
                break;
            }
            match key {
                Some(key) if !object.walk.has(&self.seen, &key) => {
                    let start = object.walk.cursor.position();
                    let (key, _) = self.last.insert((key, start));
                    let value = Value {
                        walk: object.walk,
                        dialect: object.dialect,
                        path: Path::Field(&object.path, key),
                        report: object.report,
                    };
                    return Some((key, value));
                }
                Some(key) => {
                    let message = alloc::format!("duplicate key {}", crate::quote(&key));
                    object.refuse(object.dialect.duplicate_key, message);
                }
                None => {}
            }
            object.walk.cursor.skip();
        }
        object.walk.leave(&self.seen);
        None
    }
}
