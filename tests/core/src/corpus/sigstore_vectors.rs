//! The bundles of `vectors/sigstore`, one case each: bundles and trusted roots that keep or break one rule.

use serde_json::{Value, json};

use crate::case::{A, Case, image, one_container, pod, raw_case, require};
use crate::signing::attestor_name;
use crate::sigstore_vectors;

pub(super) fn cases() -> Vec<Case> {
    sigstore_vectors::cases()
        .map(|case| vector(&case))
        .collect()
}

/// The image, settings that trust the root and the identity of a vector, and its bundle as evidence.
fn vector(vector: &Value) -> Case {
    let text = |field: &str| vector[field].as_str().unwrap();
    let image = image().replace(A, text("digest"));
    let call = json!({
        "time": NOW,
        "request": pod(one_container(&image)),
        "settings": {
            "policy": {"defaultAdmissionRule": require(&["a"])},
            "attestors": [attestor(&vector["publicKey"])],
            "sigstore": sigstore(vector),
            // An object around the bundle says what it is, whatever its media type.
            "evidence": {"occurrences": [{"bundle": BUNDLE}]},
        },
    });
    // As a text: some bundles have a field twice.
    let call = call
        .to_string()
        .replace(&json!(BUNDLE).to_string(), text("bundle"));
    let name = text("name").replace(['/', '-', '.'], "_");
    raw_case(&format!("bundle_vector_{name}"), expected(vector), call)
}

/// `now` of every vector
const NOW: &str = "2026-11-29T12:00:00Z";

/// Stands for the bundle
const BUNDLE: &str = "@bundle@";

fn attestor(key: &Value) -> Value {
    let name = attestor_name("a");
    let note = "projects/p/notes/a";
    let Some(key) = key.as_str() else {
        return json!({"name": name, "userOwnedGrafeasNote": {"noteReference": note}});
    };
    let key = json!({"pkixPublicKey": {
        "publicKeyPem": format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n"),
        "signatureAlgorithm": "ECDSA_P256_SHA256",
    }});
    json!({"name": name, "userOwnedGrafeasNote": {"noteReference": note, "publicKeys": [key]}})
}

/// `sigstore` of the settings.
fn sigstore(vector: &Value) -> Value {
    let document = sigstore_vectors::root(vector["root"].as_str().unwrap());
    let mut root = json!({"document": document});
    for (field, value) in vector["require"].as_object().into_iter().flatten() {
        root[field] = value.clone();
    }
    let mut attestors = json!({});
    if vector.get("publicKey").is_none() {
        attestors[attestor_name("a")] = json!(["release"]);
    }
    json!({
        "trustedRoots": {"instance": root},
        "identities": {"release": [{
            "trustedRoot": "instance",
            "issuer": "https://issuer.example.test",
            "subject": "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1",
        }]},
        "attestors": attestors,
    })
}

/// The outcome and codes of a whole decision.
fn expected(vector: &Value) -> &'static str {
    match vector["expected"].as_str().unwrap() {
        "ok" => "allow attested",
        // The message has the code of each problem.
        "sigstore-trusted-root-invalid" => "error settings-invalid",
        // The changed payload is about another image, for which no signature is verified.
        _ if vector["name"] == "content/payload-changed" => {
            "deny no-valid-attestation attestation-digest-mismatch !attestation-bad-signature"
        }
        // The root has one timestamp authority, and the settings require two.
        _ if vector["require"]["signedTimestamps"] == 2 => "error settings-invalid",
        code => format!("deny no-valid-attestation {code}").leak(),
    }
}
