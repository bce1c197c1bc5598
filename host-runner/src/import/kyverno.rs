//! Kyverno: `verifyImages` of `ClusterPolicies` and Policies, `ImageValidatingPolicies`, and `PolicyExceptions`.
//!
//! Names and decisions are those of Kyverno 1.18. Each rule that matches an image must hold, and an image without a rule
//! is admitted. Conditions in `JMESPath` and CEL do not carry over: a condition on attestations becomes a check that denies,
//! and a rule with a condition on requests applies to all of them.
//!
//! | to read about | go to |
//! | --- | --- |
//! | `verifyImages` | `kyverno/verify_images.rs` |
//! | sets of attestors, with `count` | `kyverno/attestors.rs` |
//! | `ImageValidatingPolicies` | `kyverno/image_validating.rs` |
//! | `match` and `exclude` | `kyverno/matching.rs` |
//! | namespaces without rules: `exclude`, `PolicyExceptions` | `kyverno/exclusions.rs` |

mod attestors;
mod exclusions;
mod image_validating;
mod matching;
mod verify_images;

use serde_json::{Value, json};

use super::draft::{Draft, Requirement, Unmatched};
use super::source::{At, Document};
use super::system::{System, is_object};
use crate::terminal::printable;
use exclusions::Exclusions;

const GROUP: &str = "kyverno.io";
const KINDS: [&str; 3] = ["ClusterPolicy", "Policy", "PolicyException"];
/// The group of policies in CEL
const CEL_GROUP: &str = "policies.kyverno.io";
const CEL_KINDS: [&str; 3] = [
    "ImageValidatingPolicy",
    "NamespacedImageValidatingPolicy",
    "PolicyException",
];

/// The row of the table
pub(super) const SYSTEM: System = System {
    name: "kyverno",
    title: "Kyverno",
    reads,
    import,
    has_google_documents: false,
};

/// Whether a document is one of these kinds.
fn reads(document: &Value) -> bool {
    is_object(document, GROUP, &KINDS) || is_object(document, CEL_GROUP, &CEL_KINDS)
}

/// Takes the policies over.
fn import(documents: &[Document], draft: &mut Draft) {
    draft.unmatched = Some(Unmatched::Admit);
    let mut exclusions = Exclusions::default();
    for document in documents {
        let root = document.root();
        let Some(spec) = root.get("spec") else {
            continue;
        };
        match root.text_of("kind") {
            "ClusterPolicy" | "Policy" => {
                verify_images::import(&root, &spec, &mut exclusions, draft);
            }
            "ImageValidatingPolicy" | "NamespacedImageValidatingPolicy" => {
                image_validating::import(&root, &spec, &mut exclusions, draft);
            }
            _ => {}
        }
    }
    // They name rules, which may be in any document.
    for document in documents {
        let root = document.root();
        if root.text_of("kind") == "PolicyException" {
            exclusions.add_exception(&root, draft);
        }
    }
    exclusions.write(draft);
}

/// The name of an object.
fn name_of<'d>(object: &At<'d>) -> &'d str {
    metadata(object, "name")
}

fn metadata<'d>(object: &At<'d>, key: &str) -> &'d str {
    let value = object.at(&["metadata", key]);
    value.and_then(|value| value.text()).unwrap_or_default()
}

/// The namespace of a policy that is in one.
fn own_namespace(object: &At<'_>) -> Vec<String> {
    match object.text_of("kind") {
        "Policy" | "NamespacedImageValidatingPolicy" => match metadata(object, "namespace") {
            "" => vec!["default".to_owned()],
            namespace => vec![namespace.to_owned()],
        },
        _ => Vec::new(),
    }
}

/// A requirement that denies, in place of one that does not carry over.
fn denied(name: &str) -> Requirement {
    Requirement::Check(json!({"displayName": name, "alwaysDeny": true}))
}

/// Reports that attestations of a type are not required, and denies in place of it.
fn lost_attestation(at: &At<'_>, kind: &str, draft: &mut Draft) -> Requirement {
    let is_any = |parts: &[&str]| parts.iter().any(|part| kind.contains(part));
    let help = if is_any(&["slsa.dev/provenance", "slsaprovenance"]) {
        "replace the check by an `slsaCheck`, and list who signs provenance in `evidence.authenticators.provenance`"
    } else if is_any(&["attestation/vuln", "/vulns/", "vulnerabilities"]) {
        "replace the check by a `vulnerabilityCheck`, and list the scanner in `evidence.authenticators.vulnerability`"
    } else {
        "remove the check to admit images without such attestations"
    };
    let shown = printable(kind);
    draft.lost(at, format!("attestations of the type `{shown}` do not carry over: a check that denies stands for them"));
    match policy_lint::predicate_type::by_name(kind) {
        // No statement has a short name as its type.
        Some(uri) => draft.help(format!(
            "`{shown}` is cosign's name for `{uri}`; write that URI in the policy, and import it again"
        )),
        None => draft.help(help),
    }
    denied(&format!("attestation of the type {shown}"))
}

#[cfg(test)]
mod tests;
