//! The demands of settings as a matrix: one row for each namespace, service account, mesh identity or cluster that the
//! settings name, and one for all others; one column for each policy document.
//!
//! [`describe`] reads what is there and reports nothing: a part that is not valid is left out or has the demand
//! [`Demand::Unreadable`]. Documents of other kinds have no column.

mod image_policy;
#[cfg(test)]
mod tests;

use core::ops::Range;

use policy_wasm::RuleKind;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::document::{self, AdmissionRule, CheckSet, Document, Language, Settings};
use crate::source::{Node, SourceFile, Span, pointed_at};

pub use image_policy::{ImageEffect, ImageRuleDemand, Requirement, Unmatched};

/// The demands of settings
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matrix {
    /// The policy documents; every request must satisfy all of them
    pub columns: Vec<Column>,
    /// The scopes that the settings name, in their order, and last [`Scope::Others`]
    pub rows: Vec<Row>,
    /// Number of revoked digests, which are denied everywhere
    pub denied_digests: usize,
    /// The images that must satisfy the documents if the image in a Pod is an index
    pub index_policy: IndexPolicy,
}

/// `indexPolicy`
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum IndexPolicy {
    /// The index, by its digest
    Digest,
    /// Each image that it lists
    Platforms,
}

/// A policy document
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Its path in the settings: `policy`, `platformPolicies[0]`, `imagePolicy`
    pub document: String,
    /// Its name; empty if it has none
    pub name: String,
    /// Its place
    pub span: Span,
    /// The patterns that exempt images from the whole document
    pub exempt: Vec<Exempt>,
}

/// A pattern that exempts images
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exempt {
    /// The pattern
    pub pattern: String,
    /// Its place
    pub span: Span,
}

/// The demands on the Pods of one scope
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The Pods
    pub scope: Scope,
    /// Place in `breakGlass.namespaces` that lets a label override the verdict
    #[serde(skip_serializing_if = "Option::is_none")]
    pub break_glass: Option<Span>,
    /// One for each column
    pub cells: Vec<Cell>,
}

/// A set of Pods
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Scope {
    /// Pods of a cluster
    Cluster {
        /// `LOCATION.CLUSTER`
        name: String,
    },
    /// Pods of a namespace
    Namespace {
        /// Its name
        name: String,
    },
    /// Pods of a service account
    ServiceAccount {
        /// Its namespace
        namespace: String,
        /// Its name
        name: String,
    },
    /// Pods with an identity in a mesh
    MeshIdentity {
        /// As the rule writes it
        name: String,
    },
    /// All Pods that no other row covers
    Others,
}

/// The demand of one document on the Pods of one scope
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// The demand
    #[serde(flatten)]
    pub demand: Demand,
    /// Whether a violation is only reported
    pub dry_run: bool,
    /// Whether the rule is one of a wider scope, such as the default rule
    pub inherited: bool,
    /// The path of the rule or check set in the settings
    pub path: String,
    /// Its place
    pub span: Span,
    /// The patterns that exempt images from it, beside those of the whole document
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<Exempt>,
}

/// A demand on images
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase", tag = "demand")]
pub enum Demand {
    /// None: every image is admitted
    Admit,
    /// Every image is denied
    Deny,
    /// An attestation of each attestor
    Attestation {
        /// Their resource names
        attestors: Vec<String>,
    },
    /// Every check passes
    Checks {
        /// The checks
        checks: Vec<Check>,
    },
    /// Depends on the image: every rule that covers it
    ImageRules {
        /// The rules that cover images of these Pods
        rules: Vec<ImageRuleDemand>,
        /// The demand on images that no rule in force covers
        unmatched: Unmatched,
    },
    /// Depends on the cluster or on the mesh identity of a Pod
    Varies,
    /// The rule is missing or not valid, so every request is denied
    Unreadable,
}

/// A check of a check set
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// Its display name, or else its type
    pub title: String,
    /// The field with its type, such as `vulnerabilityCheck`
    pub field: String,
    /// Its place
    pub span: Span,
}

