//! Lookups as calls of Kubewarden's host capabilities
//! (<https://docs.kubewarden.io/reference/spec/host-capabilities/intro-host-capabilities>), and those of a call that
//! Kubewarden lacks.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

use super::to_json;
use crate::evidence::{Answer, Need, Presence};

/// One call to the host
#[derive(Debug, PartialEq, Eq)]
pub(super) struct HostCall {
    pub(super) binding: &'static str,
    pub(super) namespace: &'static str,
    pub(super) operation: &'static str,
    /// JSON
    pub(super) payload: Vec<u8>,
}

/// The binding under which Kubewarden offers its capabilities
const KUBEWARDEN: &str = "kubewarden";

/// The binding of calls that only some hosts answer; Kubewarden does not know it
const OWN: &str = "countersign";

/// The payload of `kubernetes/get_resource`
#[derive(Serialize)]
struct GetResource<'n> {
    api_version: &'static str,
    kind: &'static str,
    name: String,
    namespace: &'n str,
    /// Bypasses the cache, so that new attestations are found at once; one lookup fetches one small object
    disable_cache: bool,
    /// Fields to fetch; the host always includes those that identify the object
    field_masks: [&'static str; 2],
}

/// The payload of `oci/v2/verify` for one key, since with several keys all would have to have signed.
#[derive(Serialize)]
struct Verify<'n> {
    #[serde(rename = "type")]
    kind: &'static str,
    image: &'n str,
    pub_keys: [&'n str; 1],
    annotations: (),
}

impl HostCall {
    /// Returns the call that makes a lookup.
    pub(super) fn of(need: &Need) -> Self {
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
            Need::Bundles { reference } => ("oci", "v1/sigstore_bundles", to_json(reference)),
        };
        let binding = match need {
            // No capability of Kubewarden returns blobs or lists referrers.
            Need::Bundles { .. } => OWN,
            _ => KUBEWARDEN,
        };
        Self {
            binding,
            namespace,
            operation,
            payload,
        }
    }
}

/// Interprets the error text of a failed call. Texts that are known to mean "not found" are an answer; every
/// other text, including that of a missing resource type, is a failure. A chain of causes below the text
/// repeats it, and every failure of the host begins with the same words.
pub(super) fn failure(need: &Need, text: &str) -> Answer {
    let text = text
        .strip_prefix("Callback evaluation failure: ")
        .unwrap_or(text);
    let (text, _) = text.split_once("\n\nCaused by:").unwrap_or((text, ""));
    let first = text.lines().next().unwrap_or_default();
    if matches!(need, Need::Bundles { .. }) && first.contains("unknown binding") {
        return Answer::Unavailable;
    }
    let is_absent = match need {
        Need::Attestation { .. } => first.contains("Cannot find ") && first.contains(" named '"),
        Need::Manifest { .. } => is_absent(text),
        // There are signatures, but none by this key or none for this image.
        Need::Signature { presence, .. } => {
            first.contains("Image verification failed: missing signatures")
                || first.contains("No Signature Layer passed verification")
                // The host also returns this when the registry failed, which contradicts the manifest that was found.
                || (*presence == Presence::Unknown
                    && first.contains("no signatures found for image: "))
        }
        Need::Tag { .. } | Need::Bundles { .. } => false,
    };
    if is_absent {
        Answer::Absent
    } else {
        Answer::Failed(first.to_string())
    }
}

/// Whether a registry's error means that the manifest does not exist. The host passes on the registry's
/// message, but not its error code.
fn is_absent(text: &str) -> bool {
    if let Some((_, message)) = text.split_once("[OCI API error: ") {
        let (message, _) = message.split_once(']').unwrap_or((message, ""));
        return is_message_of_absence(message.trim());
    }
    // No message in the form of the specification: an empty body or an HTML page.
    let Some((_, rest)) = text.split_once("Server error: url ") else {
        // Hosts before Kubewarden 1.36 have another text around the message.
        let first = text.lines().next().unwrap_or_default();
        return first.contains("manifest unknown");
    };
    let body = rest.split_once(", code: 404, message:");
    body.is_some_and(|(_, body)| {
        let body = body.trim();
        body.is_empty() || body.starts_with('<')
    })
}

