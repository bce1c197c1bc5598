//! Sources of evidence.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use policy_text::name::is_dns_label;

use crate::decision::Code;
use crate::json::{MAX_ENTRIES, Raw, Value, filled};
use crate::policy::authenticators::Authenticators;

/// `evidence`
#[derive(Debug, Default)]
pub(crate) struct Sources<'a> {
    /// Attestations in the settings, unparsed
    pub(crate) occurrences: Vec<Raw<'a>>,
    /// Administrator-supplied in-toto statements, unparsed
    pub(crate) statements: Vec<Raw<'a>>,
    /// Keys that sign statements
    pub(crate) authenticators: Authenticators<'a>,
    /// Whether attestations in a Pod's annotation are used
    pub(crate) pod_annotation: bool,
    /// Namespace of the `Attestation` resources of each note; empty if disabled
    pub(crate) notes: BTreeMap<String, Cow<'a, str>>,
    /// Whether attestations in the image's registry are used
    pub(crate) registry: bool,
    /// Whether Sigstore bundles among the image's referrers are used
    pub(crate) referrers: bool,
}

impl<'a> Sources<'a> {
    #[inline(never)] // see docs/performance.md#stack
    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        let mut sources = Self::default();
        value.object_inline(|key, value| match key {
            "occurrences" => sources.occurrences = read_objects(value),
            "statements" => sources.statements = read_objects(value),
            "authenticators" => sources.authenticators = Authenticators::read(value),
            "podAnnotation" => sources.pod_annotation = value.flag().unwrap_or_default(),
            "kubernetes" => sources.notes = read_kubernetes(value),
            "registry" => sources.registry = value.flag().unwrap_or_default(),
            "referrers" => sources.referrers = value.flag().unwrap_or_default(),
            _ => value.unknown(),
        });
        sources
    }
}

/// Reads a list of unparsed objects. Other values are reported and keep their index.
fn read_objects<'a>(value: Value<'_, 'a>) -> Vec<Raw<'a>> {
    let mut objects = Vec::new();
    value.list_within(MAX_ENTRIES, |_, item| {
        if !item.is_object() {
            item.refuse(Code::SettingsWrongType, "expected an object");
        }
        objects.push(item.raw());
    });
    objects
}

/// Reads the notes and their namespaces. Two notes must not share a namespace, because the attestor of one could
/// then write attestations of the other.
fn read_kubernetes<'a>(value: Value<'_, 'a>) -> BTreeMap<String, Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let mut notes: BTreeMap<String, Cow<'a, str>> = BTreeMap::new();
    let mut namespaces = BTreeSet::new();
    let was_object = value.object(|key, value| match key {
        "notes" => {
            value.object(|note, value| {
                let (path, report) = (value.path(), value.report());
                let Some(namespace) = filled(value) else {
                    return;
                };
                if !is_dns_label(&namespace) {
                    let message = alloc::format!("{} is not a namespace", crate::quote(&namespace));
                    report.push(Code::SettingsInvalidValue, path, message);
                }
                if !namespaces.insert(namespace.clone()) {
                    let message = alloc::format!(
                        "another note has the namespace {}; each note needs its own",
                        crate::quote(&namespace)
                    );
                    report.push(Code::SettingsInvalidValue, path, message);
                }
                notes.insert(note.to_string(), namespace);
            });
        }
        _ => value.unknown(),
    });
    if was_object && notes.is_empty() {
        let message =
            "expected `notes` with at least one entry; remove `kubernetes` to disable lookups";
        report.push(Code::SettingsMissingField, path, message);
    }
    notes
}
