use alloc::string::ToString as _;

use super::*;

#[test]
fn a_moment_is_in_utc_with_up_to_nine_decimals() {
    for (text, printed) in [
        ("2022-10-31T23:59:59Z", Some("2022-10-31T23:59:59Z")),
        ("2022-10-31T23:59:59.999Z", Some("2022-10-31T23:59:59.999Z")),
        (
            "2022-10-31T23:59:59.000000001Z",
            Some("2022-10-31T23:59:59.000000001Z"),
        ),
        ("2022-10-31T23:59:59.500Z", Some("2022-10-31T23:59:59.5Z")),
        ("2022-10-31T23:59:59.000Z", Some("2022-10-31T23:59:59Z")),
        ("2022-10-31T23:59:59.Z", None),
        ("2022-10-31T23:59:59.0000000001Z", None),
        ("2022-10-31T23:59:59.5.5Z", None),
        ("2022-10-31T23:59:59.+5Z", None),
        ("2022-10-31T23:59:59+00:00", None),
        ("2022-10-31T23:59:59+00:00Z", None),
        ("2022-10-31T23:59:59", None),
        ("2022-10-31", None),
        ("1969-12-31T23:59:59Z", None),
    ] {
        let moment = Moment::parse(text).map(|moment| moment.to_string());
        assert_eq!(moment.ok().as_deref(), printed, "{text}");
    }
}

#[test]
fn moments_are_ordered_by_nanoseconds() {
    let moment = |text| Moment::parse(text).unwrap();
    let times = [
        "2022-10-31T23:59:59Z",
        "2022-10-31T23:59:59.000000001Z",
        "2022-10-31T23:59:59.05Z",
        "2022-10-31T23:59:59.5Z",
        "2022-11-01T00:00:00Z",
    ];
    assert!(times.map(moment).is_sorted_by(|a, b| a < b));
}

#[test]
fn milliseconds_end_with_the_year_9999() {
    let moment = Moment::from_unix_milliseconds(1_772_366_400_250).unwrap();
    assert_eq!(moment.to_string(), "2026-03-01T12:00:00.25Z");
    assert_eq!(moment.to_time().to_string(), "2026-03-01T12:00:00Z");
    assert_eq!(moment.as_unix_nanoseconds(), 1_772_366_400_250_000_000);
    let last = Moment::from_unix_milliseconds(253_402_300_799_999).unwrap();
    assert_eq!(last.to_string(), "9999-12-31T23:59:59.999Z");
    assert_eq!(Moment::from_unix_milliseconds(253_402_300_800_000), None);
}
