//! Patterns of images in the settings.

use alloc::borrow::Cow;
use alloc::boxed::Box;

use crate::decision::Code;
use crate::image::NormalizedReference;
use crate::json::{Path, Report, Value};
use crate::pattern::{ImagePattern, PlainImagePattern};
use crate::policy::refuse_pattern;

/// A valid pattern of the settings
#[derive(Debug)]
pub(super) enum KeptPattern<'a> {
    /// As short as it can be: there may be many
    Plain(PlainImagePattern<'a>),
    Parsed(Box<ImagePattern<'a>>),
    /// A text with escapes, which is parsed when it is compared
    Escaped(Box<str>),
}

impl KeptPattern<'_> {
    #[inline]
    pub(super) fn matches(&self, image: &NormalizedReference<'_>) -> bool {
        match self {
            Self::Plain(pattern) => pattern.matches(image),
            Self::Parsed(_) | Self::Escaped(_) => self.matches_by_parts(image),
        }
    }

    #[inline(never)] // out of the loop over rules
    fn matches_by_parts(&self, image: &NormalizedReference<'_>) -> bool {
        match self {
            Self::Plain(pattern) => pattern.matches(image),
            Self::Parsed(pattern) => pattern.matches(image),
            Self::Escaped(text) => {
                ImagePattern::parse(text).is_ok_and(|pattern| pattern.matches(image))
            }
        }
    }
}

/// Maximum number of patterns in one list
const MAX_PATTERNS: usize = 1024;

/// Calls `each` with every valid pattern of a list, and reports the others. The list must not be empty.
pub(super) fn read_list<'a>(value: Value<'_, 'a>, mut each: impl FnMut(KeptPattern<'a>)) {
    let report = value.report();
    value.filled_list_within(MAX_PATTERNS, Code::PolicyLimit, |_, item| {
        let path = item.path();
        let pattern = match item.text() {
            Some(Cow::Borrowed(text)) => parse(text, path, report),
            Some(Cow::Owned(text)) => {
                let is_valid = parse(&text, path, report).is_some();
                is_valid.then_some(KeptPattern::Escaped(text.into()))
            }
            None => None,
        };
        if let Some(pattern) = pattern {
            each(pattern);
        }
    });
}

/// Parses a pattern without escapes, and reports an invalid one.
#[inline(never)] // cold: see docs/performance.md#stack
pub(super) fn parse<'a>(text: &'a str, path: Path<'_>, report: &Report) -> Option<KeptPattern<'a>> {
    match ImagePattern::parse(text) {
        Ok(pattern) => Some(match pattern.plain() {
            Some(pattern) => KeptPattern::Plain(pattern),
            None => KeptPattern::Parsed(Box::new(pattern)),
        }),
        Err(error) => {
            refuse_pattern(text, &error, path, report);
            None
        }
    }
}
