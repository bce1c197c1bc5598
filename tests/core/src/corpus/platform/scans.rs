//! Which scans count: by whom, how old, from where; of one scanner the newest, and of several what
//! any of them has found.

use serde_json::{Value, json};

use crate::case::{B, Case};
use crate::delivery::Delivery;
use crate::platform::statements::{
    COSIGN_SCAN, clean_scan, critical_scan, grype, provenance_v1, scan, scan_predicate, signed,
    statement_about,
};
use crate::platform::{
    AN_HOUR_AGO, NOW, VULNERABILITY, YESTERDAY, checked, scanner, supply, trust, vulnerability,
};
use crate::signing::{TestKey, filed_under};

/// Seven days before [`NOW`], which is how old a scan may be; and one second more
const OLDEST: &str = "2026-06-08T12:00:00Z";
const TOO_OLD: &str = "2026-06-08T11:59:59Z";
/// As far ahead as another clock may be after [`NOW`], and one second more
const AHEAD: &str = "2026-06-15T12:01:00Z";
const SOON: &str = "2026-06-15T12:01:01Z";
pub(super) const ABOVE: &str = "deny vulnerability-above-threshold";
pub(super) const MISSING: &str = "error evidence-missing !check-passed";
pub(super) const UNTRUSTED: &str = "error evidence-missing evidence-untrusted !check-passed";

pub(super) fn by(key: &str, statement: &Value) -> Value {
    signed(&TestKey::new(key), statement)
}

/// A case of signed scans, with scanners `one` (which has two keys) and `two`, either of which is enough.
pub(super) fn with(name: &str, expected: &'static str, envelopes: &[Value]) -> Case {
    from_place(name, expected, Delivery::Settings, envelopes)
}

pub(super) fn from_place(
    name: &str,
    expected: &'static str,
    place: Delivery,
    envelopes: &[Value],
) -> Case {
    let check = vulnerability("MEDIUM", "MEDIUM");
    checked(name, expected, &[check], |call| {
        supply(place, call, envelopes);
        trust_scanners(call);
    })
}

pub(super) fn trust_scanners(call: &mut Value) {
    let [one, spare, two] = ["one", "one-spare", "two"].map(TestKey::new);
    trust(
        call,
        VULNERABILITY,
        &[scanner(&[&one, &spare]), scanner(&[&two])],
    );
    call["settings"]["evidence"]["authenticators"]["scanners"] = "any".into();
}

pub(super) fn cases() -> Vec<Case> {
    [ages(), rewrapped(), several(), withheld(), inline()].concat()
}

