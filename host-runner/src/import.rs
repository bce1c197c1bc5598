//! From what Google's service exports, and from policies of other systems, to one settings document: what is taken
//! over, what is corrected with a finding, and what does not carry over. The policy's own validation decides whether
//! the result can be used.
//!
//! | to read about | go to |
//! | --- | --- |
//! | exports of Google | the files of this folder that are not below |
//! | other systems: the table | `import/system.rs` |
//! | documents with their lines | `import/source.rs` |
//! | settings in the making, and their suite | `import/draft.rs` |
//! | Connaisseur | `import/connaisseur.rs` |
//! | Kritis | `import/kritis.rs` |
//! | Kubewarden's own image policies | `import/kubewarden.rs` |
//! | Kyverno | `import/kyverno.rs` |
//! | policy-controller | `import/policy_controller.rs` |
//! | Google's documents in Terraform and Config Connector | `import/terraform.rs`, `import/config_connector.rs` |
//! | signers, subjects of certificates, wildcards | `import/signer.rs`, `import/identity.rs`, `import/wildcard.rs` |
//! | parts of the patterns that they write | `import/pattern.rs` |

mod attestors;
mod config_connector;
mod connaisseur;
mod context;
pub(crate) mod draft;
mod finding;
mod google;
mod identity;
mod keyless;
mod kritis;
mod kubewarden;
mod kyverno;
mod lacking;
mod occurrences;
mod output_fields;
mod pattern;
mod patterns;
mod policy_controller;
mod predicate_type;
mod relax;
mod scope;
mod shape;
mod signer;
pub(crate) mod source;
pub(crate) mod system;
mod terraform;
#[cfg(test)]
mod tests;
pub(crate) mod trusted_roots;
mod wildcard;

use serde_json::{Map, Value, json};

use occurrences::Readers;
use output_fields::Dropped;

pub(crate) use finding::{Finding, Findings, Level, Place};
pub(crate) use shape::spelling;
pub(crate) use system::System;

/// The exports and the options
#[derive(Debug, Default)]
pub(crate) struct Exports {
    /// The project-singleton policy
    pub(crate) policy: Option<Export>,
    pub(crate) system_policy: Option<Export>,
    pub(crate) platform_policies: Vec<Export>,
    pub(crate) attestors: Vec<Export>,
    /// Attestations, and stored scans
    pub(crate) occurrences: Vec<Export>,
    /// `LOCATION.CLUSTER`
    pub(crate) cluster: Option<String>,
    pub(crate) mesh_trust_domain: Option<String>,
    /// Whether attestors are kept that no rule names
    pub(crate) keeps_all: bool,
}

/// One exported document
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) place: Place,
    pub(crate) document: Value,
}

/// The imported settings and findings
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) settings: Value,
    pub(crate) findings: Vec<Finding>,
    /// Origins of parts of the settings
    origins: Vec<(String, Place)>,
}

impl Import {
    /// Makes settings of exports.
    pub(crate) fn new(exports: Exports) -> Self {
        let mut findings = Findings::default();
        let Exports {
            mut policy,
            mut system_policy,
            mut platform_policies,
            mut attestors,
            occurrences,
            ..
        } = exports;
        let singletons = policy.iter_mut().chain(&mut system_policy);
        let shapes = &*shape::SHAPES;
        let of_shapes = singletons
            .map(|export| (export, &shapes.policy))
            .chain(
                platform_policies
                    .iter_mut()
                    .map(|export| (export, &shapes.platform_policy)),
            )
            .chain(
                attestors
                    .iter_mut()
                    .map(|export| (export, &shapes.attestor)),
            );
        let mut dropped = Dropped::default();
        for (export, shape) in of_shapes {
            relax::relax(export, shape, &mut findings);
            attestors::rename_note(export, &mut findings);
            dropped.from(export);
        }
        dropped.report(&mut findings);
        let singletons = policy.iter_mut().chain(&mut system_policy);
        singletons.for_each(|policy| patterns::split_classes(policy, &mut findings));

        let (cluster, mesh_trust_domain) = (exports.cluster, exports.mesh_trust_domain);
        let facts = [cluster.as_deref(), mesh_trust_domain.as_deref()];
        context::require_facts(policy.as_ref(), facts, &mut findings);
        let system_policy = context::system_policy(policy.as_ref(), system_policy, &mut findings);
        let named = attestors::named(policy.as_ref());
        let attestors = attestors::choose(attestors, &named, exports.keeps_all, &mut findings);
        let readers = Readers::of(&attestors, &platform_policies);
        let occurrences = occurrences::choose(occurrences, &readers, &mut findings);
        lacking::report(&platform_policies, &attestors, &occurrences, &mut findings);

        let mut settings = Settings::default();
        settings.document("policy", policy);
        settings.list("platformPolicies", platform_policies);
        settings.document("systemPolicy", system_policy);
        settings.list("attestors", attestors);
        let mut evidence = Settings::below("evidence");
        evidence.list("occurrences", occurrences);
        settings.part(evidence);
        for (key, text) in [("cluster", cluster), ("meshTrustDomain", mesh_trust_domain)] {
            settings
                .fields
                .extend(text.map(|text| (key.to_owned(), text.into())));
        }
        Self {
            settings: Value::Object(settings.fields),
            findings: findings.in_order(),
            origins: settings.origins,
        }
    }

    /// Returns the origin of a path in the settings.
    pub(crate) fn origin(&self, path: &str) -> Option<Place> {
        self.origins.iter().find_map(|(key, place)| {
            let rest = path.strip_prefix(key.as_str())?;
            let is_below = rest.is_empty() || rest.starts_with(['.', '[']);
            is_below.then(|| place.below(rest))
        })
    }

    /// The gravest of the findings.
    pub(crate) fn level(&self) -> Option<Level> {
        self.findings.iter().map(|finding| finding.level).max()
    }
}

/// Settings in the making
#[derive(Debug, Default)]
struct Settings {
    /// The key of which this is a part
    root: Option<&'static str>,
    fields: Map<String, Value>,
    origins: Vec<(String, Place)>,
}

impl Settings {
    fn below(root: &'static str) -> Self {
        Self {
            root: Some(root),
            ..Self::default()
        }
    }

    fn document(&mut self, key: &str, export: Option<Export>) {
        let Some(Export { place, document }) = export else {
            return;
        };
        self.origins.push((self.path(key), place));
        self.fields.insert(key.to_owned(), document);
    }

    fn list(&mut self, key: &str, exports: Vec<Export>) {
        if exports.is_empty() {
            return;
        }
        let path = self.path(key);
        let mut items = Vec::new();
        for (index, Export { place, document }) in exports.into_iter().enumerate() {
            self.origins.push((format!("{path}[{index}]"), place));
            items.push(document);
        }
        self.fields.insert(key.to_owned(), json!(items));
    }

    fn part(&mut self, part: Self) {
        let Some(root) = part.root.filter(|_| !part.fields.is_empty()) else {
            return;
        };
        self.origins.extend(part.origins);
        self.fields
            .insert(root.to_owned(), Value::Object(part.fields));
    }

    fn path(&self, key: &str) -> String {
        match self.root {
            Some(root) => format!("{root}.{key}"),
            None => key.to_owned(),
        }
    }
}
