//! Strict DER (X.690), as far as certificates and timestamp tokens need it.
//!
//! [`document`] checks every header of a document once: definite and minimal lengths, bounded nesting, no bytes
//! behind. [`Elements`] then walks over the elements of one value, and each accessor of [`Element`] checks the
//! contents of its type.

use alloc::format;
use alloc::vec::Vec;
use core::fmt;

use p256::pkcs8::ObjectIdentifier;
use p256::pkcs8::der::{self, Header, Reader as _, SliceReader};

use super::Malformed;
use super::moment::Moment;
use crate::time::Time;

/// Deepest nesting of elements. A token whose attributes name the issuer of its signer has 19 levels
const MAX_DEPTH: usize = 32;

/// Reads the one element of a document of at most `limit` bytes, and checks the headers of all elements inside it.
pub(super) fn document(bytes: &[u8], limit: usize) -> Result<Element<'_>, Malformed> {
    if bytes.len() > limit {
        let length = bytes.len();
        return Err(format!("has {length} bytes, and at most {limit} are read").into());
    }
    let document = only(bytes)?;
    check_headers(document, MAX_DEPTH)?;
    Ok(document)
}

/// Reads the one element that `bytes` consist of.
pub(super) fn only(bytes: &[u8]) -> Result<Element<'_>, Malformed> {
    let mut elements = Elements(bytes);
    let element = elements.any()?;
    elements.end()?;
    Ok(element)
}

/// Wraps contents into an element; `tag` is the byte of its tag.
pub(super) fn wrap(tag: u8, contents: &[&[u8]]) -> Vec<u8> {
    let contents = contents.concat();
    let length = contents.len().to_be_bytes();
    let leading = length.iter().take_while(|byte| **byte == 0).count();
    let length = length.get(leading..).unwrap_or_default();
    let mut element = alloc::vec![tag];
    match *length {
        [] => element.push(0),
        [short @ 0..=0x7f] => element.push(short),
        _ => {
            let bytes = u8::try_from(length.len()).unwrap_or_default();
            element.push(0x80 | bytes);
            element.extend(length);
        }
    }
    element.extend(contents);
    element
}

/// A tag by its first byte, which is the whole tag for all numbers below 31. No tag that is expected has another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tag(u8);

impl Tag {
    pub(super) const SEQUENCE: Self = Self(0x30);
    pub(super) const SET: Self = Self(0x31);
    pub(super) const INTEGER: Self = Self(0x02);
    pub(super) const OCTET_STRING: Self = Self(0x04);
    pub(super) const OBJECT_IDENTIFIER: Self = Self(0x06);
    pub(super) const BOOLEAN: Self = Self(0x01);
    pub(super) const BIT_STRING: Self = Self(0x03);
    pub(super) const UTF8_STRING: Self = Self(0x0c);
    pub(super) const UTC_TIME: Self = Self(0x17);
    pub(super) const GENERALIZED_TIME: Self = Self(0x18);

    const fn is_constructed(self) -> bool {
        self.0 & CONSTRUCTED != 0
    }
}

const CONSTRUCTED: u8 = 0x20;
const CONTEXT_SPECIFIC: u8 = 0x80;

/// The tag `[number]` of a constructed element; `number` is less than 31.
pub(super) const fn constructed(number: u8) -> Tag {
    Tag(CONTEXT_SPECIFIC | CONSTRUCTED | number)
}

/// The tag `[number]` of a primitive element; `number` is less than 31.
pub(super) const fn primitive(number: u8) -> Tag {
    Tag(CONTEXT_SPECIFIC | number)
}

/// The elements inside one value, in their order
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Elements<'a>(&'a [u8]);

impl<'a> Elements<'a> {
    /// Reads the next element, whatever its tag.
    pub(super) fn any(&mut self) -> Result<Element<'a>, Malformed> {
        if self.0.is_empty() {
            return Err(Malformed::new("an element is missing"));
        }
        let (element, rest) = split(self.0).ok_or_else(|| Malformed::new(NOT_DER))?;
        self.0 = rest;
        Ok(element)
    }

    /// Reads the next element, which must have this tag.
    pub(super) fn take(&mut self, tag: Tag) -> Result<Element<'a>, Malformed> {
        let element = self.any()?;
        element.expect(tag)?;
        Ok(element)
    }

    /// Reads the next element if it has this tag.
    pub(super) fn take_if(&mut self, tag: Tag) -> Result<Option<Element<'a>>, Malformed> {
        let mut ahead = *self;
        if self.0.is_empty() || ahead.any()?.tag != tag {
            return Ok(None);
        }
        self.take(tag).map(Some)
    }

    /// The bytes that have not been read.
    pub(super) const fn rest(self) -> &'a [u8] {
        self.0
    }

    /// Whether all elements have been read.
    pub(super) const fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// Ends the reading of a value with a fixed number of elements.
    pub(super) fn end(self) -> Result<(), Malformed> {
        if self.is_empty() {
            Ok(())
        } else {
            Err(Malformed::new("has bytes after its last element"))
        }
    }
}

