use alloc::string::ToString as _;

use super::*;

fn bound(text: &str) -> DateOrTime {
    DateOrTime::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Bound, time, whether a period from the bound has begun, whether one to the bound is over.
const BOUNDARIES: &[(&str, &str, bool, bool)] = &[
    ("2026-01-31", "2026-01-30T23:59:59Z", false, false),
    ("2026-01-31", "2026-01-31T00:00:00Z", true, false),
    ("2026-01-31", "2026-01-31T23:59:59Z", true, false),
    ("2026-01-31", "2026-02-01T00:00:00Z", true, true),
    ("2024-02-29", "2024-02-29T23:59:59Z", true, false),
    ("2024-02-29", "2024-03-01T00:00:00Z", true, true),
    ("2026-01-31T12:00:00Z", "2026-01-31T11:59:59Z", false, false),
    ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", true, true),
    // Offsets count, so that one bound is the day before in UTC.
    (
        "2026-01-31T00:30:00+01:00",
        "2026-01-30T23:29:59Z",
        false,
        false,
    ),
    (
        "2026-01-31T00:30:00+01:00",
        "2026-01-30T23:30:00Z",
        true,
        true,
    ),
    (
        "2026-01-31T12:00:00.9Z",
        "2026-01-31T11:59:59Z",
        false,
        false,
    ),
    ("2026-01-31T12:00:00.9Z", "2026-01-31T12:00:00Z", true, true),
    ("1970-01-01", "1970-01-01T00:00:00Z", true, false),
    ("9999-12-31", "9999-12-31T23:59:59Z", true, false),
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z", true, true),
];

#[test]
fn a_date_is_a_whole_day_and_a_time_its_first_second() {
    for (text, now, has_begun, is_over) in BOUNDARIES {
        let time = Time::parse(now).unwrap();
        let found = (bound(text).has_begun(time), bound(text).is_over(time));
        assert_eq!(found, (*has_begun, *is_over), "{text} at {now}");
    }
}

#[test]
fn a_period_of_one_date_is_a_day_and_one_of_one_time_is_empty() {
    for (begin, end, is_empty) in [
        ("2026-01-31", "2026-01-31", false),
        ("2026-01-31", "2026-01-30", true),
        ("2026-01-31", "2026-01-31T00:00:00Z", true),
        ("2026-01-31", "2026-01-31T00:00:01Z", false),
        ("2026-01-31T23:59:59Z", "2026-01-31", false),
        ("2026-02-01T00:00:00Z", "2026-01-31", true),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:00Z", true),
        ("2026-01-31T12:00:00Z", "2026-01-31T12:00:01Z", false),
    ] {
        let found = bound(begin).is_empty_until(bound(end));
        assert_eq!(found, is_empty, "{begin} to {end}");
    }
}

#[test]
fn a_bound_is_shown_as_date_or_in_utc() {
    for (text, shown) in [
        ("2026-01-31", "2026-01-31"),
        ("2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("2026-01-31T00:30:00.5+01:00", "2026-01-30T23:30:00Z"),
    ] {
        assert_eq!(bound(text).to_string(), shown);
    }
}

#[test]
fn other_spellings_are_refused() {
    for text in [
        "",
        "2026",
        "2026-01",
        "2026-1-31",
        "2026-01-31Z",
        "2026-01-32",
        "2023-02-29",
        "2026/01/31",
        "31-01-2026",
        "20260131",
        "2026-01-31 ",
        " 2026-01-31",
        "2026-01-31T",
        "2026-01-3é",
        "1969-12-31",
        "+026-01-31",
    ] {
        assert_eq!(
            DateOrTime::parse(text),
            Err(DateOrTimeError::Malformed),
            "{text}"
        );
    }
    for text in ["1970-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"] {
        assert_eq!(
            DateOrTime::parse(text),
            Err(DateOrTimeError::OutOfRange),
            "{text}"
        );
    }
}
