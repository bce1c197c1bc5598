//! Whose scans count: signed by a scanner's key, readable, and not chosen by the author of a Pod.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::scans::{ABOVE, MISSING, UNTRUSTED, by, elsewhere, from_place, trust_scanners, with};
use crate::case::{A, Case};
use crate::delivery::{Delivery, answer, manifest, resource_name};
use crate::platform::statements::{
    COSIGN_SCAN, clean_scan, critical_scan, found, grype, scan, statement,
};
use crate::platform::{
    AN_HOUR_AGO, FRESHNESS, NOW, PROVENANCE, YESTERDAY, builder, checked, from, sigstore, supply,
    trust, uploader, vulnerability,
};
use crate::signing::{IN_TOTO, TestKey, envelope};

pub(super) fn cases() -> Vec<Case> {
    [speakers(), unreadable(), places()].concat()
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
    let static_image = scan(
        AN_HOUR_AGO,
        json!({"SchemaVersion": 2, "ArtifactName": "trusted.example/app"}),
    );
    let mut cases = vec![
        with(
            "report_of_trivy_without_results",
            "allow check-passed",
            &[by("one", &static_image)],
        ),
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
        // A manifest of image signatures holds no scans.
        checked(
            "scan_check_does_not_ask_for_signatures_of_cosign",
            "allow check-passed",
            &strict(),
            |call| {
                supply(Delivery::Registry, call, &[by("one", &clean_scan(AN_HOUR_AGO))]);
                trust_scanners(call);
                call["evidence"].as_array_mut().unwrap().remove(0);
            },
        ),
        checked(
            "scan_check_beside_one_whose_signatures_cannot_be_looked_up",
            "error host-capability-failed check-passed",
            &[vulnerability("MEDIUM", "MEDIUM"), sigstore(&[&TestKey::new("cosign")])],
            |call| {
                supply(Delivery::Registry, call, &[by("one", &clean_scan(AN_HOUR_AGO))]);
                trust_scanners(call);
                call["evidence"][0] =
                    answer("manifest", &manifest("sig"), json!({"failed": "forbidden"}));
            },
        ),
        with("too_many_scans", "error limit-exceeded", &vec![by("one", &clean_scan(NOW)); 101]),
    ]);
    cases
}