/// Describes the first settings of a text, also those in a manifest; `None` if it has none.
#[must_use]
pub fn describe(file: &SourceFile) -> Option<Matrix> {
    let documents = file.parse(0).ok()?;
    documents.iter().find_map(|node| {
        let settings = match Document::of(node, file.text()) {
            Document::Settings(settings) => settings,
            Document::Manifest(manifest) => manifest.settings()?,
            Document::Suite(_) | Document::Unknown(_) | Document::Other => return None,
        };
        Some(matrix(&settings))
    })
}

impl Matrix {
    /// Returns the matrix as JSON, with every range of bytes as the caller writes places.
    #[must_use]
    pub fn document(&self, place: &dyn Fn(Range<usize>) -> Value) -> Value {
        let mut document = serde_json::to_value(self).unwrap_or_default();
        place_all(&mut document, place);
        document
    }
}

/// Replaces every span below a value.
fn place_all(value: &mut Value, place: &dyn Fn(Range<usize>) -> Value) {
    match value {
        Value::Object(fields) => {
            if let Some(bytes) = bytes_of(fields) {
                *value = place(bytes);
                return;
            }
            fields
                .iter_mut()
                .for_each(|(_, field)| place_all(field, place));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| place_all(item, place)),
        _ => {}
    }
}

fn bytes_of(fields: &Map<String, Value>) -> Option<Range<usize>> {
    let number = |key: &str| usize::try_from(fields.get(key)?.as_u64()?).ok();
    let is_span = fields.len() == 3 && fields.contains_key("file");
    is_span.then_some(number("start")?..number("end")?)
}

fn matrix(settings: &Settings<'_>) -> Matrix {
    let scopes = scopes(settings);
    let mut rows: Vec<Row> = scopes
        .into_iter()
        .map(|scope| Row {
            break_glass: break_glass(settings, &scope),
            cells: Vec::new(),
            scope,
        })
        .collect();
    let mut columns = Vec::new();
    if let Some(policy) = settings.policy() {
        columns.push(singleton_column(settings, policy));
        let rules = settings.rules();
        let cluster = settings.setting(&["cluster"]).and_then(Node::text);
        for row in &mut rows {
            row.cells
                .push(rule_cell(&rules, policy, cluster, &row.scope));
        }
    }
    for (index, policy) in settings.platform_policies().into_iter().enumerate() {
        let document = format!("platformPolicies[{index}]");
        let sets = settings.check_sets().into_iter();
        let sets: Vec<_> = sets
            .filter(|set| core::ptr::eq(set.policy, policy))
            .collect();
        let enforcement = settings.setting(&["platformPolicyEnforcement"]);
        let dry_run = enforcement.and_then(Node::text) == Some("dryrun");
        for row in &mut rows {
            let cell = check_set_cell(&sets, policy, &document, &row.scope);
            row.cells.push(Cell { dry_run, ..cell });
        }
        columns.push(Column {
            document,
            name: policy.text_of("name").to_owned(),
            span: pointed_at(policy),
            exempt: exempt(policy.get("gkePolicy")),
        });
    }
    if let Some(policy) = settings.setting(&["imagePolicy"]) {
        for row in &mut rows {
            row.cells
                .push(image_policy::cell(settings, policy, &row.scope));
        }
        columns.push(Column {
            document: image_policy::DOCUMENT.to_owned(),
            name: String::new(),
            span: pointed_at(policy),
            exempt: Vec::new(),
        });
    }
    let denied_digests = settings.setting(&["deniedDigests"]);
    Matrix {
        columns,
        rows,
        denied_digests: denied_digests.map_or(0, |list| list.items().len()),
        index_policy: if settings.lists_indexes() {
            IndexPolicy::Platforms
        } else {
            IndexPolicy::Digest
        },
    }
}

/// The scopes that any part of the settings names, each once.
fn scopes(settings: &Settings<'_>) -> Vec<Scope> {
    let rules = settings.rules();
    let of_rules = rules.iter().filter_map(|rule| {
        let kind = RuleKind::ALL
            .into_iter()
            .find(|kind| kind.map_name() == rule.map)?;
        Some(Scope::of_key(kind, rule.key()))
    });
    let sets = settings.check_sets();
    let of_sets = sets.iter().filter_map(|set| {
        let (namespace, account) = set.scope()?;
        Some(Scope::new(namespace, account))
    });
    let namespaces = settings.setting(&["breakGlass", "namespaces"]);
    let namespaces = namespaces.map(Node::items).unwrap_or_default().iter();
    let of_break_glass = namespaces
        .filter_map(Node::text)
        .filter(|name| *name != "*")
        .map(|name| Scope::new(name, None));
    let image_rules = settings.image_rules();
    let of_image_rules = image_rules.iter().flat_map(image_policy::scopes);
    let mut scopes: Vec<Scope> = Vec::new();
    let all = of_rules.chain(of_sets).chain(of_image_rules);
    for scope in all.chain(of_break_glass) {
        if !scopes.contains(&scope) {
            scopes.push(scope);
        }
    }
    scopes.push(Scope::Others);
    scopes
}

