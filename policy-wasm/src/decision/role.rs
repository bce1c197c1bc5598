//! The role of each code: whether it denies, and with which verdict.

use super::{Code, Verdict};

/// The role of a code in a Decision or a settings response
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Explains why something is admitted or not checked
    Admission,
    /// Denies, with verdict `NON_CONFORMANT`
    Violation,
    /// Denies, with verdict `ERROR`
    Error,
    /// Detail of another reason: why an attestation or other evidence was not used
    Detail,
    /// Warning in addition to the verdict
    Warning,
    /// Problem that makes settings invalid
    Settings,
}

impl Code {
    /// Returns the role of this code.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::AlwaysAllow
            | Self::Attested
            | Self::CheckPassed
            | Self::ChecksPassed
            | Self::ExemptAllowlist
            | Self::ExemptSystemPolicy
            | Self::NoCheckSets
            | Self::NoChecks
            | Self::NotAPod
            | Self::OperationNotChecked
            | Self::NoImages
            | Self::ImageVolumeEmpty
            | Self::UnchangedImage
            | Self::UnchangedObject => Role::Admission,
            Self::AlwaysDeny
            | Self::AttestorWithoutKeys
            | Self::DigestDenied
            | Self::DigestRequired
            | Self::EvidenceTooOld
            | Self::ImageMissing
            | Self::ImageNotFresh
            | Self::ImageNotInTrustedDirectory
            | Self::ImageReferenceInvalid
            | Self::NoMatchingProvenance
            | Self::NoValidAttestation
            | Self::NoValidSigstoreSignature
            | Self::RegistryNotAllowed
            | Self::UndecodableObject
            | Self::UnsupportedObjectKind
            | Self::VulnerabilityAboveThreshold
            | Self::VulnerabilityBlocked => Role::Violation,
            Self::CallInvalid
            | Self::ClockUnavailable
            | Self::ContextMissing
            | Self::EvidenceInvalid
            | Self::EvidenceMissing
            | Self::HostCapabilityFailed
            | Self::LimitExceeded
            | Self::SettingsInvalid
            | Self::TagResolutionFailed
            | Self::TagResolutionUnavailable => Role::Error,
            Self::AttestationBadSignature
            | Self::AttestationDigestMismatch
            | Self::AttestationFormatUnsupported
            | Self::AttestationJwtUnsupported
            | Self::AttestationKeyNotValid
            | Self::AttestationNoteMismatch
            | Self::AttestationPayloadInvalid
            | Self::AttestationPayloadType
            | Self::AttestationPayloadUnavailable
            | Self::AttestationPgpPayloadMismatch
            | Self::AttestationPredicateType
            | Self::AttestationReferenceMismatch
            | Self::AttestationUndecodable
            | Self::AttestationUnknownKeyId
            | Self::EvidenceUntrusted
            | Self::ProvenanceBuilderNotTrusted
            | Self::ProvenanceConfigNotTopLevel
            | Self::ProvenanceSourceNotTrusted => Role::Detail,
            Self::BreakGlass
            | Self::BreakGlassAnnotationIgnored
            | Self::BreakGlassNamespaceRefused
            | Self::BreakGlassRefused
            | Self::BreakGlassValueIgnored
            | Self::ClockOverridden
            | Self::DryRun
            | Self::OldObjectUnusable
            | Self::SystemPolicyMissing => Role::Warning,
            Self::AttestorDuplicate
            | Self::KeyAlgorithmMismatch
            | Self::KeyAlgorithmUnsupported
            | Self::KeyIdDuplicate
            | Self::KeyIdInvalid
            | Self::KeyInvalid
            | Self::PatternInvalid
            | Self::PolicyAlwaysDenyFalse
            | Self::PolicyAttestorListMismatch
            | Self::PolicyAttestorUnknown
            | Self::PolicyAttestorsShareKey
            | Self::PolicyCheckTypeCount
            | Self::PolicyChecksetDefaultMissing
            | Self::PolicyChecksetOrder
            | Self::PolicyChecksetScopeDuplicate
            | Self::PolicyDuplicateKey
            | Self::PolicyInvalidValue
            | Self::PolicyLimit
            | Self::PolicyMissingDefaultRule
            | Self::PolicyMissingMode
            | Self::PolicyMultipleRuleMaps
            | Self::PolicyNumericEnum
            | Self::PolicyRuleKeyInvalid
            | Self::PolicySeverityMissing
            | Self::PolicyUnknownEnum
            | Self::PolicyUnknownField
            | Self::PolicyUnsupportedFeature
            | Self::PolicyWrongType
            | Self::SettingsContextMissing
            | Self::SettingsDuplicateKey
            | Self::SettingsInvalidValue
            | Self::SettingsMalformed
            | Self::SettingsMissingField
            | Self::SettingsUnknownField
            | Self::SettingsWrongType => Role::Settings,
        }
    }

    /// The verdict if this reason denies: `ERROR` if the policy could not be evaluated, else
    /// `NON_CONFORMANT`.
    pub(crate) const fn verdict(self) -> Verdict {
        match self.role() {
            Role::Error => Verdict::Error,
            _ => Verdict::NonConformant,
        }
    }
}
