//! `vulnerabilityCheck`: which findings a policy accepts.

use serde_json::{Value, json};

use crate::case::Case;
use crate::platform::statements::{
    IN_TOTO_SCAN, found, found_for, grype, scan, scan_predicate, statement,
};
use crate::platform::{AN_HOUR_AGO, checked, vulnerability};

/// Severities in the specification's words, and in Grype's.
const SEVERITIES: [(&str, &str); 6] = [
    ("unspecified", "Unknown"),
    ("minimal", "Negligible"),
    ("low", "Low"),
    ("medium", "Medium"),
    ("high", "High"),
    ("critical", "Critical"),
];

/// Whether a severity is allowed under the thresholds, in the order of the severities above.
#[rustfmt::skip]
const THRESHOLDS: [(&str, [bool; 6]); 7] = [
    ("BLOCK_ALL", [false, false, false, false, false, false]),
    ("MINIMAL", [false, true, false, false, false, false]),
    ("LOW", [false, true, true, false, false, false]),
    ("MEDIUM", [false, true, true, true, false, false]),
    ("HIGH", [false, true, true, true, true, false]),
    ("CRITICAL", [false, true, true, true, true, true]),
    ("ALLOW_ALL", [true, true, true, true, true, true]),
];

const ALLOWED: &str = "allow check-passed !vulnerability-above-threshold !vulnerability-blocked";
const ABOVE: &str = "deny vulnerability-above-threshold !vulnerability-blocked";
const BLOCKED: &str = "deny vulnerability-blocked";

/// A case in which one scan in the settings is all there is.
fn with(name: &str, expected: &'static str, check: Value, findings: &[Value]) -> Case {
    of_report(name, expected, check, scan(AN_HOUR_AGO, grype(findings)))
}

fn of_report(name: &str, expected: &'static str, check: Value, scan: Value) -> Case {
    checked(name, expected, &[check], |call| {
        call["settings"]["evidence"] = json!({"statements": [scan]});
    })
}

/// A check that also has these lists of ids.
fn listed(fixable: &str, unfixable: &str, allowed: &[&str], blocked: &[&str]) -> Value {
    let mut check = vulnerability(fixable, unfixable);
    check["vulnerabilityCheck"]["allowedCves"] = allowed.into();
    check["vulnerabilityCheck"]["blockedCves"] = blocked.into();
    check
}

pub(super) fn cases() -> Vec<Case> {
    [severities(), lists(), fixes(), reports()].concat()
}

/// Each threshold against each severity. The threshold that does not apply says the opposite.
fn severities() -> Vec<Case> {
    let mut cases = Vec::new();
    for (threshold, allowed) in THRESHOLDS {
        for ((severity, word), is_allowed) in SEVERITIES.into_iter().zip(allowed) {
            let (expected, other) = if is_allowed {
                (ALLOWED, "BLOCK_ALL")
            } else {
                (ABOVE, "ALLOW_ALL")
            };
            let under = threshold.to_lowercase();
            for (kind, fix, check) in [
                ("fixable", "fixed", vulnerability(threshold, other)),
                ("unfixable", "not-fixed", vulnerability(other, threshold)),
            ] {
                let name = format!("severity_{severity}_under_{under}_{kind}");
                let finding = found("CVE-2026-0001", word, fix);
                cases.push(with(&name, expected, check, &[finding]));
            }
        }
    }
    cases
}