impl Scope {
    fn new(namespace: &str, account: Option<&str>) -> Self {
        match account {
            None => Self::Namespace {
                name: namespace.to_owned(),
            },
            Some(name) => Self::ServiceAccount {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
            },
        }
    }

    /// The scope of a key of a rule map.
    fn of_key(kind: RuleKind, key: &str) -> Self {
        match kind {
            RuleKind::Cluster => Self::Cluster {
                name: key.to_owned(),
            },
            RuleKind::MeshIdentity => Self::MeshIdentity {
                name: key.to_owned(),
            },
            RuleKind::Namespace => Self::new(key, None),
            RuleKind::ServiceAccount => {
                let (namespace, account) = key.split_once(':').unwrap_or((key, ""));
                Self::new(namespace, Some(account))
            }
        }
    }

    /// The namespace of all its Pods.
    fn namespace(&self) -> Option<&str> {
        match self {
            Self::Namespace { name } => Some(name),
            Self::ServiceAccount { namespace, .. } => Some(namespace),
            Self::Cluster { .. } | Self::MeshIdentity { .. } | Self::Others => None,
        }
    }
}

fn break_glass(settings: &Settings<'_>, scope: &Scope) -> Option<Span> {
    let namespaces = settings.setting(&["breakGlass", "namespaces"])?;
    let mut items = namespaces.items().iter();
    let found = items.find(|item| {
        let name = item.text();
        name == Some("*") || (name.is_some() && name == scope.namespace())
    })?;
    Some(found.span)
}

fn singleton_column(settings: &Settings<'_>, policy: &Node) -> Column {
    let patterns = settings.patterns().into_iter();
    let uses_system = settings
        .global_mode()
        .is_some_and(|(mode, _)| mode == "ENABLE");
    let exempt = patterns
        .filter(|one| one.language == Language::Name && (!one.is_system || uses_system))
        .map(|one| Exempt {
            pattern: one.text.to_owned(),
            span: one.span,
        });
    Column {
        document: "policy".to_owned(),
        name: policy.text_of("name").to_owned(),
        span: settings.policy_span(),
        exempt: exempt.collect(),
    }
}

