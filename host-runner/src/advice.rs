//! What the reader can do about a reason: one table for every command that shows reasons.

use policy_wasm::Code;

/// When a piece of advice is given without being asked for
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Wherever the reason is shown
    Always,
    /// Where the reason has no details, which say more
    WithoutDetails,
    /// Only to those who ask why: the reason itself is plain enough for a deployer
    WhenAsked,
}

/// What helps against a reason, told beside it whoever reads it.
pub(crate) fn unasked(code: &str, has_details: bool) -> Option<&'static str> {
    let (_, told, advice) = find(code)?;
    match told {
        Told::Always => Some(advice),
        Told::WithoutDetails if !has_details => Some(advice),
        Told::WithoutDetails | Told::WhenAsked => None,
    }
}

/// The same for a reader who asks why.
pub(crate) fn asked(code: &str, has_details: bool) -> Option<&'static str> {
    let (_, told, advice) = find(code)?;
    (*told != Told::WithoutDetails || !has_details).then_some(advice)
}

/// All that there is to say about a code.
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
        "write the object as its kind has it; its namespace must be that of the request"),
    (Code::UnsupportedObjectKind, Told::Always,
        "if it creates Pods, say where its pod specs are under `workloads` in the settings"),
    (Code::OldObjectUnusable, Told::WhenAsked,
        "nothing has to be done: every image of the object was judged as if it were new"),
    (Code::ImageMissing, Told::WhenAsked, "name an image, or remove the container or volume"),
    (Code::ImageReferenceInvalid, Told::WhenAsked,
        "write the image as `[host[:port]/]path[:tag][@sha256:<digest>]`"),
    (Code::AlwaysDeny, Told::WhenAsked,
        "change the rule or check, add a rule for this namespace, or exempt the image in an allowlist"),
    (Code::DigestDenied, Told::WhenAsked,
        "use another build of the image; whoever revoked it can remove the digest from `deniedDigests`"),
    (Code::ContextMissing, Told::Always, "give the namespace of the request with --namespace"),
    (Code::DigestRequired, Told::Always, "name the image by its digest: REPOSITORY@sha256:<digest>"),
    (Code::NoValidAttestation, Told::WithoutDetails,
        "no attestation about this digest was found; the attestor has to sign it"),
    (Code::AttestorWithoutKeys, Told::WhenAsked, "give the attestor a key under `publicKeys`"),
    (Code::LimitExceeded, Told::WhenAsked,
        "ask for less at once: fewer images in one object, fewer attestations for one image"),
    (Code::TagResolutionUnavailable, Told::Always, HOST),
    (Code::TagResolutionFailed, Told::Always, HOST),
    (Code::RegistryNotAllowed, Told::Always, "add the registry to `registries` in the settings"),
    (Code::ClockUnavailable, Told::Always,
        "a key without an expiry needs no clock, nor does a check that asks for no age"),
    (Code::HostCapabilityFailed, Told::Always, HOST),

    // About the checks of platform policies.
    (Code::ImageNotFresh, Told::Always,
        "build the image anew, or raise `maxUploadAgeDays` of the check"),
    (Code::NoValidSigstoreSignature, Told::WhenAsked,
        "sign the image with a key of the check, as cosign did before bundles, or as an occurrence"),
    (Code::NoMatchingProvenance, Told::Always,
        "build the image where a rule of the check says, or add its builder (`trustedBuilder`) or its \
         source (`trustedSourceRepoPatterns`) to the rules"),
    (Code::ProvenanceBuilderNotTrusted, Told::WhenAsked,
        "build the image with the rule's builder, or add a rule for this one"),
    (Code::ProvenanceSourceNotTrusted, Told::WhenAsked,
        "build from a repository that the rule names, or add this one to `trustedSourceRepoPatterns`"),
    (Code::ProvenanceConfigNotTopLevel, Told::WhenAsked,
        "start the build from a configuration file in the repository, and let provenance name it"),
    (Code::ImageNotInTrustedDirectory, Told::Always,
        "move the image, or add its directory to `trustedDirPatterns` of the check"),
    (Code::VulnerabilityAboveThreshold, Told::Always,
        "fix it in the image, or add its id to `allowedCves` of the check"),
    (Code::VulnerabilityBlocked, Told::Always,
        "fix it in the image, or add its id to `allowedCves` of the check"),
    (Code::EvidenceMissing, Told::WithoutDetails,
        "it may stand in the settings (`evidence.statements`, `evidence.occurrences`), or, signed by a \
         key of `evidence.authenticators`, in a place that `evidence` turns on"),
    (Code::EvidenceUntrusted, Told::WhenAsked,
        "add the key that signed it to `evidence.authenticators`, for this purpose, if you trust it"),
    (Code::EvidenceTooOld, Told::Always, "scan the image again, or raise `maxAgeDays` of the scanner"),
    (Code::EvidenceInvalid, Told::WhenAsked,
        "whoever signed it has to state it again, in the form of its predicate and not in the future"),

    // Why a candidate attestation did not count.
    (Code::AttestationUndecodable, Told::WhenAsked,
        "store it again as the attestor made it: JSON, with payload and signatures in base64"),
    (Code::AttestationNoteMismatch, Told::WhenAsked,
        "file an attestation under the attestor's own note: this one is for another attestor"),
    (Code::AttestationUnknownKeyId, Told::WhenAsked,
        "sign with a key of the attestor, and name it by the id that the attestor has"),
    (Code::AttestationBadSignature, Told::WhenAsked,
        "sign the payload again: it or the signature was changed, or another key signed"),
    (Code::AttestationPayloadInvalid, Told::WhenAsked,
        "sign a simple-signing payload; `explain --why-not` prints it"),
    (Code::AttestationDigestMismatch, Told::WhenAsked, "sign the digest of this very image"),
    (Code::AttestationReferenceMismatch, Told::WhenAsked,
        "sign it under this repository, or set `matchDockerReference` to `ignore`"),
    (Code::AttestationPgpPayloadMismatch, Told::WhenAsked,
        "let `serializedPayload` be what is inside the signed message"),
    (Code::AttestationKeyNotValid, Told::WhenAsked,
        "extend the key and give the attestor the new certificate, or sign with another key"),
    (Code::AttestationPayloadType, Told::WhenAsked, "sign a simple-signing payload"),
    (Code::AttestationPredicateType, Told::WhenAsked,
        "sign a simple-signing payload: a statement of this kind attests no image"),
    (Code::AttestationPayloadUnavailable, Told::WhenAsked,
        "sign without annotations and under the image's own name, or store the attestation elsewhere"),
    (Code::AttestationJwtUnsupported, Told::WhenAsked, "sign as an occurrence or a DSSE envelope"),
    (Code::AttestationFormatUnsupported, Told::WhenAsked,
        "sign as an occurrence or a DSSE envelope; OpenPGP needs a build with OpenPGP"),

    // Overrides and warnings.
    (Code::DryRun, Told::WhenAsked,
        "to refuse it, set `enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG`, or \
         `platformPolicyEnforcement: enforce`"),
    (Code::BreakGlass, Told::WhenAsked, "remove the label when the emergency is over"),
    (Code::BreakGlassRefused, Told::WhenAsked, BREAK_GLASS),
    (Code::BreakGlassNamespaceRefused, Told::WhenAsked, BREAK_GLASS),
    (Code::BreakGlassValueIgnored, Told::WhenAsked,
        "write `image-policy.k8s.io/break-glass: \"true\"`"),
    (Code::BreakGlassAnnotationIgnored, Told::WhenAsked,
        "use the label, or set `breakGlass.legacyAnnotation: true`"),
    (Code::ClockOverridden, Told::WhenAsked, "leave out --time to judge as of now"),
    (Code::SystemPolicyMissing, Told::WhenAsked,
        "export Google's system policy and put it under `systemPolicy`, or set \
         `globalPolicyEvaluationMode: DISABLE`"),

    // Errors of settings and policies.
    (Code::SettingsInvalid, Told::WhenAsked,
        "every command that reads the settings lists all that is wrong with them"),
    (Code::SettingsUnknownField, Told::WhenAsked, "remove it, or look for a misspelling"),
    (Code::PolicyUnknownField, Told::WhenAsked, "remove it, or look for a misspelling"),
    (Code::SettingsDuplicateKey, Told::WhenAsked, DUPLICATE),
    (Code::PolicyDuplicateKey, Told::WhenAsked, DUPLICATE),
    (Code::SettingsContextMissing, Told::WhenAsked,
        "set `cluster` for clusterAdmissionRules, `meshTrustDomain` for istioServiceIdentityAdmissionRules"),
    (Code::PolicyNumericEnum, Told::WhenAsked,
        "write the value by its name: Google's tools number them differently"),
    (Code::PolicyMissingDefaultRule, Told::WhenAsked,
        "add `defaultAdmissionRule`; ALWAYS_DENY is the strictest"),
    (Code::PolicyMissingMode, Told::WhenAsked, "give the rule an `evaluationMode` and an `enforcementMode`"),
    (Code::PolicyMultipleRuleMaps, Told::WhenAsked, "keep one of the rule maps, and empty the others"),
    (Code::PolicyAttestorListMismatch, Told::WhenAsked,
        "name attestors under REQUIRE_ATTESTATION, and under nothing else"),
    (Code::PolicyAttestorUnknown, Told::WhenAsked,
        "add the attestor under `attestors`, or look for a misspelling in the rule"),
    (Code::PolicyAttestorsShareKey, Told::WhenAsked, "give each attestor a key of its own"),
    (Code::PolicyChecksetOrder, Told::WhenAsked,
        "put service accounts before their namespace, and the check set without a scope last"),
    (Code::PolicyChecksetDefaultMissing, Told::WhenAsked,
        "add a last check set without `scope`: it is for all other Pods"),
    (Code::PolicyAlwaysDenyFalse, Told::WhenAsked, "leave the check out to not deny"),
    (Code::PolicySeverityMissing, Told::WhenAsked,
        "give both `maximumFixableSeverity` and `maximumUnfixableSeverity`"),
    (Code::KeyInvalid, Told::WhenAsked, "give one PEM block `PUBLIC KEY`, as `openssl pkey -pubout` prints it"),
    (Code::KeyAlgorithmMismatch, Told::WhenAsked, "declare the `signatureAlgorithm` that the key is for"),
    (Code::KeyAlgorithmUnsupported, Told::WhenAsked,
        "use a key of another algorithm; OpenPGP needs a build with OpenPGP"),
    (Code::KeyIdDuplicate, Told::WhenAsked, "give each key an id of its own, or none: it is computed"),
    (Code::KeyIdInvalid, Told::WhenAsked, "leave the id out: it is computed"),
];

const HOST: &str = "here --kubernetes and --registry stand for the cluster and its registries; in a \
                    cluster, see whether the policy is granted what it asks";
const BREAK_GLASS: &str = "add the namespace to `breakGlass.namespaces`, if a Pod's author may override \
                           the policy there";
const DUPLICATE: &str = "keep one of the two: parsers differ in which they believe";

#[cfg(test)]
mod tests {
    use policy_wasm::decision::Role;

    use super::*;

    #[test]
    fn whatever_refuses_an_image_has_advice() {
        for code in Code::ALL {
            let is_needed = matches!(
                code.role(),
                Role::Violation | Role::Error | Role::Detail | Role::Warning
            );
            // Nobody but a program writes the call.
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
    fn what_is_plain_is_told_only_to_those_who_ask() {
        assert_eq!(unasked("always-deny", false), None);
        assert!(asked("always-deny", false).is_some());
        assert!(unasked("no-valid-attestation", false).is_some());
        assert_eq!(asked("no-valid-attestation", true), None);
        assert_eq!(asked("unheard-of", false), None);
    }
}
