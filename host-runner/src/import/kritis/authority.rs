//! `AttestationAuthorities` as attestors.

use alloc::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::attest::public_key::KeyEntry;
use crate::import::draft::Draft;
use crate::import::source::At;
use crate::terminal::printable;

/// The authorities of the documents, by namespace and name
pub(super) struct Authorities<'d> {
    all: BTreeMap<(String, String), At<'d>>,
    /// Names of those that are attestors already
    attestors: BTreeMap<(String, String), String>,
}

impl<'d> Authorities<'d> {
    pub(super) fn of(documents: &[&At<'d>]) -> Self {
        let all = documents.iter().map(|authority| {
            let text = |key| {
                authority
                    .at(&["metadata", key])
                    .and_then(|text| text.text())
            };
            let namespace = text("namespace").unwrap_or("default");
            let name = text("name").unwrap_or_default();
            (
                (namespace.to_owned(), name.to_owned()),
                (*authority).clone(),
            )
        });
        Self {
            all: all.collect(),
            attestors: BTreeMap::new(),
        }
    }

    /// The attestor of an authority that a policy names. One that is not among the documents gets an attestor without
    /// keys, which nothing satisfies.
    pub(super) fn attestor(
        &mut self,
        named: &At<'_>,
        namespace: &str,
        draft: &mut Draft,
    ) -> String {
        let name = named.text().unwrap_or_default();
        let key = (namespace.to_owned(), name.to_owned());
        if let Some(attestor) = self.attestors.get(&key) {
            return attestor.clone();
        }
        let attestor = match self.all.get(&key) {
            Some(authority) => add(name, authority, draft),
            None => {
                let (name, namespace) = (printable(name), printable(namespace));
                draft.lost(named, format!("the files have no AttestationAuthority `{name}` of the namespace `{namespace}`, so its attestor has no keys and every image is denied"));
                draft.help(format!(
                    "kubectl get attestationauthorities -n {namespace} -o yaml"
                ));
                draft.attestor(&name, &named.place(), Vec::new(), Vec::new())
            }
        };
        self.attestors.insert(key, attestor.clone());
        attestor
    }
}

fn add(name: &str, authority: &At<'_>, draft: &mut Draft) -> String {
    let mut keys = Vec::new();
    let mut note = None;
    if let Some(spec) = authority.get("spec") {
        let known = [
            "noteReference",
            "publicKeys",
            "publicKeyData",
            "privateKeySecretName",
            "policyType",
        ];
        spec.only(&known, &mut draft.findings);
        for key in ["privateKeySecretName", "policyType"] {
            if let Some(field) = spec.get(key) {
                draft.note(
                    &field,
                    format!("`{key}` has no effect here, and was left out"),
                );
            }
        }
        // Before lists of keys
        if let Some(data) = spec.get("publicKeyData") {
            keys.extend(pgp(&data, draft));
        }
        for key in spec.items_of("publicKeys") {
            key.only(
                &[
                    "keyType",
                    "keyId",
                    "asciiArmoredPgpPublicKey",
                    "pkixPublicKey",
                ],
                &mut draft.findings,
            );
            match key.get("asciiArmoredPgpPublicKey") {
                Some(data) if key.text_of("keyType") != "PKIX" => keys.extend(pgp(&data, draft)),
                _ => {
                    draft.lost(
                        &key,
                        "Kritis takes no PKIX key at admission, so this one was left out",
                    );
                    draft.help("to trust it, add it to `publicKeys` of the attestor");
                }
            }
        }
        note = note_of(&spec, name);
    }
    if keys.is_empty() {
        draft.warn(
            authority,
            "the authority has no usable key, so every image that needs it is denied, as by Kritis",
        );
    }
    let attestor = draft.attestor(name, &authority.place(), keys, Vec::new());
    if let Some(note) = note {
        draft.note_of(&attestor, &note);
    }
    attestor
}

/// The note of an authority; Kritis names it after the authority where only a project is given.
fn note_of(spec: &At<'_>, name: &str) -> Option<String> {
    let reference = spec.text_of("noteReference");
    let reference = reference
        .strip_prefix("v1beta1/")
        .or_else(|| reference.strip_prefix("v1alpha1/"))
        .unwrap_or(reference);
    match reference.split('/').collect::<Vec<_>>().as_slice() {
        ["projects", project, "notes", note] => Some(format!("projects/{project}/notes/{note}")),
        ["projects", project] => Some(format!("projects/{project}/notes/{name}")),
        _ => None,
    }
}

/// An armoured key in base64
fn pgp(data: &At<'_>, draft: &mut Draft) -> Option<Value> {
    let text: String = data.text().unwrap_or_default().split_whitespace().collect();
    let armor = STANDARD
        .decode(text)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok());
    let Some(armor) = armor else {
        draft.lost(
            data,
            "the key cannot be used: it is no OpenPGP armour in base64",
        );
        return None;
    };
    match KeyEntry::read(&armor, None, None) {
        Ok(key) if key.algorithm.is_none() => Some(key.entry),
        Ok(_) => {
            draft.lost(data, "the key cannot be used: it is no OpenPGP key");
            None
        }
        Err(error) => {
            draft.lost(data, format!("the key cannot be used: {error}"));
            None
        }
    }
}
