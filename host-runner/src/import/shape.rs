//! The shapes of Google's documents, as far as it matters which of their fields are lists: as in the schema of the
//! settings.

use std::sync::LazyLock;

use policy_lint::definition;
use serde_json::Value;

use Shape::{Entries, Fields, Leaf, List, Text};

/// Expected shape of a value
#[derive(Debug)]
pub(super) enum Shape {
    /// Something that is not looked into
    Leaf,
    /// A text
    Text,
    /// A mapping with these keys
    Fields(Vec<(&'static str, Self)>),
    /// A mapping from names
    Entries(Box<Self>),
    List(Box<Self>),
}

/// The shape of each kind of document
#[derive(Debug)]
pub(super) struct Shapes {
    /// `projects/P/policy`, and the system policy
    pub(super) policy: Shape,
    /// `projects/P/platforms/gke/policies/ID`
    pub(super) platform_policy: Shape,
    /// `projects/P/attestors/A`
    pub(super) attestor: Shape,
}

/// The shapes in the schema of the settings
pub(super) static SHAPES: LazyLock<Shapes> = LazyLock::new(|| Shapes {
    policy: Shape::of_definition("#/$defs/policy"),
    platform_policy: Shape::of_definition("#/$defs/platformPolicy"),
    attestor: Shape::of_definition("#/$defs/attestor"),
});

/// A field of exports that settings do not have, and a field that it stands beside
const ONLY_EXPORTED: (&str, &str) = ("customConstraints", "trustedSourceRepoPatterns");

impl Shape {
    fn of_definition(reference: &str) -> Self {
        definition(reference).map_or(Leaf, Self::of)
    }

    fn of(schema: &'static Value) -> Self {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            return Self::of_definition(reference);
        }
        let entries = schema.get("additionalProperties");
        if let Some(fields) = schema.get("properties").and_then(Value::as_object) {
            let shapes = fields
                .iter()
                .map(|(key, inner)| (key.as_str(), Self::of(inner)));
            let (field, beside) = ONLY_EXPORTED;
            let exported = fields.contains_key(beside).then_some((field, Leaf));
            Fields(shapes.chain(exported).collect())
        } else if let Some(entry) = entries.filter(|entry| entry.is_object()) {
            Entries(Box::new(Self::of(entry)))
        } else if let Some(item) = schema.get("items") {
            List(Box::new(Self::of(item)))
        } else if schema.get("type").and_then(Value::as_str) == Some("string") {
            Text
        } else {
            Leaf
        }
    }
}

/// Returns the spelling of a field that was written in another way, such as `evaluation_mode`.
pub(crate) fn spelling(key: &str) -> Option<&'static str> {
    let plain = |key: &str| key.replace(['_', '-'], "").to_ascii_lowercase();
    let wanted = plain(key);
    let mut found = None;
    let Shapes {
        policy,
        platform_policy,
        attestor,
    } = &*SHAPES;
    for shape in [policy, platform_policy, attestor] {
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
            for (field, inner) in fields {
                visit(field);
                each_field(inner, visit);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use policy_wasm::{CheckType, RuleKind};

    use super::*;

    /// The shape at the end of these fields; `*` is an item of a list or an entry of a mapping.
    fn at<'s>(shape: &'s Shape, path: &str) -> Option<&'s Shape> {
        path.split('.').try_fold(shape, |shape, step| match shape {
            Entries(inner) | List(inner) if step == "*" => Some(&**inner),
            Fields(fields) => {
                let mut fields = fields.iter();
                fields
                    .find(|(field, _)| *field == step)
                    .map(|(_, shape)| shape)
            }
            _ => None,
        })
    }

