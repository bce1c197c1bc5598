//! What a code leads to: whether it refuses, and if so with which verdict.

use super::{Code, Verdict};

/// What a code leads to
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Says why something is admitted, or need not be judged
    Admission,
    /// Refuses, with verdict `NON_CONFORMANT`
    Violation,
    /// Refuses, with verdict `ERROR`
    Error,
    /// Says below another reason why something did not count, and decides nothing by itself
    Detail,
    /// A warning beside a verdict
    Warning,
    /// Settings with this problem cannot be used
    Settings,
}

impl Code {
    /// What this code leads to.
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

    /// The verdict on what is refused for this reason: an error where the policy could not be
    /// evaluated, else a violation.
    pub(crate) const fn verdict(self) -> Verdict {
        match self.role() {
            Role::Error => Verdict::Error,
            _ => Verdict::NonConformant,
        }
    }
}
