//! Namespaces with break-glass; none by default.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::json::{MAX_ENTRIES, Value, filled};

/// `breakGlass`
#[derive(Debug, Default)]
pub(crate) struct BreakGlass<'a> {
    /// `*` stands for every namespace
    namespaces: Vec<Cow<'a, str>>,
    /// Whether the annotation of older clusters has the same effect as the label
    pub(crate) legacy_annotation: bool,
}

impl<'a> BreakGlass<'a> {
    #[inline(never)] // see docs/performance.md#stack
    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        let mut break_glass = Self::default();
        value.object(|key, value| match key {
            "namespaces" => {
                value.list_within(MAX_ENTRIES, |_, item| {
                    break_glass.namespaces.extend(filled(item));
                });
            }
            "legacyAnnotation" => {
                break_glass.legacy_annotation = value.flag().unwrap_or_default();
            }
            _ => value.unknown(),
        });
        break_glass
    }

    /// Whether break-glass is allowed in any namespace.
    pub(crate) fn is_enabled(&self) -> bool {
        !self.namespaces.is_empty()
    }

    /// Whether break-glass is allowed in a namespace; without one, only if it is allowed in all.
    pub(crate) fn covers(&self, namespace: Option<&str>) -> bool {
        self.namespaces
            .iter()
            .any(|listed| listed == "*" || Some(listed.as_ref()) == namespace)
    }
}