fn ages() -> Vec<Case> {
    let clean =
        |name, expected, finished| with(name, expected, &[by("one", &clean_scan(finished))]);
    vec![
        clean("scan_of_this_second", "allow check-passed", NOW),
        with(
            "provenance_by_a_scanner_in_place_of_a_scan",
            "error evidence-missing evidence-untrusted attestation-predicate-type",
            &[by("one", &provenance_v1("https://builder.example/", None))],
        ),
        clean(
            "scan_exactly_as_old_as_allowed",
            "allow check-passed",
            OLDEST,
        ),
        clean(
            "scan_one_second_too_old",
            "error evidence-missing evidence-too-old !check-passed",
            TOO_OLD,
        ),
        clean("scan_a_minute_in_the_future", "allow check-passed", AHEAD),
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

/// A report keeps its own time, whatever the predicate around it says.
fn rewrapped() -> Vec<Case> {
    let old = "error evidence-missing evidence-too-old !check-passed";
    let trivy = |created: &str| {
        scan(
            AN_HOUR_AGO,
            json!({"SchemaVersion": 2, "CreatedAt": created, "ArtifactName": "trusted.example/app",
                "Results": [{"Class": "os-pkgs"}]}),
        )
    };
    let grype = |created: &str| {
        let mut report = grype(&[]);
        report["descriptor"]["timestamp"] = created.into();
        scan(AN_HOUR_AGO, report)
    };
    let mut cases = Vec::new();
    for (scanner, of) in [
        ("trivy", &trivy as &dyn Fn(&str) -> Value),
        ("grype", &grype),
    ] {
        for (what, expected, created) in [
            ("of_this_week", "allow check-passed", OLDEST),
            ("of_last_week", old, TOO_OLD),
            // The older time counts, whichever that is.
            ("of_tomorrow", "allow check-passed", "2026-06-16T12:00:00Z"),
            ("of_no_time", "allow check-passed", "0001-01-01T00:00:00Z"),
            (
                "of_a_time_that_is_none",
                "error evidence-invalid !check-passed",
                "last week",
            ),
        ] {
            let name = format!("new_scan_with_a_report_of_{scanner}_{what}");
            cases.push(with(&name, expected, &[by("one", &of(created))]));
        }
    }
    cases.push(with(
        "newest_scan_is_that_with_the_newest_report",
        ABOVE,
        &[
            by("one", &trivy(YESTERDAY)),
            by("one", &critical_scan("2026-06-15T10:00:00Z")),
        ],
    ));
    cases
}

/// By default each scanner must have a current scan: whoever stores scans could leave out the one that
/// found something.
fn withheld() -> Vec<Case> {
    let of = |name: &str, expected, mode: Option<Value>, envelopes: &[Value]| {
        let check = vulnerability("MEDIUM", "MEDIUM");
        checked(name, expected, &[check], |call| {
            supply(Delivery::Settings, call, envelopes);
            trust_scanners(call);
            let authenticators = &mut call["settings"]["evidence"]["authenticators"];
            authenticators["vulnerability"][1]["name"] = "second".into();
            match mode {
                Some(mode) => authenticators["scanners"] = mode,
                None => {
                    authenticators.as_object_mut().unwrap().remove("scanners");
                }
            }
        })
    };
    let (any, all) = (|| Some(json!("any")), || Some(json!("all")));
    let one = || by("one", &clean_scan(AN_HOUR_AGO));
    let two = |time| by("two", &clean_scan(time));
    let mut broken = by("two", &critical_scan(AN_HOUR_AGO));
    broken["signatures"][0]["sig"] = one()["signatures"][0]["sig"].clone();
    let passed = "allow check-passed";
    vec![
        of(
            "each_scanner_has_a_scan",
            passed,
            None,
            &[one(), two(YESTERDAY)],
        ),
        of("one_of_two_scanners_has_a_scan", MISSING, None, &[one()]),
        of("one_of_two_scanners_and_all", MISSING, all(), &[one()]),
        of("one_of_two_scanners_and_any", passed, any(), &[one()]),
        of(
            "scan_of_one_of_two_scanners_is_too_old",
            "error evidence-missing evidence-too-old !check-passed",
            None,
            &[one(), two(TOO_OLD)],
        ),
        of(
            "scan_of_one_of_two_scanners_is_too_old_and_any",
            passed,
            any(),
            &[one(), two(TOO_OLD)],
        ),
        of(
            "scan_of_one_of_two_scanners_has_a_broken_signature",
            UNTRUSTED,
            None,
            &[one(), broken],
        ),
        of(
            "scan_of_one_of_two_scanners_is_missing_beside_findings",
            "deny vulnerability-above-threshold evidence-missing",
            None,
            &[by("one", &critical_scan(AN_HOUR_AGO))],
        ),
        of("no_scanner_has_a_scan_and_any", MISSING, any(), &[]),
        checked(
            "a_single_scanner_is_all_of_them",
            passed,
            &[vulnerability("MEDIUM", "MEDIUM")],
            |call| {
                supply(Delivery::Settings, call, &[one()]);
                trust(call, VULNERABILITY, &[scanner(&[&TestKey::new("one")])]);
            },
        ),
        // The administrator's word stands for every scanner.
        checked(
            "inline_scan_stands_for_every_scanner",
            passed,
            &[vulnerability("MEDIUM", "MEDIUM")],
            |call| {
                trust_scanners(call);
                let evidence = &mut call["settings"]["evidence"];
                evidence["authenticators"]["scanners"] = "all".into();
                evidence["statements"] = json!([clean_scan(AN_HOUR_AGO)]);
            },
        ),
        of(
            "scanners_in_another_word",
            "error settings-invalid",
            Some(json!("some")),
            &[one()],
        ),
        of(
            "scanners_in_a_number",
            "error settings-invalid",
            Some(json!(1)),
            &[one()],
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
pub(super) fn elsewhere(finished: &str) -> Value {
    statement_about(B, COSIGN_SCAN, scan_predicate(finished, grype(&[])))
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
            "newest_scan_is_filed_under_another_image",
            ABOVE,
            &[],
            &[
                by("one", &clean_scan(YESTERDAY)),
                filed_under(B, by("one", &critical())),
            ],
        ),
        // All of it counts, whichever is newer.
        with(
            "inline_findings_beside_a_newer_clean_scan_of_another_scanner",
            ABOVE,
            &[critical_scan(YESTERDAY), {
                let mut other = clean();
                other["predicate"]["scanner"]["uri"] = "pkg:github/other/scanner@1".into();
                other
            }],
            &[],
        ),
        with(
            "inline_scan_in_the_future",
            "error evidence-invalid !check-passed",
            &[clean_scan(SOON)],
            &[],
        ),
        with(
            "inline_scan_in_the_future_beside_findings",
            ABOVE,
            &[clean_scan("2099-01-01T00:00:00Z"), critical()],
            &[],
        ),
        with(
            "inline_scan_without_a_digest",
            "error settings-invalid",
            &[{
                let mut scan = clean();
                scan["subject"][0]["digest"] = json!({"sha512": "0".repeat(128)});
                scan
            }],
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
