//! The shapes of Google's documents, as far as it matters which of their fields are lists.

use policy_wasm::{CheckType, RuleKind};

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
    (RuleKind::Cluster.map_name(), Entries(&RULE)),
    (RuleKind::Namespace.map_name(), Entries(&RULE)),
    (RuleKind::ServiceAccount.map_name(), Entries(&RULE)),
    (RuleKind::MeshIdentity.map_name(), Entries(&RULE)),
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
    (CheckType::AlwaysDeny.field(), Leaf),
    (
        CheckType::ImageFreshness.field(),
        Fields(&[("maxUploadAgeDays", Leaf)]),
    ),
    (
        CheckType::SigstoreSignature.field(),
        Fields(&[("sigstoreAuthorities", List(&AUTHORITY))]),
    ),
    (
        CheckType::SimpleSigningAttestation.field(),
        Fields(&[
            ("attestationAuthenticators", List(&AUTHENTICATOR)),
            ("containerAnalysisAttestationProjects", List(&Text)),
        ]),
    ),
    (
        CheckType::Slsa.field(),
        Fields(&[("rules", List(&SLSA_RULE))]),
    ),
    (
        CheckType::TrustedDirectory.field(),
        Fields(&[("trustedDirPatterns", List(&Text))]),
    ),
    (
        CheckType::Vulnerability.field(),
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

/// Returns the spelling of a field that was written in another way, such as `evaluation_mode`.
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

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Fields of exports that settings do not have
    const EXPORTED: [&str; 4] = ["etag", "updateTime", "comment", "customConstraints"];

    #[test]
    fn every_field_is_in_the_schema_of_settings() {
        let mut known = BTreeSet::from(EXPORTED.map(str::to_owned));
        let schema: Value = serde_json::from_str(policy_lint::SETTINGS_SCHEMA).unwrap();
        properties(&schema, &mut known);
        let mut missing = BTreeSet::new();
        for shape in [&POLICY, &PLATFORM_POLICY, &ATTESTOR] {
            each_field(shape, &mut |field| {
                if !known.contains(field) {
                    missing.insert(field);
                }
            });
        }
        assert_eq!(missing, BTreeSet::new());
    }

    #[test]
    fn every_type_of_check_has_a_shape_and_a_schema() {
        let mut known = BTreeSet::new();
        let schema: Value = serde_json::from_str(policy_lint::SETTINGS_SCHEMA).unwrap();
        properties(schema.pointer("/$defs/check").unwrap(), &mut known);
        let mut shaped = BTreeSet::new();
        each_field(&CHECK, &mut |field| {
            shaped.insert(field);
        });
        for kind in CheckType::ALL {
            assert!(known.contains(kind.field()), "{kind:?}");
            assert!(shaped.contains(kind.field()), "{kind:?}");
        }
    }

    fn properties(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(fields) => {
                let own = fields.get("properties").and_then(Value::as_object);
                found.extend(own.into_iter().flat_map(|own| own.keys().cloned()));
                fields.values().for_each(|inner| properties(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| properties(inner, found)),
            _ => {}
        }
    }
}
