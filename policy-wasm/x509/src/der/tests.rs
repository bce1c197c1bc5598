use alloc::string::ToString as _;
use alloc::vec;
use alloc::vec::Vec;

use super::super::sample;
use super::*;

/// Reads one element with an accessor of [`Element`].
fn read<'a, T>(
    bytes: &'a [u8],
    accessor: impl FnOnce(Element<'a>) -> Result<T, Malformed>,
) -> Option<T> {
    let element = document(bytes, usize::MAX).ok()?;
    accessor(element).ok()
}

#[test]
fn lengths_are_definite_and_minimal() {
    let long = [&[4, 0x81, 0x80][..], &[7; 0x80]].concat();
    for bytes in [&[4, 0][..], &[4, 1, 7], &long] {
        assert!(document(bytes, usize::MAX).is_ok(), "{bytes:?}");
    }
    let padded = [&[4, 0x82, 0, 0x80][..], &[7; 0x80]].concat();
    for bytes in [
        &[4, 0x81, 1, 7][..],
        &padded,
        &[0x30, 0x80, 0, 0],
        &[4, 0x85, 0, 0, 0, 0, 1, 7],
        &[4, 0xff],
        &[4, 2, 7],
        &[4, 0x84, 0xff, 0xff, 0xff, 0xff],
        &[4],
    ] {
        assert!(document(bytes, usize::MAX).is_err(), "{bytes:?}");
    }
}

#[test]
fn nothing_follows_the_element_of_a_document() {
    assert!(document(&[5, 0], 2).is_ok());
    let error = document(&[5, 0, 0], 3).unwrap_err();
    assert_eq!(error.to_string(), "has bytes after its last element");
    let error = document(&[], 3).unwrap_err();
    assert_eq!(error.to_string(), "an element is missing");
}

#[test]
fn elements_are_nested_at_most_32_levels_deep() {
    let nested =
        |levels: usize| (1..levels).fold(vec![5, 0], |inner, _| sample::sequence(&[&inner]));
    assert!(document(&nested(32), 200).is_ok());
    let error = document(&nested(33), 200).unwrap_err();
    assert_eq!(error.to_string(), "is nested more than 32 levels deep");
}

#[test]
fn a_document_is_bounded_before_it_is_read() {
    let error = document(&[0; 11], 10).unwrap_err();
    assert_eq!(error.to_string(), "has 11 bytes, and at most 10 are read");
}

#[test]
fn integers_are_minimal() {
    for bytes in [&[0][..], &[1], &[0x7f], &[0, 0x80], &[0x80], &[0xff, 0x7f]] {
        let read = read(&sample::integer(bytes), |it| {
            it.integer().map(<[u8]>::to_vec)
        });
        assert_eq!(read.as_deref(), Some(bytes));
    }
    for bytes in [&[][..], &[0, 0], &[0, 0x7f], &[0xff, 0x80]] {
        assert!(
            read(&sample::integer(bytes), |it| it.integer().map(drop)).is_none(),
            "{bytes:?}"
        );
    }
}

#[test]
fn numbers_are_between_0_and_the_largest_of_32_bits_with_sign() {
    for (bytes, number) in [
        (&[0][..], Some(0)),
        (&[0x7f], Some(127)),
        (&[0, 0x80], Some(128)),
        (&[0x7f, 0xff, 0xff, 0xff], Some(0x7fff_ffff)),
        (&[0, 0x80, 0, 0, 0], None),
        (&[0xff], None),
    ] {
        assert_eq!(
            read(&sample::integer(bytes), Element::number),
            number,
            "{bytes:?}"
        );
    }
}

#[test]
fn booleans_are_00_or_ff() {
    assert_eq!(read(&sample::TRUE, Element::boolean), Some(true));
    assert_eq!(read(&sample::FALSE, Element::boolean), Some(false));
    for bytes in [&[1, 1, 1][..], &[1, 0], &[1, 2, 0xff, 0xff], &[2, 1, 0]] {
        assert!(read(bytes, Element::boolean).is_none(), "{bytes:?}");
    }
}

