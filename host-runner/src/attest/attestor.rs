//! Attestors: whose keys count, and under which note their attestations are filed.

use anyhow::{Result, bail};
use serde_json::{Value, json};

use super::public_key::KeyEntry;
use crate::emit::{list, printable, text};
use crate::written::Written;

/// An attestor, from settings or made of one key
#[derive(Debug)]
pub(crate) struct Attestor {
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) keys: Vec<KeyEntry>,
}

/// The name of an attestor that nobody has named.
const UNNAMED: &str = "projects/-/attestors/whoever-has-this-key";

impl Attestor {
    /// The attestor of this name in settings that are valid; the last part of its name is enough where
    /// no other ends like it.
    pub(crate) fn find(settings: &Value, name: &str) -> Result<Self> {
        let attestors = list(settings, "attestors");
        let names: Vec<_> = attestors.iter().map(|one| text(one, "name")).collect();
        let is_short = |full: &&&str| full.rsplit('/').next() == Some(name);
        let matching: Vec<_> = match names.iter().find(|full| **full == name) {
            Some(full) => vec![*full],
            None => names.iter().filter(is_short).copied().collect(),
        };
        let known = printable(&names.join(", "));
        let shown = printable(name);
        let [full] = matching.as_slice() else {
            bail!(match (matching.as_slice(), names.as_slice()) {
                (_, []) => "the settings have no attestors".to_owned(),
                ([], _) => format!("the settings have no attestor `{shown}`; they have {known}"),
                _ => format!("several attestors end in `{shown}`; write one of {known}"),
            })
        };
        let Some(found) = Written(settings).attestor(full) else {
            bail!("attestor `{shown}` has no note");
        };
        let keys = found.keys.iter().filter_map(KeyEntry::listed).collect();
        Ok(Self {
            name: (*full).to_owned(),
            note: Some(found.note.to_owned()),
            keys,
        })
    }

    /// Whoever has this key.
    pub(crate) fn of(key: KeyEntry, name: Option<&str>, note: Option<&str>) -> Self {
        Self {
            name: name.unwrap_or(UNNAMED).to_owned(),
            note: note.map(str::to_owned),
            keys: vec![key],
        }
    }

    /// Google's document.
    pub(crate) fn document(&self) -> Value {
        let note = self.note.as_deref().unwrap_or("projects/-/notes/any");
        let keys: Vec<_> = self.keys.iter().map(|key| &key.entry).collect();
        json!({
            "name": self.name,
            "userOwnedGrafeasNote": {"noteReference": note, "publicKeys": keys},
        })
    }
}
