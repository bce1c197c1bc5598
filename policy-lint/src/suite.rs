//! Tests of a policy, as their author writes them: which settings, what time it is, who signs with
//! which test key or identity, and cases with what exists and what is expected.
//!
//! This is only the document, valid by construction. Running it is the program's business.

mod attestation;
mod expectation;
mod host;
mod request;
mod signer;

use alloc::collections::{BTreeMap, BTreeSet};
use core::cell::RefCell;

use policy_wasm::time::Time;

use crate::diagnostic::Diagnostic;
use crate::read::{Fields, Reader};
use crate::source::{Entry, Node, Span};

pub use attestation::{Attestation, Claim, Finding, Format, Moment, Provenance, Source, Tamper};
pub use expectation::{Enforcement, Expectation, ExpectedCode, ExpectedImage, Outcome};
pub use host::{Failure, HostFailures};
pub use request::{Inline, Kind, Request};
pub use signer::{Credential, Identity, OtherIdentity, Signer, SignerAlgorithm, TestKey};

/// The kind of a suite
pub const KIND: &str = "PolicySuite";

/// A suite
#[derive(Debug, Clone, PartialEq)]
pub struct Suite {
    /// Path of the settings, relative to the suite
    pub settings: String,
    /// Place of the list of cases
    pub cases_span: Span,
    /// Signers by the names that attestations use
    pub signers: BTreeMap<String, Signer>,
    /// The cases, in order
    pub cases: Vec<Case>,
    /// Names that are declared and never used
    pub unused: Vec<UnusedName>,
}

/// A name that nothing in its suite uses
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusedName {
    /// `image` or `signer`
    pub noun: &'static str,
    /// The name
    pub name: String,
    /// Place of its declaration
    pub span: Span,
}

/// One case
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Unique in the suite
    pub name: String,
    /// Place of the case
    pub span: Span,
    /// When it is judged
    pub time: Time,
    /// The request
    pub request: Request,
    /// Everything that exists, the suite's own first
    pub attestations: Vec<Attestation>,
    /// The digests behind tags: references, and references or names of images with the digest
    pub tags: BTreeMap<String, String>,
    /// Failing host calls
    pub host: HostFailures,
    /// The expected result
    pub expectation: Expectation,
}

/// Defaults of the suite for its cases, and the declared names
struct Defaults<'s> {
    time: Time,
    names: Names<'s>,
    attestations: Vec<Attestation>,
    tags: BTreeMap<String, String>,
    host: HostFailures,
}

/// The names that a suite declares
#[derive(Debug, Clone, Copy)]
struct Names<'s> {
    images: &'s BTreeMap<String, String>,
    signers: &'s BTreeMap<String, Option<Signer>>,
    source: Source,
    /// Names used so far, by noun
    used: &'s RefCell<BTreeSet<(&'static str, String)>>,
}

impl Suite {
    /// Reads a suite.
    ///
    /// # Errors
    ///
    /// All that is wrong with it, each at its place.
    pub fn read(document: &Node) -> Result<Self, Vec<Diagnostic>> {
        let reader = Reader::new("suite");
        let suite = Self::read_with(document, &reader);
        reader.finish()?;
        // Without a problem everything was there.
        suite.ok_or_else(Vec::new)
    }

