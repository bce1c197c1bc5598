//! The stable names of everything that a decision or a settings error can say.

use core::fmt;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal,)+) => {
        /// A stable code. Codes are never renamed or reused; new ones may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the tables of the manual
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it is written in decisions, tests and documentation.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What the code says, in one sentence without a full stop.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

codes! {
    // About requests and images.
    /// The object, or the request around it, cannot be read
    UndecodableObject = "undecodable-object",
    /// Nothing is known about where this kind keeps its images
    UnsupportedObjectKind = "unsupported-object-kind",
    /// A controller whose Pods are checked when they are created
    NotAPod = "not-a-pod",
    /// Deletions and connections bring in no image
    OperationNotChecked = "operation-not-checked",
    /// The object names no image: its kind has none, or its settings say that it may have none
    NoImages = "no-images",
    /// `oldObject` of an update cannot be used, so nothing counts as unchanged
    OldObjectUnusable = "old-object-unusable",
    /// A container or image volume without an image
    ImageMissing = "image-missing",
    /// An image volume of a template that names no image brings nothing in
    ImageVolumeEmpty = "image-volume-empty",
    /// Not an image reference
    ImageReferenceInvalid = "image-reference-invalid",
    /// The image was in the same place before this update
    UnchangedImage = "unchanged-image",
    /// The object cannot be read, and this update leaves it as it was
    UnchangedObject = "unchanged-object",
    /// Exempt by a pattern of the system policy
    ExemptSystemPolicy = "exempt-system-policy",
    /// Exempt by a pattern of the policy
    ExemptAllowlist = "exempt-allowlist",
    /// The rule allows every image
    AlwaysAllow = "always-allow",
    /// The rule denies every image
    AlwaysDeny = "always-deny",
    /// An attestor is satisfied
    Attested = "attested",
    /// The settings revoke this digest
    DigestDenied = "digest-denied",
    /// The policy has rules by a fact that the request does not state
    ContextMissing = "context-missing",
    /// The rule needs a digest and the image has a tag
    DigestRequired = "digest-required",
    /// No attestation satisfies an attestor or check
    NoValidAttestation = "no-valid-attestation",
    /// An attestor that has no keys can never be satisfied
    AttestorWithoutKeys = "attestor-without-keys",
    /// A budget is exhausted
    LimitExceeded = "limit-exceeded",
    /// Tags are to be resolved, and this host does not offer it
    TagResolutionUnavailable = "tag-resolution-unavailable",
    /// The digest behind a tag could not be learned
    TagResolutionFailed = "tag-resolution-failed",
    /// The settings do not allow asking this registry
    RegistryNotAllowed = "registry-not-allowed",
    /// The evaluation time is not known
    ClockUnavailable = "clock-unavailable",
    /// What the host was asked for, it did not answer
    HostCapabilityFailed = "host-capability-failed",

    // About the checks of platform policies.
    /// A platform policy without check sets allows every image
    NoCheckSets = "no-check-sets",
    /// A check set without checks allows every image
    NoChecks = "no-checks",
    /// Every check of the check set passed
    ChecksPassed = "checks-passed",
    /// A check passed, and what it found
    CheckPassed = "check-passed",
    /// The image was uploaded too long ago
    ImageNotFresh = "image-not-fresh",
    /// No Sigstore signature verifies with a key of the check
    NoValidSigstoreSignature = "no-valid-sigstore-signature",
    /// No provenance satisfies a rule of the check
    NoMatchingProvenance = "no-matching-provenance",
    /// Provenance by another builder than the rule trusts
    ProvenanceBuilderNotTrusted = "provenance-builder-not-trusted",
    /// Provenance names a repository that the rule does not trust, or none
    ProvenanceSourceNotTrusted = "provenance-source-not-trusted",
    /// Provenance names no configuration file that the build began with
    ProvenanceConfigNotTopLevel = "provenance-config-not-top-level",
    /// The image is in none of the directories that the check trusts
    ImageNotInTrustedDirectory = "image-not-in-trusted-directory",
    /// A vulnerability is worse than the check allows
    VulnerabilityAboveThreshold = "vulnerability-above-threshold",
    /// A vulnerability that the check names as blocked
    VulnerabilityBlocked = "vulnerability-blocked",
    /// A check wants evidence, and there is none
    EvidenceMissing = "evidence-missing",
    /// Evidence that nobody signed whom the settings trust to
    EvidenceUntrusted = "evidence-untrusted",
    /// A scan that is older than its scanner's scans may be
    EvidenceTooOld = "evidence-too-old",
    /// Evidence from somebody trusted that cannot be used
    EvidenceInvalid = "evidence-invalid",

    // Why a candidate attestation did not count.
    /// The attestation cannot be decoded
    AttestationUndecodable = "attestation-undecodable",
    /// The attestation is filed under another note
    AttestationNoteMismatch = "attestation-note-mismatch",
    /// The attestor has no key of that id
    AttestationUnknownKeyId = "attestation-unknown-key-id",
    /// The signature does not verify
    AttestationBadSignature = "attestation-bad-signature",
    /// What was signed is not an attestation payload
    AttestationPayloadInvalid = "attestation-payload-invalid",
    /// What was signed names another digest
    AttestationDigestMismatch = "attestation-digest-mismatch",
    /// What was signed names another repository
    AttestationReferenceMismatch = "attestation-reference-mismatch",
    /// The signed message says something else than `serializedPayload`
    AttestationPgpPayloadMismatch = "attestation-pgp-payload-mismatch",
    /// The key is expired, revoked or not valid yet
    AttestationKeyNotValid = "attestation-key-not-valid",
    /// What was signed is of a type that does not attest an image
    AttestationPayloadType = "attestation-payload-type",
    /// What was signed is a statement that does not attest an image
    AttestationPredicateType = "attestation-predicate-type",
    /// What was signed is not in the registry's answer and could not be rebuilt
    AttestationPayloadUnavailable = "attestation-payload-unavailable",
    /// JWT attestations never count
    AttestationJwtUnsupported = "attestation-jwt-unsupported",
    /// An attestation in a format that this build does not read
    AttestationFormatUnsupported = "attestation-format-unsupported",

    // Overrides and warnings.
    /// Admitted by a dry-run rule
    DryRun = "dry-run",
    /// Admitted by a break-glass label
    BreakGlass = "break-glass",
    /// Break-glass is not allowed anywhere
    BreakGlassRefused = "break-glass-refused",
    /// Break-glass is not allowed in this namespace
    BreakGlassNamespaceRefused = "break-glass-namespace-refused",
    /// The break-glass mark has another value than `true`
    BreakGlassValueIgnored = "break-glass-value-ignored",
    /// The legacy break-glass annotation is not enabled
    BreakGlassAnnotationIgnored = "break-glass-annotation-ignored",
    /// The call said which time it is, not the host
    ClockOverridden = "clock-overridden",
    /// The policy asks for a system policy that the settings do not contain
    SystemPolicyMissing = "system-policy-missing",

    // Errors of settings and policies.
    /// Summary code: the settings cannot be used
    SettingsInvalid = "settings-invalid",
    /// Not JSON, or not one JSON document
    SettingsMalformed = "settings-malformed",
    /// A key that settings do not have
    SettingsUnknownField = "settings-unknown-field",
    /// A value of another type than the setting has
    SettingsWrongType = "settings-wrong-type",
    /// A key that stands twice in one object
    SettingsDuplicateKey = "settings-duplicate-key",
    /// A value that the setting does not take
    SettingsInvalidValue = "settings-invalid-value",
    /// A setting that must be there
    SettingsMissingField = "settings-missing-field",
    /// Rules by cluster or mesh identity, and the settings do not say which this is
    SettingsContextMissing = "settings-context-missing",
    /// A key that a policy does not have
    PolicyUnknownField = "policy-unknown-field",
    /// A value of another type than the field has
    PolicyWrongType = "policy-wrong-type",
    /// Not a value of the enumeration
    PolicyUnknownEnum = "policy-unknown-enum",
    /// An enumeration given by number or boolean
    PolicyNumericEnum = "policy-numeric-enum",
    /// A key that stands twice in one object
    PolicyDuplicateKey = "policy-duplicate-key",
    /// The policy has no default rule
    PolicyMissingDefaultRule = "policy-missing-default-rule",
    /// A rule without evaluation or enforcement mode
    PolicyMissingMode = "policy-missing-mode",
    /// More than one of the four rule maps has entries
    PolicyMultipleRuleMaps = "policy-multiple-rule-maps",
    /// A list of attestors that does not fit the evaluation mode
    PolicyAttestorListMismatch = "policy-attestor-list-mismatch",
    /// A rule names an attestor that is not in the settings
    PolicyAttestorUnknown = "policy-attestor-unknown",
    /// Two attestors of one rule share a key, so one signature would satisfy both
    PolicyAttestorsShareKey = "policy-attestors-share-key",
    /// A rule key of the wrong form
    PolicyRuleKeyInvalid = "policy-rule-key-invalid",
    /// A value that the field does not take
    PolicyInvalidValue = "policy-invalid-value",
    /// Too many of something, too few, or a number out of its range
    PolicyLimit = "policy-limit",
    /// A check set stands behind one that applies first
    PolicyChecksetOrder = "policy-checkset-order",
    /// The last check set is not one without a scope
    PolicyChecksetDefaultMissing = "policy-checkset-default-missing",
    /// Two check sets of one scope
    PolicyChecksetScopeDuplicate = "policy-checkset-scope-duplicate",
    /// A check that is not of exactly one type
    PolicyCheckTypeCount = "policy-check-type-count",
    /// `alwaysDeny` with another value than `true`
    PolicyAlwaysDenyFalse = "policy-always-deny-false",
    /// A vulnerability check without one of its thresholds
    PolicySeverityMissing = "policy-severity-missing",
    /// Valid at Google, not supported here
    PolicyUnsupportedFeature = "policy-unsupported-feature",
    /// Not a valid image name pattern
    PatternInvalid = "pattern-invalid",
    /// Two attestors of the same name
    AttestorDuplicate = "attestor-duplicate",
    /// Not a usable public key
    KeyInvalid = "key-invalid",
    /// The key is not of the declared algorithm
    KeyAlgorithmMismatch = "key-algorithm-mismatch",
    /// An algorithm that this build cannot verify
    KeyAlgorithmUnsupported = "key-algorithm-unsupported",
    /// Two different ids for one key
    KeyIdInvalid = "key-id-invalid",
    /// Two different keys of one attestor under one id
    KeyIdDuplicate = "key-id-duplicate",
    /// The call around request and settings cannot be read
    CallInvalid = "call-invalid",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