#[test]
fn unused_bits_are_zero() {
    for (contents, bits) in [
        (&[0][..], Some(&[][..])),
        (&[7, 0x80], Some(&[0x80])),
        (&[0, 0x80], Some(&[0x80])),
        (&[7, 0xc0], None),
        (&[1], None),
        (&[8, 0], None),
        (&[], None),
    ] {
        let read = read(&sample::der(3, contents), |it| {
            it.bits().map(<[u8]>::to_vec)
        });
        assert_eq!(read.as_deref(), bits, "{contents:?}");
    }
}

#[test]
fn arcs_of_object_identifiers_are_minimal_and_whole() {
    for contents in [&[0x2a][..], &[0x2a, 0x86, 0x48], &[0x69; 60]] {
        assert!(read(&sample::der(6, contents), |it| it.oid().map(drop)).is_some());
    }
    for contents in [&[][..], &[0x2a, 0x80, 1], &[0x80, 1], &[0x2a, 0x86]] {
        assert!(read(&sample::der(6, contents), |it| it.oid().map(drop)).is_none());
    }
}

#[test]
fn times_are_in_utc_with_seconds() {
    for (element, time) in [
        (sample::utc("700101000000Z"), Some("1970-01-01T00:00:00Z")),
        (sample::utc("491231235959Z"), Some("2049-12-31T23:59:59Z")),
        (sample::utc("991231235959Z"), Some("1999-12-31T23:59:59Z")),
        (
            sample::generalized("20260301120000Z"),
            Some("2026-03-01T12:00:00Z"),
        ),
        (
            sample::generalized("20500101000000Z"),
            Some("2050-01-01T00:00:00Z"),
        ),
        (sample::utc("500101000000Z"), None), // 1950
        (sample::utc("2603011200Z"), None),
        (sample::utc("260301120000"), None),
        (sample::utc("260301120000+0100"), None),
        (sample::utc("20260301120000Z"), None),
        (sample::utc("260229120000Z"), None),
        (sample::utc("26030112000 Z"), None),
        (sample::generalized("20260301120000"), None),
        (sample::generalized("20260301120000.5Z"), None),
        (sample::generalized("20260301240000Z"), None),
        (sample::generalized("202603011200Z"), None),
        (sample::utf8("20260301120000Z"), None),
    ] {
        let read = read(&element, Element::time).map(|time| time.to_string());
        assert_eq!(read.as_deref(), time, "{element:?}");
    }
}

#[test]
fn the_time_of_a_token_has_up_to_nine_decimals_and_no_zero_at_their_end() {
    for (text, moment) in [
        ("20260301120000Z", Some("2026-03-01T12:00:00Z")),
        ("20260301120000.5Z", Some("2026-03-01T12:00:00.5Z")),
        (
            "20260301120000.000000001Z",
            Some("2026-03-01T12:00:00.000000001Z"),
        ),
        ("20260301120000.50Z", None),
        ("20260301120000.0Z", None),
        ("20260301120000.Z", None),
        ("20260301120000,5Z", None),
        ("20260301120000.0000000001Z", None),
        ("20260301120000.+5Z", None),
        ("20260301120000.5", None),
        ("202603011200.5Z", None),
        ("2026030112000", None),
    ] {
        let read = read(&sample::generalized(text), Element::moment);
        assert_eq!(read.map(|it| it.to_string()).as_deref(), moment, "{text}");
    }
    assert!(read(&sample::utc("260301120000Z"), Element::moment).is_none());
}

#[test]
fn what_is_wrapped_reads_again() {
    for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
        let contents: Vec<u8> = vec![7; length];
        let (left, right) = contents.split_at(length / 3);
        let wrapped = wrap(4, &[left, right]);
        let element = document(&wrapped, usize::MAX).unwrap();
        assert_eq!(element.contents, contents);
        element.expect(Tag::OCTET_STRING).unwrap();
    }
}
