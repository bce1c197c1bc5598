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

/// The first character that image references do not have. Those in brackets, of IPv6 addresses, count
/// among them: in patterns they would be taken for character classes.
pub(super) fn first_stray(literal: &str) -> Option<char> {
    // Byte by byte, since patterns are many and all that is allowed is ASCII.
    let place = literal.bytes().position(|byte| !is_in_references(byte))?;
    literal.get(place..)?.chars().next()
}

const fn is_in_references(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-' | b'/' | b':' | b'@' | b'+')
}
