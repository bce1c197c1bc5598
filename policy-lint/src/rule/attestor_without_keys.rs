//! Attestors without public keys.

use super::example::ATTESTED;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;
use crate::spelling::closest_resource;

pub(super) static RULE: Rule = Rule {
    code: "lint-attestor-without-keys",
    severity: Severity::Error,
    what: "an attestor has no public keys",
    why: "Without `publicKeys`, and without identities in `sigstore.attestors`, no signature can satisfy the \
          attestor, so every rule that names it denies every image. A newly created attestor has no keys.",
    example: ATTESTED,
    avoid: "noteReference: projects/example/notes/build",
    prefer: "noteReference: projects/example/notes/build
      publicKeys:
        - pkixPublicKey:
            signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
              -----END PUBLIC KEY-----",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let misspelled = misspelled(settings);
    for attestor in settings.attestors() {
        let is_empty = attestor.keys().is_empty() && !settings.has_identities(attestor.name());
        // The misspelled name is a finding of its own.
        let is_misspelled = misspelled.contains(&attestor.name());
        let Some(note) = attestor.note.filter(|_| is_empty && !is_misspelled) else {
            continue;
        };
        let keys = note.value.entry("publicKeys");
        findings.push(
            Diagnostic::new(
                attestor.span(),
                "can never be satisfied",
                format!("attestor `{}` has no public keys", attestor.name()),
            )
            .because(keys.unwrap_or(note).key_span, "no key here")
            .help(
                "add `publicKeys` with a `pkixPublicKey` or an `asciiArmoredPgpPublicKey`, or name it in \
                 `sigstore.attestors`",
            ),
        );
    }
}

/// Returns the attestors that unknown names in `sigstore.attestors` probably mean.
fn misspelled<'n>(settings: &Settings<'n>) -> Vec<&'n str> {
    let attestors = settings.attestors();
    let names: Vec<_> = attestors.iter().map(|one| one.name()).collect();
    let written = settings.setting(&["sigstore", "attestors"]);
    let written = written.map(Node::entries).unwrap_or_default().iter();
    let unknown = written.filter(|one| !names.contains(&one.key.as_str()));
    unknown
        .filter_map(|one| closest_resource(&one.key, names.iter().copied()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{found, helps};

    #[test]
    fn identities_are_an_alternative_to_keys() {
        assert!(
            helps(&RULE, &RULE.avoided())
                .iter()
                .all(|help| help.contains("`sigstore.attestors`"))
        );
        for (name, count) in [("build", 0), ("biuld", 0), ("canary", 1)] {
            let yaml = format!(
                "{}sigstore:\n  attestors:\n    projects/example/attestors/{name}: [release]\n",
                RULE.avoided()
            );
            assert_eq!(found(&RULE, &yaml).len(), count, "{name}");
        }
    }
}
