//! What the languages have in common: a text, and the wildcard behind it.

/// A text that is taken literally, and what may follow it
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Glob<'a> {
    pub(super) literal: &'a str,
    pub(super) rest: Rest,
}

/// What may follow the literal part
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    Nothing,
    WithoutSlash,
    Anything,
}

impl<'a> Glob<'a> {
    /// Takes `**` or `*` off the end. A star that is left over is part of the literal.
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

    /// What the wildcard stands for, where the whole text is covered.
    pub(super) fn rest_of(self, text: &str) -> Option<&str> {
        text.strip_prefix(self.literal)
            .filter(|rest| match self.rest {
                Rest::Nothing => rest.is_empty(),
                Rest::WithoutSlash => !rest.contains('/'),
                Rest::Anything => true,
            })
    }

    /// Whether there is nothing before, between or after slashes. Behind the last slash a wildcard
    /// is enough.
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

/// What characters a text has, all in one walk, since patterns are many and nearly all are right
#[derive(Debug, Clone, Copy)]
pub(super) struct Characters {
    /// Image references have no others
    pub(super) are_allowed: bool,
    /// There is a slash, a colon or an `@`, so that a registry has an end
    pub(super) has_separator: bool,
}

impl Characters {
    /// Looks each byte up, which is fastest: allowlists are long.
    #[inline] // where it is used, so that the table stands with what every request reads
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

/// The first character that image references do not have. Those in brackets, of IPv6 addresses, count
/// among them: in patterns they would be taken for character classes.
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

const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let (mut rest, mut byte) = (classes.as_mut_slice(), 0_u8);
    while let [first, others @ ..] = rest {
        *first = class(byte);
        byte = byte.wrapping_add(1);
        rest = others;
    }
    classes
};
