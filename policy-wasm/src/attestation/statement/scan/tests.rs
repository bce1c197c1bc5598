use alloc::format;
use alloc::string::String;

use super::super::tests::with_predicate;
use super::super::{Predicate, Statement};
use super::*;
use crate::attestation::statement::predicate_type::{
    COSIGN_SCAN_V1, IN_TOTO_SCAN_V0_1, IN_TOTO_SCAN_V0_2,
};

const TRIVY: &str = r#"{
    "SchemaVersion": 2,
    "ArtifactName": "registry.example.com/shop/cart:1",
    "ArtifactType": "container_image",
    "Results": [
        {"Target": "debian 12.5", "Class": "os-pkgs", "Type": "debian", "Vulnerabilities": [
            {"VulnerabilityID": "CVE-2024-0001", "PkgName": "libx", "InstalledVersion": "1.0",
             "FixedVersion": "1.1", "Status": "fixed", "Severity": "HIGH", "CVSS": {"nvd": {"V3Score": 7.5}}},
            {"VulnerabilityID": "CVE-2024-0002", "PkgName": "liby", "Status": "affected", "Severity": "LOW"},
            {"VulnerabilityID": "GHSA-aaaa-bbbb-cccc", "FixedVersion": "", "Severity": "UNKNOWN"}
        ]},
        {"Target": "app/Cargo.lock", "Class": "lang-pkgs", "Type": "cargo"},
        {"Target": "config", "Class": "secret", "Secrets": [{"RuleID": "a"}]}
    ]
}"#;

const GRYPE: &str = r#"{
    "matches": [
        {"vulnerability": {"id": "GHSA-aaaa-bbbb-cccc", "severity": "Critical", "urls": [], "cvss": [],
            "fix": {"versions": ["2.1"], "state": "fixed"}, "advisories": []},
         "relatedVulnerabilities": [{"id": "CVE-2024-0003", "severity": "Medium"}],
         "matchDetails": [], "artifact": {"name": "liby", "version": "2.0"}},
        {"vulnerability": {"id": "CVE-2024-0004", "severity": "Negligible",
            "fix": {"versions": [], "state": "wont-fix"}}, "relatedVulnerabilities": []},
        {"vulnerability": {"id": "CVE-2024-0005", "fix": {"versions": [], "state": "unknown"}}}
    ],
    "source": {"type": "image"}, "distro": {"name": "debian"}, "descriptor": {"name": "grype"}
}"#;

const IN_TOTO: &str = r#"[
    {"id": "CVE-2024-0006", "severity": [{"method": "nvd", "score": "medium"},
        {"method": "cvss_score", "score": "5.2"}], "annotations": [{"package": "libz"}]},
    {"id": "CVE-2024-0007", "severity": [{"method": "CVSSv3", "score": "9.8"}]},
    {"id": "CVE-2024-0008", "severity": []}
]"#;

/// A scan whose scanner found this.
fn scan(result: &str) -> String {
    format!(
        r#"{{
            "invocation": {{"parameters": null, "uri": "", "event_id": "", "builder.id": ""}},
            "scanner": {{"uri": "pkg:github/example/scanner@1", "version": "1",
                "db": {{"uri": "", "version": "", "lastUpdate": "2024-05-01T00:00:00Z"}}, "result": {result}}},
            "metadata": {{"scanStartedOn": "2024-05-01T10:00:00.123456789Z",
                "scanFinishedOn": "2024-05-01T10:04:00Z"}}
        }}"#
    )
}

