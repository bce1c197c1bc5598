//! Attestors: their note and their public keys.

use core::fmt;

use anyhow::{Result, bail};
use policy_lint::closest_resource;
use serde_json::{Value, json};

use super::public_key::KeyEntry;
use crate::settings_view::SettingsView;
use crate::terminal::printable;

/// An attestor, from settings or from a single key
#[derive(Debug)]
pub(crate) struct Attestor {
    pub(crate) name: String,
    pub(crate) note: Option<String>,
    pub(crate) keys: Vec<KeyEntry>,
}

/// A resource name: `projects/PROJECT/attestors/NAME`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AttestorName {
    pub(crate) project: String,
    /// The last segment
    pub(crate) id: String,
}

/// Project of attestors that are given by their last segment alone; outside of Google it has no meaning
const PROJECT: &str = "local";

impl AttestorName {
    /// Reads a resource name of characters that need no quoting, or its last segment alone.
    ///
    /// # Errors
    ///
    /// Not of that form.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let is_id = |id: &str| {
            let is_plain = |one: u8| one.is_ascii_alphanumeric() || b"-_.:".contains(&one);
            !id.is_empty() && id.bytes().all(is_plain)
        };
        let (project, id) = match text.split('/').collect::<Vec<_>>().as_slice() {
            [id] if is_id(id) => (PROJECT, *id),
            ["projects", project, "attestors", id] if is_id(project) && is_id(id) => {
                (*project, *id)
            }
            _ => {
                return Err(format!(
                    "`{}` is neither of the form projects/PROJECT/attestors/NAME nor a NAME alone",
                    printable(text)
                ));
            }
        };
        Ok(Self {
            project: project.to_owned(),
            id: id.to_owned(),
        })
    }
}

impl fmt::Display for AttestorName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "projects/{}/attestors/{}", self.project, self.id)
    }
}

/// Name of the attestor of a key that was given without an attestor
const UNNAMED: &str = "projects/-/attestors/this-key";

impl Attestor {
    /// The attestor with this name in valid settings. The last segment of the name suffices if it is unique.
    pub(crate) fn find(settings: &Value, name: &str) -> Result<Self> {
        let settings = SettingsView(settings);
        let names = settings.attestor_names();
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
                ([], _) => match closest_resource(name, names.iter().copied()) {
                    Some(meant) => {
                        let meant = printable(meant);
                        format!("the settings have no attestor `{shown}`; did you mean `{meant}`?")
                    }
                    None => format!("the settings have no attestor `{shown}`; they have {known}"),
                },
                _ => format!("several attestors end in `{shown}`; use one of {known}"),
            })
        };
        let Some(found) = settings.attestor(full) else {
            bail!("attestor `{shown}` has no note");
        };
        let keys = found.keys.iter().filter_map(KeyEntry::listed).collect();
        Ok(Self {
            name: (*full).to_owned(),
            note: Some(found.note.to_owned()),
            keys,
        })
    }

    /// An attestor with this key only.
    pub(crate) fn of(key: KeyEntry, name: Option<&str>, note: Option<&str>) -> Self {
        Self {
            name: name.unwrap_or(UNNAMED).to_owned(),
            note: note.map(str::to_owned),
            keys: vec![key],
        }
    }

    /// The attestor in Google's format.
    pub(crate) fn document(&self) -> Value {
        let note = self.note.as_deref().unwrap_or("projects/-/notes/any");
        let keys: Vec<_> = self.keys.iter().map(|key| &key.entry).collect();
        json!({
            "name": self.name,
            "userOwnedGrafeasNote": {"noteReference": note, "publicKeys": keys},
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_name_is_one_of_the_local_project() {
        for (text, name) in [
            ("build", Some("projects/local/attestors/build")),
            (
                "projects/shop/attestors/build",
                Some("projects/shop/attestors/build"),
            ),
            ("", None),
            ("a b", None),
            ("attestors/build", None),
            ("projects/shop/notes/build", None),
            ("projects//attestors/build", None),
            ("projects/shop/attestors/", None),
        ] {
            let parsed = AttestorName::parse(text).ok();
            let parsed = parsed.map(|name| name.to_string());
            assert_eq!(parsed.as_deref(), name, "{text}");
        }
    }
}