    #[test]
    fn lists_of_each_document_are_known() {
        let set = "gkePolicy.checkSets.*";
        let check = "gkePolicy.checkSets.*.checks.*";
        let platform = &SHAPES.platform_policy;
        for (shape, path, is_texts) in [
            (
                &SHAPES.policy,
                "admissionWhitelistPatterns".to_owned(),
                false,
            ),
            (
                &SHAPES.policy,
                "defaultAdmissionRule.requireAttestationsBy".into(),
                true,
            ),
            (
                &SHAPES.attestor,
                "userOwnedGrafeasNote.publicKeys".into(),
                false,
            ),
            (
                &SHAPES.attestor,
                "userOwnedDrydockNote.publicKeys".into(),
                false,
            ),
            (
                platform,
                "gkePolicy.imageAllowlist.allowPattern".into(),
                true,
            ),
            (platform, "gkePolicy.checkSets".into(), false),
            (platform, format!("{set}.imageAllowlist.allowPattern"), true),
            (platform, format!("{set}.checks"), false),
            (
                platform,
                format!("{check}.imageAllowlist.allowPattern"),
                true,
            ),
            (
                platform,
                format!("{check}.sigstoreSignatureCheck.sigstoreAuthorities"),
                false,
            ),
            (
                platform,
                format!(
                    "{check}.sigstoreSignatureCheck.sigstoreAuthorities.*.publicKeySet.publicKeys"
                ),
                false,
            ),
            (
                platform,
                format!("{check}.simpleSigningAttestationCheck.attestationAuthenticators"),
                false,
            ),
            (
                platform,
                format!(
                    "{check}.simpleSigningAttestationCheck.attestationAuthenticators.*.pkixPublicKeySet.pkixPublicKeys"
                ),
                false,
            ),
            (
                platform,
                format!(
                    "{check}.simpleSigningAttestationCheck.containerAnalysisAttestationProjects"
                ),
                true,
            ),
            (platform, format!("{check}.slsaCheck.rules"), false),
            (
                platform,
                format!("{check}.slsaCheck.rules.*.trustedSourceRepoPatterns"),
                true,
            ),
            (
                platform,
                format!(
                    "{check}.slsaCheck.rules.*.attestationSource.containerAnalysisAttestationProjects"
                ),
                true,
            ),
            (
                platform,
                format!("{check}.trustedDirectoryCheck.trustedDirPatterns"),
                true,
            ),
            (
                platform,
                format!("{check}.vulnerabilityCheck.allowedCves"),
                true,
            ),
            (
                platform,
                format!("{check}.vulnerabilityCheck.blockedCves"),
                true,
            ),
            (
                platform,
                format!("{check}.vulnerabilityCheck.containerAnalysisVulnerabilityProjects"),
                true,
            ),
        ] {
            let Some(List(item)) = at(shape, &path) else {
                panic!("{path}");
            };
            assert_eq!(matches!(**item, Text), is_texts, "{path}");
        }
        for kind in RuleKind::ALL {
            let path = format!("{}.*.requireAttestationsBy.*", kind.map_name());
            assert!(matches!(at(&SHAPES.policy, &path), Some(Text)), "{path}");
        }
    }

    #[test]
    fn fields_that_only_exports_have_are_known() {
        let check = "gkePolicy.checkSets.*.checks.*";
        for (shape, path) in [
            (&SHAPES.policy, "etag".to_owned()),
            (&SHAPES.policy, "updateTime".into()),
            (
                &SHAPES.attestor,
                "userOwnedGrafeasNote.delegationServiceAccountEmail".into(),
            ),
            (
                &SHAPES.attestor,
                "userOwnedGrafeasNote.publicKeys.*.comment".into(),
            ),
            (
                &SHAPES.platform_policy,
                format!("{check}.slsaCheck.rules.*.customConstraints"),
            ),
        ] {
            assert!(at(shape, &path).is_some(), "{path}");
        }
    }

    #[test]
    fn every_type_of_check_has_a_schema() {
        for kind in CheckType::ALL {
            let path = format!("gkePolicy.checkSets.*.checks.*.{}", kind.field());
            assert!(at(&SHAPES.platform_policy, &path).is_some(), "{kind:?}");
        }
    }
}