const NOT_DER: &str =
    "is not DER: an element has an unknown tag, ends early, or has a length that is not minimal";

/// One element
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    tag: Tag,
    /// The whole element with its header
    pub(super) bytes: &'a [u8],
    /// The value
    pub(super) contents: &'a [u8],
}

impl<'a> Element<'a> {
    /// The tag.
    pub(super) const fn tag(self) -> Tag {
        self.tag
    }

    /// Checks the tag.
    pub(super) fn expect(self, tag: Tag) -> Result<(), Malformed> {
        if self.tag == tag {
            return Ok(());
        }
        Err(self.unexpected(name(&[tag.0])))
    }

    #[cold]
    #[inline(never)]
    fn unexpected(self, expected: impl fmt::Display) -> Malformed {
        format!("expected {expected}, found {}", name(self.bytes)).into()
    }

    /// The elements of a constructed value.
    pub(super) const fn elements(self) -> Elements<'a> {
        Elements(self.contents)
    }

    /// The only element inside a value, which must have this tag.
    pub(super) fn sole(self, tag: Tag) -> Result<Self, Malformed> {
        let element = only(self.contents)?;
        element.expect(tag)?;
        Ok(element)
    }

    /// The two's complement bytes of an INTEGER, which must be minimal.
    pub(super) fn integer(self) -> Result<&'a [u8], Malformed> {
        self.expect(Tag::INTEGER)?;
        match *self.contents {
            [] | [0, 0..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
                Err(Malformed::new("is not a minimal INTEGER"))
            }
            _ => Ok(self.contents),
        }
    }

    /// An INTEGER between 0 and 2³¹ − 1.
    pub(super) fn number(self) -> Result<u32, Malformed> {
        const OUT_OF_RANGE: &str = "is not between 0 and 2147483647";

        let bytes = self.integer()?;
        if bytes.len() > 4 || bytes.first().is_some_and(|first| *first > 0x7f) {
            return Err(Malformed::new(OUT_OF_RANGE));
        }
        Ok(bytes
            .iter()
            .fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// A BOOLEAN.
    pub(super) fn boolean(self) -> Result<bool, Malformed> {
        self.expect(Tag::BOOLEAN)?;
        match *self.contents {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(Malformed::new(
                "is neither the BOOLEAN FALSE nor TRUE of DER",
            )),
        }
    }

    /// The bytes of a BIT STRING; bits that are unused in its last byte are 0.
    pub(super) fn bits(self) -> Result<&'a [u8], Malformed> {
        self.expect(Tag::BIT_STRING)?;
        if let Some((unused @ 0..=7, bytes)) = self.contents.split_first() {
            let last = bytes.last().copied();
            // A string without bits has no unused ones.
            let is_valid = last.map_or(*unused == 0, |last| {
                last.trailing_zeros() >= u32::from(*unused)
            });
            if is_valid {
                return Ok(bytes);
            }
        }
        Err(Malformed::new(
            "is not a BIT STRING whose unused bits are 0",
        ))
    }

    /// The bytes of a BIT STRING that has whole bytes only.
    pub(super) fn bit_bytes(self) -> Result<&'a [u8], Malformed> {
        let bytes = self.bits()?;
        if self.contents.first() == Some(&0) {
            Ok(bytes)
        } else {
            Err(Malformed::new("is not a BIT STRING of whole bytes"))
        }
    }

    /// An OBJECT IDENTIFIER.
    pub(super) fn oid(self) -> Result<Oid<'a>, Malformed> {
        self.expect(Tag::OBJECT_IDENTIFIER)?;
        let mut is_start = true;
        for byte in self.contents {
            // 0x80 would be a leading zero of an arc.
            if is_start && *byte == 0x80 {
                return Err(Malformed::new(INVALID_OID));
            }
            is_start = *byte < 0x80;
        }
        if self.contents.is_empty() || !is_start {
            return Err(Malformed::new(INVALID_OID));
        }
        Ok(Oid(self.contents))
    }

    /// A `UTF8String`.
    pub(super) fn text(self) -> Result<&'a str, Malformed> {
        self.expect(Tag::UTF8_STRING)?;
        utf8(self.contents)
    }

    /// A `UTCTime` or a `GeneralizedTime`, in UTC, with seconds and without a fraction (RFC 5280, section 4.1.2.5).
    pub(super) fn time(self) -> Result<Time, Malformed> {
        match (self.tag, self.contents) {
            // Two digits stand for the years 1950 to 2049.
            (Tag::UTC_TIME, [digits @ .., b'Z']) if digits.len() == 12 => {
                let century: &[u8] = if digits.first() < Some(&b'5') {
                    b"20"
                } else {
                    b"19"
                };
                time(&[century, digits].concat())
            }
            (Tag::GENERALIZED_TIME, [digits @ .., b'Z']) => time(digits),
            (Tag::UTC_TIME, _) => Err(Malformed::new(NOT_A_TIME)),
            _ => Err(self.unexpected("UTCTime or GeneralizedTime")),
        }
    }

    /// A `GeneralizedTime` in UTC, optionally with a fraction of up to nine digits (RFC 3161, section 2.4.2).
    pub(super) fn moment(self) -> Result<Moment, Malformed> {
        self.expect(Tag::GENERALIZED_TIME)?;
        let [digits @ .., b'Z'] = self.contents else {
            return Err(Malformed::new(NOT_A_TIME));
        };
        let (seconds, fraction) = digits
            .split_at_checked(14)
            .ok_or_else(|| Malformed::new(NOT_A_TIME))?;
        let seconds = time(seconds)?;
        match fraction {
            [] => Ok(seconds.into()),
            [b'.', .., b'0'] => Err(Malformed::new("has a zero at the end of its fraction")),
            [b'.', fraction @ ..] => Moment::with_fraction(seconds, utf8(fraction)?)
                .ok_or_else(|| Malformed::new(NOT_A_TIME)),
            _ => Err(Malformed::new(NOT_A_TIME)),
        }
    }
}

