//! Which scans count: by whom, how old, from where; of one scanner the newest, and of several what
//! any of them has found.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::delivery::{Delivery, answer, resource_name};
use crate::platform::statements::{
    COSIGN_SCAN, clean_scan, critical_scan, found, grype, scan, scan_predicate, signed, statement,
    statement_about,
};
use crate::platform::{
    AN_HOUR_AGO, FRESHNESS, NOW, PROVENANCE, VULNERABILITY, YESTERDAY, builder, checked, from,
    scanner, supply, trust, uploader, vulnerability,
};
use crate::signing::{IN_TOTO, TestKey, envelope};

/// Seven days before [`NOW`], which is how old a scan may be; and one second more
const OLDEST: &str = "2026-06-08T12:00:00Z";
const TOO_OLD: &str = "2026-06-08T11:59:59Z";
/// One second after [`NOW`]
const SOON: &str = "2026-06-15T12:00:01Z";

const ABOVE: &str = "deny vulnerability-above-threshold";
const MISSING: &str = "error evidence-missing !check-passed";
const UNTRUSTED: &str = "error evidence-missing evidence-untrusted !check-passed";

fn by(key: &str, statement: &Value) -> Value {
    signed(&TestKey::new(key), statement)
}

/// A case of signed scans, with scanners `one` (which has two keys) and `two`.
fn with(name: &str, expected: &'static str, envelopes: &[Value]) -> Case {
    from_place(name, expected, Delivery::Settings, envelopes)
}

fn from_place(name: &str, expected: &'static str, place: Delivery, envelopes: &[Value]) -> Case {
    let check = vulnerability("MEDIUM", "MEDIUM");
    checked(name, expected, &[check], |call| {
        supply(place, call, envelopes);
        trust_scanners(call);
    })
}

fn trust_scanners(call: &mut Value) {
    let [one, spare, two] = ["one", "one-spare", "two"].map(TestKey::new);
    trust(
        call,
        VULNERABILITY,
        &[scanner(&[&one, &spare]), scanner(&[&two])],
    );
}

pub(super) fn cases() -> Vec<Case> {
    [
        ages(),
        several(),
        speakers(),
        inline(),
        unreadable(),
        places(),
    ]
    .concat()
}

fn ages() -> Vec<Case> {
    let clean =
        |name, expected, finished| with(name, expected, &[by("one", &clean_scan(finished))]);
    vec![
        clean("scan_of_this_second", "allow check-passed", NOW),
        clean(
            "scan_exactly_as_old_as_allowed",
            "allow check-passed",
            OLDEST,
        ),
        clean("scan_one_second_too_old", MISSING, TOO_OLD),
        clean("scan_in_the_future", "error evidence-invalid", SOON),
        clean(
            "scan_in_another_time_zone",
            "allow check-passed",
            "2026-06-08T14:00:00+02:00",
        ),
        clean(
            "scan_too_old_in_another_time_zone",
            MISSING,
            "2026-06-08T13:59:59+02:00",
        ),
        with(
            "scan_with_findings_and_too_old",
            MISSING,
            &[by("one", &critical_scan(TOO_OLD))],
        ),
        with(
            "scan_too_old_beside_a_new_one",
            "allow check-passed",
            &[
                by("one", &critical_scan(TOO_OLD)),
                by("one", &clean_scan(AN_HOUR_AGO)),
            ],
        ),
        with(
            "scan_too_old_of_one_scanner_beside_a_new_one_of_another",
            "allow check-passed",
            &[
                by("one", &critical_scan(TOO_OLD)),
                by("two", &clean_scan(AN_HOUR_AGO)),
            ],
        ),
        with(
            "scan_in_the_future_beside_one_with_findings",
            "deny vulnerability-above-threshold",
            &[
                by("one", &clean_scan(SOON)),
                by("two", &critical_scan(AN_HOUR_AGO)),
            ],
        ),
    ]
}

