//! `imageFreshnessCheck`: how long ago an image was uploaded, and who says so.

use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::delivery::{Delivery, answer, resource_name};
use crate::platform::statements::{UPLOAD, signed, statement, statement_about, upload};
use crate::platform::{
    AN_HOUR_AGO, FRESHNESS, NOW, VULNERABILITY, checked, from, image_freshness, scanner, supply,
    trust, uploader,
};
use crate::signing::TestKey;

/// Thirty days before [`NOW`], and one second more
const OLDEST: &str = "2026-05-16T12:00:00Z";
const TOO_OLD: &str = "2026-05-16T11:59:59Z";
/// As far ahead as another clock may be, one second more, and one day after [`NOW`]
const AHEAD: &str = "2026-06-15T12:01:00Z";
const SOON: &str = "2026-06-15T12:01:01Z";
const TOMORROW: &str = "2026-06-16T12:00:00Z";
const FRESH: &str = "allow check-passed !image-not-fresh";
const STALE: &str = "deny image-not-fresh";
const MISSING: &str = "error evidence-missing !check-passed";
const UNTRUSTED: &str = "error evidence-missing evidence-untrusted !check-passed";
const INVALID: &str = "error evidence-invalid !check-passed";

fn by(key: &str, time: &str) -> Value {
    signed(&TestKey::new(key), &upload(time))
}

fn inline(name: &str, expected: &'static str, statements: &[Value]) -> Case {
    checked(name, expected, &[image_freshness(30)], |call| {
        call["settings"]["evidence"] = json!({"statements": statements});
    })
}

/// Envelopes, with one key that the settings trust to say when an image was uploaded.
fn supplied(name: &str, expected: &'static str, envelopes: &[Value]) -> Case {
    from_place(name, expected, Delivery::Settings, envelopes)
}

fn from_place(name: &str, expected: &'static str, place: Delivery, envelopes: &[Value]) -> Case {
    checked(name, expected, &[image_freshness(30)], |call| {
        supply(place, call, envelopes);
        trust(call, FRESHNESS, &[uploader(&[&TestKey::new("registry")])]);
    })
}

pub(super) fn cases() -> Vec<Case> {
    [ages(), speakers(), places()].concat()
}

fn ages() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, expected, time) in [
        ("uploaded_this_second", FRESH, NOW),
        ("uploaded_exactly_max_age_ago", FRESH, OLDEST),
        ("uploaded_one_second_over", STALE, TOO_OLD),
        ("uploaded_tomorrow", INVALID, TOMORROW),
        ("uploaded_a_minute_in_the_future", FRESH, AHEAD),
        ("uploaded_more_than_a_minute_in_the_future", INVALID, SOON),
        (
            "uploaded_in_another_time_zone",
            FRESH,
            "2026-05-16T14:00:00+02:00",
        ),
        (
            "uploaded_too_early_in_another_time_zone",
            STALE,
            "2026-05-16T13:59:59+02:00",
        ),
    ] {
        cases.push(inline(name, expected, &[upload(time)]));
        cases.push(supplied(
            &format!("{name}_signed"),
            expected,
            &[by("registry", time)],
        ));
    }
    cases.extend([
        inline(
            "earliest_of_two_uploads_counts",
            STALE,
            &[upload(AN_HOUR_AGO), upload(TOO_OLD)],
        ),
        inline(
            "earliest_of_two_uploads_comes_first",
            STALE,
            &[upload(TOO_OLD), upload(AN_HOUR_AGO)],
        ),
        supplied(
            "earliest_of_two_signed_uploads_counts",
            STALE,
            &[by("registry", AN_HOUR_AGO), by("registry", TOO_OLD)],
        ),
        checked("one_day_is_allowed", STALE, &[image_freshness(1)], |call| {
            call["settings"]["evidence"] = json!({"statements": [upload(OLDEST)]});
        }),
        checked(
            "uploads_of_both_kinds",
            STALE,
            &[image_freshness(30)],
            |call| {
                supply(Delivery::Settings, call, &[by("registry", AN_HOUR_AGO)]);
                trust(call, FRESHNESS, &[uploader(&[&TestKey::new("registry")])]);
                call["settings"]["evidence"]["statements"] = json!([upload(TOO_OLD)]);
            },
        ),
        supplied(
            "rollback_to_old_signed_image",
            STALE,
            &[by("registry", "2024-01-01T00:00:00Z")],
        ),
    ]);
    cases
}

fn speakers() -> Vec<Case> {
    let key = TestKey::new("registry");
    let other = statement_about(B, UPLOAD, json!({"uploadTime": AN_HOUR_AGO}));
    let mut unsigned = by("registry", AN_HOUR_AGO);
    unsigned["signatures"][0]["sig"] = "AAAA".into();
    vec![
        supplied("no_upload_time", MISSING, &[]),
        supplied(
            "upload_time_by_unknown_key",
            UNTRUSTED,
            &[by("stranger", AN_HOUR_AGO)],
        ),
        supplied("unsigned_upload_time", UNTRUSTED, &[unsigned]),
        supplied(
            "upload_time_of_another_image",
            MISSING,
            &[signed(&key, &other)],
        ),
        inline("inline_upload_time_of_another_image", MISSING, &[other]),
        supplied(
            "old_upload_time_by_a_stranger",
            FRESH,
            &[by("stranger", TOO_OLD), by("registry", AN_HOUR_AGO)],
        ),
        supplied(
            "new_upload_time_by_a_stranger",
            STALE,
            &[by("stranger", AN_HOUR_AGO), by("registry", TOO_OLD)],
        ),
        supplied(
            "upload_time_that_cannot_be_read",
            INVALID,
            &[signed(
                &key,
                &statement(UPLOAD, json!({"uploadTime": "yesterday"})),
            )],
        ),
        supplied(
            "upload_without_a_time",
            INVALID,
            &[signed(&key, &statement(UPLOAD, json!({})))],
        ),
        checked(
            "upload_time_by_the_key_of_a_scanner",
            UNTRUSTED,
            &[image_freshness(30)],
            |call| {
                supply(Delivery::Settings, call, &[by("scanner", AN_HOUR_AGO)]);
                trust(call, FRESHNESS, &[uploader(&[&key])]);
                trust(call, VULNERABILITY, &[scanner(&[&TestKey::new("scanner")])]);
            },
        ),
    ]
}

/// Upload times in a Pod are ignored, because its author would choose one.
fn places() -> Vec<Case> {
    let mut cases = Vec::new();
    for place in Delivery::ALL {
        let (fresh, stale) = if place == Delivery::PodAnnotation {
            (MISSING, MISSING)
        } else {
            (FRESH, STALE)
        };
        for (what, expected, time) in [
            ("new_upload", fresh, AN_HOUR_AGO),
            ("old_upload", stale, TOO_OLD),
        ] {
            cases.push(from_place(
                &from(what, place),
                expected,
                place,
                &[by("registry", time)],
            ));
        }
    }
    // There might be an earlier upload where nobody could look.
    cases.push(checked(
        "upload_lookup_failed_beside_a_new_upload",
        "error host-capability-failed",
        &[image_freshness(30)],
        |call| {
            supply(Delivery::Kubernetes, call, &[]);
            trust(call, FRESHNESS, &[uploader(&[&TestKey::new("registry")])]);
            let failed = json!({"failed": "forbidden"});
            call["evidence"] = json!([answer("attestation", &resource_name(A), failed)]);
            call["settings"]["evidence"]["occurrences"] = json!([by("registry", AN_HOUR_AGO)]);
        },
    ));
    cases
}
