//! Settings in the making, for importers of other systems.
//!
//! | to read about | go to |
//! | --- | --- |
//! | rules of `imagePolicy` | `draft/rule.rs` |
//! | the suite of what carried over | `draft/suite.rs` |

mod rule;
mod suite;

use alloc::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::source::At;
use super::{Exports, Findings, Import, Level, Place};
use crate::attest::public_key::{KeyEntry, PublicKeyError};
use policy_wasm::key::Algorithm;

pub(crate) use rule::{Effect, Requirement, Rule, may_overlap};
pub(crate) use suite::Suite;

/// Settings in the making, with the findings so far
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) findings: Findings,
    /// Name of the trusted root of `--trusted-root`, if it is one
    trusted_root: Option<String>,
    /// The options for documents of Google
    pub(crate) google: Exports,
    /// Effect on images without a rule
    pub(crate) unmatched: Option<Unmatched>,
    rules: Vec<Rule>,
    attestors: Vec<Attestor>,
    /// Other fields of the settings
    fields: Map<String, Value>,
    origins: Vec<(String, Place)>,
    sigstore: Map<String, Value>,
    registries: BTreeSet<String>,
}

/// `unmatchedImages`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unmatched {
    Admit,
    Deny,
}

/// An attestor of the settings
#[derive(Debug)]
struct Attestor {
    id: String,
    place: Place,
    /// Entries of `publicKeys`
    keys: Vec<Value>,
    /// Entries of a set of `sigstore.identities`
    identities: Vec<Value>,
    note: String,
}

/// The settings, and their suite
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) import: Import,
    pub(crate) suite: Suite,
}

/// Maximum length of an attestor's id: it is also the name of a set of identities
const MAX_ID: usize = 63;
/// Project of attestors, as of those that are given by their last segment alone
const PROJECT: &str = "projects/local";

impl Draft {
    /// Starts settings with the section `sigstore` of `--trusted-root`, if there is one.
    pub(crate) fn new(sigstore: Option<Value>) -> Self {
        let sigstore = match sigstore {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        let roots = sigstore.get("trustedRoots").and_then(Value::as_object);
        let mut names = roots.into_iter().flat_map(|roots| roots.keys());
        let trusted_root = match (names.next(), names.next()) {
            (Some(name), None) => Some(name.clone()),
            _ => None,
        };
        Self {
            findings: Findings::default(),
            trusted_root,
            google: Exports::default(),
            unmatched: None,
            rules: Vec::new(),
            attestors: Vec::new(),
            fields: Map::new(),
            origins: Vec::new(),
            sigstore,
            registries: BTreeSet::new(),
        }
    }

    /// Reports that something of the other system did not carry over.
    pub(crate) fn lost(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.findings.push(Level::Lacking, &at.place(), message);
    }

    /// Reports that something carried over in another form.
    pub(crate) fn warn(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.findings.push(Level::Warning, &at.place(), message);
    }

    /// Reports that something without effect on decisions was left out.
    pub(crate) fn note(&mut self, at: &At<'_>, message: impl Into<String>) {
        self.findings.push(Level::Note, &at.place(), message);
    }

    /// Adds to the last finding what the reader can do.
    pub(crate) fn help(&mut self, help: impl Into<String>) {
        self.findings.help(help);
    }

    /// Returns the name of the trusted root for identities, or reports what is lost without one.
    pub(crate) fn require_root(&mut self, at: &At<'_>, lost: &str) -> Option<String> {
        if self.trusted_root.is_none() {
            self.lost(at, lost);
            self.help(
                "give the root of Sigstore's public instance, or of your own, with --trusted-root FILE",
            );
        }
        self.trusted_root.clone()
    }

    /// Adds a rule. A name that another rule has gets a number.
    pub(crate) fn rule(&mut self, mut rule: Rule) {
        let is_taken = |name: &str| self.rules.iter().any(|other| other.name == name);
        rule.name = free(&rule::plain(&rule.name), is_taken);
        self.rules.push(rule);
    }

    /// Sets a field of the settings.
    pub(crate) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.fields.insert(key.to_owned(), value.into());
    }

    /// Takes over settings that were imported from documents of Google's.
    pub(crate) fn take(&mut self, import: Import) {
        let Import {
            settings,
            findings,
            origins,
        } = import;
        if let Value::Object(fields) = settings {
            self.fields.extend(fields);
        }
        self.findings.extend(findings);
        self.origins.extend(origins);
    }

    /// Reads a public key in PEM as cosign does, with PKCS #1 for RSA; an entry of `publicKeys`. Reports what is no
    /// usable key.
    pub(crate) fn cosign_key(&mut self, at: &At<'_>, pem: &str) -> Option<Value> {
        let text = format!("{}\n", pem.trim());
        let read = match KeyEntry::read(&text, None, None) {
            Err(PublicKeyError::Ambiguous(names)) => {
                let pkcs1 = names
                    .split(", ")
                    .find(|name| name.starts_with("RSA_SIGN_PKCS1_") && name.ends_with("_SHA256"));
                let algorithm = pkcs1.and_then(Algorithm::by_name);
                KeyEntry::read(&text, algorithm, None)
            }
            read => read,
        };
        match read {
            Ok(key) => {
                if key.algorithm.is_some_and(Algorithm::is_for_envelopes_only) {
                    self.lost(at, "Ed25519 keys count for envelopes only, not for cosign's signatures in a registry");
                    self.help("attest images with `countersign attest sign --format dsse`, or use an ECDSA key");
                }
                Some(key.entry)
            }
            Err(error) => {
                self.lost(at, format!("the key cannot be used: {error}"));
                None
            }
        }
    }

