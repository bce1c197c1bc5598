//! An OpenPGP message, or an OpenPGP key, in an attestation that must not count.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::base::{IMAGE, NOTE, UNSIGNED, request, settings};
use crate::{decide, is_allowed};

/// A genuine key and one of its signatures, which is about another digest
const KEY: &str = include_str!("../../../policy-wasm/src/openpgp/vectors/ed25519.key.asc");
const SIGNATURE: &str =
    include_str!("../../../policy-wasm/src/openpgp/vectors/ed25519.attached.asc");

/// No message attests a digest that its signer has not signed, and no key makes a signature about
/// another digest count.
///
/// The bytes are the signature, and then the attestor's key.
pub fn openpgp(bytes: &[u8]) {
    attest(KEY, bytes);
    if let Ok(key) = core::str::from_utf8(bytes) {
        attest(key, SIGNATURE.as_bytes());
    }
}

fn attest(key: &str, signature: &[u8]) {
    let payload = format!(
        r#"{{"critical": {{"identity": {{"docker-reference": "{IMAGE}"}}, "image": {{"docker-manifest-digest": "{UNSIGNED}"}}, "type": "Google cloud binauthz container signature"}}}}"#
    );
    let key = json!({"asciiArmoredPgpPublicKey": key});
    // Beside a payload, and with none: the message may bring its own.
    for payload in [payload.as_str(), ""] {
        let evidence = json!({"occurrences": [{
            "noteName": NOTE,
            "resourceUri": format!("https://{IMAGE}@{UNSIGNED}"),
            "attestation": {
                "serializedPayload": STANDARD.encode(payload),
                "signatures": [{"signature": STANDARD.encode(signature)}],
            },
        }]});
        let call = json!({"request": request(), "settings": settings(&key, &evidence)});
        let decision = decide(call.to_string().as_bytes());
        assert!(!is_allowed(&decision, "allowed"), "{decision:#}");
    }
}
