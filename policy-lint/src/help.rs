//! The help line of each reason code: what a reader can do.

use policy_wasm::Code;

/// When help is printed
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// With every reason
    Always,
    /// With reasons that have no details, since details are more specific
    WithoutDetails,
    /// Only by `explain`: the reason's message is clear by itself
    WhenAsked,
    /// Only on the page of the code: the reason denies nothing
    OnPage,
}

/// Returns the help that every command prints with a reason.
#[must_use]
pub fn with_reason(code: &str, has_details: bool) -> Option<&'static str> {
    let (_, shown, help) = find(code)?;
    match shown {
        Shown::Always => Some(help),
        Shown::WithoutDetails if !has_details => Some(help),
        Shown::WithoutDetails | Shown::WhenAsked | Shown::OnPage => None,
    }
}

/// Returns the help that `explain` prints with a reason.
#[must_use]
pub fn when_asked(code: &str, has_details: bool) -> Option<&'static str> {
    let (_, shown, help) = find(code)?;
    match shown {
        Shown::Always | Shown::WhenAsked => Some(help),
        Shown::WithoutDetails => (!has_details).then_some(help),
        Shown::OnPage => None,
    }
}

/// Returns the help on a code, for its page.
#[must_use]
pub fn on_page(code: Code) -> Option<&'static str> {
    find(code.as_str()).map(|(_, _, help)| *help)
}

fn find(code: &str) -> Option<&'static (Code, Shown, &'static str)> {
    HELP.iter().find(|(known, ..)| known.as_str() == code)
}

