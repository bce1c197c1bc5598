//! The call that targets change in one place: a Pod with one image that no key has signed.

use serde_json::{Value, json};

/// The repository of the image
pub(crate) const IMAGE: &str = "registry.example/app";
/// Its digest, which no key has signed
pub(crate) const UNSIGNED: &str =
    "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
/// The note of the attestor
pub(crate) const NOTE: &str = "projects/p/notes/a";

const ATTESTOR: &str = "projects/p/attestors/a";

/// The request that creates the Pod.
pub(crate) fn request() -> Value {
    json!({
        "uid": "u", "operation": "CREATE", "namespace": "default", "name": "web",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "object": {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
            "spec": {"containers": [{"name": "app", "image": format!("{IMAGE}@{UNSIGNED}")}]},
        },
    })
}

/// Settings under which every image needs a signature of one attestor with one key.
pub(crate) fn settings(key: &Value, evidence: &Value) -> Value {
    json!({
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "requireAttestationsBy": [ATTESTOR],
        }},
        "attestors": [{"name": ATTESTOR, "userOwnedGrafeasNote": {
            "noteReference": NOTE,
            "publicKeys": [key],
        }}],
        "evidence": evidence,
    })
}