    /// The resource name of an attestor with these keys and identities, which is added unless there is one. `wanted` is
    /// its id, unless another attestor has it.
    pub(crate) fn attestor(
        &mut self,
        wanted: &str,
        place: &Place,
        keys: Vec<Value>,
        identities: Vec<Value>,
    ) -> String {
        let is_same = |one: &&Attestor| {
            (&one.keys, &one.identities) == (&keys, &identities) && !is_empty(one)
        };
        let known = self.attestors.iter().find(is_same);
        if let Some(known) = known {
            return known.name();
        }
        let is_taken = |id: &str| self.attestors.iter().any(|one| one.id == id);
        let id = free(&id_of(wanted), is_taken);
        let attestor = Attestor {
            note: format!("{PROJECT}/notes/{id}"),
            place: place.clone(),
            id,
            keys,
            identities,
        };
        let name = attestor.name();
        self.attestors.push(attestor);
        name
    }

    /// Sets the note of an attestor that was added.
    pub(crate) fn note_of(&mut self, attestor: &str, note: &str) {
        let found = self.attestors.iter_mut().find(|one| one.name() == attestor);
        if let Some(found) = found {
            note.clone_into(&mut found.note);
        }
    }

    /// Reads attestations and signatures from the registries of images; `hosts` are those that may be asked.
    pub(crate) fn ask_registries(&mut self, hosts: impl IntoIterator<Item = String>) {
        self.registries.extend(hosts);
        if !self.registries.is_empty() {
            self.fields
                .insert("evidence".to_owned(), json!({"registry": true}));
        }
    }

    /// Whether nothing carried over.
    pub(crate) fn is_empty(&self) -> bool {
        self.rules.is_empty() && self.fields.is_empty()
    }

    /// The settings with the findings, and the suite of the rules.
    pub(crate) fn finish(mut self) -> Finished {
        let suite = Suite::of(&self);
        let mut settings = Map::new();
        let mut origins = Vec::new();
        if let Some(unmatched) = self.unmatched {
            let unmatched = match unmatched {
                Unmatched::Admit => "admit",
                Unmatched::Deny => "deny",
            };
            let rules: Vec<_> = self.rules.iter().map(Rule::to_json).collect();
            for (index, rule) in self.rules.iter().enumerate() {
                origins.push((format!("imagePolicy.rules[{index}]"), rule.place.clone()));
            }
            let policy = json!({"unmatchedImages": unmatched, "rules": rules});
            settings.insert("imagePolicy".to_owned(), policy);
        }
        self.add_attestors(&mut settings, &mut origins);
        if !self.sigstore.is_empty() {
            settings.insert("sigstore".to_owned(), Value::Object(self.sigstore));
        }
        settings.extend(self.fields);
        if self.registries.is_empty() {
            // It needs registries.
            settings.shift_remove("resolveTags");
        } else {
            let hosts: Vec<_> = self.registries.into_iter().collect();
            settings.insert("registries".to_owned(), json!(hosts));
        }
        origins.extend(self.origins);
        let import = Import {
            settings: Value::Object(settings),
            findings: self.findings.in_order(),
            origins,
        };
        Finished { import, suite }
    }

    fn add_attestors(
        &mut self,
        settings: &mut Map<String, Value>,
        origins: &mut Vec<(String, Place)>,
    ) {
        let mut attestors = Vec::new();
        let (mut sets, mut users) = (Map::new(), Map::new());
        for (index, one) in self.attestors.iter().enumerate() {
            let mut note = json!({"noteReference": one.note});
            if let (Some(fields), false) = (note.as_object_mut(), one.keys.is_empty()) {
                fields.insert("publicKeys".to_owned(), json!(one.keys));
            }
            attestors.push(json!({"name": one.name(), "userOwnedGrafeasNote": note}));
            origins.push((format!("attestors[{index}]"), one.place.clone()));
            if !one.identities.is_empty() {
                origins.push((format!("sigstore.identities.{}", one.id), one.place.clone()));
                sets.insert(one.id.clone(), json!(one.identities));
                users.insert(one.name(), json!([one.id]));
            }
        }
        if !attestors.is_empty() {
            settings.insert("attestors".to_owned(), json!(attestors));
        }
        if !sets.is_empty() {
            self.sigstore
                .insert("identities".to_owned(), Value::Object(sets));
            self.sigstore
                .insert("attestors".to_owned(), Value::Object(users));
        }
    }
}

impl Attestor {
    fn name(&self) -> String {
        format!("{PROJECT}/attestors/{}", self.id)
    }
}

/// Whether an attestor can never be satisfied. Two of these need not be the same.
fn is_empty(attestor: &Attestor) -> bool {
    attestor.keys.is_empty() && attestor.identities.is_empty()
}

/// A text in the characters of ids.
fn id_of(text: &str) -> String {
    let mut id = String::new();
    for one in text.chars() {
        let is_plain = one.is_ascii_alphanumeric();
        if is_plain {
            id.push(one.to_ascii_lowercase());
        } else if !id.is_empty() && !id.ends_with('-') {
            id.push('-');
        }
    }
    // Room for a number.
    id.truncate(MAX_ID.saturating_sub(4));
    match id.trim_end_matches('-') {
        "" => "attestor".to_owned(),
        id => id.to_owned(),
    }
}

/// The name, or the name with the first number that makes it free.
fn free(name: &str, is_taken: impl Fn(&str) -> bool) -> String {
    if !is_taken(name) {
        return name.to_owned();
    }
    let mut numbered = (2_u32..).map(|number| format!("{name}-{number}"));
    let found = numbered.find(|name| !is_taken(name));
    found.unwrap_or_else(|| name.to_owned())
}

#[cfg(test)]
mod tests;
