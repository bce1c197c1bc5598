//! The types of checks.

/// Type of a check of a platform policy
///
/// Source: the checks of `CheckSet` in
/// [Google's API](https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.platforms.policies).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CheckType {
    /// Denies every image
    AlwaysDeny,
    /// The image was uploaded recently
    ImageFreshness,
    /// A key of an authority signed the image with cosign
    SigstoreSignature,
    /// A key of an authenticator attested the image
    SimpleSigningAttestation,
    /// A trusted builder built the image from a trusted place
    Slsa,
    /// The image is in a trusted directory
    TrustedDirectory,
    /// Vulnerabilities stay below thresholds
    Vulnerability,
}

impl CheckType {
    /// Every type
    pub const ALL: [Self; 7] = [
        Self::AlwaysDeny,
        Self::ImageFreshness,
        Self::SigstoreSignature,
        Self::SimpleSigningAttestation,
        Self::Slsa,
        Self::TrustedDirectory,
        Self::Vulnerability,
    ];

    /// The field of a check that says its type.
    #[must_use]
    pub const fn field(self) -> &'static str {
        match self {
            Self::AlwaysDeny => "alwaysDeny",
            Self::ImageFreshness => "imageFreshnessCheck",
            Self::SigstoreSignature => "sigstoreSignatureCheck",
            Self::SimpleSigningAttestation => "simpleSigningAttestationCheck",
            Self::Slsa => "slsaCheck",
            Self::TrustedDirectory => "trustedDirectoryCheck",
            Self::Vulnerability => "vulnerabilityCheck",
        }
    }

    /// The name of the type in Decisions, as in Google's logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlwaysDeny => "AlwaysDenyCheck",
            Self::ImageFreshness => "ImageFreshnessCheck",
            Self::SigstoreSignature => "SigstoreSignatureCheck",
            Self::SimpleSigningAttestation => "SimpleSigningAttestationCheck",
            Self::Slsa => "SlsaCheck",
            Self::TrustedDirectory => "TrustedDirectoryCheck",
            Self::Vulnerability => "VulnerabilityCheck",
        }
    }

    /// The type that a field of a check says.
    #[must_use]
    pub fn of_field(field: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.field() == field)
    }

    /// The type with a name in Decisions.
    #[must_use]
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == name)
    }
}