/// The rule of a singleton policy for a scope: its own, or else that of its namespace or of the cluster of the settings,
/// or else the default rule.
fn rule_cell(
    rules: &[AdmissionRule<'_>],
    policy: &Node,
    cluster: Option<&str>,
    scope: &Scope,
) -> Cell {
    let keyed = |rule: &&AdmissionRule<'_>| rule.entry.is_some();
    let kind = rules.iter().find(keyed).and_then(|rule| {
        let mut kinds = RuleKind::ALL.into_iter();
        kinds.find(|kind| kind.map_name() == rule.map)
    });
    let with_scope = |wanted: &Scope| {
        let mut rules = rules.iter().filter(keyed);
        let kind = kind?;
        rules.find(|rule| Scope::of_key(kind, rule.key()) == *wanted)
    };
    let of_namespace = || with_scope(&Scope::new(scope.namespace()?, None));
    let of_cluster = || with_scope(&Scope::of_key(RuleKind::Cluster, cluster?));
    let own = with_scope(scope);
    let default = || rules.iter().find(|rule| rule.entry.is_none());
    let varies = match kind {
        Some(RuleKind::Cluster) => {
            cluster.is_none() && !matches!(scope, Scope::Cluster { .. } | Scope::Others)
        }
        Some(RuleKind::MeshIdentity) => {
            !matches!(scope, Scope::MeshIdentity { .. } | Scope::Others)
        }
        Some(RuleKind::Namespace | RuleKind::ServiceAccount) | None => false,
    };
    let is_cluster = matches!(scope, Scope::Cluster { .. });
    let wider = || of_namespace().or_else(|| of_cluster().filter(|_| !is_cluster));
    let rule = own.or_else(wider).or_else(default);
    let Some(rule) = rule else {
        return Cell::unreadable("policy".to_owned(), pointed_at(policy));
    };
    let path = match rule.entry {
        None => format!("policy.{}", rule.map),
        Some(entry) => format!("policy.{}.{}", rule.map, entry.key),
    };
    let span = Span {
        end: rule.node.span.end,
        ..rule.key_span
    };
    Cell {
        demand: if varies {
            Demand::Varies
        } else {
            demand_of_rule(rule)
        },
        dry_run: rule
            .enforcement()
            .is_some_and(|(mode, _)| mode == "DRYRUN_AUDIT_LOG_ONLY"),
        inherited: own.is_none() && *scope != Scope::Others,
        path,
        span,
        exempt: Vec::new(),
    }
}

fn demand_of_rule(rule: &AdmissionRule<'_>) -> Demand {
    match rule.evaluation() {
        Some(("ALWAYS_ALLOW", _)) => Demand::Admit,
        Some(("ALWAYS_DENY", _)) => Demand::Deny,
        Some(("REQUIRE_ATTESTATION", _)) => {
            let attestors = rule.attestors().into_iter();
            Demand::Attestation {
                attestors: attestors.map(|(name, _)| name.to_owned()).collect(),
            }
        }
        _ => Demand::Unreadable,
    }
}

/// The check set of a platform policy for a scope: the first that covers all its Pods.
fn check_set_cell(sets: &[CheckSet<'_>], policy: &Node, document: &str, scope: &Scope) -> Cell {
    let covers = |set: &CheckSet<'_>| match set.scope() {
        None => true,
        Some((namespace, None)) => scope.namespace() == Some(namespace),
        Some((namespace, account)) => *scope == Scope::new(namespace, account),
    };
    let is_own = |set: &CheckSet<'_>| {
        let own = set.scope();
        own.is_some_and(|(namespace, account)| *scope == Scope::new(namespace, account))
    };
    let Some((index, set)) = sets.iter().enumerate().find(|(_, set)| covers(set)) else {
        let path = format!("{document}.gkePolicy");
        let cell = Cell::unreadable(path, pointed_at(policy));
        return if sets.is_empty() {
            Cell {
                demand: Demand::Admit,
                ..cell
            }
        } else {
            cell
        };
    };
    Cell {
        demand: demand_of_checks(set),
        dry_run: false,
        inherited: !is_own(set) && *scope != Scope::Others,
        path: format!("{document}.gkePolicy.checkSets[{index}]"),
        span: set.node.span,
        exempt: exempt(Some(set.node)),
    }
}

fn demand_of_checks(set: &CheckSet<'_>) -> Demand {
    let checks = set.checks();
    if checks.iter().any(|check| check.kind.key == "alwaysDeny") {
        return Demand::Deny;
    }
    if checks.is_empty() {
        return Demand::Admit;
    }
    Demand::Checks {
        checks: checks.iter().map(Check::of).collect(),
    }
}

impl Check {
    fn of(check: &document::Check<'_>) -> Self {
        Self {
            title: match check.node.text_of("displayName") {
                "" => check.kind.key.clone(),
                name => name.to_owned(),
            },
            field: check.kind.key.clone(),
            span: check.node.span,
        }
    }
}

/// The patterns of `imageAllowlist` of a policy or a check set.
fn exempt(owner: Option<&Node>) -> Vec<Exempt> {
    let list = owner.and_then(|owner| owner.at(&["imageAllowlist", "allowPattern"]));
    let items = list.map(Node::items).unwrap_or_default().iter();
    let patterns = items.filter_map(|item| {
        Some(Exempt {
            pattern: item.text()?.to_owned(),
            span: item.span,
        })
    });
    patterns.collect()
}

impl Cell {
    fn unreadable(path: String, span: Span) -> Self {
        Self {
            demand: Demand::Unreadable,
            dry_run: false,
            inherited: false,
            path,
            span,
            exempt: Vec::new(),
        }
    }
}
