//! Attestors: those that the policy names.

use alloc::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Export, Findings, Level, Place};
use policy_wasm::RuleKind;

/// The attestors that a policy names, each with where it does so first.
pub(super) type Named = BTreeMap<String, Place>;

/// Collects them from all rules.
pub(super) fn named(policy: Option<&Export>) -> Named {
    let mut named = Named::new();
    let Some(Export { place, document }) = policy else {
        return named;
    };
    let mut add = |rule: Option<&Value>, place: &Place| {
        let names = rule.and_then(|rule| rule.get("requireAttestationsBy"));
        for name in names.and_then(Value::as_array).into_iter().flatten() {
            let Some(name) = name.as_str() else { continue };
            let place = place.field("requireAttestationsBy");
            named.entry(name.to_owned()).or_insert(place);
        }
    };
    let default = "defaultAdmissionRule";
    add(document.get(default), &place.field(default));
    for map in RuleKind::ALL.map(RuleKind::map_name) {
        let rules = document.get(map).and_then(Value::as_object);
        for (key, rule) in rules.into_iter().flatten() {
            add(Some(rule), &place.field(map).field(key));
        }
    }
    named
}

/// Gives an attestor's note the name that it has since the API's beta versions.
pub(super) fn rename_note(attestor: &mut Export, findings: &mut Findings) {
    let Value::Object(fields) = &mut attestor.document else {
        return;
    };
    let (old, new) = ("userOwnedDrydockNote", "userOwnedGrafeasNote");
    if !fields.contains_key(old) || fields.contains_key(new) {
        return;
    }
    let renamed = core::mem::take(fields).into_iter().map(|(key, value)| {
        let key = if key == old { new.to_owned() } else { key };
        (key, value)
    });
    *fields = renamed.collect::<Map<_, _>>();
    let message = format!("`{old}` of the API's beta versions was renamed to `{new}`");
    findings.push(Level::Note, &attestor.place, message);
}

/// Leaves out attestors that no rule names.
pub(super) fn choose(
    attestors: Vec<Export>,
    named: &Named,
    keeps_all: bool,
    findings: &mut Findings,
) -> Vec<Export> {
    let mut chosen: Vec<Export> = Vec::new();
    let mut unnamed = Vec::new();
    for attestor in attestors {
        let Some(name) = name_of(&attestor) else {
            // Validation says what is wrong with it.
            chosen.push(attestor);
            continue;
        };
        if !keeps_all && !named.contains_key(name) {
            unnamed.push(format!("`{name}`"));
            continue;
        }
        if chosen.iter().any(|one| one.document == attestor.document) {
            findings.push(
                Level::Note,
                &attestor.place,
                "the attestor was given twice, and is imported once",
            );
            continue;
        }
        if keys_of(&attestor).is_empty() {
            let message =
                format!("attestor `{name}` has no keys, so every image that needs it is denied");
            findings.push(Level::Warning, &attestor.place, message);
        }
        chosen.push(attestor);
    }
    if !unnamed.is_empty() {
        let message = format!(
            "left out attestors that no rule names: {}",
            unnamed.join(", ")
        );
        findings.push(Level::Note, None, message);
        findings.help("keep them with --all");
    }
    report_missing(&chosen, named, findings);
    chosen
}

/// Reports attestors of rules that were not given.
fn report_missing(chosen: &[Export], named: &Named, findings: &mut Findings) {
    for (name, place) in named {
        if chosen.iter().any(|one| name_of(one) == Some(name)) {
            continue;
        }
        let message = format!("attestor `{name}` is in none of the --attestors files");
        findings.push(Level::Error, place, message);
        if let Some((project, id)) = project_and_id(name) {
            findings.help(format!(
                "gcloud container binauthz attestors describe {id} --project={project} --format=json > {id}.json, then --attestors {id}.json"
            ));
        }
    }
}

/// The parts of a name that can stand in a command.
fn project_and_id(name: &str) -> Option<(&str, &str)> {
    let (project, id) = name.strip_prefix("projects/")?.split_once("/attestors/")?;
    let is_plain = |part: &str| {
        let is_plain =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b':' | b'.');
        part.starts_with(|first: char| first.is_ascii_alphanumeric()) && part.bytes().all(is_plain)
    };
    (is_plain(project) && is_plain(id)).then_some((project, id))
}

pub(super) fn name_of(attestor: &Export) -> Option<&str> {
    attestor.document.get("name")?.as_str()
}

/// The note under which its attestations are filed.
pub(super) fn note_of(attestor: &Export) -> Option<&str> {
    let note = attestor
        .document
        .pointer("/userOwnedGrafeasNote/noteReference")?;
    note.as_str()
}

fn keys_of(attestor: &Export) -> &[Value] {
    let keys = attestor
        .document
        .pointer("/userOwnedGrafeasNote/publicKeys");
    keys.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