#[rustfmt::skip]
const HELP: &[(Code, Shown, &str)] = &[
    // About requests and images.
    (Code::UndecodableObject, Shown::WhenAsked,
        "correct the object's fields; its namespace must be the request's"),
    (Code::UnsupportedObjectKind, Shown::Always,
        "if the kind creates Pods, add it with its pod-spec paths to `workloads` in the settings"),
    (Code::OldObjectUnusable, Shown::WhenAsked,
        "no action is needed: every image was checked as if it were new"),
    (Code::ImageMissing, Shown::WhenAsked, "set `image`, or remove the container or volume"),
    (Code::ImageReferenceInvalid, Shown::WhenAsked,
        "write the image as `[host[:port]/]path[:tag][@sha256:<digest>]`"),
    (Code::AlwaysDeny, Shown::WhenAsked,
        "change the rule or check, add a rule for this namespace, or add the image to an allowlist"),
    (Code::DigestDenied, Shown::WhenAsked,
        "use another build of the image, or remove the digest from `deniedDigests` in the settings"),
    (Code::ContextMissing, Shown::Always, "set the namespace of the request with --namespace"),
    (Code::DigestRequired, Shown::Always, "reference the image by digest: REPOSITORY@sha256:<64 lower-case hex digits>"),
    (Code::NoValidAttestation, Shown::WithoutDetails,
        "sign this digest with a key or as an identity of the attestor; `countersign explain --why-not` prints the \
         commands"),
    (Code::AttestorWithoutKeys, Shown::WhenAsked,
        "add a key to `publicKeys` of the attestor, or identities to `sigstore.attestors`"),
    (Code::LimitExceeded, Shown::WhenAsked,
        "use fewer images in one object, or store fewer attestations of one image"),
    (Code::TagResolutionUnavailable, Shown::Always, HOST),
    (Code::TagResolutionFailed, Shown::Always, HOST),
    (Code::IndexUnavailable, Shown::WithoutDetails,
        "check the repository and the digest of the image, and that the policy may ask the registry; on the command line, give \
         an image layout with this manifest: --registry DIR"),
    (Code::IndexUnverified, Shown::Always,
        "build and push the image with a builder that the policy knows (docs/settings.md#indexes) and use its new digest, or \
         set `indexPolicy: digest` and attest the index itself"),
    (Code::IndexInvalid, Shown::Always,
        "reference an image or an index that lists images; to admit anything else, exempt it"),
    (Code::RegistryNotAllowed, Shown::Always, "add the registry to `registries` in the settings"),
    (Code::ClockUnavailable, Shown::Always,
        "run the policy on a host with a clock; only dates in the settings, keys that expire and checks of an age need one"),
    (Code::HostCapabilityFailed, Shown::Always, HOST),

    // About the rules of `imagePolicy`.
    (Code::ImageRuleDenied, Shown::WhenAsked,
        "use another image, as the rule's text says, or change `images` or `exceptImages` of the rule"),
    (Code::NoImageRule, Shown::Always,
        "use an image that a rule of `imagePolicy` covers, or add its repository to `images` of a rule"),
    (Code::ThresholdNotMet, Shown::WhenAsked,
        "sign this digest with keys of the missing attestors: `countersign attest sign`"),
    (Code::ExemptionExpired, Shown::WhenAsked,
        "meet the rules that apply to the image now, or extend `until` of the exemption"),

    // About the checks of platform policies.
    (Code::ImageNotFresh, Shown::Always,
        "rebuild and push the image, or raise `maxUploadAgeDays` of the check"),
    (Code::NoValidSigstoreSignature, Shown::WhenAsked,
        "sign the image with a key of the check (with cosign in the format before bundles, or as an \
         occurrence), or as one of its identities"),
    (Code::NoMatchingProvenance, Shown::Always,
        "build the image with the builder and source of a rule, or add its builder (`trustedBuilder`) or \
         source (`trustedSourceRepoPatterns`) to the rules"),
    (Code::ProvenanceBuilderNotTrusted, Shown::WhenAsked,
        "build the image with the rule's builder, or add a rule for this builder"),
    (Code::ProvenanceSourceNotTrusted, Shown::WhenAsked,
        "build from a repository of the rule, or add this repository to `trustedSourceRepoPatterns`"),
    (Code::ProvenanceConfigNotTopLevel, Shown::WhenAsked,
        "start the build from a configuration file in the repository, and record it in the provenance"),
    (Code::ImageNotInTrustedDirectory, Shown::Always,
        "move the image to a trusted directory, or add its directory to `trustedDirPatterns` of the check"),
    (Code::VulnerabilityAboveThreshold, Shown::Always,
        "fix the vulnerability in the image, or add its id to `allowedCves` of the check"),
    (Code::VulnerabilityBlocked, Shown::Always,
        "fix the vulnerability in the image, or add its id to `allowedCves` of the check"),
    (Code::EvidenceMissing, Shown::WithoutDetails,
        "add it to `evidence.statements` or `evidence.occurrences` in the settings, or sign it with a key or as \
         an identity of `evidence.authenticators` and store it in a source that `evidence` enables"),
    (Code::EvidenceUntrusted, Shown::WhenAsked,
        "if you trust the key or identity that signed it, add it to `evidence.authenticators` for this purpose"),
    (Code::EvidenceTooOld, Shown::Always, "scan the image again, or raise `maxAgeDays` of the scanner"),
    (Code::EvidenceInvalid, Shown::WhenAsked,
        "create and sign the evidence again, with a valid predicate that is not dated in the future"),

    // Why a candidate attestation did not count.
    (Code::AttestationUndecodable, Shown::WhenAsked,
        "store the attestation unchanged: JSON, with payload and signatures in base64"),
    (Code::AttestationNoteMismatch, Shown::WhenAsked,
        "create an attestation under the attestor's note; this one belongs to another attestor"),
    (Code::AttestationUnknownKeyId, Shown::WhenAsked,
        "sign with a key of the attestor, and use its key id from the settings"),
    (Code::AttestationBadSignature, Shown::WhenAsked,
        "sign the payload again: the payload or the signature was changed, or another key signed it"),
    (Code::AttestationPayloadInvalid, Shown::WhenAsked,
        "sign a simple-signing payload; `explain --why-not` prints it"),
    (Code::AttestationDigestMismatch, Shown::WhenAsked, "sign the digest of this image"),
    (Code::AttestationReferenceMismatch, Shown::WhenAsked,
        "sign the image under this repository, or set `matchDockerReference` to `ignore`"),
    (Code::AttestationPgpPayloadMismatch, Shown::WhenAsked,
        "set `serializedPayload` to the content of the signed message"),
    (Code::AttestationKeyNotValid, Shown::WhenAsked,
        "if the signature has expired, sign again; otherwise extend the key and update the attestor's certificate in the \
         settings, change its period in `keys`, or sign with another key"),
    (Code::AttestationPayloadType, Shown::WhenAsked, "sign a simple-signing payload"),
    (Code::AttestationPredicateType, Shown::WhenAsked,
        "sign a simple-signing payload, or, if `predicateTypes` of a rule lists types, a statement of one of them"),
    (Code::AttestationPayloadUnavailable, Shown::WhenAsked,
        "sign without cosign annotations and under the image's own name, or store the attestation elsewhere"),
    (Code::AttestationJwtUnsupported, Shown::WhenAsked, "sign as an occurrence or a DSSE envelope"),
    (Code::AttestationFormatUnsupported, Shown::WhenAsked,
        "sign as an occurrence or a DSSE envelope; OpenPGP needs a build with OpenPGP"),

    // Why a Sigstore bundle did not count.
    (Code::SigstoreBundleVersion, Shown::WhenAsked,
        "store a bundle of version 0.1, 0.2 or 0.3, unchanged; if it is newer, update Countersign"),
    (Code::SigstoreBundleInvalid, Shown::WhenAsked,
        "store the bundle unchanged, as the signing tool wrote it"),
    (Code::SigstoreIdentityMissing, Shown::WhenAsked,
        "name the identities that may sign in `sigstore.identities` of the settings and list them for this \
         signer, or sign with one of its keys"),
    (Code::SigstoreIdentityMismatch, Shown::WhenAsked,
        "sign with a trusted identity, or add this one to `sigstore.identities` of the settings"),
    (Code::SigstoreAlgorithmUnsupported, Shown::WhenAsked,
        "sign with an ECDSA P-256 key, which every Sigstore client uses by default"),
    (Code::SigstoreCertificateInvalid, Shown::WhenAsked,
        "sign with a certificate for code signing, as Fulcio issues it: one subject alternative name, one issuer"),
    (Code::SigstoreCertificateUntrusted, Shown::WhenAsked,
        "add the authority to the trusted root, update a trusted root that is out of date, or sign with the \
         Sigstore instance of the trusted root"),
    (Code::SigstoreCertificateOutsideValidity, Shown::WhenAsked,
        "sign again: the certificate has to be valid at the time of signing"),
    (Code::SigstoreAuthorityOutsideValidity, Shown::WhenAsked,
        "update the trusted root; if the authority has ended, sign again"),
    (Code::SigstoreSctMissing, Shown::WhenAsked,
        "update the trusted root; if the instance has no certificate transparency log, set `ctLogs: 0` for it"),
    (Code::SigstoreSctInvalid, Shown::WhenAsked,
        "store the bundle unchanged, and check that the trusted root is the one of this Sigstore instance"),
    (Code::SigstoreLogEntryMissing, Shown::WhenAsked,
        "sign with upload to the transparency log, or lower `transparencyLogs` of the trusted root"),
    (Code::SigstoreLogUnknown, Shown::WhenAsked,
        "update the trusted root, or sign with the transparency logs that it lists"),
    (Code::SigstoreLogOutsideValidity, Shown::WhenAsked,
        "update the trusted root; if the log has ended, sign again"),
    (Code::SigstoreEntryUnsupported, Shown::WhenAsked,
        "sign with a client that logs `hashedrekord`, `dsse` 0.0.1 or `intoto` 0.0.2"),
    (Code::SigstoreEntryInvalid, Shown::WhenAsked, "store the bundle unchanged, as the signing tool wrote it"),
    (Code::SigstoreEntryMismatch, Shown::WhenAsked,
        "store the bundle unchanged: its log entry belongs to another signature"),
    (Code::SigstoreSetInvalid, Shown::WhenAsked,
        "store the bundle unchanged, and check that the trusted root is the one of this Sigstore instance"),
    (Code::SigstoreInclusionProofMissing, Shown::WhenAsked,
        "sign with a current client, which stores the inclusion proof, or set `inclusionPromises: accept` for the \
         trusted root"),
    (Code::SigstoreInclusionProofInvalid, Shown::WhenAsked,
        "store the bundle unchanged, as the signing tool wrote it"),
    (Code::SigstoreCheckpointInvalid, Shown::WhenAsked,
        "store the bundle unchanged, and check that the trusted root is the one of this Sigstore instance"),
    (Code::SigstoreTimestampInvalid, Shown::WhenAsked,
        "store the bundle unchanged, and check that the trusted root is the one of this Sigstore instance"),
    (Code::SigstoreTimestampUntrusted, Shown::WhenAsked,
        "update the trusted root, or sign with a timestamp authority that it lists"),
    (Code::SigstoreTimestampOutsideValidity, Shown::WhenAsked,
        "update the trusted root; if the authority has ended, sign again"),
    (Code::SigstoreTimeMissing, Shown::WhenAsked,
        "sign with a timestamp authority of the trusted root, or with a log that signs its integrated times"),
    (Code::ProvenanceContradictsCertificate, Shown::WhenAsked,
        "create the provenance in the workflow that signs it: its source and builder have to be the certificate's"),
    (Code::SigstoreUnsupported, Shown::WhenAsked,
        "use a build with the feature `sigstore`, or sign with a key"),

    // Overrides and warnings.
    (Code::DryRun, Shown::WhenAsked,
        "to deny such images, set `enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG`, or \
         `platformPolicyEnforcement: enforce`"),
    (Code::BreakGlass, Shown::WhenAsked, "remove the label after the emergency"),
    (Code::BreakGlassRefused, Shown::WhenAsked, BREAK_GLASS),
    (Code::BreakGlassNamespaceRefused, Shown::WhenAsked, BREAK_GLASS),
    (Code::BreakGlassValueIgnored, Shown::WhenAsked,
        "set the label `image-policy.k8s.io/break-glass: \"true\"`"),
    (Code::BreakGlassAnnotationIgnored, Shown::WhenAsked,
        "use the label, or set `breakGlass.legacyAnnotation: true`"),
    (Code::ClockOverridden, Shown::WhenAsked, "leave out --time to evaluate as of now"),
    (Code::DigestDenialEnded, Shown::WhenAsked,
        "remove the entry from `deniedDigests` in the settings, or set a later `until`"),
    (Code::SystemPolicyMissing, Shown::WhenAsked,
        "export Google's system policy and add it as `systemPolicy` to the settings, or set \
         `globalPolicyEvaluationMode: DISABLE`"),

    // Errors of settings and policies.
    (Code::SettingsInvalid, Shown::WhenAsked,
        "run `countersign lint` on the settings to list all problems"),
    (Code::SettingsUnknownField, Shown::WhenAsked, "remove the field, or correct its spelling"),
    (Code::PolicyUnknownField, Shown::WhenAsked, "remove the field, or correct its spelling"),
    (Code::SettingsDuplicateKey, Shown::WhenAsked, DUPLICATE),
    (Code::PolicyDuplicateKey, Shown::WhenAsked, DUPLICATE),
    (Code::SettingsContextMissing, Shown::WhenAsked,
        "set `cluster` for clusterAdmissionRules, `meshTrustDomain` for istioServiceIdentityAdmissionRules"),
    (Code::PolicyNumericEnum, Shown::WhenAsked,
        "use the value's name: Google's tools number the values differently, and its Python libraries write names with \
         `to_json(…, use_integers_for_enums=False)`"),
    (Code::PolicyMissingDefaultRule, Shown::WhenAsked,
        "add `defaultAdmissionRule`; ALWAYS_DENY is the strictest"),
    (Code::PolicyMissingMode, Shown::WhenAsked, "set `evaluationMode` and `enforcementMode` of the rule"),
    (Code::PolicyMultipleRuleMaps, Shown::WhenAsked, "keep one of the rule maps, and remove the others"),
    (Code::PolicyAttestorListMismatch, Shown::WhenAsked,
        "list attestors in rules with REQUIRE_ATTESTATION, and only there"),
    (Code::PolicyAttestorUnknown, Shown::WhenAsked,
        "add the attestor to `attestors`, or correct its name in the rule"),
    (Code::PolicyAttestorsShareKey, Shown::WhenAsked, "give each attestor its own key"),
    (Code::PolicyChecksetOrder, Shown::WhenAsked,
        "put service accounts before their namespace, and the check set without a scope last"),
    (Code::PolicyChecksetDefaultMissing, Shown::WhenAsked,
        "add a last check set without `scope`, for all other Pods"),
    (Code::PolicyAlwaysDenyFalse, Shown::WhenAsked, "remove the check, or set `alwaysDeny: true`"),
    (Code::PolicySeverityMissing, Shown::WhenAsked,
        "set both `maximumFixableSeverity` and `maximumUnfixableSeverity`"),
    (Code::KeyInvalid, Shown::WhenAsked, "use one PEM block `PUBLIC KEY`, as `openssl pkey -pubout` prints it"),
    (Code::KeyAlgorithmMismatch, Shown::WhenAsked, "set `signatureAlgorithm` to the algorithm of the key"),
    (Code::KeyAlgorithmUnsupported, Shown::WhenAsked,
        "use a key of another algorithm; OpenPGP needs a build with OpenPGP"),
    (Code::KeyIdDuplicate, Shown::WhenAsked, "give each key its own id, or remove the ids, which are computed by default"),
    (Code::KeyIdInvalid, Shown::WhenAsked, "remove the id, which is computed by default"),
    (Code::SigstoreTrustedRootInvalid, Shown::WhenAsked,
        "paste the document unchanged, as `cosign trusted-root create`, `gh attestation trusted-root` or Sigstore's \
         TUF repository have it"),
    (Code::SettingsMalformed, Shown::WhenAsked, "write the settings as one mapping, in YAML or JSON"),
    (Code::SettingsWrongType, Shown::WhenAsked, TYPE),
    (Code::PolicyWrongType, Shown::WhenAsked, TYPE),
    (Code::SettingsInvalidValue, Shown::WhenAsked, VALUE),
    (Code::PolicyInvalidValue, Shown::WhenAsked, VALUE),
    (Code::SettingsMissingField, Shown::WhenAsked, "add the field that the message names"),
    (Code::PolicyUnknownEnum, Shown::WhenAsked, "use one of the values that the message lists"),
    (Code::PolicyRuleKeyInvalid, Shown::WhenAsked,
        "write the key in the form of its map, which the message names, such as `NAMESPACE:SERVICE_ACCOUNT`"),
    (Code::PolicyLimit, Shown::WhenAsked, "stay within the limit that the message names"),
    (Code::PolicyChecksetScopeDuplicate, Shown::WhenAsked,
        "merge the two check sets: only the first would ever apply"),
    (Code::PolicyCheckTypeCount, Shown::WhenAsked, "give each check exactly one type, and split one with several"),
    (Code::PolicyUnsupportedFeature, Shown::WhenAsked,
        "remove the field; the page on migrating lists what there is in its place"),
    (Code::PatternInvalid, Shown::WhenAsked, "correct the pattern as the message says"),
    (Code::AttestorDuplicate, Shown::WhenAsked, "give each attestor its own name, or list all keys under one"),
    (Code::CallInvalid, Shown::WhenAsked,
        "correct the program that calls the module: a call is an object with `request` and `settings`"),

    // Reasons of admission.
    (Code::NotAPod, Shown::OnPage, NOTHING),
    (Code::OperationNotChecked, Shown::OnPage, NOTHING),
    (Code::NoImages, Shown::OnPage, NOTHING),
    (Code::Attested, Shown::OnPage, NOTHING),
    (Code::CheckPassed, Shown::OnPage, NOTHING),
    (Code::ChecksPassed, Shown::OnPage, NOTHING),
    (Code::ImageVolumeEmpty, Shown::OnPage, "no action is needed: the Pod is checked when it is created"),
    (Code::UnchangedImage, Shown::OnPage,
        "no action is needed; to have the image checked, create the object again"),
    (Code::UnchangedObject, Shown::OnPage, "no action is needed: the next change of the object is checked"),
    (Code::ExemptSystemPolicy, Shown::OnPage,
        "to have such images checked, set `globalPolicyEvaluationMode: DISABLE`"),
    (Code::ExemptAllowlist, Shown::OnPage,
        "to have the image checked, remove the pattern; `countersign explain --settings` names its place"),
    (Code::AlwaysAllow, Shown::OnPage,
        "to have images checked, set another `evaluationMode`, such as `REQUIRE_ATTESTATION`"),
    (Code::ImageRulesSatisfied, Shown::OnPage, NOTHING),
    (Code::ImageRuleExempt, Shown::OnPage,
        "to have the image checked, end the exemption with `until`, or remove the rule"),
    (Code::UnmatchedImageAdmitted, Shown::OnPage,
        "to have such images denied, set `unmatchedImages` to `deny`, or add rules that cover them"),
    (Code::NoCheckSets, Shown::OnPage, "to have images checked, add a check set to `gkePolicy.checkSets`"),
    (Code::NoChecks, Shown::OnPage, "to have images checked, add `checks` to the check set"),
];

