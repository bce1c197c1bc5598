//! A registry's answer about an image that no key has signed.

use serde_json::json;
use serde_json::value::RawValue;

use crate::base::{IMAGE, UNSIGNED, request, settings};
use crate::{decide, is_allowed};

const KEY: &str = include_str!("../../core/vectors/ecdsa-p256.pem");

/// No manifest, under either tag, attests a digest that the attestor's key has not signed.
pub fn manifest(bytes: &[u8]) {
    let Ok(found) = serde_json::from_slice::<&RawValue>(bytes) else {
        return;
    };
    let digest = UNSIGNED.replace(':', "-");
    let answers = ["sig", "countersign"].map(|suffix| {
        format!(r#"{{"kind": "manifest", "name": "{IMAGE}:{digest}.{suffix}", "found": {found}}}"#)
    });
    let key = json!({"pkixPublicKey": {
        "publicKeyPem": KEY, "signatureAlgorithm": "ECDSA_P256_SHA256",
    }});
    let mut settings = settings(&key, &json!({"registry": true}));
    settings["registries"] = json!(["registry.example"]);
    let call = format!(
        r#"{{"request": {}, "settings": {settings}, "evidence": [{}]}}"#,
        request(),
        answers.join(", ")
    );
    let decision = decide(call.as_bytes());
    assert!(!is_allowed(&decision, "allowed"), "{decision:#}");
}
