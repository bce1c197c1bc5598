//! Common parts of the languages: a literal text with a final wildcard.

/// A table of what a `const fn` returns for each byte.
macro_rules! table {
    ($function:path) => {{
        let mut table = [0; 256];
        let (mut rest, mut byte) = (table.as_mut_slice(), 0_u8);
        while let [first, others @ ..] = rest {
            *first = $function(byte);
            byte = byte.wrapping_add(1);
            rest = others;
        }
        table
    }};
}
pub(super) use table;

/// A literal text with an optional wildcard
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glob<'a> {
    pub(super) literal: &'a str,
    pub(super) rest: Rest,
}

/// The wildcard after the literal part
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    WithoutSlash,
    Anything,
}

impl<'a> Glob<'a> {
    /// Splits off a final `**` or `*`. Other stars are part of the literal.
    pub(super) fn split(text: &'a str) -> Self {
        let (literal, rest) = if let Some(literal) = text.strip_suffix("**") {
            (literal, Rest::Anything)
        } else if let Some(literal) = text.strip_suffix('*') {
            (literal, Rest::WithoutSlash)
        } else {
            (text, Rest::Nothing)
        };
        Self { literal, rest }
    }

    pub(super) fn is_open(self) -> bool {
        self.rest != Rest::Nothing
    }

    pub(super) fn covers(self, text: &str) -> bool {
        self.rest_of(text).is_some()
    }

    /// Returns the part that the wildcard stands for, if the text matches.
    pub(super) fn rest_of(self, text: &str) -> Option<&str> {
        text.strip_prefix(self.literal)
            .filter(|rest| match self.rest {
                Rest::Nothing => rest.is_empty(),
                Rest::WithoutSlash => !rest.contains('/'),
                Rest::Anything => true,
            })
    }

    /// Whether a segment before, between or after slashes is empty. A wildcard after the last slash is not empty.
    pub(super) fn has_empty_segment(self) -> bool {
        let whole_segments = match self.rest {
            Rest::Nothing => Some(self.literal),
            Rest::WithoutSlash | Rest::Anything => {
                self.literal.rsplit_once('/').map(|(whole, _)| whole)
            }
        };
        whole_segments.is_some_and(|whole| whole.split('/').any(str::is_empty))
    }
}

/// Classes of the characters of a text, found in one pass: patterns are many, and nearly all are valid
#[derive(Debug, Clone, Copy)]
pub(super) struct Characters {
    /// All characters may occur in image references
    pub(super) are_allowed: bool,
    /// The text has a slash, a colon or an `@`, so that the registry is complete
    pub(super) has_separator: bool,
}

impl Characters {
    /// Classifies each byte by a table, which is fastest: allowlists are long.
    #[inline] // places the table next to other data that every request reads
    pub(super) fn of(literal: &str) -> Self {
        let look_up = |byte| CLASSES.get(usize::from(byte)).copied().unwrap_or_default();
        let both = |(all, any), found| (all & found, any | found);
        let (all, any) = literal.bytes().map(look_up).fold((ALLOWED, 0), both);
        Self {
            are_allowed: all == ALLOWED,
            has_separator: any & SEPARATOR != 0,
        }
    }
}

/// Returns the first character that cannot occur in image references. The brackets of IPv6 addresses are
/// included: in patterns they would look like character classes.
pub(super) fn first_stray(literal: &str) -> Option<char> {
    let is_stray = |byte| class(byte) & ALLOWED == 0;
    let place = literal.bytes().position(is_stray)?;
    literal.get(place..)?.chars().next()
}

const ALLOWED: u8 = 1;
const SEPARATOR: u8 = 2;

const fn class(byte: u8) -> u8 {
    match byte {
        b'/' | b':' | b'@' => ALLOWED | SEPARATOR,
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'_' | b'-' | b'+' => ALLOWED,
        _ => 0,
    }
}

const CLASSES: [u8; 256] = table!(class);
