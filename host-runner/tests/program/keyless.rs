//! Settings in which a GitHub workflow has to sign every image without a key.

use serde_json::{Value, json};

/// The subject of the workflow
pub(crate) const WORKFLOW: &str =
    "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";
/// The issuer of the workflow's identity
pub(crate) const ISSUER: &str = "https://token.actions.githubusercontent.com";

/// Settings with one attestor, under an entry of `trustedRoots` and with these sources of evidence.
pub(crate) fn settings(root: &Value, evidence: &Value) -> Value {
    json!({
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "requireAttestationsBy": ["projects/p/attestors/release"],
        }},
        "attestors": [{
            "name": "projects/p/attestors/release",
            "userOwnedGrafeasNote": {"noteReference": "projects/p/notes/release"},
        }],
        "sigstore": {
            "trustedRoots": {"internal": root},
            "identities": {"release": [{"trustedRoot": "internal", "issuer": ISSUER, "subject": WORKFLOW}]},
            "attestors": {"projects/p/attestors/release": ["release"]},
        },
        "evidence": evidence,
    })
}