const NOTHING: &str = "no action is needed";
const TYPE: &str =
    "use the type that the message names; `countersign schema settings` describes all fields";
const VALUE: &str = "use a value of the form that the message names";

const HOST: &str = "on the command line, give --kubernetes or --registry; in a cluster, check that the \
                  policy may read these resources and reach the registry";
const BREAK_GLASS: &str = "to let Pod authors override the policy in this namespace, add it to \
                         `breakGlass.namespaces`";
const DUPLICATE: &str = "keep one of the two: parsers differ in which one they use";

#[cfg(test)]
mod tests {
    use policy_wasm::decision::Role;

    use super::*;

    #[test]
    fn every_code_has_help() {
        for code in Code::ALL {
            assert!(on_page(*code).is_some(), "{code}");
        }
    }

    #[test]
    fn nothing_is_to_be_done_about_what_denies_nothing() {
        for code in Code::ALL.iter().filter(|one| one.role() == Role::Admission) {
            assert_eq!(when_asked(code.as_str(), false), None, "{code}");
        }
    }

    #[test]
    fn help_is_given_once_and_is_one_line() {
        for (index, (code, _, help)) in HELP.iter().enumerate() {
            let is_first = HELP.iter().position(|(other, ..)| other == code) == Some(index);
            assert!(is_first, "{code}");
            assert!(!help.contains('\n') && !help.ends_with('.'), "{code}");
            assert!(help.chars().next().unwrap().is_lowercase(), "{code}");
        }
    }

    #[test]
    fn help_on_clear_reasons_is_printed_only_by_explain() {
        assert_eq!(with_reason("always-deny", false), None);
        assert!(when_asked("always-deny", false).is_some());
        assert!(with_reason("no-valid-attestation", false).is_some());
        assert_eq!(when_asked("no-valid-attestation", true), None);
        assert_eq!(when_asked("unheard-of", false), None);
    }
}
