//! The shapes of Google's documents, as far as it matters which of their fields are lists.

use Shape::{Entries, Fields, Leaf, List, Text};

/// Expected shape of a value
#[derive(Debug)]
pub(super) enum Shape {
    /// Something that is not looked into
    Leaf,
    /// A text
    Text,
    /// A mapping with these keys
    Fields(&'static [(&'static str, Self)]),
    /// A mapping from names
    Entries(&'static Self),
    List(&'static Self),
}

/// `projects/P/policy`, and the system policy
pub(super) const POLICY: Shape = Fields(&[
    ("name", Leaf),
    ("description", Leaf),
    ("etag", Leaf),
    ("updateTime", Leaf),
    ("globalPolicyEvaluationMode", Leaf),
    (
        "admissionWhitelistPatterns",
        List(&Fields(&[("namePattern", Text)])),
    ),
    ("defaultAdmissionRule", RULE),
    ("clusterAdmissionRules", Entries(&RULE)),
    ("kubernetesNamespaceAdmissionRules", Entries(&RULE)),
    ("kubernetesServiceAccountAdmissionRules", Entries(&RULE)),
    ("istioServiceIdentityAdmissionRules", Entries(&RULE)),
]);

const RULE: Shape = Fields(&[
    ("evaluationMode", Leaf),
    ("enforcementMode", Leaf),
    ("requireAttestationsBy", List(&Text)),
]);

/// `projects/P/platforms/gke/policies/ID`
pub(super) const PLATFORM_POLICY: Shape = Fields(&[
    ("name", Leaf),
    ("description", Leaf),
    ("etag", Leaf),
    ("updateTime", Leaf),
    (
        "gkePolicy",
        Fields(&[
            ("imageAllowlist", ALLOWLIST),
            ("checkSets", List(&CHECK_SET)),
        ]),
    ),
]);

const ALLOWLIST: Shape = Fields(&[("allowPattern", List(&Text))]);

const CHECK_SET: Shape = Fields(&[
    ("displayName", Leaf),
    (
        "scope",
        Fields(&[
            ("kubernetesNamespace", Leaf),
            ("kubernetesServiceAccount", Leaf),
        ]),
    ),
    ("imageAllowlist", ALLOWLIST),
    ("checks", List(&CHECK)),
]);

const CHECK: Shape = Fields(&[
    ("displayName", Leaf),
    ("imageAllowlist", ALLOWLIST),
    ("alwaysDeny", Leaf),
    ("imageFreshnessCheck", Fields(&[("maxUploadAgeDays", Leaf)])),
    (
        "sigstoreSignatureCheck",
        Fields(&[("sigstoreAuthorities", List(&AUTHORITY))]),
    ),
    (
        "simpleSigningAttestationCheck",
        Fields(&[
            ("attestationAuthenticators", List(&AUTHENTICATOR)),
            ("containerAnalysisAttestationProjects", List(&Text)),
        ]),
    ),
    ("slsaCheck", Fields(&[("rules", List(&SLSA_RULE))])),
    (
        "trustedDirectoryCheck",
        Fields(&[("trustedDirPatterns", List(&Text))]),
    ),
    (
        "vulnerabilityCheck",
        Fields(&[
            ("maximumFixableSeverity", Leaf),
            ("maximumUnfixableSeverity", Leaf),
            ("allowedCves", List(&Text)),
            ("blockedCves", List(&Text)),
            ("containerAnalysisVulnerabilityProjects", List(&Text)),
        ]),
    ),
]);

const AUTHORITY: Shape = Fields(&[
    ("displayName", Leaf),
    (
        "publicKeySet",
        Fields(&[("publicKeys", List(&Fields(&[("publicKeyPem", Leaf)])))]),
    ),
]);

const AUTHENTICATOR: Shape = Fields(&[
    ("displayName", Leaf),
    (
        "pkixPublicKeySet",
        Fields(&[("pkixPublicKeys", List(&PKIX_KEY))]),
    ),
]);

const SLSA_RULE: Shape = Fields(&[
    ("trustedBuilder", Leaf),
    (
        "attestationSource",
        Fields(&[("containerAnalysisAttestationProjects", List(&Text))]),
    ),
    ("configBasedBuildRequired", Leaf),
    ("trustedSourceRepoPatterns", List(&Text)),
    ("customConstraints", Leaf),
]);

/// `projects/P/attestors/A`
pub(super) const ATTESTOR: Shape = Fields(&[
    ("name", Leaf),
    ("description", Leaf),
    ("etag", Leaf),
    ("updateTime", Leaf),
    ("userOwnedGrafeasNote", NOTE),
    ("userOwnedDrydockNote", NOTE),
]);

const NOTE: Shape = Fields(&[
    ("noteReference", Leaf),
    ("publicKeys", List(&ATTESTOR_KEY)),
    ("delegationServiceAccountEmail", Leaf),
]);

const ATTESTOR_KEY: Shape = Fields(&[
    ("id", Leaf),
    ("comment", Leaf),
    ("asciiArmoredPgpPublicKey", Leaf),
    ("pkixPublicKey", PKIX_KEY),
]);

const PKIX_KEY: Shape = Fields(&[
    ("publicKeyPem", Leaf),
    ("signatureAlgorithm", Leaf),
    ("keyId", Leaf),
]);

/// How a field is spelled that was written in another way, such as `evaluation_mode`.
pub(crate) fn spelling(key: &str) -> Option<&'static str> {
    let plain = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
    let wanted = plain(key);
    let mut found = None;
    for shape in [&POLICY, &PLATFORM_POLICY, &ATTESTOR] {
        each_field(shape, &mut |field| {
            if plain(field) == wanted && field != key {
                found = Some(field);
            }
        });
    }
    found
}

fn each_field(shape: &Shape, visit: &mut dyn FnMut(&'static str)) {
    match shape {
        Leaf | Text => {}
        Entries(inner) | List(inner) => each_field(inner, visit),
        Fields(fields) => {
            for (field, inner) in *fields {
                visit(field);
                each_field(inner, visit);
            }
        }
    }
}
