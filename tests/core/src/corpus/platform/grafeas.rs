//! Occurrences of Artifact Analysis in the settings: findings, and the word that the analysis is
//! complete.

use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::platform::{checked, vulnerability};

const ABOVE: &str = "deny vulnerability-above-threshold";
const ALLOWED: &str = "allow check-passed !vulnerability-above-threshold";
const MISSING: &str = "error evidence-missing !check-passed";

/// An occurrence filed under an image.
fn filed(digest: &str, mut occurrence: Value) -> Value {
    occurrence["resourceUri"] = format!("https://trusted.example/app@{digest}").into();
    occurrence
}

fn discovery(digest: &str, status: &str) -> Value {
    filed(
        digest,
        json!({"kind": "DISCOVERY", "noteName": "projects/goog-analysis/notes/PACKAGE_VULNERABILITY",
            "discovery": {"analysisStatus": status, "continuousAnalysis": "ACTIVE"}}),
    )
}

fn finished() -> Value {
    discovery(A, "FINISHED_SUCCESS")
}

/// A finding with these fields, under the note of a vulnerability.
fn finding(note: &str, vulnerability: Value) -> Value {
    filed(
        A,
        json!({"kind": "VULNERABILITY", "noteName": note, "vulnerability": vulnerability}),
    )
}

/// A finding of this severity that has a fix.
fn severe(severity: &str) -> Value {
    finding(
        NOTE,
        json!({"effectiveSeverity": severity, "fixAvailable": true}),
    )
}

const NOTE: &str = "projects/goog-vulnz/notes/CVE-2026-0001";

fn with(name: &str, expected: &'static str, check: Value, occurrences: &[Value]) -> Case {
    checked(name, expected, &[check], |call| {
        call["settings"]["evidence"] = json!({"occurrences": occurrences});
    })
}

/// A case of an analysis that has ended, with one finding of these fields.
fn analysed(name: &str, expected: &'static str, check: Value, vulnerability: Value) -> Case {
    let occurrences = [finished(), finding(NOTE, vulnerability)];
    with(name, expected, check, &occurrences)
}

pub(super) fn cases() -> Vec<Case> {
    [analyses(), severities(), fixes(), ids()].concat()
}

/// Findings count by themselves; that there are no others, somebody has to say.
fn analyses() -> Vec<Case> {
    let strict = || vulnerability("MEDIUM", "MEDIUM");
    let mut cases = vec![
        with(
            "analysis_finished_without_findings",
            ALLOWED,
            strict(),
            &[finished()],
        ),
        with(
            "analysis_finished_beside_one_that_failed",
            MISSING,
            strict(),
            &[finished(), discovery(A, "FINISHED_FAILED")],
        ),
        with(
            "analysis_failed_before_one_that_finished",
            MISSING,
            strict(),
            &[discovery(A, "FINISHED_FAILED"), finished()],
        ),
        with(
            "finding_with_a_misspelt_kind",
            "error settings-invalid",
            strict(),
            &[finished(), {
                let mut finding = severe("CRITICAL");
                finding["kind"] = "PACKAGE_VULNERABILITY".into();
                finding
            }],
        ),
        with(
            "finding_without_a_kind",
            "error settings-invalid",
            strict(),
            &[finished(), {
                let mut finding = severe("CRITICAL");
                finding.as_object_mut().unwrap().remove("kind");
                finding
            }],
        ),
        with(
            "analysis_finished_with_a_finding",
            ABOVE,
            strict(),
            &[finished(), severe("HIGH")],
        ),
        with(
            "analysis_finished_with_a_finding_below",
            ALLOWED,
            strict(),
            &[severe("MEDIUM"), finished()],
        ),
        with(
            "finding_without_an_analysis",
            ABOVE,
            strict(),
            &[severe("HIGH")],
        ),
        with(
            "finding_below_without_an_analysis",
            MISSING,
            strict(),
            &[severe("LOW")],
        ),
        with(
            "analysis_of_another_image",
            MISSING,
            strict(),
            &[discovery(B, "FINISHED_SUCCESS"), severe("LOW")],
        ),
        with(
            "finding_in_another_image",
            ALLOWED,
            strict(),
            &[finished(), {
                let mut occurrence = severe("CRITICAL");
                occurrence["resourceUri"] = format!("https://trusted.example/app@{B}").into();
                occurrence
            }],
        ),
        with(
            "finding_beside_one_above",
            ABOVE,
            strict(),
            &[finished(), severe("LOW"), severe("CRITICAL")],
        ),
    ];
    for status in [
        "PENDING",
        "SCANNING",
        "FINISHED_FAILED",
        "FINISHED_UNSUPPORTED",
    ] {
        let name = format!("analysis_{}", status.to_lowercase());
        cases.push(with(&name, MISSING, strict(), &[discovery(A, status)]));
    }
    cases
}