/// Whether the id is allowed, whether it is blocked, whether its severity is too high.
fn lists() -> Vec<Case> {
    let mut cases = Vec::new();
    for (is_allowed, is_blocked, is_above, expected) in [
        (false, false, false, ALLOWED),
        (false, false, true, ABOVE),
        (false, true, false, BLOCKED),
        (false, true, true, BLOCKED),
        (true, false, false, ALLOWED),
        (true, false, true, ALLOWED),
        (true, true, false, ALLOWED),
        (true, true, true, ALLOWED),
    ] {
        let name = format!(
            "cve_{}_{}_{}",
            if is_allowed { "allowed" } else { "not_allowed" },
            if is_blocked { "blocked" } else { "not_blocked" },
            if is_above { "above" } else { "below" }
        );
        let list = |flag: bool| if flag { vec!["CVE-2026-0001"] } else { vec![] };
        let threshold = if is_above { "LOW" } else { "HIGH" };
        let check = listed(threshold, threshold, &list(is_allowed), &list(is_blocked));
        let finding = found("CVE-2026-0001", "High", "fixed");
        cases.push(with(&name, expected, check, &[finding]));
    }
    let listing = |name, expected, blocked: &str| {
        let check = listed("HIGH", "HIGH", &[], &[blocked]);
        with(
            name,
            expected,
            check,
            &[found("CVE-2026-0001", "High", "fixed")],
        )
    };
    cases.extend([
        listing(
            "cve_blocked_in_another_letter_case",
            BLOCKED,
            "cve-2026-0001",
        ),
        // What would block nothing is no setting.
        listing(
            "cve_blocked_with_a_space",
            "error settings-invalid",
            "CVE-2026-0001 ",
        ),
        listing(
            "cve_blocked_by_the_name_of_its_note",
            "error settings-invalid",
            "projects/goog-vulnz/notes/CVE-2026-0001",
        ),
    ]);
    let (id, other) = ("GHSA-aaaa-bbbb-cccc", "CVE-2026-0001");
    let related = |severity: &str| [found_for(id, severity, "fixed", &[other])];
    cases.extend([
        with(
            "cve_blocked_by_a_related_id",
            BLOCKED,
            listed("ALLOW_ALL", "ALLOW_ALL", &[], &[other]),
            &related("Low"),
        ),
        with(
            "cve_not_allowed_by_a_related_id",
            ABOVE,
            listed("LOW", "LOW", &[other], &[]),
            &related("High"),
        ),
        with(
            "cve_allowed_by_its_own_id",
            ALLOWED,
            listed("LOW", "LOW", &[id], &[]),
            &related("High"),
        ),
        with(
            "cve_that_begins_like_an_allowed_one",
            ABOVE,
            listed("LOW", "LOW", &["CVE-2026-000"], &[]),
            &[found(other, "High", "fixed")],
        ),
        with(
            "cve_allowed_beside_another_that_is_not",
            ABOVE,
            listed("LOW", "LOW", &[other], &[]),
            &[
                found(other, "High", "fixed"),
                found("CVE-2026-0002", "High", "fixed"),
            ],
        ),
        with(
            "cve_above_and_another_blocked",
            "deny vulnerability-above-threshold vulnerability-blocked",
            listed("LOW", "LOW", &[], &[other]),
            &[
                found(other, "Low", "fixed"),
                found("CVE-2026-0002", "High", "fixed"),
            ],
        ),
    ]);
    cases
}

/// Where nobody says whether there is a fix, a finding meets both thresholds.
fn fixes() -> Vec<Case> {
    let unknown = || [found("CVE-2026-0001", "Medium", "unknown")];
    let of = |name, expected, fixable, unfixable| {
        with(
            name,
            expected,
            vulnerability(fixable, unfixable),
            &unknown(),
        )
    };
    vec![
        of(
            "fix_unknown_and_both_thresholds_met",
            ALLOWED,
            "MEDIUM",
            "MEDIUM",
        ),
        of(
            "fix_unknown_and_above_the_fixable",
            ABOVE,
            "LOW",
            "CRITICAL",
        ),
        of(
            "fix_unknown_and_above_the_unfixable",
            ABOVE,
            "CRITICAL",
            "LOW",
        ),
        with(
            "fix_that_will_not_come_is_none",
            ALLOWED,
            vulnerability("BLOCK_ALL", "HIGH"),
            &[found("CVE-2026-0001", "High", "wont-fix")],
        ),
        with(
            "one_package_of_two_with_a_fix",
            ABOVE,
            vulnerability("LOW", "CRITICAL"),
            &[
                found("CVE-2026-0001", "High", "not-fixed"),
                found("CVE-2026-0001", "High", "fixed"),
            ],
        ),
    ]
}

/// The scanners whose reports are read.
fn reports() -> Vec<Case> {
    let strict = || vulnerability("MEDIUM", "MEDIUM");
    let trivy = |results: Value| scan(AN_HOUR_AGO, json!({"SchemaVersion": 2, "Results": results}));
    let vulnerable = |severity: &str| {
        trivy(
            json!([{"Target": "debian", "Class": "os-pkgs", "Vulnerabilities": [
                {"VulnerabilityID": "CVE-2026-0001", "Severity": severity, "FixedVersion": "2"},
            ]}]),
        )
    };
    let in_toto = |score: &str| {
        let result = json!([
            {"id": "CVE-2026-0001", "severity": [{"method": "nvd", "score": score}]},
        ]);
        statement(IN_TOTO_SCAN, scan_predicate(AN_HOUR_AGO, result))
    };
    vec![
        with("report_of_grype_without_findings", ALLOWED, strict(), &[]),
        of_report(
            "report_of_trivy_without_findings",
            ALLOWED,
            strict(),
            trivy(json!([{"Target": "debian", "Class": "os-pkgs"}])),
        ),
        of_report(
            "report_of_trivy_medium",
            ALLOWED,
            strict(),
            vulnerable("MEDIUM"),
        ),
        of_report("report_of_trivy_high", ABOVE, strict(), vulnerable("HIGH")),
        of_report(
            "report_of_in_toto_medium",
            ALLOWED,
            strict(),
            in_toto("6.9"),
        ),
        of_report("report_of_in_toto_high", ABOVE, strict(), in_toto("7.0")),
    ]
}
