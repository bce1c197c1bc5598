//! Advice on each reason, for all commands that print reasons.

use policy_wasm::Code;

/// When advice is printed
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// With every reason
    Always,
    /// With reasons that have no details, since details are more specific
    WithoutDetails,
    /// Only by `explain`: the reason's message is clear by itself
    WhenAsked,
}

/// The advice that every command prints with a reason.
pub(crate) fn unasked(code: &str, has_details: bool) -> Option<&'static str> {
    let (_, told, advice) = find(code)?;
    match told {
        Told::Always => Some(advice),
        Told::WithoutDetails if !has_details => Some(advice),
        Told::WithoutDetails | Told::WhenAsked => None,
    }
}

/// The advice that `explain` prints with a reason.
pub(crate) fn asked(code: &str, has_details: bool) -> Option<&'static str> {
    let (_, told, advice) = find(code)?;
    (*told != Told::WithoutDetails || !has_details).then_some(advice)
}

/// The advice on a code, for its page.
pub(crate) fn about(code: Code) -> Option<&'static str> {
    find(code.as_str()).map(|(_, _, advice)| *advice)
}

fn find(code: &str) -> Option<&'static (Code, Told, &'static str)> {
    ADVICE.iter().find(|(known, ..)| known.as_str() == code)
}

#[rustfmt::skip]
const ADVICE: &[(Code, Told, &str)] = &[
    // About requests and images.
    (Code::UndecodableObject, Told::WhenAsked,
        "correct the object's fields; its namespace must be the request's"),
    (Code::UnsupportedObjectKind, Told::Always,
        "if the kind creates Pods, add it with its pod-spec paths to `workloads` in the settings"),
    (Code::OldObjectUnusable, Told::WhenAsked,
        "no action is needed: every image was checked as if it were new"),
    (Code::ImageMissing, Told::WhenAsked, "set `image`, or remove the container or volume"),
    (Code::ImageReferenceInvalid, Told::WhenAsked,
        "write the image as `[host[:port]/]path[:tag][@sha256:<digest>]`"),
    (Code::AlwaysDeny, Told::WhenAsked,
        "change the rule or check, add a rule for this namespace, or add the image to an allowlist"),
    (Code::DigestDenied, Told::WhenAsked,
        "use another build of the image, or remove the digest from `deniedDigests` in the settings"),
    (Code::ContextMissing, Told::Always, "set the namespace of the request with --namespace"),
    (Code::DigestRequired, Told::Always, "reference the image by digest: REPOSITORY@sha256:<digest>"),
    (Code::NoValidAttestation, Told::WithoutDetails,
        "no attestation about this digest was found; the attestor has to sign it"),
    (Code::AttestorWithoutKeys, Told::WhenAsked, "add a key to `publicKeys` of the attestor"),
    (Code::LimitExceeded, Told::WhenAsked,
        "use fewer images in one object, or store fewer attestations of one image"),
    (Code::TagResolutionUnavailable, Told::Always, HOST),
    (Code::TagResolutionFailed, Told::Always, HOST),
    (Code::RegistryNotAllowed, Told::Always, "add the registry to `registries` in the settings"),
    (Code::ClockUnavailable, Told::Always,
        "run the policy on a host with a clock; keys without expiry and checks without an age need none"),
    (Code::HostCapabilityFailed, Told::Always, HOST),

    // About the checks of platform policies.
    (Code::ImageNotFresh, Told::Always,
        "rebuild and push the image, or raise `maxUploadAgeDays` of the check"),
    (Code::NoValidSigstoreSignature, Told::WhenAsked,
        "sign the image with a key of the check: with cosign in the format before bundles, or as an \
         occurrence"),
    (Code::NoMatchingProvenance, Told::Always,
        "build the image with the builder and source of a rule, or add its builder (`trustedBuilder`) or \
         source (`trustedSourceRepoPatterns`) to the rules"),
    (Code::ProvenanceBuilderNotTrusted, Told::WhenAsked,
        "build the image with the rule's builder, or add a rule for this builder"),
    (Code::ProvenanceSourceNotTrusted, Told::WhenAsked,
        "build from a repository of the rule, or add this repository to `trustedSourceRepoPatterns`"),
    (Code::ProvenanceConfigNotTopLevel, Told::WhenAsked,
        "start the build from a configuration file in the repository, and record it in the provenance"),
    (Code::ImageNotInTrustedDirectory, Told::Always,
        "move the image to a trusted directory, or add its directory to `trustedDirPatterns` of the check"),
    (Code::VulnerabilityAboveThreshold, Told::Always,
        "fix the vulnerability in the image, or add its id to `allowedCves` of the check"),
    (Code::VulnerabilityBlocked, Told::Always,
        "fix the vulnerability in the image, or add its id to `allowedCves` of the check"),
    (Code::EvidenceMissing, Told::WithoutDetails,
        "add it to `evidence.statements` or `evidence.occurrences` in the settings, or sign it with a key of \
         `evidence.authenticators` and store it in a source that `evidence` enables"),
    (Code::EvidenceUntrusted, Told::WhenAsked,
        "if you trust the key that signed it, add the key to `evidence.authenticators` for this purpose"),
    (Code::EvidenceTooOld, Told::Always, "scan the image again, or raise `maxAgeDays` of the scanner"),
    (Code::EvidenceInvalid, Told::WhenAsked,
        "create and sign the evidence again, with a valid predicate that is not dated in the future"),

    // Why a candidate attestation did not count.
    (Code::AttestationUndecodable, Told::WhenAsked,
        "store the attestation unchanged: JSON, with payload and signatures in base64"),
    (Code::AttestationNoteMismatch, Told::WhenAsked,
        "create an attestation under the attestor's note; this one belongs to another attestor"),
    (Code::AttestationUnknownKeyId, Told::WhenAsked,
        "sign with a key of the attestor, and use its key id from the settings"),
    (Code::AttestationBadSignature, Told::WhenAsked,
        "sign the payload again: the payload or the signature was changed, or another key signed it"),
    (Code::AttestationPayloadInvalid, Told::WhenAsked,
        "sign a simple-signing payload; `explain --why-not` prints it"),
    (Code::AttestationDigestMismatch, Told::WhenAsked, "sign the digest of this image"),
    (Code::AttestationReferenceMismatch, Told::WhenAsked,
        "sign the image under this repository, or set `matchDockerReference` to `ignore`"),
    (Code::AttestationPgpPayloadMismatch, Told::WhenAsked,
        "set `serializedPayload` to the content of the signed message"),
    (Code::AttestationKeyNotValid, Told::WhenAsked,
        "extend the key and update the attestor's certificate in the settings, or sign with another key"),
    (Code::AttestationPayloadType, Told::WhenAsked, "sign a simple-signing payload"),
    (Code::AttestationPredicateType, Told::WhenAsked,
        "sign a simple-signing payload; statements of this predicate type are not attestations of an image"),
    (Code::AttestationPayloadUnavailable, Told::WhenAsked,
        "sign without cosign annotations and under the image's own name, or store the attestation elsewhere"),
    (Code::AttestationJwtUnsupported, Told::WhenAsked, "sign as an occurrence or a DSSE envelope"),
    (Code::AttestationFormatUnsupported, Told::WhenAsked,
        "sign as an occurrence or a DSSE envelope; OpenPGP needs a build with OpenPGP"),

    // Overrides and warnings.
    (Code::DryRun, Told::WhenAsked,
        "to deny such images, set `enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG`, or \
         `platformPolicyEnforcement: enforce`"),
    (Code::BreakGlass, Told::WhenAsked, "remove the label after the emergency"),
    (Code::BreakGlassRefused, Told::WhenAsked, BREAK_GLASS),
    (Code::BreakGlassNamespaceRefused, Told::WhenAsked, BREAK_GLASS),
    (Code::BreakGlassValueIgnored, Told::WhenAsked,
        "set the label `image-policy.k8s.io/break-glass: \"true\"`"),
    (Code::BreakGlassAnnotationIgnored, Told::WhenAsked,
        "use the label, or set `breakGlass.legacyAnnotation: true`"),
    (Code::ClockOverridden, Told::WhenAsked, "leave out --time to evaluate as of now"),
    (Code::SystemPolicyMissing, Told::WhenAsked,
        "export Google's system policy and add it as `systemPolicy` to the settings, or set \
         `globalPolicyEvaluationMode: DISABLE`"),

    // Errors of settings and policies.
    (Code::SettingsInvalid, Told::WhenAsked,
        "run `countersign lint` on the settings to list all problems"),
    (Code::SettingsUnknownField, Told::WhenAsked, "remove the field, or correct its spelling"),
    (Code::PolicyUnknownField, Told::WhenAsked, "remove the field, or correct its spelling"),
    (Code::SettingsDuplicateKey, Told::WhenAsked, DUPLICATE),
    (Code::PolicyDuplicateKey, Told::WhenAsked, DUPLICATE),
    (Code::SettingsContextMissing, Told::WhenAsked,
        "set `cluster` for clusterAdmissionRules, `meshTrustDomain` for istioServiceIdentityAdmissionRules"),
    (Code::PolicyNumericEnum, Told::WhenAsked,
        "use the value's name: Google's tools number the values differently"),
    (Code::PolicyMissingDefaultRule, Told::WhenAsked,
        "add `defaultAdmissionRule`; ALWAYS_DENY is the strictest"),
    (Code::PolicyMissingMode, Told::WhenAsked, "set `evaluationMode` and `enforcementMode` of the rule"),
    (Code::PolicyMultipleRuleMaps, Told::WhenAsked, "keep one of the rule maps, and remove the others"),
    (Code::PolicyAttestorListMismatch, Told::WhenAsked,
        "list attestors in rules with REQUIRE_ATTESTATION, and only there"),
    (Code::PolicyAttestorUnknown, Told::WhenAsked,
        "add the attestor to `attestors`, or correct its name in the rule"),
    (Code::PolicyAttestorsShareKey, Told::WhenAsked, "give each attestor its own key"),
    (Code::PolicyChecksetOrder, Told::WhenAsked,
        "put service accounts before their namespace, and the check set without a scope last"),
    (Code::PolicyChecksetDefaultMissing, Told::WhenAsked,
        "add a last check set without `scope`, for all other Pods"),
    (Code::PolicyAlwaysDenyFalse, Told::WhenAsked, "remove the check, or set `alwaysDeny: true`"),
    (Code::PolicySeverityMissing, Told::WhenAsked,
        "set both `maximumFixableSeverity` and `maximumUnfixableSeverity`"),
    (Code::KeyInvalid, Told::WhenAsked, "use one PEM block `PUBLIC KEY`, as `openssl pkey -pubout` prints it"),
    (Code::KeyAlgorithmMismatch, Told::WhenAsked, "set `signatureAlgorithm` to the algorithm of the key"),
    (Code::KeyAlgorithmUnsupported, Told::WhenAsked,
        "use a key of another algorithm; OpenPGP needs a build with OpenPGP"),
    (Code::KeyIdDuplicate, Told::WhenAsked, "give each key its own id, or remove the ids, which are computed by default"),
    (Code::KeyIdInvalid, Told::WhenAsked, "remove the id, which is computed by default"),
];

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
    fn every_code_that_denies_has_advice() {
        for code in Code::ALL {
            let is_needed = matches!(
                code.role(),
                Role::Violation | Role::Error | Role::Detail | Role::Warning
            );
            // Only a program writes calls.
            if is_needed && *code != Code::CallInvalid {
                assert!(about(*code).is_some(), "{code}");
            }
        }
    }

    #[test]
    fn advice_is_given_once_and_is_one_line() {
        for (index, (code, _, advice)) in ADVICE.iter().enumerate() {
            let is_first = ADVICE.iter().position(|(other, ..)| other == code) == Some(index);
            assert!(is_first, "{code}");
            assert!(!advice.contains('\n') && !advice.ends_with('.'), "{code}");
            assert!(advice.chars().next().unwrap().is_lowercase(), "{code}");
        }
    }

    #[test]
    fn advice_on_clear_reasons_is_printed_only_by_explain() {
        assert_eq!(unasked("always-deny", false), None);
        assert!(asked("always-deny", false).is_some());
        assert!(unasked("no-valid-attestation", false).is_some());
        assert_eq!(asked("no-valid-attestation", true), None);
        assert_eq!(asked("unheard-of", false), None);
    }
}
