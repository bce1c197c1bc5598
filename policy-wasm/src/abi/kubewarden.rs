//! Lookups in the words of Kubewarden's host capabilities
//! (<https://docs.kubewarden.io/reference/spec/host-capabilities/intro-host-capabilities>).

use alloc::string::{String, ToString as _};

use serde_json::json;

use crate::evidence::{Answer, Need};

/// The binding under which Kubewarden offers its capabilities
pub(super) const BINDING: &str = "kubewarden";

/// One call to the host
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HostCall {
    pub(super) namespace: &'static str,
    pub(super) operation: &'static str,
    /// JSON
    pub(super) payload: String,
}

impl From<&Need> for HostCall {
    fn from(need: &Need) -> Self {
        let (namespace, operation, payload) = match need {
            Need::Tag { reference } => ("oci", "v1/manifest_digest", json!(reference)),
            Need::Manifest { reference } => ("oci", "v1/oci_manifest", json!(reference)),
            Need::Attestation { namespace, digest } => (
                "kubernetes",
                "get_resource",
                json!({
                    "api_version": "countersign.dev/v1",
                    "kind": "Attestation",
                    "name": digest.as_name(),
                    "namespace": namespace,
                    // An attestation that was just made counts at once, and costs one small object.
                    "disable_cache": true,
                    "field_masks": ["metadata.name", "spec.attestations"],
                }),
            ),
        };
        Self {
            namespace,
            operation,
            payload: payload.to_string(),
        }
    }
}

/// What the words of a failed call mean. Only those that are known to say "there is no such thing"
/// are an answer; every other text is a failure to answer.
pub(super) fn failure(need: &Need, text: &str) -> Answer {
    let is_absent = match need {
        Need::Attestation { .. } => text.contains("Cannot find "),
        Need::Manifest { .. } => text.contains("manifest unknown"),
        Need::Tag { .. } => false,
    };
    if is_absent {
        Answer::Absent
    } else {
        Answer::Failed(text.to_string())
    }
}
