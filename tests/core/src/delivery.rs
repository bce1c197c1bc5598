//! The ways in which one and the same attestation reaches the policy.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::case::A;
use crate::signing::{TestKey, note_name};

/// The namespace of attestor `a`'s note in the cases
pub const NAMESPACE: &str = "attest-a";

/// Where an attestation is put
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    Settings,
    PodAnnotation,
    Kubernetes,
    Registry,
}

impl Delivery {
    pub const ALL: [Self; 4] = [
        Self::Settings,
        Self::PodAnnotation,
        Self::Kubernetes,
        Self::Registry,
    ];

    /// How a Decision names the place.
    pub fn name(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::PodAnnotation => "pod-annotation",
            Self::Kubernetes => "kubernetes",
            Self::Registry => "registry",
        }
    }

    /// Puts attestations there, as the only ones of a call of the base case.
    pub fn deliver(self, call: &mut Value, attestations: &[Value]) {
        call["settings"]["evidence"] = json!({});
        let evidence = &mut call["settings"]["evidence"];
        match self {
            Self::Settings => evidence["occurrences"] = attestations.into(),
            Self::PodAnnotation => {
                evidence["podAnnotation"] = true.into();
                let envelopes: Vec<_> = attestations
                    .iter()
                    .map(|envelope| STANDARD.encode(envelope.to_string()))
                    .collect();
                annotate(call, &envelopes.join(","));
            }
            Self::Kubernetes => {
                evidence["kubernetes"] = json!({"notes": {note_name("a"): NAMESPACE}});
                let found = json!({"found": resource(attestations)});
                call["evidence"] = json!([answer("attestation", &resource_name(A), found)]);
            }
            Self::Registry => {
                ask_registry(call);
                let found = json!({"found": artifact(attestations)});
                call["evidence"] = json!([
                    answer("manifest", &manifest("sig"), json!({"absent": true})),
                    answer("manifest", &manifest("countersign"), found),
                ]);
            }
        }
    }
}

/// Sets the annotation that carries envelopes.
pub fn annotate(call: &mut Value, annotation: &str) {
    call["request"]["object"]["metadata"]["annotations"] =
        json!({"binaryauthorization.googleapis.com/attestations": annotation});
}

/// Lets the policy ask the registry of the base case's image.
pub fn ask_registry(call: &mut Value) {
    call["settings"]["evidence"] = json!({"registry": true});
    call["settings"]["registries"] = json!(["trusted.example"]);
}

/// One answer that a call brings.
pub fn answer(kind: &str, name: &str, answer: Value) -> Value {
    let mut entry = json!({"kind": kind, "name": name});
    for (key, value) in answer.as_object().unwrap() {
        entry[key] = value.clone();
    }
    entry
}

/// The `Attestation` resource of the base case's image.
pub fn resource(attestations: &[Value]) -> Value {
    json!({
        "apiVersion": "countersign.dev/v1", "kind": "Attestation",
        "metadata": {"name": A.replace(':', "-"), "namespace": NAMESPACE},
        "spec": {"attestations": attestations},
    })
}

/// How a lookup names the resource of a digest in the namespace of attestor `a`'s note.
pub fn resource_name(digest: &str) -> String {
    format!("{NAMESPACE}/{}", digest.replace(':', "-"))
}

/// The reference of an artifact beside the base case's image.
pub fn manifest(suffix: &str) -> String {
    format!("trusted.example/app:{}.{suffix}", A.replace(':', "-"))
}

/// A manifest that carries whole attestations.
pub fn artifact(attestations: &[Value]) -> Value {
    let annotations: serde_json::Map<_, _> = attestations
        .iter()
        .enumerate()
        .map(|(index, attestation)| {
            let key = format!("attestation.countersign.dev/{index}");
            (key, attestation.to_string().into())
        })
        .collect();
    json!({"schemaVersion": 2, "layers": [], "annotations": annotations})
}

/// The simple-signing payload of cosign for an image.
pub fn cosign_payload(reference: &str, digest: &str) -> String {
    format!(
        r#"{{"critical":{{"identity":{{"docker-reference":"{reference}"}},"image":{{"docker-manifest-digest":"{digest}"}},"type":"cosign container image signature"}},"optional":null}}"#
    )
}

/// One layer of cosign's signature manifest.
pub fn cosign_layer(key: &TestKey, payload: &str) -> Value {
    let hex: String = Sha256::digest(payload.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let signature = STANDARD.encode(key.sign(payload.as_bytes()));
    json!({
        "mediaType": "application/vnd.dev.cosign.simplesigning.v1+json",
        "digest": format!("sha256:{hex}"), "size": payload.len(),
        "annotations": {"dev.cosignproject.cosign/signature": signature},
    })
}