fn severities() -> Vec<Case> {
    let of = |name, expected, vulnerability: Value| {
        let check = crate::platform::vulnerability("MEDIUM", "ALLOW_ALL");
        analysed(name, expected, check, vulnerability)
    };
    vec![
        of(
            "effective_severity_before_severity",
            ALLOWED,
            json!({"effectiveSeverity": "LOW", "severity": "CRITICAL", "fixAvailable": true}),
        ),
        of(
            "effective_severity_that_is_higher",
            ABOVE,
            json!({"effectiveSeverity": "HIGH", "severity": "LOW", "fixAvailable": true}),
        ),
        of(
            "severity_without_an_effective_one",
            ALLOWED,
            json!({"severity": "MEDIUM", "fixAvailable": true}),
        ),
        of(
            "severity_that_nobody_assigned",
            ABOVE,
            json!({"fixAvailable": true}),
        ),
        of(
            "severity_that_nobody_knows",
            "error settings-invalid",
            json!({"effectiveSeverity": "SEVERE", "fixAvailable": true}),
        ),
    ]
}

fn fixes() -> Vec<Case> {
    let issue = |kind: &str| json!({"affectedPackage": "libexample", "fixedVersion": {"kind": kind, "name": "2"}});
    // A finding with a fix is above, one without is not.
    let of = |name, expected, mut vulnerability: Value| {
        vulnerability["effectiveSeverity"] = "HIGH".into();
        let check = crate::platform::vulnerability("LOW", "CRITICAL");
        analysed(name, expected, check, vulnerability)
    };
    vec![
        of("fix_available", ABOVE, json!({"fixAvailable": true})),
        of("fix_not_available", ALLOWED, json!({"fixAvailable": false})),
        of(
            "fix_available_before_the_packages",
            ALLOWED,
            json!({"fixAvailable": false, "packageIssue": [issue("NORMAL")]}),
        ),
        of(
            "fix_in_one_package",
            ABOVE,
            json!({"packageIssue": [issue("MAXIMUM"), issue("NORMAL")]}),
        ),
        of(
            "fix_in_no_package",
            ALLOWED,
            json!({"packageIssue": [issue("MAXIMUM")]}),
        ),
    ]
}

/// A vulnerability is named by its note, whichever project has it.
fn ids() -> Vec<Case> {
    let listed = |name, expected, note: &str, list: &str, threshold: &str| {
        let mut check = vulnerability(threshold, threshold);
        check["vulnerabilityCheck"][list] = json!(["CVE-2026-0001"]);
        let vulnerability = json!({"effectiveSeverity": "HIGH", "fixAvailable": true});
        with(
            name,
            expected,
            check,
            &[finished(), finding(note, vulnerability)],
        )
    };
    let custom = "projects/custom-project/notes/CVE-2026-0001";
    let longer = "projects/goog-vulnz/notes/CVE-2026-00011";
    vec![
        listed("note_is_allowed", ALLOWED, NOTE, "allowedCves", "LOW"),
        listed(
            "note_of_another_project_is_allowed",
            ALLOWED,
            custom,
            "allowedCves",
            "LOW",
        ),
        listed(
            "note_with_a_longer_id_is_not_allowed",
            ABOVE,
            longer,
            "allowedCves",
            "LOW",
        ),
        listed(
            "note_is_blocked",
            "deny vulnerability-blocked",
            NOTE,
            "blockedCves",
            "ALLOW_ALL",
        ),
        listed(
            "note_of_another_project_is_blocked",
            "deny vulnerability-blocked",
            custom,
            "blockedCves",
            "ALLOW_ALL",
        ),
    ]
}