fn several() -> Vec<Case> {
    let two = |name: &str, expected, first: (&str, Value), second: (&str, Value)| {
        let [first, second] = [first, second].map(|(key, statement)| by(key, &statement));
        [
            with(name, expected, &[first.clone(), second.clone()]),
            with(
                &format!("{name}_in_other_order"),
                expected,
                &[second, first],
            ),
        ]
    };
    let (clean, critical) = (clean_scan, critical_scan);
    [
        two(
            "newest_scan_is_clean",
            "allow check-passed !vulnerability-above-threshold",
            ("one", critical(YESTERDAY)),
            ("one", clean(AN_HOUR_AGO)),
        ),
        two(
            "newest_scan_has_findings",
            ABOVE,
            ("one", clean(YESTERDAY)),
            ("one", critical(AN_HOUR_AGO)),
        ),
        two(
            "newest_scan_by_another_key_of_the_scanner",
            "allow check-passed",
            ("one", critical(YESTERDAY)),
            ("one-spare", clean(AN_HOUR_AGO)),
        ),
        two(
            "two_scans_of_one_second",
            ABOVE,
            ("one", clean(AN_HOUR_AGO)),
            ("one", critical(AN_HOUR_AGO)),
        ),
        two(
            "older_scan_of_another_scanner_has_findings",
            ABOVE,
            ("one", clean(AN_HOUR_AGO)),
            ("two", critical(YESTERDAY)),
        ),
        two(
            "two_scanners_find_nothing",
            "allow check-passed",
            ("one", clean(AN_HOUR_AGO)),
            ("two", clean(YESTERDAY)),
        ),
        two(
            "newest_scan_is_of_another_image",
            ABOVE,
            ("one", critical(YESTERDAY)),
            ("one", elsewhere(AN_HOUR_AGO)),
        ),
    ]
    .concat()
}

/// A clean scan of another image.
fn elsewhere(finished: &str) -> Value {
    statement_about(B, COSIGN_SCAN, scan_predicate(finished, grype(&[])))
}

fn speakers() -> Vec<Case> {
    let clean = || clean_scan(AN_HOUR_AGO);
    let for_purpose = |name, purpose, authenticator: fn(&TestKey) -> Value| {
        checked(
            name,
            UNTRUSTED,
            &[vulnerability("MEDIUM", "MEDIUM")],
            |call| {
                supply(Delivery::Settings, call, &[by("other-purpose", &clean())]);
                trust_scanners(call);
                trust(
                    call,
                    purpose,
                    &[authenticator(&TestKey::new("other-purpose"))],
                );
            },
        )
    };
    let mut swapped = by("one", &clean());
    swapped["payload"] = by("one", &critical_scan(AN_HOUR_AGO))["payload"].clone();
    let mut of_two = by("one", &elsewhere(AN_HOUR_AGO));
    of_two["payload"] = by("one", &clean())["payload"].clone();
    vec![
        with("no_scan", MISSING, &[]),
        with(
            "scan_signed_by_unknown_key",
            UNTRUSTED,
            &[by("stranger", &clean())],
        ),
        with("scan_with_the_signature_of_another", UNTRUSTED, &[swapped]),
        with(
            "scan_of_another_image_under_this_ones_name",
            UNTRUSTED,
            &[of_two],
        ),
        with(
            "scan_of_another_image",
            MISSING,
            &[by("one", &elsewhere(AN_HOUR_AGO))],
        ),
        with(
            "findings_of_a_stranger_count_for_nothing",
            "allow check-passed",
            &[
                by("stranger", &critical_scan(AN_HOUR_AGO)),
                by("one", &clean()),
            ],
        ),
        for_purpose("scan_by_the_key_of_a_builder", PROVENANCE, |key| {
            builder("https://forge.example/builder", &[key])
        }),
        for_purpose("scan_by_the_key_of_an_uploader", FRESHNESS, |key| {
            uploader(&[key])
        }),
        checked(
            "scan_by_a_key_that_nobody_is_trusted_with",
            UNTRUSTED,
            &[vulnerability("MEDIUM", "MEDIUM")],
            |call| supply(Delivery::Settings, call, &[by("one", &clean())]),
        ),
    ]
}

/// What the administrator wrote into the settings counts as it stands.
fn inline() -> Vec<Case> {
    let with = |name, expected, statements: &[Value], envelopes: &[Value]| {
        checked(
            name,
            expected,
            &[vulnerability("MEDIUM", "MEDIUM")],
            |call| {
                call["settings"]["evidence"] = json!({"statements": statements});
                supply(Delivery::Settings, call, envelopes);
                trust_scanners(call);
            },
        )
    };
    let clean = || clean_scan(AN_HOUR_AGO);
    let critical = || critical_scan(AN_HOUR_AGO);
    vec![
        with("inline_scan", "allow check-passed", &[clean()], &[]),
        with("inline_scan_with_findings", ABOVE, &[critical()], &[]),
        with(
            "inline_scan_of_another_image",
            MISSING,
            &[elsewhere(AN_HOUR_AGO)],
            &[],
        ),
        with(
            "inline_findings_beside_a_clean_scan",
            ABOVE,
            &[critical()],
            &[by("one", &clean())],
        ),
        with(
            "inline_clean_scan_beside_findings",
            ABOVE,
            &[clean()],
            &[by("one", &critical())],
        ),
        with(
            "inline_scan_beside_a_strangers",
            "allow check-passed",
            &[clean()],
            &[by("stranger", &critical())],
        ),
    ]
}

