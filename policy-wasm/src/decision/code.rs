//! The stable codes of reasons, warnings and settings problems.

use core::fmt;

use serde::{Serialize, Serializer};

use super::Role;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal: $role:ident,)+) => {
        /// A stable code. Codes are never renamed or reused; new ones may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Code {
            /// Every code, in the order of the documentation's tables
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Returns the code as Decisions, tests and documentation write it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// Returns the role of this code.
            #[must_use]
            pub const fn role(self) -> Role {
                match self { $(Self::$variant => Role::$role,)+ }
            }

            /// Returns what the code means, as one sentence without a full stop.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),+).trim_ascii_start(),)+ }
            }
        }
    };
}

codes! {
    // About requests and images.
    /// The object or its admission request cannot be parsed
    UndecodableObject = "undecodable-object": Violation,
    /// The policy does not know where objects of this kind have their pod specs
    UnsupportedObjectKind = "unsupported-object-kind": Violation,
    /// A controller, admitted because its Pods are checked when they are created
    NotAPod = "not-a-pod": Admission,
    /// The operation (DELETE or CONNECT) starts no container
    OperationNotChecked = "operation-not-checked": Admission,
    /// The object has no images and its kind may have none
    NoImages = "no-images": Admission,
    /// `oldObject` of the update cannot be parsed, so every image is checked
    OldObjectUnusable = "old-object-unusable": Warning,
    /// A container or image volume has no image
    ImageMissing = "image-missing": Violation,
    /// An image volume in a pod template has no image reference, and none is checked
    ImageVolumeEmpty = "image-volume-empty": Admission,
    /// The image is not a valid image reference
    ImageReferenceInvalid = "image-reference-invalid": Violation,
    /// The update does not change this image
    UnchangedImage = "unchanged-image": Admission,
    /// The update does not change an object that cannot be parsed
    UnchangedObject = "unchanged-object": Admission,
    /// The image matches an allowlist pattern of the system policy
    ExemptSystemPolicy = "exempt-system-policy": Admission,
    /// The image matches an allowlist pattern of the policy
    ExemptAllowlist = "exempt-allowlist": Admission,
    /// The rule allows every image
    AlwaysAllow = "always-allow": Admission,
    /// The rule denies every image
    AlwaysDeny = "always-deny": Violation,
    /// A valid attestation of a required attestor exists
    Attested = "attested": Admission,
    /// The settings revoke this digest
    DigestDenied = "digest-denied": Violation,
    /// The policy's rules depend on a value that the request does not have
    ContextMissing = "context-missing": Error,
    /// The image is referenced by tag, and the rule needs a digest
    DigestRequired = "digest-required": Violation,
    /// No attestation satisfies an attestor or check
    NoValidAttestation = "no-valid-attestation": Violation,
    /// The attestor has no keys, so no attestation can satisfy it
    AttestorWithoutKeys = "attestor-without-keys": Violation,
    /// A limit on the size or work of one evaluation is exceeded
    LimitExceeded = "limit-exceeded": Error,
    /// The policy resolves tags, and the host cannot
    TagResolutionUnavailable = "tag-resolution-unavailable": Error,
    /// The host could not resolve the tag to a digest
    TagResolutionFailed = "tag-resolution-failed": Error,
    /// `registries` in the settings does not list the image's registry
    RegistryNotAllowed = "registry-not-allowed": Violation,
    /// `indexPolicy` is `platforms`, and the host could not return the manifest behind the image's digest
    IndexUnavailable = "index-unavailable": Error,
    /// The host's answer is not the manifest behind the image's digest, in any known form
    IndexUnverified = "index-unverified": Error,
    /// The manifest behind the image's digest is neither an image nor an index of images
    IndexInvalid = "index-invalid": Violation,
    /// The host has no clock, and the rule or check depends on the time
    ClockUnavailable = "clock-unavailable": Error,
    /// A host call failed or its answer is unusable
    HostCapabilityFailed = "host-capability-failed": Error,

    // About the rules of `imagePolicy`.
    /// Every rule of `imagePolicy` that covers the image is satisfied
    ImageRulesSatisfied = "image-rules-satisfied": Admission,
    /// A rule of `imagePolicy` exempts the image from the requirements of other rules
    ImageRuleExempt = "image-rule-exempt": Admission,
    /// No rule of `imagePolicy` covers the image, and `unmatchedImages` is `admit`
    UnmatchedImageAdmitted = "unmatched-image-admitted": Admission,
    /// A rule of `imagePolicy` denies the image
    ImageRuleDenied = "image-rule-denied": Violation,
    /// No rule of `imagePolicy` covers the image, and `unmatchedImages` is `deny`
    NoImageRule = "no-image-rule": Violation,
    /// Fewer attestors than required have attested the image, or not those that must
    ThresholdNotMet = "threshold-not-met": Violation,
    /// An exemption of `imagePolicy` that covers the image has ended
    ExemptionExpired = "exemption-expired": Detail,

    // About the checks of platform policies.
    /// The platform policy has no check sets, so it admits every image
    NoCheckSets = "no-check-sets": Admission,
    /// The check set has no checks, so it admits every image
    NoChecks = "no-checks": Admission,
    /// Every check of the check set passed
    ChecksPassed = "checks-passed": Admission,
    /// The check passed
    CheckPassed = "check-passed": Admission,
    /// The image was uploaded longer ago than the check allows
    ImageNotFresh = "image-not-fresh": Violation,
    /// No Sigstore signature of the image verifies with a key of the check
    NoValidSigstoreSignature = "no-valid-sigstore-signature": Violation,
    /// No trusted provenance of the image satisfies a rule of the check
    NoMatchingProvenance = "no-matching-provenance": Violation,
    /// The provenance has another builder than the rule's `trustedBuilder`
    ProvenanceBuilderNotTrusted = "provenance-builder-not-trusted": Detail,
    /// The provenance has no source repository that the rule trusts
    ProvenanceSourceNotTrusted = "provenance-source-not-trusted": Detail,
    /// The provenance has no build configuration file of the source repository
    ProvenanceConfigNotTopLevel = "provenance-config-not-top-level": Detail,
    /// The image is in no directory of `trustedDirPatterns`
    ImageNotInTrustedDirectory = "image-not-in-trusted-directory": Violation,
    /// A vulnerability has a higher severity than the check allows
    VulnerabilityAboveThreshold = "vulnerability-above-threshold": Violation,
    /// A vulnerability is listed in `blockedCves` of the check
    VulnerabilityBlocked = "vulnerability-blocked": Violation,
    /// The check found no trusted evidence about the image
    EvidenceMissing = "evidence-missing": Error,
    /// Evidence signed by a key that `evidence.authenticators` does not list for this purpose
    EvidenceUntrusted = "evidence-untrusted": Detail,
    /// The scan is older than `maxAgeDays` of its scanner
    EvidenceTooOld = "evidence-too-old": Violation,
    /// Trusted evidence that is malformed, contradictory or dated in the future
    EvidenceInvalid = "evidence-invalid": Error,

    // Why a candidate attestation did not count.
    /// The attestation cannot be decoded
    AttestationUndecodable = "attestation-undecodable": Detail,
    /// The attestation belongs to another note than the attestor's
    AttestationNoteMismatch = "attestation-note-mismatch": Detail,
    /// The attestor has no key with this key id
    AttestationUnknownKeyId = "attestation-unknown-key-id": Detail,
    /// The signature does not verify with the attestor's key
    AttestationBadSignature = "attestation-bad-signature": Detail,
    /// The signed payload is not a valid attestation payload
    AttestationPayloadInvalid = "attestation-payload-invalid": Detail,
    /// The signed payload names another digest
    AttestationDigestMismatch = "attestation-digest-mismatch": Detail,
    /// The signed payload names another repository
    AttestationReferenceMismatch = "attestation-reference-mismatch": Detail,
    /// The OpenPGP message and `serializedPayload` differ
    AttestationPgpPayloadMismatch = "attestation-pgp-payload-mismatch": Detail,
    /// The key is expired, revoked or not yet valid, or the signature that it made is
    AttestationKeyNotValid = "attestation-key-not-valid": Detail,
    /// The envelope's payload type is not one that attests images
    AttestationPayloadType = "attestation-payload-type": Detail,
    /// The signed payload is not a statement of a predicate type that counts
    AttestationPredicateType = "attestation-predicate-type": Detail,
    /// The signed payload is not in the host's answer and cannot be reconstructed
    AttestationPayloadUnavailable = "attestation-payload-unavailable": Detail,
    /// JWT attestations are not supported
    AttestationJwtUnsupported = "attestation-jwt-unsupported": Detail,
    /// This build does not support the attestation's format
    AttestationFormatUnsupported = "attestation-format-unsupported": Detail,

    // Why a Sigstore bundle did not count.
    /// The bundle's media type is not one of the supported versions
    SigstoreBundleVersion = "sigstore-bundle-version": Detail,
    /// The bundle violates its own format
    SigstoreBundleInvalid = "sigstore-bundle-invalid": Detail,
    /// The bundle is signed with a certificate, and the signer has no trusted identities
    SigstoreIdentityMissing = "sigstore-identity-missing": Detail,
    /// The certificate's identity is not trusted
    SigstoreIdentityMismatch = "sigstore-identity-mismatch": Detail,
    /// The certificate's key is of a kind that cannot sign this content
    SigstoreAlgorithmUnsupported = "sigstore-algorithm-unsupported": Detail,
    /// The certificate is not a valid signing certificate
    SigstoreCertificateInvalid = "sigstore-certificate-invalid": Detail,
    /// No authority of the trusted root issued the certificate
    SigstoreCertificateUntrusted = "sigstore-certificate-untrusted": Detail,
    /// The certificate was not valid when the signature was made
    SigstoreCertificateOutsideValidity = "sigstore-certificate-outside-validity": Detail,
    /// The certificate authority was not valid when the signature was made
    SigstoreAuthorityOutsideValidity = "sigstore-authority-outside-validity": Detail,
    /// No trusted certificate transparency log has promised to publish the certificate
    SigstoreSctMissing = "sigstore-sct-missing": Detail,
    /// The promise to publish the certificate does not verify
    SigstoreSctInvalid = "sigstore-sct-invalid": Detail,
    /// Fewer transparency logs than required contain the signature
    SigstoreLogEntryMissing = "sigstore-log-entry-missing": Detail,
    /// The signature is only in transparency logs that the trusted root does not list
    SigstoreLogUnknown = "sigstore-log-unknown": Detail,
    /// The log's key was not valid at that time
    SigstoreLogOutsideValidity = "sigstore-log-outside-validity": Detail,
    /// The log entry is of an unsupported kind
    SigstoreEntryUnsupported = "sigstore-entry-unsupported": Detail,
    /// The log entry violates its own format
    SigstoreEntryInvalid = "sigstore-entry-invalid": Detail,
    /// The log entry is about another signature, key or content
    SigstoreEntryMismatch = "sigstore-entry-mismatch": Detail,
    /// The log's promise to include the entry does not verify
    SigstoreSetInvalid = "sigstore-set-invalid": Detail,
    /// The log entry has no inclusion proof
    SigstoreInclusionProofMissing = "sigstore-inclusion-proof-missing": Detail,
    /// The inclusion proof does not lead from the entry to the log's root hash
    SigstoreInclusionProofInvalid = "sigstore-inclusion-proof-invalid": Detail,
    /// The checkpoint is malformed, about another tree, or not signed by the log
    SigstoreCheckpointInvalid = "sigstore-checkpoint-invalid": Detail,
    /// A signed timestamp does not verify
    SigstoreTimestampInvalid = "sigstore-timestamp-invalid": Detail,
    /// The signed timestamps are by no authority of the trusted root
    SigstoreTimestampUntrusted = "sigstore-timestamp-untrusted": Detail,
    /// The timestamp authority was not valid at the time that it states
    SigstoreTimestampOutsideValidity = "sigstore-timestamp-outside-validity": Detail,
    /// No trusted log or timestamp authority states when the signature was made
    SigstoreTimeMissing = "sigstore-time-missing": Detail,
    /// The provenance names another source or builder than the certificate
    ProvenanceContradictsCertificate = "provenance-contradicts-certificate": Detail,
    /// This build does not verify Sigstore bundles
    SigstoreUnsupported = "sigstore-unsupported": Detail,

    // Overrides and warnings.
    /// The image violates the policy and is admitted by dry run
    DryRun = "dry-run": Warning,
    /// The image violates the policy and is admitted by the Pod's break-glass label
    BreakGlass = "break-glass": Warning,
    /// The settings do not allow break-glass
    BreakGlassRefused = "break-glass-refused": Warning,
    /// The settings do not allow break-glass in this namespace
    BreakGlassNamespaceRefused = "break-glass-namespace-refused": Warning,
    /// The break-glass label or annotation has another value than `true`
    BreakGlassValueIgnored = "break-glass-value-ignored": Warning,
    /// The legacy break-glass annotation is not enabled
    BreakGlassAnnotationIgnored = "break-glass-annotation-ignored": Warning,
    /// The evaluation used the time of the call, not the host's clock
    ClockOverridden = "clock-overridden": Warning,
    /// An entry of `deniedDigests` for the image has ended, and no longer denies it
    DigestDenialEnded = "digest-denial-ended": Warning,
    /// The policy enables the system policy, and the settings do not contain it
    SystemPolicyMissing = "system-policy-missing": Warning,

    // Errors of settings and policies.
    /// The settings are invalid
    SettingsInvalid = "settings-invalid": Error,
    /// The settings are not one valid JSON document
    SettingsMalformed = "settings-malformed": Settings,
    /// The settings have no such field
    SettingsUnknownField = "settings-unknown-field": Settings,
    /// The value has the wrong type
    SettingsWrongType = "settings-wrong-type": Settings,
    /// A key occurs twice in one object
    SettingsDuplicateKey = "settings-duplicate-key": Settings,
    /// The value is invalid for this setting
    SettingsInvalidValue = "settings-invalid-value": Settings,
    /// A required setting is missing
    SettingsMissingField = "settings-missing-field": Settings,
    /// Rules for clusters or mesh identities need `cluster` or `meshTrustDomain` in the settings
    SettingsContextMissing = "settings-context-missing": Settings,
    /// Policies have no such field
    PolicyUnknownField = "policy-unknown-field": Settings,
    /// The value has the wrong type
    PolicyWrongType = "policy-wrong-type": Settings,
    /// The enumeration has no such value
    PolicyUnknownEnum = "policy-unknown-enum": Settings,
    /// An enumeration value is a number or boolean instead of a name
    PolicyNumericEnum = "policy-numeric-enum": Settings,
    /// A key occurs twice in one object
    PolicyDuplicateKey = "policy-duplicate-key": Settings,
    /// The policy has no default rule
    PolicyMissingDefaultRule = "policy-missing-default-rule": Settings,
    /// The rule has no `evaluationMode` or no `enforcementMode`
    PolicyMissingMode = "policy-missing-mode": Settings,
    /// More than one of the four rule maps has entries
    PolicyMultipleRuleMaps = "policy-multiple-rule-maps": Settings,
    /// `requireAttestationsBy` does not fit the evaluation mode
    PolicyAttestorListMismatch = "policy-attestor-list-mismatch": Settings,
    /// A rule names an attestor that `attestors` does not contain
    PolicyAttestorUnknown = "policy-attestor-unknown": Settings,
    /// Two attestors of one rule share a key, so one signature could satisfy both
    PolicyAttestorsShareKey = "policy-attestors-share-key": Settings,
    /// The key of a rule has the wrong form
    PolicyRuleKeyInvalid = "policy-rule-key-invalid": Settings,
    /// The value is invalid for this field
    PolicyInvalidValue = "policy-invalid-value": Settings,
    /// A list is too long or too short, or a number is out of range
    PolicyLimit = "policy-limit": Settings,
    /// A check set comes after a wider one, so it never applies
    PolicyChecksetOrder = "policy-checkset-order": Settings,
    /// The last check set has a `scope`, so some Pods have no check set
    PolicyChecksetDefaultMissing = "policy-checkset-default-missing": Settings,
    /// Two check sets have the same scope
    PolicyChecksetScopeDuplicate = "policy-checkset-scope-duplicate": Settings,
    /// A check does not have exactly one type
    PolicyCheckTypeCount = "policy-check-type-count": Settings,
    /// `alwaysDeny` has another value than `true`
    PolicyAlwaysDenyFalse = "policy-always-deny-false": Settings,
    /// A vulnerability check lacks one of its two thresholds
    PolicySeverityMissing = "policy-severity-missing": Settings,
    /// Google supports this, and Countersign does not
    PolicyUnsupportedFeature = "policy-unsupported-feature": Settings,
    /// The image name pattern is invalid
    PatternInvalid = "pattern-invalid": Settings,
    /// Two attestors have the same name
    AttestorDuplicate = "attestor-duplicate": Settings,
    /// The public key is invalid or unusable
    KeyInvalid = "key-invalid": Settings,
    /// The key does not fit the declared algorithm
    KeyAlgorithmMismatch = "key-algorithm-mismatch": Settings,
    /// This build does not support the algorithm
    KeyAlgorithmUnsupported = "key-algorithm-unsupported": Settings,
    /// A key has two different ids
    KeyIdInvalid = "key-id-invalid": Settings,
    /// Two keys of one attestor have the same id
    KeyIdDuplicate = "key-id-duplicate": Settings,
    /// The trusted root of Sigstore's services is malformed or unusable
    SigstoreTrustedRootInvalid = "sigstore-trusted-root-invalid": Settings,
    /// The call with request and settings cannot be parsed
    CallInvalid = "call-invalid": Error,
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
