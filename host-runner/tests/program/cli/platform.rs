//! `evaluate` with platform policies: what people see, what Google's evaluation would answer, and at
//! which time.

use serde_json::{Value, json};

use crate::program::run;

const POLICY: &str = "evaluate --settings policies/supply-chain/policy.yaml";
const FIXTURES: &str = "policies/supply-chain/fixtures";
const TIME: &str = "--time 2026-11-23T12:00:00Z";

#[test]
fn each_check_is_shown_with_its_verdict() {
    let (stdout, stderr) = run(&format!("{POLICY} {TIME} {FIXTURES}"), "", 1);
    for line in [
        "    ✗ document projects/example/platforms/gke/policies/supply-chain",
        "      default check set 0 \"Everywhere\"",
        "      ✓ TrustedDirectoryCheck \"From our directories\"",
        "      ✗ SlsaCheck \"Built by our CI from our repositories\"",
        "          provenance-source-not-trusted: No pattern of the rule matches repository `https://github.com/somebody/shop`",
        "      ! VulnerabilityCheck \"Nothing bad that could be fixed\"",
        "        image-not-fresh: Image was uploaded at 2026-09-01T09:30:00Z, more than 30 days ago",
        "  warning[clock-overridden]: Evaluated as of 2026-11-23T12:00:00Z, given by the call",
    ] {
        assert!(
            stdout.lines().any(|shown| shown == line),
            "{line}\n{stdout}"
        );
    }
    assert!(stdout.contains("1 admitted, 6 denied"), "{stdout}");
    assert_eq!(stderr, "");
}

/// Field for field.
#[test]
fn google_s_response_has_every_check() {
    let arguments = format!("{POLICY} {TIME} --format gke {FIXTURES}/vulnerable.yaml");
    let responses: Value = serde_json::from_str(&run(&arguments, "", 1).0).unwrap();
    let response = &responses[0];
    let check = |index: usize, kind: &str, name: &str, verdict: &str, why: &str| {
        json!({
            "index": index.to_string(), "displayName": name, "type": kind,
            "explanation": format!(
                "{kind} at index {index} with display name \"{name}\" has verdict {verdict}. {why}"
            ),
            "evaluationResult": {"verdict": verdict},
        })
    };
    let (passed, failed) = ("CONFORMANT", "NON_CONFORMANT");
    let checks = [
        check(
            0,
            "TrustedDirectoryCheck",
            "From our directories",
            passed,
            "Image is in a trusted directory",
        ),
        check(
            1,
            "SlsaCheck",
            "Built by our CI from our repositories",
            passed,
            "Image was built by `https://ci.example/builders/release` from `https://github.com/example/shop`",
        ),
        check(
            2,
            "VulnerabilityCheck",
            "Nothing bad that could be fixed",
            failed,
            "CVE-2026-10003 has severity HIGH, above the maximum MEDIUM for fixable vulnerabilities",
        ),
        check(
            3,
            "ImageFreshnessCheck",
            "Rebuilt every month",
            passed,
            "Image was uploaded at 2026-11-18T09:30:00Z",
        ),
    ];
    let expected = json!({
        "verdict": failed,
        "results": [{
            "podName": "web", "kubernetesNamespace": "production",
            "kubernetesServiceAccount": "default", "verdict": failed,
            "imageResults": [{
                "imageUri": format!("registry.example/shop/web@sha256:{}", "2".repeat(64)),
                "verdict": failed,
                "checkSetResult": {
                    "index": "0", "displayName": "Everywhere",
                    "checkResults": {"results": checks},
                },
            }],
        }],
    });
    assert_eq!(*response, expected);
}

#[test]
fn objects_can_be_judged_as_of_another_time() {
    let good = format!("{FIXTURES}/good.yaml");
    for (time, status) in [
        ("2026-11-23T12:00:00Z", 0),
        ("2026-11-23T13:00:00+01:00", 0),
        // The scan is more than a week old.
        ("2026-11-27T06:00:01Z", 1),
        ("2027-11-23T12:00:00Z", 1),
    ] {
        run(&format!("{POLICY} --time {time} {good}"), "", status);
    }
    let (_, stderr) = run(&format!("{POLICY} --time yesterday {good}"), "", 2);
    assert!(stderr.contains("2024-02-29T23:59:59Z"), "{stderr}");
    let arguments = format!("{POLICY} {TIME} --format admission-review {good}");
    let (stdout, stderr) = run(&arguments, "", 2);
    assert!(
        stdout.is_empty() && stderr.contains("its own clock"),
        "{stderr}"
    );
}
