//! The demands of `imagePolicy` on the Pods of one scope: the rules that may cover an image of them.

use serde::Serialize;

use super::{Cell, Check, Demand, Scope};
use crate::document::{Effect, ImageRule, Quorum, RulePattern, Settings};
use crate::source::{Node, Span, pointed_at};

/// A rule of `imagePolicy`
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageRuleDemand {
    /// Its name
    pub name: String,
    /// The patterns of its images
    pub images: Vec<String>,
    /// The patterns of images that it does not cover
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
    /// Its effect
    #[serde(flatten)]
    pub effect: ImageEffect,
    /// Whether a violation is only reported
    pub dry_run: bool,
    /// Whether the rule covers only some of the Pods
    pub some_pods: bool,
    /// Its path in the settings
    pub path: String,
    /// Its place
    pub span: Span,
}

/// The effect of a rule
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "effect")]
pub enum ImageEffect {
    /// All requirements hold
    Require {
        /// The requirements
        requirements: Vec<Requirement>,
    },
    /// The images are denied
    Deny {
        /// The text of the denial
        text: String,
    },
    /// The requirements of other rules are lifted
    Exempt {
        /// The last day or the end; empty without one
        until: String,
    },
}

/// A requirement of a rule
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", untagged)]
pub enum Requirement {
    /// An attestation of enough attestors
    Attestors {
        /// Their resource names
        attestors: Vec<String>,
        /// Number of attestors that are enough
        threshold: u64,
        /// Those of them that others cannot replace
        #[serde(skip_serializing_if = "Vec::is_empty")]
        must_include: Vec<String>,
        /// Predicate types of the statements that count; empty if approvals do
        #[serde(skip_serializing_if = "Vec::is_empty")]
        predicate_types: Vec<String>,
    },
    /// A check passes
    Check(Check),
}

/// The demand on images that no rule in force covers
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Unmatched {
    /// They are admitted
    Admit,
    /// They are denied
    Deny,
}

/// The path of the document in the settings
pub(super) const DOCUMENT: &str = "imagePolicy";

/// The namespaces and service accounts that a rule names.
pub(super) fn scopes(rule: &ImageRule<'_>) -> Vec<Scope> {
    let namespaces = names(rule, NAMESPACES).into_iter().flatten();
    let namespaces = namespaces.map(|name| Scope::new(name, None));
    let accounts = names(rule, SERVICE_ACCOUNTS).into_iter().flatten();
    let accounts = accounts.filter_map(|account| {
        let (namespace, name) = account.split_once('/')?;
        Some(Scope::new(namespace, Some(name)))
    });
    namespaces.chain(accounts).collect()
}

/// The rules for a scope.
pub(super) fn cell(settings: &Settings<'_>, policy: &Node, scope: &Scope) -> Cell {
    let span = pointed_at(policy);
    let rules = settings.image_rules();
    let unmatched = match policy.text_of("unmatchedImages") {
        "admit" => Unmatched::Admit,
        "deny" => Unmatched::Deny,
        _ => return Cell::unreadable(DOCUMENT.to_owned(), span),
    };
    if rules.len() != policy.items_of("rules").len() {
        return Cell::unreadable(DOCUMENT.to_owned(), span);
    }
    let is_own = rules.iter().any(|rule| scopes(rule).contains(scope));
    let rules = rules.iter().enumerate().filter_map(|(index, rule)| {
        let some_pods = match coverage(rule, scope) {
            Coverage::None => return None,
            Coverage::SomePods => true,
            Coverage::AllPods => false,
        };
        let path = format!("{DOCUMENT}.rules[{index}]");
        Some(demand(rule, path, some_pods))
    });
    Cell {
        demand: Demand::ImageRules {
            rules: rules.collect(),
            unmatched,
        },
        dry_run: false,
        inherited: !is_own && *scope != Scope::Others,
        path: DOCUMENT.to_owned(),
        span,
        exempt: Vec::new(),
    }
}

const NAMESPACES: &str = "namespaces";
const SERVICE_ACCOUNTS: &str = "serviceAccounts";

/// The Pods of a scope that a rule covers
enum Coverage {
    None,
    SomePods,
    AllPods,
}

fn coverage(rule: &ImageRule<'_>, scope: &Scope) -> Coverage {
    let has = |field, wanted: Option<&str>| match (names(rule, field), wanted) {
        (None, _) => true,
        (Some(names), Some(wanted)) => names.contains(&wanted),
        (Some(_), None) => false,
    };
    let account = match scope {
        // Pods of any namespace and service account are among these.
        Scope::Cluster { .. } | Scope::MeshIdentity { .. } => {
            return if has(NAMESPACES, None) && has(SERVICE_ACCOUNTS, None) {
                Coverage::AllPods
            } else {
                Coverage::SomePods
            };
        }
        Scope::ServiceAccount { namespace, name } => Some(format!("{namespace}/{name}")),
        Scope::Namespace { .. } | Scope::Others => None,
    };
    if has(NAMESPACES, scope.namespace()) && has(SERVICE_ACCOUNTS, account.as_deref()) {
        Coverage::AllPods
    } else {
        Coverage::None
    }
}

/// The items of a list of names; `None` if the rule does not have it.
fn names<'n>(rule: &ImageRule<'n>, field: &str) -> Option<Vec<&'n str>> {
    let items = rule.node.get(field)?.items().iter();
    Some(items.filter_map(Node::text).collect())
}

fn demand(rule: &ImageRule<'_>, path: String, some_pods: bool) -> ImageRuleDemand {
    let texts = |patterns: &[RulePattern<'_>]| {
        let patterns = patterns.iter();
        patterns.map(|one| one.text.to_owned()).collect()
    };
    ImageRuleDemand {
        name: rule.name().to_owned(),
        images: texts(&rule.images),
        except: texts(&rule.except),
        effect: match rule.effect {
            Effect::Require => ImageEffect::Require {
                requirements: requirements(rule),
            },
            Effect::Deny => ImageEffect::Deny {
                text: rule.entry.value.text().unwrap_or_default().to_owned(),
            },
            Effect::Exempt => ImageEffect::Exempt {
                until: rule.entry.value.text_of("until").to_owned(),
            },
        },
        dry_run: rule.dry_run().is_some(),
        some_pods,
        path,
        span: rule.node.span,
    }
}

fn requirements(rule: &ImageRule<'_>) -> Vec<Requirement> {
    let attestors = rule.quorums().map(attestors);
    let checks = rule.checks();
    let checks = checks.map(|check| Requirement::Check(Check::of(&check)));
    attestors.chain(checks).collect()
}

fn attestors(quorum: Quorum<'_>) -> Requirement {
    let names: Vec<_> = quorum
        .attestors()
        .map(|(name, _)| name.to_owned())
        .collect();
    let all = u64::try_from(names.len()).unwrap_or(u64::MAX);
    let texts = |field| {
        let items = quorum.node.items_of(field).iter();
        items.filter_map(Node::text).map(str::to_owned).collect()
    };
    Requirement::Attestors {
        threshold: quorum.threshold().map_or(all, |(number, _)| number),
        must_include: texts("mustInclude"),
        predicate_types: texts("predicateTypes"),
        attestors: names,
    }
}