/// Whether a message of `MANIFEST_UNKNOWN` means that there is no manifest. Registries also use this code for
/// a manifest in another format than requested.
fn is_message_of_absence(message: &str) -> bool {
    const PLAIN: [&str; 3] = [
        // distribution and most others
        "manifest unknown",
        // Amazon
        "Requested image not found",
        // Artifactory
        "The named manifest is not known to the registry.",
    ];
    // Texts around one name
    const NAMED: [(&str, &str); 3] = [
        // Harbor
        ("artifact ", " not found"),
        // Azure
        ("manifest tagged by \"", "\" is not found"),
        // Google: `Failed to fetch "1" from request "/v2/p/app/manifests/1".`
        ("Failed to fetch \"", "\"."),
    ];
    let is_named = |(before, after): &(&str, &str)| {
        let rest = message.strip_prefix(before);
        let name = rest.and_then(|rest| rest.strip_suffix(after));
        let name = name.map(|name| match name.split_once("\" from request \"/v2/") {
            Some((name, path)) if path.ends_with(name) => name,
            _ => name,
        });
        name.is_some_and(|name| !name.is_empty() && !name.contains([' ', '"']))
    };
    PLAIN
        .iter()
        .any(|plain| message.eq_ignore_ascii_case(plain))
        || NAMED.iter().any(is_named)
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
        let call = HostCall::of(&Need::Tag {
            reference: reference(),
        });
        assert_eq!(
            (call.binding, call.namespace, call.operation),
            ("kubewarden", "oci", "v1/manifest_digest")
        );
        assert_eq!(call.payload, br#""trusted.example/app:1""#);
        let call = HostCall::of(&attestation());
        assert_eq!(
            (call.namespace, call.operation),
            ("kubernetes", "get_resource")
        );
        let payload: serde_json::Value = serde_json::from_slice(&call.payload).unwrap();
        assert_eq!(payload["namespace"], "attest-build");
        assert_eq!(payload["name"], Digest::of(b"").as_name());
    }

    #[test]
    fn kubewarden_does_not_know_the_call_that_lists_referrers() {
        let bundles = Need::Bundles {
            reference: reference(),
        };
        let call = HostCall::of(&bundles);
        assert_eq!(
            (call.binding, call.namespace, call.operation),
            ("countersign", "oci", "v1/sigstore_bundles")
        );
        let unknown = "unknown binding: countersign";
        assert_eq!(failure(&bundles, unknown), Answer::Unavailable);
        let other = "the blob sha256:00 has another digest";
        assert_eq!(failure(&bundles, other), Answer::Failed(other.into()));
        let manifest = failure(&manifest(), unknown);
        assert_eq!(manifest, Answer::Failed(unknown.into()));
    }

    fn manifest() -> Need {
        Need::Manifest {
            reference: reference(),
        }
    }

    /// The registry's message in the form in which Kubewarden's host passes it on.
    fn in_envelope(message: &str) -> String {
        alloc::format!(
            "Callback evaluation failure: Fail to interact with OCI registry: Registry error: url \
             https://r/v2/a/manifests/t, envelope: OCI API errors: [OCI API error: {message}]\n\nCaused \
             by:\n    Registry error: manifest unknown"
        )
    }

    /// A response body that is not in the specification's form.
    fn of_server(code: u16, body: &str) -> String {
        alloc::format!(
            "Callback evaluation failure: Fail to interact with OCI registry: Server error: url \
             https://r/v2/a/manifests/t, code: {code}, message: {body}\n\nCaused by:\n    Server error"
        )
    }

    #[test]
    fn registries_word_absence_each_in_their_own_way() {
        for message in [
            "manifest unknown",
            "Manifest unknown",
            "Requested image not found",
            "The named manifest is not known to the registry.",
            "artifact library/app:sha256-00.sig not found",
            "manifest tagged by \"sha256-00.sig\" is not found",
            "Failed to fetch \"sha256-00.sig\" from request \"/v2/p/r/app/manifests/sha256-00.sig\".",
        ] {
            let text = in_envelope(message);
            assert_eq!(failure(&manifest(), &text), Answer::Absent, "{message}");
        }
        let of_older_host = "OCI API error: manifest unknown on https://r/v2/a/manifests/t";
        assert_eq!(failure(&manifest(), of_older_host), Answer::Absent);
        for body in ["", "  ", "<html>\n<h1>Not Found</h1>", "\n<!DOCTYPE html>"] {
            let text = of_server(404, body);
            assert_eq!(failure(&manifest(), &text), Answer::Absent, "{body:?}");
        }
    }

    #[test]
    fn other_words_of_a_registry_are_failures() {
        let texts = [
            in_envelope("unauthorized: authentication required"),
            in_envelope("Manifest with tag 't' has media type 'a', but client accepts 'b'."),
            in_envelope("OCI index found, but accept header does not support OCI indexes"),
            in_envelope("artifact store of library is down, host not found"),
            in_envelope("Failed to fetch \"t\" from request \"/v2/a/manifests/u\"."),
            in_envelope("manifest tagged by \"\" is not found"),
            in_envelope("manifest unknown, OCI API error: unauthorized"),
            in_envelope(""),
            of_server(404, "404 page not found"),
            of_server(404, "\nno such host"),
            of_server(502, ""),
            of_server(500, "<html>"),
            of_server(403, "manifest unknown"),
            String::new(),
        ];
        for text in texts {
            let answer = failure(&manifest(), &text);
            assert!(matches!(answer, Answer::Failed(_)), "{text}");
        }
    }

    #[test]
    fn that_there_are_no_signatures_is_an_answer_where_none_were_seen() {
        let question = |presence| Need::Signature {
            reference: reference(),
            key_id: String::new(),
            key: String::new(),
            presence,
        };
        let none =
            "Callback evaluation failure: no signatures found for image: trusted.example/app ";
        let absent = failure(&question(Presence::Unknown), none);
        assert_eq!(absent, Answer::Absent);
        let failed = failure(&question(Presence::Seen), none);
        let words = "no signatures found for image: trusted.example/app ";
        assert_eq!(failed, Answer::Failed(words.into()));
    }

    /// Messages of Kubewarden 1.36.
    #[test]
    fn only_known_words_mean_that_there_is_no_such_thing() {
        let manifest = manifest();
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
            // The host begins the error of every failed call with `Callback evaluation failure: `.
            let (_, first) = first.split_once("failure: ").unwrap_or(("", first));
            assert_eq!(failure(&need, text), Answer::Failed(first.into()), "{text}");
        }
    }
}
