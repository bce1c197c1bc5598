//! Changes of trusted roots and identities.

use serde_json::Value;

use super::Mutants;
use super::change::Change;
use crate::fields::{items, text};
use crate::suite::place::Place;

impl Mutants {
    /// Changes of `sigstore` and of the identities of authenticators.
    pub(super) fn sigstore(&mut self, settings: &Value) {
        let root = Place::default().key("sigstore");
        let entries = |key: &str| {
            let map = settings.pointer(&format!("/sigstore/{key}"));
            map.and_then(Value::as_object).into_iter().flatten()
        };
        for (name, trusted) in entries("trustedRoots") {
            self.trusted_root(name, trusted, &root.key("trustedRoots").key(name));
        }
        for (name, set) in entries("identities") {
            let place = root.key("identities").key(name);
            self.drop_each_of(&format!("`{name}`"), "identity", Some(set), &place);
            for (index, identity) in items(Some(set)).iter().enumerate() {
                self.identity(identity, &place.index(index));
            }
        }
        for holders in ["attestors", "authorities"] {
            for (name, sets) in entries(holders) {
                let place = root.key(holders).key(name);
                self.drop_each_of(&format!("`{name}`"), "identities", Some(sets), &place);
                self.push(
                    format!("drop the identities of `{name}`"),
                    place,
                    Change::Remove,
                );
            }
        }
    }

    fn trusted_root(&mut self, name: &str, trusted: &Value, place: &Place) {
        // The defaults of the settings: 1 for logs, 0 for timestamps.
        let wants = |key: &str, default: u64| {
            let wanted = trusted.get(key).map_or(Some(default), Value::as_u64);
            wanted.is_some_and(|wanted| wanted > 0)
        };
        for (key, default) in [
            ("transparencyLogs", 1),
            ("ctLogs", 1),
            ("signedTimestamps", 0),
        ] {
            if wants(key, default) {
                let what = format!("demand no `{key}` under `{name}`");
                self.push(what, place.key(key), Change::Set(0.into()));
            }
        }
        if wants("transparencyLogs", 1) {
            let what = format!("accept promises without a proof under `{name}`");
            let accept = Change::Set("accept".into());
            self.push(what, place.key("inclusionPromises"), accept);
        }
    }

    fn identity(&mut self, identity: &Value, place: &Place) {
        let claims = identity.get("claims").and_then(Value::as_object);
        for (name, value) in claims.into_iter().flatten() {
            let place = place.key("claims").key(name);
            let what = format!("trust certificates with any `{name}`");
            self.push(what, place.clone(), Change::Remove);
            self.drop_each_of(&format!("`{name}`"), "entry", Some(value), &place);
        }
        for bound in ["signedAfter", "signedBefore"] {
            let what = format!("trust signatures whatever `{bound}` says");
            self.push(what, place.key(bound), Change::Remove);
        }
        let pattern = text(identity, "subjectPattern");
        for wider in wider_subjects(pattern) {
            let what = format!("widen subject `{pattern}` to `{wider}`");
            let place = place.key("subjectPattern");
            self.push(what, place, Change::Replace(wider.into()));
        }
    }
}

/// Patterns of subjects that cover every workflow, or every ref, where one covers only some.
pub(crate) fn wider_subjects(pattern: &str) -> Vec<String> {
    let Some((workflow, reference)) = pattern.rsplit_once('@') else {
        return Vec::new();
    };
    let mut wider = Vec::new();
    if let Some((folder, file)) = workflow.rsplit_once('/')
        && file != "*"
        && workflow.contains("://")
    {
        wider.push(format!("{folder}/*@{reference}"));
    }
    let kind = ["refs/heads/", "refs/tags/"]
        .iter()
        .find(|kind| reference.starts_with(**kind));
    if let Some(kind) = kind {
        let every = format!("{kind}**");
        if reference != every {
            wider.push(format!("{workflow}@{every}"));
        }
        wider.push(format!("{workflow}@refs/**"));
    }
    wider
}

/// A text that a pattern of subjects or claims covers.
pub(crate) fn covered(pattern: &str) -> String {
    pattern
        .replace("**", "example/more")
        .replace('*', "example")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_widen_to_every_workflow_and_every_ref() {
        for (pattern, wider) in [
            (
                "https://github.com/acme/shop/.github/workflows/a.yml@refs/tags/*",
                &[
                    "https://github.com/acme/shop/.github/workflows/*@refs/tags/*",
                    "https://github.com/acme/shop/.github/workflows/a.yml@refs/tags/**",
                    "https://github.com/acme/shop/.github/workflows/a.yml@refs/**",
                ][..],
            ),
            (
                "https://github.com/acme/shop/.github/workflows/*@refs/heads/**",
                &["https://github.com/acme/shop/.github/workflows/*@refs/**"],
            ),
            ("*@example.com", &[]),
            ("https://kubernetes.io/namespaces/a/serviceaccounts/*", &[]),
        ] {
            assert_eq!(wider_subjects(pattern), wider, "{pattern}");
        }
    }
}
