//! Types of predicates, as statements write them.

/// Google's statement that an image conforms to a policy. Its predicate is not published; only the type and the
/// subjects are used.
pub const POLICY_VERIFICATION_V0_1: &str =
    "https://binaryauthorization.googleapis.com/policy_verification/v0.1";

/// cosign's signature of an image's digest, whose predicate is not used. cosign writes it into bundles in place of a
/// simple-signing payload.
pub const COSIGN_SIGN_V1: &str = "https://sigstore.dev/cosign/sign/v1";

/// [SLSA provenance v0.2](https://slsa.dev/spec/v0.2/provenance)
pub const PROVENANCE_V0_2: &str = "https://slsa.dev/provenance/v0.2";
/// [SLSA provenance v1](https://slsa.dev/spec/v1.0/provenance)
pub const PROVENANCE_V1: &str = "https://slsa.dev/provenance/v1";

/// [cosign's scan v1](https://github.com/sigstore/cosign/blob/main/specs/COSIGN_VULN_ATTESTATION_SPEC.md)
pub const COSIGN_SCAN_V1: &str = "https://cosign.sigstore.dev/attestation/vuln/v1";
/// [In-toto's scan v0.1](https://github.com/in-toto/attestation/blob/main/spec/predicates/vuln.md)
pub const IN_TOTO_SCAN_V0_1: &str = "https://in-toto.io/attestation/vulns/v0.1";
/// In-toto's scan v0.2, whose fields are those of v0.1
pub const IN_TOTO_SCAN_V0_2: &str = "https://in-toto.io/attestation/vulns/v0.2";

/// This project's upload time
pub const UPLOAD_V1: &str = "https://countersign.dev/upload/v1";
