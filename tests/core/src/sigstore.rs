//! Settings that trust the Sigstore instance of the vectors.

use serde_json::{Value, json};

use crate::signing::attestor_name;

/// The trusted root of the instance: one Rekor of each version, one CT log, one timestamp authority
const ROOT: &str = include_str!("../vectors/sigstore/roots/instance.json");

/// The issuer that the instance's certificates name
pub const ISSUER: &str = "https://issuer.example.test";
/// The subject that the instance's certificates name
pub const SUBJECT: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";

/// The trusted root of the instance.
#[must_use]
pub fn root() -> Value {
    serde_json::from_str(ROOT).unwrap_or_default()
}

/// The identity that signs.
#[must_use]
pub fn identity() -> Value {
    json!({"trustedRoot": "instance", "issuer": ISSUER, "subject": SUBJECT})
}

/// `sigstore` of the settings: the identity may sign for attestor `a`.
#[must_use]
pub fn sigstore() -> Value {
    let mut attestors = json!({});
    attestors[attestor_name("a")] = json!(["release"]);
    json!({
        "trustedRoots": {"instance": {"document": root()}},
        "identities": {"release": [identity()]},
        "attestors": attestors,
    })
}
