//! Statements about the base case's image: scans, provenance, upload times. Unsigned as they stand
//! in settings, and signed in an envelope.

use serde_json::{Value, json};

use crate::case::A;
use crate::signing::{IN_TOTO, TestKey, envelope};

pub const COSIGN_SCAN: &str = "https://cosign.sigstore.dev/attestation/vuln/v1";
pub const IN_TOTO_SCAN: &str = "https://in-toto.io/attestation/vulns/v0.2";
pub const SLSA_V0_2: &str = "https://slsa.dev/provenance/v0.2";
pub const SLSA_V1: &str = "https://slsa.dev/provenance/v1";
pub const UPLOAD: &str = "https://countersign.dev/upload/v1";

/// Cloud Build's own id, and the type of its builds
pub const CLOUD_BUILD: &str = "https://cloudbuild.googleapis.com/GoogleHostedWorker";
const CLOUD_BUILD_TYPE: &str = "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1";

/// A statement about the base case's image.
pub fn statement(predicate_type: &str, predicate: Value) -> Value {
    statement_about(A, predicate_type, predicate)
}

/// A statement about any image of the repository.
pub fn statement_about(digest: &str, predicate_type: &str, predicate: Value) -> Value {
    let hex = digest.strip_prefix("sha256:").unwrap();
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "trusted.example/app", "digest": {"sha256": hex}}],
        "predicateType": predicate_type,
        "predicate": predicate,
    })
}

/// The envelope in which a key signs a statement.
pub fn signed(key: &TestKey, statement: &Value) -> Value {
    envelope(key, IN_TOTO, &statement.to_string())
}

/// What cosign attests for a scanner's report.
pub fn scan(finished: &str, report: Value) -> Value {
    statement(COSIGN_SCAN, scan_predicate(finished, report))
}

/// The predicate alone, which in-toto's has in common with cosign's.
pub fn scan_predicate(finished: &str, report: Value) -> Value {
    json!({
        "scanner": {"uri": "pkg:github/example/scanner@1", "version": "1", "result": report},
        "metadata": {"scanStartedOn": finished, "scanFinishedOn": finished},
    })
}

/// A report of Grype.
pub fn grype(matches: &[Value]) -> Value {
    json!({"matches": matches, "descriptor": {"name": "grype"}})
}

/// One match of Grype's report; `fix` is `fixed`, `not-fixed`, `wont-fix` or `unknown`.
pub fn found(id: &str, severity: &str, fix: &str) -> Value {
    json!({
        "vulnerability": {"id": id, "severity": severity, "fix": {"versions": [], "state": fix}},
        "artifact": {"name": "libexample", "version": "1.0"},
    })
}

/// A finding that is reported for other vulnerabilities, too.
pub fn found_for(id: &str, severity: &str, fix: &str, related: &[&str]) -> Value {
    let related: Vec<_> = related.iter().map(|id| json!({"id": id})).collect();
    let mut found = found(id, severity, fix);
    found["relatedVulnerabilities"] = related.into();
    found
}

/// A scan that found nothing.
pub fn clean_scan(finished: &str) -> Value {
    scan(finished, grype(&[]))
}

/// A scan that found a critical vulnerability with a fix.
pub fn critical_scan(finished: &str) -> Value {
    scan(
        finished,
        grype(&[found("CVE-2026-0001", "Critical", "fixed")]),
    )
}

pub fn upload(time: &str) -> Value {
    statement(UPLOAD, json!({"uploadTime": time}))
}

/// Provenance v1 of a build that Cloud Build configured from a file in a repository.
pub fn cloud_build(repository: &str) -> Value {
    provenance_v1(CLOUD_BUILD, Some(repository))
}

/// Provenance v1; without a repository, the build's steps came with the call that started it.
pub fn provenance_v1(builder: &str, repository: Option<&str>) -> Value {
    let parameters = match repository {
        Some(repository) => json!({"buildConfigSource": {
            "path": "cloudbuild.yaml", "ref": "refs/heads/main", "repository": repository,
        }}),
        None => json!({"buildConfig": {"steps": []}}),
    };
    statement(
        SLSA_V1,
        json!({
            "buildDefinition": {
                "buildType": CLOUD_BUILD_TYPE, "externalParameters": parameters,
                "resolvedDependencies": [{"uri": "git+https://github.com/trusted/tools"}],
            },
            "runDetails": {"builder": {"id": builder}},
        }),
    )
}

/// Provenance v0.2; without a repository, there is no configuration.
pub fn provenance_v0_2(builder: &str, repository: Option<&str>) -> Value {
    let invocation = match repository {
        Some(repository) => {
            json!({"configSource": {"uri": repository, "entryPoint": "cloudbuild.yaml"}})
        }
        None => json!({"parameters": {}}),
    };
    statement(
        SLSA_V0_2,
        json!({
            "builder": {"id": builder}, "buildType": "https://builder.example/generic@v1",
            "invocation": invocation,
            "materials": [{"uri": "git+https://github.com/trusted/tools"}],
        }),
    )
}
