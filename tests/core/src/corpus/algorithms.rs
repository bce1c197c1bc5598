//! One attested image for each signature algorithm, and keys that do not fit what is declared.

use policy_wasm::key::Algorithm;
use serde_json::{Value, json};

use crate::case::{Case, case, one_container, pod};
use crate::known_answers::{self, DIGEST, KnownAnswer, REPOSITORY};
use crate::signing::{attestor_of, occurrence_of};

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = known_answers::ALL
        .iter()
        .filter(|answer| !answer.algorithm.is_for_envelopes_only())
        .flat_map(|answer| {
            let rule = match (answer.name, answer.algorithm) {
                (name, _) if name.contains("salt") => "x20_",
                (_, Algorithm::MlDsa65) => "x39_",
                _ => "",
            };
            [
                signed(
                    &format!("{rule}signed_with_{}", answer.name),
                    "allow attested",
                    answer,
                    answer.occurrence("a"),
                ),
                signed(
                    &format!("signed_with_{}_for_another_payload", answer.name),
                    "deny no-valid-attestation attestation-bad-signature",
                    answer,
                    changed(answer),
                ),
            ]
        })
        .collect();

    let (pss, pkcs1) = (
        known_answers::named("rsa-2048-pss-salt-32"),
        known_answers::named("rsa-2048-pkcs1"),
    );
    for (name, declared, signature) in [
        ("x21_pkcs1_signature_under_a_pss_key", pss, pkcs1),
        ("pss_signature_under_a_pkcs1_key", pkcs1, pss),
    ] {
        cases.push(signed(
            name,
            "deny no-valid-attestation attestation-bad-signature",
            &declared,
            signature.occurrence("a"),
        ));
    }
    for (name, key, declared) in [
        ("x22_p384_key_as_p256", "ecdsa-p384", "ECDSA_P256_SHA256"),
        (
            "rsa_3072_key_as_2048",
            "rsa-3072-pss",
            "RSA_PSS_2048_SHA256",
        ),
        ("ed25519_key_as_ml_dsa", "ed25519", "ML_DSA_65"),
    ] {
        let mut document = known_answers::named(key).document();
        document["pkixPublicKey"]["signatureAlgorithm"] = declared.into();
        cases.push(case(
            &format!("settings_{name}"),
            "error settings-invalid",
            |s, _| s["attestors"] = json!([attestor_of("a", &[document])]),
        ));
    }
    cases
}

/// An image under an attestor with this key, with one occurrence.
fn signed(name: &str, expected: &'static str, key: &KnownAnswer, occurrence: Value) -> Case {
    case(name, expected, |s, r| {
        s["attestors"] = json!([attestor_of("a", &[key.document()])]);
        s["evidence"]["occurrences"] = json!([occurrence]);
        *r = pod(one_container(&format!("{REPOSITORY}@{DIGEST}")));
    })
}

/// A valid signature over a payload that differs in an ignored field.
fn changed(answer: &KnownAnswer) -> Value {
    let payload = known_answers::message().replace("binauthz", "binauthy");
    let signature = (answer.key().id().to_owned(), answer.signature());
    occurrence_of("a", payload.as_bytes(), &[signature])
}
