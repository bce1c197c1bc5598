//! Kubewarden: the settings of its policies `verify-image-signatures` and `trusted-repos`, by themselves or in
//! (Cluster)AdmissionPolicies.
//!
//! Names and decisions are those of verify-image-signatures 1.0 and trusted-repos 1.0, of Kubewarden 1.36. All policies
//! must accept a request, and all entries of a policy that match an image, so an image without an entry is accepted.
//!
//! | to read about | go to |
//! | --- | --- |
//! | `verify-image-signatures` | `kubewarden/signatures.rs` |
//! | `trusted-repos` | `kubewarden/repos.rs` |

mod repos;
mod signatures;

use serde_json::Value;

use super::draft::{Draft, Effect, Rule, Unmatched};
use super::scope;
use super::source::{At, Document};
use super::system::{System, is_object};

const GROUP: &str = "policies.kubewarden.io";
const KINDS: [&str; 2] = ["ClusterAdmissionPolicy", "AdmissionPolicy"];
const GROUPS: [&str; 2] = ["ClusterAdmissionPolicyGroup", "AdmissionPolicyGroup"];

/// A policy that is converted
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Module {
    Signatures,
    Repos,
}

/// Parts that the rules of a policy share
#[derive(Debug)]
struct Scope {
    /// Name of the policy, for the names of rules
    policy: String,
    /// All if empty
    namespaces: Vec<String>,
    is_dry_run: bool,
}

/// The row of the table
pub(super) const SYSTEM: System = System {
    name: "kubewarden",
    title: "Kubewarden",
    reads,
    import,
    has_google_documents: false,
};

/// Whether a document is one of these policies, or settings of one.
fn reads(document: &Value) -> bool {
    if is_object(document, GROUP, &KINDS) {
        let module = document.pointer("/spec/module").and_then(Value::as_str);
        let settings = document.pointer("/spec/settings");
        return Module::of(module.unwrap_or_default(), settings).is_some();
    }
    if is_object(document, GROUP, &GROUPS) {
        let members = document
            .pointer("/spec/policies")
            .and_then(Value::as_object);
        let modules = members.into_iter().flatten();
        let modules = modules.filter_map(|(_, member)| member.get("module")?.as_str());
        return modules
            .into_iter()
            .any(|module| Module::named(module).is_some());
    }
    document.get("apiVersion").is_none() && Module::of("", Some(document)).is_some()
}

/// Takes the policies over.
fn import(documents: &[Document], draft: &mut Draft) {
    draft.unmatched = Some(Unmatched::Admit);
    for document in documents {
        let root = document.root();
        if root.get("apiVersion").is_none() {
            let scope = Scope {
                policy: String::new(),
                namespaces: Vec::new(),
                is_dry_run: false,
            };
            settings("", &root, &scope, draft);
        } else if GROUPS.contains(&root.text_of("kind")) {
            draft.lost(
                &root,
                "a policy group combines policies by an expression, which has no counterpart",
            );
            draft
                .help("import the settings of each of its policies, and combine the rules by hand");
        } else {
            policy(&root, draft);
        }
    }
}

fn policy(root: &At<'_>, draft: &mut Draft) {
    let Some(spec) = root.get("spec") else {
        return;
    };
    let known = [
        "backgroundAudit",
        "contextAwareResources",
        "failurePolicy",
        "matchConditions",
        "matchPolicy",
        "message",
        "mode",
        "module",
        "mutating",
        "namespaceSelector",
        "objectSelector",
        "policyServer",
        "rules",
        "settings",
        "sideEffects",
        "timeoutEvalSeconds",
        "timeoutSeconds",
    ];
    spec.only(&known, &mut draft.findings);
    let scope = Scope {
        policy: root
            .at(&["metadata", "name"])
            .and_then(|name| name.text())
            .unwrap_or_default()
            .to_owned(),
        namespaces: namespaces(root, &spec, draft),
        is_dry_run: spec.text_of("mode") == "monitor",
    };
    for key in ["objectSelector", "matchConditions"] {
        let Some(condition) = spec.get(key) else {
            continue;
        };
        if !scope::is_everything(&condition) || !condition.items().is_empty() {
            draft.lost(
                &condition,
                format!("`{key}` has no counterpart: the rules apply to all objects"),
            );
        }
    }
    if let Some(found) = spec.get("settings") {
        settings(spec.text_of("module"), &found, &scope, draft);
    }
}

/// The namespaces of a policy; none for all.
fn namespaces(root: &At<'_>, spec: &At<'_>, draft: &mut Draft) -> Vec<String> {
    if root.text_of("kind") == "AdmissionPolicy" {
        let own = root.at(&["metadata", "namespace"]);
        let own = own.and_then(|own| own.text()).unwrap_or("default");
        return vec![own.to_owned()];
    }
    let Some(selector) = spec.get("namespaceSelector") else {
        return Vec::new();
    };
    if scope::is_everything(&selector) {
        return Vec::new();
    }
    scope::named(&selector).unwrap_or_else(|| {
        draft.lost(
            &selector,
            "namespaces are selected by other labels than their names: the rules apply to all",
        );
        draft.help(
            "list the `namespaces` of the rules, or select them where the policy is deployed",
        );
        Vec::new()
    })
}

/// Takes the settings of a policy over.
fn settings(module: &str, settings: &At<'_>, scope: &Scope, draft: &mut Draft) {
    match Module::of(module, Some(&settings.to_json())) {
        Some(Module::Signatures) => signatures::import(settings, scope, draft),
        Some(Module::Repos) => repos::import(settings, scope, draft),
        None => {}
    }
}

impl Module {
    /// Recognizes a policy by its module, or by its settings.
    fn of(module: &str, settings: Option<&Value>) -> Option<Self> {
        let named = Self::named(module);
        let is_list = |key: &str| {
            settings.is_some_and(|settings| settings.get(key).is_some_and(Value::is_array))
        };
        let has_lists = |key: &str| {
            let lists = settings.and_then(|settings| settings.get(key));
            let lists = lists.and_then(Value::as_object);
            lists.is_some_and(|lists| lists.contains_key("allow") || lists.contains_key("reject"))
        };
        named
            .or_else(|| is_list("signatures").then_some(Self::Signatures))
            .or_else(|| {
                let has_any = ["registries", "tags", "images"].into_iter().any(has_lists);
                has_any.then_some(Self::Repos)
            })
    }

    fn named(module: &str) -> Option<Self> {
        let name = module.rsplit('/').next().unwrap_or_default();
        let name = name.split([':', '@']).next().unwrap_or_default();
        match name {
            "verify-image-signatures" => Some(Self::Signatures),
            "trusted-repos" | "trusted-repos-policy" => Some(Self::Repos),
            _ => None,
        }
    }
}

impl Scope {
    /// A rule of the policy, about what follows its name.
    fn rule(&self, at: &At<'_>, about: &str, images: Vec<String>, effect: Effect) -> Rule {
        let name = [self.policy.as_str(), about].join(" ");
        Rule {
            place: at.place(),
            name: name.trim().to_owned(),
            images,
            except_images: Vec::new(),
            namespaces: self.namespaces.clone(),
            effect,
            is_dry_run: self.is_dry_run,
        }
    }
}

#[cfg(test)]
mod tests;