fn read(kind: &str, predicate: &str, check: impl FnOnce(Result<Scan<'_>, Rejection>)) {
    let text = with_predicate(kind, predicate);
    let statement = Statement::read(text.as_bytes()).unwrap();
    check(statement.predicate().map(|predicate| match predicate {
        Predicate::Vulnerabilities(scan) => scan,
        other => panic!("{other:?}"),
    }));
}

/// Checks what was found: id, severity, whether there is a fix.
fn assert_findings(kind: &str, result: &str, expected: &[(&str, Severity, Option<bool>)]) {
    read(kind, &scan(result), |scan| {
        let scan = scan.unwrap();
        let found: Vec<_> = scan
            .findings
            .iter()
            .map(|finding| (&*finding.id, finding.severity, finding.fix_available))
            .collect();
        assert_eq!(found, expected);
    });
}

fn problem(kind: &str, predicate: &str) -> String {
    let mut problem = None;
    read(kind, predicate, |result| problem = result.err());
    match problem {
        Some(Rejection::PayloadInvalid(detail)) => detail,
        other => panic!("{predicate}: {other:?}"),
    }
}

#[test]
fn cosign_with_a_report_of_trivy() {
    let expected = [
        ("CVE-2024-0001", Severity::High, Some(true)),
        ("CVE-2024-0002", Severity::Low, Some(false)),
        ("GHSA-aaaa-bbbb-cccc", Severity::Unspecified, Some(false)),
    ];
    assert_findings(COSIGN_SCAN_V1, TRIVY, &expected);
}

#[test]
fn cosign_with_a_report_of_grype() {
    let expected = [
        ("GHSA-aaaa-bbbb-cccc", Severity::Critical, Some(true)),
        ("CVE-2024-0004", Severity::Minimal, Some(false)),
        ("CVE-2024-0005", Severity::Unspecified, None),
    ];
    assert_findings(COSIGN_SCAN_V1, GRYPE, &expected);
    read(COSIGN_SCAN_V1, &scan(GRYPE), |scan| {
        let findings = scan.unwrap().findings;
        assert_eq!(findings[0].related, ["CVE-2024-0003"]);
        assert!(findings[1].related.is_empty());
    });
}

#[test]
fn in_toto_with_its_own_list() {
    let expected = [
        ("CVE-2024-0006", Severity::Medium, None),
        ("CVE-2024-0007", Severity::Critical, None),
        ("CVE-2024-0008", Severity::Unspecified, None),
    ];
    for kind in [IN_TOTO_SCAN_V0_1, IN_TOTO_SCAN_V0_2] {
        assert_findings(kind, IN_TOTO, &expected);
    }
    let nested =
        r#"[{"vulnerability": {"id": "A", "severity": [{"method": "nvd", "score": "high"}]}}]"#;
    assert_findings(IN_TOTO_SCAN_V0_1, nested, &[("A", Severity::High, None)]);
}

#[test]
fn the_scanner_and_the_times_are_read() {
    for (kind, result) in [(COSIGN_SCAN_V1, GRYPE), (IN_TOTO_SCAN_V0_1, IN_TOTO)] {
        read(kind, &scan(result), |scan| {
            let scan = scan.unwrap();
            assert_eq!(
                scan.scanner.as_deref(),
                Some("pkg:github/example/scanner@1")
            );
            assert_eq!(scan.started.map(Time::as_unix), Some(1_714_557_600));
            assert_eq!(scan.finished.as_unix(), 1_714_557_840);
        });
    }
    let undated = scan(GRYPE).replace("scanFinishedOn", "finishedOn");
    let expected = "it has no `predicate.metadata.scanFinishedOn`";
    assert_eq!(problem(COSIGN_SCAN_V1, &undated), expected);
}

#[test]
fn a_scan_that_found_nothing_has_looked() {
    let clean = r#"{"Results": [{"Target": "debian", "Class": "os-pkgs"}]}"#;
    assert_findings(COSIGN_SCAN_V1, clean, &[]);
    assert_findings(COSIGN_SCAN_V1, r#"{"matches": []}"#, &[]);
    assert_findings(IN_TOTO_SCAN_V0_2, "[]", &[]);
}

/// Trivy writes no empty list, so that this is all it says of an image without packages.
#[test]
fn trivy_without_results_has_found_nothing() {
    let head = r#""SchemaVersion": 2, "CreatedAt": "2024-05-01T12:03:00.1+02:00",
        "ArtifactName": "registry.example.com/base/static:1", "ArtifactType": "container_image""#;
    assert_findings(COSIGN_SCAN_V1, &format!("{{{head}}}"), &[]);
    assert_findings(
        COSIGN_SCAN_V1,
        &format!(r#"{{{head}, "Results": []}}"#),
        &[],
    );
}

/// An old report in a new predicate has a new `scanFinishedOn`, and keeps its own time.
#[test]
fn a_scan_is_as_old_as_its_report() {
    let trivy = |created: &str| TRIVY.replace("{\n", &format!("{{\"CreatedAt\": \"{created}\",\n"));
    let grype = |created: &str| {
        let descriptor = format!(r#""name": "grype", "timestamp": "{created}""#);
        GRYPE.replace(r#""name": "grype""#, &descriptor)
    };
    let finished = 1_714_557_840;
    for (created, expected) in [
        ("2020-01-01T00:00:00Z", 1_577_836_800),
        ("2024-05-01T12:03:59.999999999+02:00", finished - 1),
        ("2024-05-01T10:04:01Z", finished),
        ("2030-01-01T00:00:00Z", finished),
        // Versions that do not say it
        ("0001-01-01T00:00:00Z", finished),
        ("", finished),
    ] {
        for report in [trivy(created), grype(created)] {
            read(COSIGN_SCAN_V1, &scan(&report), |scan| {
                assert_eq!(scan.unwrap().finished.as_unix(), expected, "{created}");
            });
        }
    }
    let yesterday = scan(&trivy("yesterday"));
    let expected = "predicate.scanner.result.CreatedAt: expected a date";
    assert!(problem(COSIGN_SCAN_V1, &yesterday).starts_with(expected));
}

#[test]
fn a_report_that_cannot_be_read_is_never_one_without_findings() {
    let neither = ": expected a report of Trivy (with `Results`) or of Grype";
    for (kind, result, detail) in [
        (COSIGN_SCAN_V1, "{}", neither),
        (COSIGN_SCAN_V1, r#"{"vulnerabilities": []}"#, neither),
        (COSIGN_SCAN_V1, r#"{"SchemaVersion": 2}"#, neither),
        (
            COSIGN_SCAN_V1,
            r#"{"SchemaVersion": 2, "ArtifactName": ""}"#,
            neither,
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"SchemaVersion": 1, "ArtifactName": "a"}"#,
            neither,
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"SchemaVersion": 2, "ArtifactName": "a", "Results": null}"#,
            ".Results: expected a list",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"SchemaVersion": 2, "ArtifactName": "a", "Results": [{"Class": "secret"}]}"#,
            ".Results: expected a result for packages",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"matches": [], "descriptor": {"timestamp": "today"}}"#,
            ".descriptor.timestamp: expected a date",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"Results": [{"Class": "os-pkgs"}], "matches": []}"#,
            neither,
        ),
        (COSIGN_SCAN_V1, "[]", ": expected an object"),
        (COSIGN_SCAN_V1, r#""""#, ": expected an object"),
        (COSIGN_SCAN_V1, "null", ": expected an object"),
        (
            COSIGN_SCAN_V1,
            r#"{"matches": null}"#,
            ".matches: expected a list",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"matches": {}}"#,
            ".matches: expected a list",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"matches": [{}]}"#,
            ".matches[0]: expected a vuln",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"Results": null}"#,
            ".Results: expected a list",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"Results": []}"#,
            ".Results: expected a result",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"Results": [{"Class": "secret", "Secrets": []}]}"#,
            ".Results: expected a result for packages",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"Results": [{"Vulnerabilities": {}}]}"#,
            ".Results[0].Vulnerabilities: expected a list",
        ),
        (
            COSIGN_SCAN_V1,
            r#"{"matches": [{"vulnerability": {"id": "A", "fix": {"state": "maybe"}}}]}"#,
            ".matches[0].vulnerability.fix.state: expected one of",
        ),
        // A report that is right for the other predicate
        (IN_TOTO_SCAN_V0_2, GRYPE, ": expected a list"),
        (COSIGN_SCAN_V1, IN_TOTO, ": expected an object"),
        (
            IN_TOTO_SCAN_V0_2,
            r#"[{"severity": []}]"#,
            "[0]: expected a vuln",
        ),
        (
            IN_TOTO_SCAN_V0_2,
            r#"["CVE-2024-0006"]"#,
            "[0]: expected an object",
        ),
    ] {
        let problem = problem(kind, &scan(result));
        let problem = problem.strip_prefix("predicate.scanner.result").unwrap();
        assert!(problem.starts_with(detail), "{problem}");
    }
    let unscanned = scan(GRYPE).replace(r#""result""#, r#""results""#);
    assert_eq!(
        problem(COSIGN_SCAN_V1, &unscanned),
        "it has no `predicate.scanner.result`"
    );
    let draft = scan(GRYPE).replace(r#""scanner""#, r#""scanners""#);
    assert!(problem(COSIGN_SCAN_V1, &draft).contains("expected one `scanner`"));
}

#[test]
fn severities_are_words_or_scores() {
    use Severity::{Critical, High, Low, Medium, Minimal, Unspecified};
    for (method, score, severity) in [
        ("a", "UNKNOWN", Some(Unspecified)),
        ("a", "Unspecified", Some(Unspecified)),
        ("a", "None", Some(Minimal)),
        ("a", "Negligible", Some(Minimal)),
        ("a", "MINIMAL", Some(Minimal)),
        ("a", "low", Some(Low)),
        ("a", "Medium", Some(Medium)),
        ("a", "HIGH", Some(High)),
        ("a", "critical", Some(Critical)),
        ("cvss_score", "0", Some(Minimal)),
        ("cvss_score", "0.0", Some(Minimal)),
        ("cvss", "0.1", Some(Low)),
        ("cvss", "3.9", Some(Low)),
        ("cvss", "4.0", Some(Medium)),
        ("CVSS_V3", "6.9", Some(Medium)),
        ("nvd", "7", Some(High)),
        ("NVD", "8.9", Some(High)),
        ("nvd", "9.0", Some(Critical)),
        ("nvd", "10.0", Some(Critical)),
        ("cvss", "0.01", Some(Low)),
        ("cvss", "3.90", Some(Low)),
        ("cvss", "3.91", Some(Medium)),
        ("cvss", "6.89", Some(Medium)),
        ("cvss", "6.95", Some(High)),
        ("cvss", "8.901", Some(Critical)),
        ("cvss", "9.99", Some(Critical)),
        ("cvss", "3.9000000953674316", Some(Low)),
        ("cvss", "6.900000095367432", Some(Medium)),
        ("cvss", "6.900004", Some(Medium)),
        ("cvss", "6.900005", Some(High)),
        ("cvss", "6.90001", Some(High)),
        ("cvss", "0.000001", Some(Minimal)),
        ("cvss", "10.000000001", Some(Critical)),
        ("cvss", "10.01", None),
        ("cvss", "10.91", None),
        ("cvss", "255.91", None),
        ("epss", "0.97", Some(Unspecified)),
        ("é", "9.8", Some(Unspecified)),
        ("cvss", "10.1", None),
        ("cvss", "11", None),
        ("cvss", "256", None),
        ("cvss", "9.8.1", None),
        ("cvss", "9.", None),
        ("cvss", "-1", None),
        ("cvss", "1e1", None),
        ("cvss", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", None),
        ("a", "", None),
        ("a", "severe", None),
        ("a", "critical ", None),
    ] {
        let result = format!(
            r#"[{{"id": "A", "severity": [{{"method": "{method}", "score": "{score}"}}]}}]"#
        );
        match severity {
            Some(severity) => assert_findings(IN_TOTO_SCAN_V0_2, &result, &[("A", severity, None)]),
            None => {
                assert!(problem(IN_TOTO_SCAN_V0_2, &scan(&result)).contains("is not a severity"));
            }
        }
    }
    let severe = GRYPE.replace("Negligible", "Severe");
    assert!(problem(COSIGN_SCAN_V1, &scan(&severe)).contains("`Severe` is not a severity"));
}

#[test]
fn of_several_severities_the_highest_counts() {
    for (other, expected) in [
        (r#"{"method": "nvd", "score": "unknown"}"#, Severity::Medium),
        (r#"{"method": "epss", "score": "0.97"}"#, Severity::Medium),
        (r#"{"method": "vendor", "score": "low"}"#, Severity::Medium),
        (r#"{"method": "vendor", "score": "high"}"#, Severity::High),
    ] {
        let result = format!(
            r#"[{{"id": "A", "severity": [{{"method": "cvss", "score": "5.2"}}, {other}]}}]"#
        );
        assert_findings(IN_TOTO_SCAN_V0_2, &result, &[("A", expected, None)]);
    }
}

#[test]
fn findings_are_counted() {
    let findings = |count| format!("[{}]", alloc::vec![r#"{"id": "A"}"#; count].join(","));
    read(IN_TOTO_SCAN_V0_2, &scan(&findings(MAX_FINDINGS)), |scan| {
        assert_eq!(scan.unwrap().findings.len(), MAX_FINDINGS);
    });
    let problem = problem(IN_TOTO_SCAN_V0_2, &scan(&findings(MAX_FINDINGS + 1)));
    let expected = "predicate.scanner.result[100000]: expected at most 100000 findings";
    assert!(problem.starts_with(expected), "{problem}");
}
