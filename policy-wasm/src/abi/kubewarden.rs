//! Lookups in the words of Kubewarden's host capabilities
//! (<https://docs.kubewarden.io/reference/spec/host-capabilities/intro-host-capabilities>).

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

use super::to_json;
use crate::evidence::{Answer, Need};

/// One call to the host
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HostCall {
    pub(super) namespace: &'static str,
    pub(super) operation: &'static str,
    /// JSON
    pub(super) payload: Vec<u8>,
}

/// The payload of `kubernetes/get_resource`
#[derive(Serialize)]
struct GetResource<'n> {
    api_version: &'static str,
    kind: &'static str,
    name: String,
    namespace: &'n str,
    /// An attestation that was just made counts at once, and costs one small object
    disable_cache: bool,
    /// What the host sends; it never leaves out what names the object
    field_masks: [&'static str; 2],
}

/// The payload of `oci/v2/verify` for one key: of several, all would have to have signed.
#[derive(Serialize)]
struct Verify<'n> {
    #[serde(rename = "type")]
    kind: &'static str,
    image: &'n str,
    pub_keys: [&'n str; 1],
    annotations: (),
}

impl From<&Need> for HostCall {
    fn from(need: &Need) -> Self {
        let (namespace, operation, payload) = match need {
            Need::Tag { reference } => ("oci", "v1/manifest_digest", to_json(reference)),
            Need::Manifest { reference } => ("oci", "v1/oci_manifest", to_json(reference)),
            Need::Signature { reference, key, .. } => (
                "oci",
                "v2/verify",
                to_json(&Verify {
                    kind: "SigstorePubKeyVerify",
                    image: reference,
                    pub_keys: [key],
                    annotations: (),
                }),
            ),
            Need::Attestation { namespace, digest } => (
                "kubernetes",
                "get_resource",
                to_json(&GetResource {
                    api_version: "countersign.dev/v1",
                    kind: "Attestation",
                    name: digest.as_name(),
                    namespace,
                    disable_cache: true,
                    field_masks: ["metadata.name", "spec.attestations"],
                }),
            ),
        };
        Self {
            namespace,
            operation,
            payload,
        }
    }
}

/// What the words of a failed call mean. Only those that are known to say "there is no such thing"
/// are an answer; every other text, the one for a missing resource type included, is a failure to
/// answer. Below the first line stands a chain of causes that repeats it.
pub(super) fn failure(need: &Need, text: &str) -> Answer {
    let text = text.lines().next().unwrap_or_default();
    let is_absent = match need {
        Need::Attestation { .. } => text.contains("Cannot find ") && text.contains(" named '"),
        Need::Manifest { .. } => text.contains("manifest unknown"),
        // There are signatures, and none is by the key or none is about the image. That there are
        // none at all can not be, since their manifest was seen; and the host says that also when
        // the registry failed.
        Need::Signature { .. } => {
            text.contains("Image verification failed: missing signatures")
                || text.contains("No Signature Layer passed verification")
        }
        Need::Tag { .. } => false,
    };
    if is_absent {
        Answer::Absent
    } else {
        Answer::Failed(text.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn attestation() -> Need {
        Need::Attestation {
            namespace: "attest-build".to_string(),
            digest: Digest::of(b""),
        }
    }

    fn reference() -> String {
        "trusted.example/app:1".to_string()
    }

    #[test]
    fn lookups_in_kubewardens_words() {
        let call = HostCall::from(&Need::Tag {
            reference: reference(),
        });
        assert_eq!(
            (call.namespace, call.operation),
            ("oci", "v1/manifest_digest")
        );
        assert_eq!(call.payload, br#""trusted.example/app:1""#);
        let call = HostCall::from(&attestation());
        assert_eq!(
            (call.namespace, call.operation),
            ("kubernetes", "get_resource")
        );
        let payload: serde_json::Value = serde_json::from_slice(&call.payload).unwrap();
        assert_eq!(payload["namespace"], "attest-build");
        assert_eq!(payload["name"], Digest::of(b"").as_name());
    }

    /// As Kubewarden 1.36 words them.
    #[test]
    fn only_known_words_mean_that_there_is_no_such_thing() {
        let manifest = Need::Manifest {
            reference: reference(),
        };
        let tag = Need::Tag {
            reference: reference(),
        };
        let missing = "Callback evaluation failure: Cannot find countersign.dev/v1/Attestation \
                       named 'sha256-00' inside of namespace 'Some(\"attest-build\")'";
        let no_such_type =
            "Callback evaluation failure: Cannot find resource countersign.dev/v1/Attestation";
        let unknown = "Callback evaluation failure: Fail to interact with OCI registry: Registry \
                       error: url https://r/v2/a/manifests/t, envelope: OCI API errors: [OCI API \
                       error: manifest unknown]\n\nCaused by:\n    Registry error";
        assert_eq!(failure(&attestation(), missing), Answer::Absent);
        assert_eq!(failure(&manifest, unknown), Answer::Absent);
        for (need, text) in [
            (attestation(), no_such_type),
            (attestation(), "forbidden: cannot get"),
            (attestation(), ""),
            (manifest, missing),
            (tag, unknown),
        ] {
            let first = text.lines().next().unwrap_or_default();
            assert_eq!(failure(&need, text), Answer::Failed(first.into()), "{text}");
        }
    }
}
