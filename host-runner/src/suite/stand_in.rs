//! Puts test keys in the place of production keys, in a copy of the settings.

use core::mem;

use serde_json::{Value, json};

use super::identity::Keyless;
use super::key_periods;
use super::place::Place;
use super::signer::TestKey;
use crate::fields::items;
use crate::settings_view::{NOTES, SettingsView};

/// A signer whose key or trusted root is in its place
#[derive(Debug)]
pub(super) enum StandIn {
    Key(KeyStandIn),
    Identity(Keyless),
}

/// A test key in its place
#[derive(Debug)]
pub(super) struct KeyStandIn {
    pub(super) key: TestKey,
    /// The note of the attestor, where it stands for one
    note: Option<String>,
}

impl StandIn {
    /// The note of the attestor that the signer stands for
    pub(super) fn note(&self) -> Option<&str> {
        match self {
            Self::Key(KeyStandIn { note, .. }) => note.as_deref(),
            Self::Identity(_) => None,
        }
    }
}

impl KeyStandIn {
    /// Puts a test key in its place.
    ///
    /// # Errors
    ///
    /// As for [`replace`].
    pub(super) fn new(
        settings: &mut Value,
        stands_for: &str,
        key: TestKey,
        taken: &mut Vec<Place>,
    ) -> Result<Self, String> {
        let without_key = key_periods::without_key(settings);
        let Replaced { note, keys } = replace(settings, stands_for, &key, taken)?;
        key_periods::take_over(settings, &without_key, keys, key.id());
        Ok(Self { key, note })
    }
}

/// The keys that a test key has replaced
struct Replaced {
    /// The note of the attestor whose they were
    note: Option<String>,
    /// Their number
    keys: usize,
}

/// Replaces all keys of the attestor, authenticator or authority that `stands_for` names.
///
/// # Errors
///
/// Returns the reason why no key can be replaced.
fn replace(
    settings: &mut Value,
    stands_for: &str,
    key: &TestKey,
    taken: &mut Vec<Place>,
) -> Result<Replaced, String> {
    let owner = match attestor(settings, stands_for) {
        Some(place) => place,
        None => Place::parse(stands_for)
            .filter(|place| place.get(settings).is_some())
            .ok_or_else(|| format!("the settings have no attestor and no place `{stands_for}`"))?,
    };
    if taken.contains(&owner) {
        return Err(format!(
            "another signer already stands for `{stands_for}` under another name"
        ));
    }
    taken.push(owner.clone());
    let Some(owner) = owner.get_mut(settings) else {
        return Err(format!("the settings have no place `{stands_for}`"));
    };
    for note in NOTES {
        if let Some(note) = owner.get_mut(note) {
            let keys = note
                .as_object_mut()
                .and_then(|fields| fields.insert("publicKeys".into(), json!([key.entry()])));
            let reference = note.get("noteReference").and_then(Value::as_str);
            return Ok(Replaced {
                note: reference.map(str::to_owned),
                keys: items(keys.as_ref()).len(),
            });
        }
    }
    let lists = [
        (&["pkixPublicKeySet", "pkixPublicKeys"][..], key.pkix()),
        (&["publicKeySet", "publicKeys"][..], key.sigstore()),
        (&["publicKeys"][..], key.entry()),
    ];
    for (steps, entry) in lists {
        let found = steps
            .iter()
            .try_fold(&mut *owner, |value, step| value.get_mut(step));
        if let Some(list) = found {
            let keys = mem::replace(list, json!([entry]));
            return Ok(Replaced {
                note: None,
                keys: items(Some(&keys)).len(),
            });
        }
    }
    Err(format!(
        "`{stands_for}` has no keys; use an attestor, an authenticator or an authority"
    ))
}

fn attestor(settings: &Value, name: &str) -> Option<Place> {
    let mut names = SettingsView(settings).attestor_names().into_iter();
    let index = names.position(|one| one == name)?;
    Some(Place::default().key("attestors").index(index))
}