    fn read_with(document: &Node, reader: &Reader) -> Option<Self> {
        let fields = reader.fields(document)?;
        fields.require_kind(KIND);
        let settings = fields.require("settings");
        let settings = settings.and_then(|node| reader.text(node));
        let time = read_clock(&fields, reader);
        let images = read_images(fields.get("images"), reader);
        let signers = signer::read_all(fields.get("signers"), reader);
        let source = fields.get("source");
        let source = source.and_then(|node| reader.choice(node, Source::NAMES));
        let used = RefCell::default();
        let names = Names {
            images: &images,
            signers: &signers,
            source: source.unwrap_or(Source::Settings),
            used: &used,
        };
        let defaults = Defaults {
            // A problem already; the cases are read for theirs.
            time: time.unwrap_or(Time::LAST),
            names,
            attestations: attestation::read_list(fields.get("attestations"), names, reader),
            tags: read_tags(fields.get("tags"), names, reader),
            host: HostFailures::read(fields.get("host"), reader),
        };
        let list = fields.require("cases");
        let cases_span = fields.entry_span("cases");
        let items = list.map(|node| reader.items(node)).unwrap_or_default();
        if list.is_some() && items.is_empty() {
            reader.invalid(cases_span, "a suite without cases tests nothing");
        }
        let cases: Vec<_> = items
            .iter()
            .flat_map(|item| Case::read(item, &defaults, reader))
            .collect();
        let mut seen = BTreeMap::new();
        for case in &cases {
            if seen.insert(case.name.as_str(), ()).is_some() {
                reader.invalid(
                    case.span,
                    format!("another case has the name `{}`", case.name),
                );
            }
        }
        let mut unused = names.unused(IMAGE, fields.get("images"));
        unused.extend(names.unused(SIGNER, fields.get("signers")));
        fields.finish();
        let signers = signers.into_iter();
        Some(Self {
            settings: settings?.to_owned(),
            cases_span,
            signers: signers
                .filter_map(|(name, signer)| Some((name, signer?)))
                .collect(),
            cases,
            unused,
        })
    }
}

impl Case {
    /// Reads a case: one, or with `namespaces` one for each of them.
    fn read(node: &Node, defaults: &Defaults<'_>, reader: &Reader) -> Vec<Self> {
        let Some(fields) = reader.fields(node) else {
            return Vec::new();
        };
        let namespaces = fields.get("namespaces");
        let Some(case) = Self::read_one(fields, defaults, reader) else {
            return Vec::new();
        };
        let Some(list) = namespaces else {
            return vec![case];
        };
        let names = reader.items(list).iter();
        let names: Vec<_> = names.filter_map(|name| reader.text(name)).collect();
        if names.is_empty() {
            reader.invalid(list.span, "a case without a namespace is never run");
        }
        for field in ["namespace", "file"] {
            if let Some(other) = node.at(&["request", field]) {
                let message = format!("`namespaces` and `request.{field}` exclude each other");
                reader.invalid(other.span, message);
            }
        }
        let cases = names.into_iter().map(|name| case.in_namespace(name));
        cases.collect()
    }

    /// The case in one of its namespaces.
    fn in_namespace(&self, namespace: &str) -> Self {
        let mut case = self.clone();
        case.name = format!("{} in {namespace}", self.name);
        if let Request::Inline(request) = &mut case.request {
            namespace.clone_into(&mut request.namespace);
        }
        case
    }

    fn read_one(fields: Fields<'_, '_>, defaults: &Defaults<'_>, reader: &Reader) -> Option<Self> {
        let name = fields.require("name").and_then(|node| reader.text(node));
        let span = fields.entry_span("name");
        let time = fields.get("time").and_then(|node| read_time(node, reader));
        let request = fields.require("request");
        let request = request.and_then(|node| Request::read(node, defaults.names, reader));
        let mut attestations = defaults.attestations.clone();
        let own = fields.get("attestations");
        attestations.extend(attestation::read_list(own, defaults.names, reader));
        let mut tags = defaults.tags.clone();
        tags.extend(read_tags(fields.get("tags"), defaults.names, reader));
        let host = HostFailures::read(fields.get("host"), reader);
        let expectation = fields.require("expect");
        let expectation =
            expectation.and_then(|node| Expectation::read(node, defaults.names, reader));
        fields.finish();
        Some(Self {
            name: name?.to_owned(),
            span,
            time: time.unwrap_or(defaults.time),
            request: request?,
            attestations,
            tags,
            host: host.over(&defaults.host),
            expectation: expectation?,
        })
    }
}

/// A suite without a clock would pass today and fail next month.
fn read_clock(fields: &Fields<'_, '_>, reader: &Reader) -> Option<Time> {
    match fields.get("time") {
        Some(node) => read_time(node, reader),
        None => {
            reader.without_clock(fields.span());
            None
        }
    }
}

