//! A Sigstore instance that signs the base case's image, and settings that trust it.

use std::sync::LazyLock;

use pretend_sigstore::{Claim, Content, Instance, Signing};
use serde_json::{Value, json};

use crate::case::A;
use crate::signing::{attestor_name, pem_of};

/// The issuer that certificates name
pub const ISSUER: &str = "https://token.actions.githubusercontent.com";
/// The subject that certificates name
pub const SUBJECT: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";
/// An hour before [`NOW`](crate::platform::NOW), in seconds since 1970
pub const SIGNED: u64 = 1_781_521_200;
/// The predicate type that cosign signs
pub const COSIGN_SIGN: &str = "https://sigstore.dev/cosign/sign/v1";

/// The instance that the settings trust.
pub fn instance() -> &'static Instance {
    static INSTANCE: LazyLock<Instance> = LazyLock::new(|| Instance::new("sigstore.example"));
    &INSTANCE
}

/// The trusted root of the instance.
pub fn root() -> Value {
    instance().trusted_root()
}

/// The identity that signs.
pub fn identity() -> Value {
    json!({"trustedRoot": "instance", "issuer": ISSUER, "subject": SUBJECT})
}

/// `sigstore` of the settings: the identity may sign for attestor `a`.
pub fn sigstore() -> Value {
    let mut attestors = json!({});
    attestors[attestor_name("a")] = json!(["release"]);
    json!({
        "trustedRoots": {"instance": {"document": root()}},
        "identities": {"release": [identity()]},
        "attestors": attestors,
    })
}

/// The statement that cosign signs for an image; it has no predicate.
pub fn cosign_statement(digest: &str) -> Value {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": hex}}],
        "predicateType": COSIGN_SIGN,
    })
}

/// A signature of the release workflow over a statement.
pub fn signing(statement: &Value) -> Signing {
    signing_of(Content::statement(statement))
}

/// A signature of the release workflow over any content.
pub fn signing_of(content: Content) -> Signing {
    let mut signing = Signing::new(SUBJECT, ISSUER, content, SIGNED);
    signing.leaf.claims = [
        ("buildSignerURI", SUBJECT),
        ("runnerEnvironment", "github-hosted"),
        ("sourceRepositoryURI", "https://github.com/acme/shop"),
        ("sourceRepositoryDigest", COMMIT),
        ("sourceRepositoryRef", "refs/tags/v1"),
        ("sourceRepositoryOwnerIdentifier", "7"),
        ("buildConfigURI", SUBJECT),
        ("buildTrigger", "push"),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((Claim::named(name)?, value.to_owned())))
    .collect();
    signing
}

/// The commit that certificates name
pub const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

/// The bundle of a statement.
pub fn bundle(statement: &Value) -> Value {
    sign(&signing(statement))
}

/// The bundle that cosign makes for the base case's image.
pub fn good_bundle() -> Value {
    bundle(&cosign_statement(A))
}

/// The bundle of a signature by the instance.
pub fn sign(signing: &Signing) -> Value {
    instance().sign(signing).document
}

/// An attestor whose only key is that of a certificate.
pub fn key_document(public_key: &[u8]) -> Value {
    json!({"pkixPublicKey": {
        "publicKeyPem": pem_of(public_key),
        "signatureAlgorithm": "ECDSA_P256_SHA256",
    }})
}
