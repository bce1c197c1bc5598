use alloc::string::ToString as _;

use super::*;

#[test]
fn the_zone_is_z_or_an_offset_and_the_fraction_is_dropped() {
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2001-09-09T01:46:40Z", 1_000_000_000),
        ("2001-09-09T01:46:40.999999999Z", 1_000_000_000),
        ("2001-09-09T03:46:40+02:00", 1_000_000_000),
        ("2001-09-08T21:16:40.5-04:30", 1_000_000_000),
        ("2001-09-09T01:46:40-00:00", 1_000_000_000),
        ("1970-01-01T23:59:00+23:59", 0),
        ("9999-12-31T23:59:59Z", Time::LAST.as_unix()),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("2000-02-29T00:00:00Z", 951_782_400),
    ] {
        assert_eq!(Time::parse(text).map(Time::as_unix), Ok(seconds), "{text}");
    }
}

#[test]
fn other_spellings_are_refused() {
    for text in [
        "",
        "2001-09-09",
        "2001-09-09T01:46:40",
        "2001-09-09t01:46:40Z",
        "2001-09-09T01:46:40z",
        "2001-09-09 01:46:40Z",
        "2001-09-09T01:46Z",
        "2001-09-09T1:46:40Z",
        "2001-09-09T01:46:40.Z",
        "2001-09-09T01:46:40,5Z",
        "2001-09-09T01:46:40.5",
        "2001-09-09T01:46:40Z ",
        " 2001-09-09T01:46:40Z",
        "2001-09-09T01:46:40ZZ",
        "2001-09-09T01:46:40+0200",
        "2001-09-09T01:46:40+02",
        "2001-09-09T01:46:40+24:00",
        "2001-09-09T01:46:40+00:60",
        "2001-09-09T01:46:40+0x:00",
        "+001-09-09T01:46:40Z",
        "2001-09-09T01:46:4éZ",
        "12001-09-09T01:46:40Z",
    ] {
        assert_eq!(Time::parse(text), Err(TimeError::Malformed), "{text}");
    }
}

#[test]
fn dates_that_are_not_in_the_calendar_are_refused() {
    for text in [
        "2023-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2001-04-31T00:00:00Z",
        "2001-00-01T00:00:00Z",
        "2001-13-01T00:00:00Z",
        "2001-01-00T00:00:00Z",
        "2001-01-01T24:00:00Z",
        "2001-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z",
        "1969-12-31T23:59:59Z",
    ] {
        assert_eq!(Time::parse(text), Err(TimeError::Malformed), "{text}");
    }
}

#[test]
fn an_offset_must_not_lead_out_of_the_range() {
    for text in ["1970-01-01T00:59:59+01:00", "9999-12-31T23:00:00-01:00"] {
        assert_eq!(Time::parse(text), Err(TimeError::OutOfRange), "{text}");
    }
    assert_eq!(Time::from_unix(253_402_300_800), Err(TimeError::OutOfRange));
    assert_eq!(Time::from_unix(u64::MAX), Err(TimeError::OutOfRange));
}

#[test]
fn a_time_prints_in_utc() {
    for (text, printed) in [
        ("2001-09-09T03:46:40.25+02:00", "2001-09-09T01:46:40Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(Time::parse(text).unwrap().to_string(), printed);
    }
}

#[test]
fn times_are_ordered_by_when_they_are() {
    let early = Time::parse("2024-01-01T00:00:00+14:00").unwrap();
    let late = Time::parse("2023-12-31T10:00:01Z").unwrap();
    assert!(early < late);
}

/// Evidence is dated by the clock of another machine.
#[test]
fn a_minute_ahead_is_not_in_the_future() {
    let now = Time::parse("2024-01-01T12:00:00Z").unwrap();
    for (other, is_older) in [
        ("2024-01-01T12:01:01Z", None),
        ("2024-01-01T12:01:00Z", Some(false)),
        ("2024-01-01T12:00:00Z", Some(false)),
        ("2023-12-31T12:00:00Z", Some(false)),
        ("2023-12-31T11:59:59Z", Some(true)),
    ] {
        let other = Time::parse(other).unwrap();
        assert_eq!(now.is_older(other, 1), is_older, "{other}");
        assert_eq!(now.is_before(other), is_older.is_none(), "{other}");
    }
    assert!(!Time::LAST.is_before(Time::LAST));
}
