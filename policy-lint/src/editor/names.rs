//! Places whose value or key is the name of something that another place declares.

use super::cursor::{Found, Kind, On, Section};

/// The kind of thing that has a name
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noun {
    /// An attestor of the settings
    Attestor,
    /// The note of an attestor
    Note,
    /// A public key of the settings
    Key,
    /// A namespace with a rule of its own
    Namespace,
    /// One of `sigstore.identities`
    IdentitySet,
    /// One of `sigstore.trustedRoots`
    TrustedRoot,
    /// One of a suite's `signers`
    Signer,
    /// One of a suite's `images`
    Image,
    /// A reason code
    Reason,
    /// A lint
    Lint,
}

/// The last steps of a path. `*` stands for any key, `[]` for an item of a list
type Steps = &'static [&'static str];

/// Values that are names, in settings
#[rustfmt::skip]
const SETTINGS: &[(Steps, Noun)] = &[
    (&["requireAttestationsBy", "[]"], Noun::Attestor),
    (&["require", "[]", "attestors", "[]"], Noun::Attestor),
    (&["mustInclude", "[]"], Noun::Attestor),
    (&["noteName"], Noun::Note),
    (&["publicKeyId"], Noun::Key),
    (&["keys", "[]", "id"], Noun::Key),
    (&["breakGlass", "namespaces", "[]"], Noun::Namespace),
    (&["rules", "[]", "namespaces", "[]"], Noun::Namespace),
    (&["scope", "kubernetesNamespace"], Noun::Namespace),
    (&["sigstore", "attestors", "*", "[]"], Noun::IdentitySet),
    (&["sigstore", "authorities", "*", "[]"], Noun::IdentitySet),
    (&["authenticators", "*", "[]", "identities", "[]"], Noun::IdentitySet),
    (&["sigstore", "identities", "*", "[]", "trustedRoot"], Noun::TrustedRoot),
];

/// Keys that are names, in settings
const SETTINGS_KEYS: &[(Steps, Noun)] = &[
    (&["sigstore", "attestors", "*"], Noun::Attestor),
    (&["kubernetes", "notes", "*"], Noun::Note),
    (&["kubernetesNamespaceAdmissionRules", "*"], Noun::Namespace),
];

/// Values that are names, in suites
const SUITE: &[(Steps, Noun)] = &[
    (&["standsFor"], Noun::Attestor),
    (&["trustedRoot"], Noun::TrustedRoot),
    (&["by"], Noun::Signer),
    (&["note"], Noun::Note),
    (&["image"], Noun::Image),
    (&["request", "images", "[]"], Noun::Image),
    (&["initImages", "[]"], Noun::Image),
    (&["ephemeralImages", "[]"], Noun::Image),
    (&["volumeImages", "[]"], Noun::Image),
    (&["updateFrom", "[]"], Noun::Image),
    (&["tags", "*"], Noun::Image),
    (&["pinned", "*"], Noun::Image),
    (&["request", "namespace"], Noun::Namespace),
    (&["namespaces", "[]"], Noun::Namespace),
    (&["reasons", "[]"], Noun::Reason),
    (&["warnings", "[]"], Noun::Reason),
];

/// Keys that are names, in configurations of the linter
const CONFIG_KEYS: &[(Steps, Noun)] = &[(&["severity", "*"], Noun::Lint)];

/// Returns the name at a place, and what it names.
pub(super) fn used<'n>(section: &Section<'n>, found: &Found<'n>) -> Option<(Noun, &'n str)> {
    let name = match found.on {
        On::Key(entry) => entry.key.as_str(),
        On::Value(node) => node.text()?,
    };
    let noun = noun(section, matches!(found.on, On::Key(_)))?;
    match noun {
        Noun::Reason => Some((noun, name.strip_prefix('!').unwrap_or(name))),
        _ => Some((noun, name)),
    }
}

/// Returns what the key or value of a place names.
pub(super) fn noun(section: &Section<'_>, is_key: bool) -> Option<Noun> {
    let table = match (section.kind, is_key) {
        (Kind::Settings(_), false) => SETTINGS,
        (Kind::Settings(_), true) => SETTINGS_KEYS,
        (Kind::Suite(_), false) => SUITE,
        (Kind::Config, true) => CONFIG_KEYS,
        (Kind::Suite(_), true) | (Kind::Config, false) => &[],
    };
    let row = table.iter().find(|(steps, _)| ends(&section.keys, steps));
    row.map(|(_, noun)| *noun)
}

fn ends(keys: &[Option<&str>], steps: Steps) -> bool {
    let Some(start) = keys.len().checked_sub(steps.len()) else {
        return false;
    };
    let last = keys.get(start..).unwrap_or_default().iter().zip(steps);
    last.into_iter().all(|(key, step)| match key {
        None => *step == "[]",
        Some(key) => *step == "*" || step == key,
    })
}