/// What a scanner signed and nobody can read might be findings.
fn unreadable() -> Vec<Case> {
    let severe = scan(
        AN_HOUR_AGO,
        grype(&[found("CVE-2026-0001", "Severe", "fixed")]),
    );
    let undated = {
        let mut statement = clean_scan(AN_HOUR_AGO);
        statement["predicate"]["metadata"] = json!({});
        statement
    };
    let invalid = "error evidence-invalid !check-passed";
    let mut cases = vec![
        with(
            "unreadable_scan_beside_a_clean_one_of_another_scanner",
            invalid,
            &[by("two", &severe), by("one", &clean_scan(AN_HOUR_AGO))],
        ),
        with(
            "unreadable_scan_beside_one_with_findings",
            ABOVE,
            &[by("two", &severe), by("one", &critical_scan(AN_HOUR_AGO))],
        ),
        with(
            "unreadable_scan_by_a_stranger",
            "allow check-passed",
            &[by("stranger", &severe), by("one", &clean_scan(AN_HOUR_AGO))],
        ),
        with(
            "unreadable_statement_by_a_scanner",
            invalid,
            &[envelope(&TestKey::new("one"), IN_TOTO, "{")],
        ),
    ];
    for (name, statement) in [
        ("of_unknown_severity", severe),
        ("of_unknown_time", undated),
        ("of_no_known_scanner", scan(AN_HOUR_AGO, json!({}))),
        (
            "without_a_report",
            statement(COSIGN_SCAN, json!({"metadata": {}})),
        ),
    ] {
        cases.push(with(
            &format!("scan_{name}"),
            invalid,
            &[by("one", &statement)],
        ));
    }
    cases
}

/// The author of a Pod would choose which scan counts.
fn places() -> Vec<Case> {
    let mut cases = Vec::new();
    for place in Delivery::ALL {
        let (clean, critical) = if place == Delivery::PodAnnotation {
            (MISSING, MISSING)
        } else {
            ("allow check-passed", ABOVE)
        };
        for (what, expected, statement) in [
            ("clean_scan", clean, clean_scan(AN_HOUR_AGO)),
            ("scan_with_findings", critical, critical_scan(AN_HOUR_AGO)),
        ] {
            cases.push(from_place(
                &from(what, place),
                expected,
                place,
                &[by("one", &statement)],
            ));
        }
    }
    let strict = || [vulnerability("MEDIUM", "MEDIUM")];
    cases.extend([
        checked("new_clean_scan_in_annotation", ABOVE, &strict(), |call| {
            supply(Delivery::PodAnnotation, call, &[by("one", &clean_scan(AN_HOUR_AGO))]);
            trust_scanners(call);
            call["settings"]["evidence"]["occurrences"] =
                json!([by("one", &critical_scan(YESTERDAY))]);
        }),
        // An unsigned record of a scan in the cluster is anybody's.
        from_place("unsigned_scan_in_the_cluster", MISSING, Delivery::Kubernetes, &[
            json!({"kind": "DISCOVERY", "resourceUri": format!("https://trusted.example/app@{A}"),
                "discovery": {"analysisStatus": "FINISHED_SUCCESS"}}),
            json!({"payloadType": IN_TOTO, "signatures": [],
                "payload": STANDARD.encode(clean_scan(AN_HOUR_AGO).to_string())}),
        ]),
        // There might be findings where nobody could look.
        checked(
            "scan_lookup_failed_beside_a_clean_scan",
            "error host-capability-failed",
            &strict(),
            |call| {
                supply(Delivery::Kubernetes, call, &[]);
                trust_scanners(call);
                let failed = json!({"failed": "forbidden"});
                call["evidence"] = json!([answer("attestation", &resource_name(A), failed)]);
                call["settings"]["evidence"]["occurrences"] =
                    json!([by("one", &clean_scan(AN_HOUR_AGO))]);
            },
        ),
        with("too_many_scans", "error limit-exceeded", &vec![by("one", &clean_scan(NOW)); 101]),
    ]);
    cases
}