fn read_time(node: &Node, reader: &Reader) -> Option<Time> {
    let text = reader.text(node)?;
    Time::parse(text)
        .map_err(|error| reader.invalid(node.span, error.to_string()))
        .ok()
}

/// In a reference, the digest that belongs to nothing but the name of the image in the suite.
const OWN_DIGEST: &str = "@digest";

fn read_images(node: Option<&Node>, reader: &Reader) -> BTreeMap<String, String> {
    let mut images = BTreeMap::new();
    each_entry(node, reader, |entry| {
        if let Some(text) = reader.text(&entry.value) {
            let reference = match text.strip_suffix(OWN_DIGEST) {
                Some(name) => format!("{name}@{}", own_digest(&entry.key)),
                None => text.to_owned(),
            };
            images.insert(entry.key.clone(), reference);
        }
    });
    images
}

/// The digest that `@digest` stands for.
fn own_digest(name: &str) -> policy_wasm::digest::Digest {
    policy_wasm::digest::Digest::of(name.as_bytes())
}

/// Tags, each with the digest that the registry gives it: `registry.example/app:1: web`.
fn read_tags(node: Option<&Node>, names: Names<'_>, reader: &Reader) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::new();
    each_entry(node, reader, |entry| {
        let Some(image) = names.image(&entry.value, reader) else {
            return;
        };
        match digest_of(&image) {
            Some(digest) => {
                tags.insert(entry.key.clone(), digest.to_owned());
            }
            None => reader.invalid(entry.value.span, format!("`{image}` has no digest")),
        }
    });
    tags
}

/// The digest of a reference, as it is written.
#[must_use]
pub fn digest_of(reference: &str) -> Option<&str> {
    reference.split_once('@').map(|(_, digest)| digest)
}

fn each_entry(node: Option<&Node>, reader: &Reader, mut each: impl FnMut(&Entry)) {
    if let Some(fields) = node.and_then(|node| reader.fields(node)) {
        fields.all().iter().for_each(&mut each);
    }
}

const IMAGE: &str = "image";
const SIGNER: &str = "signer";

impl Names<'_> {
    /// The reference of an image with this name, which is used herewith.
    fn named_image(&self, name: &str) -> Option<&String> {
        let reference = self.images.get(name)?;
        self.used.borrow_mut().insert((IMAGE, name.to_owned()));
        Some(reference)
    }

    /// The reference that a word stands for: a name of the suite, or the reference itself.
    fn image(&self, node: &Node, reader: &Reader) -> Option<String> {
        let text = reader.text(node)?;
        if let Some(reference) = self.named_image(text) {
            return Some(reference.clone());
        }
        // A word alone could be an image of Docker Hub, and is more likely a typing error.
        if text.contains(['/', ':', '@']) {
            return Some(text.to_owned());
        }
        let known: Vec<_> = self.images.keys().map(String::as_str).collect();
        reader.unknown_name(node.span, IMAGE, text, &known);
        None
    }

    /// Reads a list of images.
    fn image_list(&self, node: Option<&Node>, reader: &Reader) -> Vec<String> {
        let items = node.map(|node| reader.items(node)).unwrap_or_default();
        items
            .iter()
            .filter_map(|item| self.image(item, reader))
            .collect()
    }

    /// The name of a signer, which is used herewith.
    fn signer(&self, node: &Node, reader: &Reader) -> Option<String> {
        let text = reader.text(node)?;
        if self.signers.contains_key(text) {
            self.used.borrow_mut().insert((SIGNER, text.to_owned()));
            return Some(text.to_owned());
        }
        let known: Vec<_> = self.signers.keys().map(String::as_str).collect();
        reader.unknown_name(node.span, SIGNER, text, &known);
        None
    }

    /// Of the names that are declared here, those that nothing has used.
    fn unused(&self, noun: &'static str, declared: Option<&Node>) -> Vec<UnusedName> {
        let used = self.used.borrow();
        let declared = declared.map(Node::entries).unwrap_or_default().iter();
        let unused = declared.filter(|entry| !used.contains(&(noun, entry.key.clone())));
        unused
            .map(|entry| UnusedName {
                noun,
                name: entry.key.clone(),
                span: entry.key_span,
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
