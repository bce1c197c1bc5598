//! DER, written. There is no model of what is well-formed, so that tests can write what is not.

/// Type of an object: the arcs of its identifier
pub type Oid = &'static [u32];

/// Returns a value with a tag and a length.
#[must_use]
pub fn value(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ ..0x80) => out.push(short),
        _ => {
            let length = content.len().to_be_bytes();
            let length: Vec<u8> = length.into_iter().skip_while(|byte| *byte == 0).collect();
            // A length has at most eight bytes.
            out.push(u8::try_from(length.len()).unwrap_or(8) | 0x80);
            out.extend(length);
        }
    }
    out.extend(content);
    out
}

/// A SEQUENCE of encoded values
#[must_use]
pub fn sequence<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    value(0x30, &concat(parts))
}

/// A SET OF encoded values, in the order of DER
#[must_use]
pub fn set(mut parts: Vec<Vec<u8>>) -> Vec<u8> {
    parts.sort();
    value(0x31, &concat(&parts))
}

/// A constructed value with a context-specific tag, such as `[3]`
#[must_use]
pub fn explicit(number: u8, content: &[u8]) -> Vec<u8> {
    value(0xa0 | number, content)
}

/// A primitive value with a context-specific tag
#[must_use]
pub fn implicit(number: u8, content: &[u8]) -> Vec<u8> {
    value(0x80 | number, content)
}

/// An OBJECT IDENTIFIER
#[must_use]
pub fn oid(arcs: Oid) -> Vec<u8> {
    let (root, rest) = match arcs {
        [first, second, rest @ ..] => (first.saturating_mul(40).saturating_add(*second), rest),
        _ => (0, arcs),
    };
    let mut content = Vec::new();
    for arc in core::iter::once(&root).chain(rest) {
        let digits = [28, 21, 14, 7, 0].map(|shift| arc.checked_shr(shift).unwrap_or(0));
        let significant = digits.iter().position(|digit| *digit != 0).unwrap_or(4);
        for (index, digit) in digits.iter().enumerate().skip(significant) {
            let more = if index < 4 { 0x80 } else { 0 };
            content.extend(u8::try_from(digit & 0x7f).map(|digit| digit | more));
        }
    }
    value(0x06, &content)
}

/// An INTEGER that is not negative, from its big-endian bytes
#[must_use]
pub fn integer(bytes: &[u8]) -> Vec<u8> {
    let mut content: Vec<u8> = bytes
        .iter()
        .copied()
        .skip_while(|byte| *byte == 0)
        .collect();
    if content.first().is_none_or(|first| first & 0x80 != 0) {
        content.insert(0, 0);
    }
    value(0x02, &content)
}

/// An OCTET STRING
#[must_use]
pub fn octets(bytes: &[u8]) -> Vec<u8> {
    value(0x04, bytes)
}

/// A BIT STRING of whole bytes
#[must_use]
pub fn bits(bytes: &[u8]) -> Vec<u8> {
    value(0x03, &[&[0], bytes].concat())
}

/// A `UTF8String`
#[must_use]
pub fn utf8(text: &str) -> Vec<u8> {
    value(0x0c, text.as_bytes())
}

/// BOOLEAN TRUE; the other one is a default, which DER leaves out
#[must_use]
pub fn yes() -> Vec<u8> {
    value(0x01, &[0xff])
}

/// The time of a certificate: `UTCTime` before 2050, `GeneralizedTime` from then on ([RFC 5280, 4.1.2.5])
///
/// [RFC 5280, 4.1.2.5]: https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5
#[must_use]
pub fn time(seconds: u64) -> Vec<u8> {
    let text = calendar(seconds);
    match text.get(2..) {
        Some(short) if seconds < 2_524_608_000 => value(0x17, short.as_bytes()),
        _ => value(0x18, text.as_bytes()),
    }
}

/// A `GeneralizedTime` of whole seconds
#[must_use]
pub fn generalized_time(seconds: u64) -> Vec<u8> {
    value(0x18, calendar(seconds).as_bytes())
}

/// `YYYYMMDDHHMMSSZ`, of the years 1970 to 9999
fn calendar(seconds: u64) -> String {
    const DAY: u64 = 86_400;
    let (days, clock) = (seconds / DAY, seconds % DAY);
    let (hour, minute, second) = (clock / 3_600, clock / 60 % 60, clock % 60);
    let (mut year, mut day) = (1970_u64, days);
    loop {
        let length = if is_leap(year) { 366 } else { 365 };
        match day.checked_sub(length) {
            Some(rest) if year < 9_999 => (year, day) = (year.saturating_add(1), rest),
            _ => break,
        }
    }
    let february = if is_leap(year) { 29 } else { 28 };
    let mut month = 1_u64;
    for length in [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30] {
        let Some(rest) = day.checked_sub(length) else {
            break;
        };
        (month, day) = (month.saturating_add(1), rest);
    }
    let day = day.saturating_add(1);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}Z")
}

const fn is_leap(year: u64) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}

fn concat<T: AsRef<[u8]>>(parts: &[T]) -> Vec<u8> {
    parts.iter().flat_map(AsRef::as_ref).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_as_short_as_they_can_be() {
        assert_eq!(value(4, &[0; 127])[..2], [4, 127]);
        assert_eq!(value(4, &[0; 128])[..3], [4, 0x81, 128]);
        assert_eq!(value(4, &[0; 256])[..4], [4, 0x82, 1, 0]);
    }

    #[test]
    fn integers_are_not_negative() {
        assert_eq!(integer(&[]), [2, 1, 0]);
        assert_eq!(integer(&[0, 0, 5]), [2, 1, 5]);
        assert_eq!(integer(&[0x80]), [2, 2, 0, 0x80]);
    }

    #[test]
    fn arcs_have_seven_bits_a_byte() {
        let expected = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
        assert_eq!(oid(&[1, 2, 840, 113_549, 1, 7, 2]), expected);
        assert_eq!(oid(&[2, 5, 29, 0]), [6, 3, 0x55, 29, 0]);
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        assert_eq!(calendar(0), "19700101000000Z");
        assert_eq!(calendar(951_868_799), "20000229235959Z");
        assert_eq!(calendar(1_772_366_400), "20260301120000Z");
        assert_eq!(calendar(4_102_444_799), "20991231235959Z");
        assert_eq!(
            time(1_772_366_400),
            [b"\x17\x0d", &b"260301120000Z"[..]].concat()
        );
        assert_eq!(
            time(2_524_608_000),
            [b"\x18\x0f", &b"20500101000000Z"[..]].concat()
        );
    }
}