const INVALID_OID: &str = "is not a valid OBJECT IDENTIFIER";
const NOT_A_TIME: &str = "is not a date and time since 1970 in UTC, with seconds and `Z`";

/// An OBJECT IDENTIFIER, of any length
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Oid<'a>(pub(super) &'a [u8]);

impl PartialEq<ObjectIdentifier> for Oid<'_> {
    fn eq(&self, other: &ObjectIdentifier) -> bool {
        self.0 == other.as_bytes()
    }
}

impl fmt::Display for Oid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match ObjectIdentifier::from_bytes(self.0) {
            Ok(oid) => oid.fmt(f),
            Err(_) => f.write_str("with a long identifier"),
        }
    }
}

/// Reads UTF-8.
pub(super) fn utf8(bytes: &[u8]) -> Result<&str, Malformed> {
    core::str::from_utf8(bytes).map_err(|_| Malformed::new("is not UTF-8"))
}

/// Parses `YYYYMMDDHHMMSS`.
fn time(digits: &[u8]) -> Result<Time, Malformed> {
    let [y1, y2, y3, y4, m1, m2, d1, d2, h1, h2, i1, i2, s1, s2] = *digits else {
        return Err(Malformed::new(NOT_A_TIME));
    };
    let text = [
        y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'Z',
    ];
    Time::parse(utf8(&text)?).map_err(|_| Malformed::new(NOT_A_TIME))
}

/// Splits the first element off.
fn split(bytes: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let header: Header = reader.decode().ok()?;
    let contents = reader.read_slice(header.length()).ok()?;
    let (element, rest) = bytes.split_at_checked(usize::try_from(reader.position()).ok()?)?;
    let element = Element {
        tag: Tag(*bytes.first()?),
        bytes: element,
        contents,
    };
    Some((element, rest))
}

/// Returns the tag that `bytes` begin with, for messages.
fn name(bytes: &[u8]) -> impl fmt::Display + use<> {
    let mut reader = SliceReader::new(bytes);
    let tag = reader.as_mut().ok().and_then(|reader| reader.decode().ok());
    // INVARIANT: it has been decoded before, or is one of the constants.
    tag.unwrap_or(der::Tag::Null)
}

/// Reads the headers of all elements inside one that may have `depth` levels, itself included.
fn check_headers(element: Element<'_>, depth: usize) -> Result<(), Malformed> {
    let inner = depth
        .checked_sub(1)
        .ok_or_else(|| Malformed::new(TOO_DEEP))?;
    if element.tag.is_constructed() {
        let mut elements = element.elements();
        while !elements.is_empty() {
            check_headers(elements.any()?, inner)?;
        }
    }
    Ok(())
}

const TOO_DEEP: &str = "is nested more than 32 levels deep";

#[cfg(test)]
mod tests;
