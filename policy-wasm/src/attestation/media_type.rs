//! Media types of payloads and bundles.

/// Simple signing, which is also the type of a payload whose occurrence records none
///
/// Source: [cosign's signatures](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md).
pub const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// In-toto statements
///
/// Source: [in-toto's envelope](https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md).
pub const IN_TOTO: &str = "application/vnd.in-toto+json";

/// Beginning of the media types of all versions of Sigstore's bundles
///
/// Source: [Sigstore's bundle format](https://docs.sigstore.dev/about/bundle/).
pub const SIGSTORE_BUNDLE: &str = "application/vnd.dev.sigstore.bundle";
