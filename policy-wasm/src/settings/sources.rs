//! Where attestations may come from.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::authenticators::Authenticators;
use super::{MAX_ENTRIES, filled};
use crate::decision::Code;
use crate::json::{Raw, Value};

/// `evidence`
#[derive(Debug, Default)]
pub(crate) struct Sources<'a> {
    /// Attestations in the settings themselves, each unread
    pub(crate) occurrences: Vec<Raw<'a>>,
    /// in-toto statements that the administrator vouches for, each unread
    pub(crate) statements: Vec<Raw<'a>>,
    /// Who may say something about an image by signing a statement
    pub(crate) authenticators: Authenticators<'a>,
    /// Whether a Pod may carry attestations in its annotation
    pub(crate) pod_annotation: bool,
    /// Namespace of the `Attestation` resources of each note; empty is off
    pub(crate) notes: BTreeMap<String, Cow<'a, str>>,
    /// Whether the image's registry is asked
    pub(crate) registry: bool,
}

impl<'a> Sources<'a> {
    #[inline(never)] // a stack frame of its own, for as long as it is needed
    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        let mut sources = Self::default();
        value.object_inline(|key, value| match key {
            "occurrences" => sources.occurrences = read_objects(value),
            "statements" => sources.statements = read_objects(value),
            "authenticators" => sources.authenticators = Authenticators::read(value),
            "podAnnotation" => sources.pod_annotation = value.flag().unwrap_or_default(),
            "kubernetes" => sources.notes = read_kubernetes(value),
            "registry" => sources.registry = value.flag().unwrap_or_default(),
            _ => value.unknown(),
        });
        sources
    }
}

/// Objects that are read by whoever needs them; what is none keeps its place, so that theirs can be told.
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

/// Two notes in one namespace would let the attestor of one write for the other.
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
                        "another note has the namespace {}; the namespace is what keeps attestors apart",
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
        let message = "expected `notes` with at least one entry; leave `kubernetes` out to not ask";
        report.push(Code::SettingsMissingField, path, message);
    }
    notes
}

/// RFC 1123, as namespaces are named.
pub(crate) fn is_dns_label(text: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&text.len())
        && text.bytes().all(is_inner)
        && !text.starts_with('-')
        && !text.ends_with('-')
}
