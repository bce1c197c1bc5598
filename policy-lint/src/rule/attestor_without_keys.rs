//! Attestors without public keys.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-attestor-without-keys",
    severity: Severity::Error,
    what: "an attestor has no public keys",
    why: "Without `publicKeys`, and without identities in `sigstore.attestors`, no signature can satisfy the \
          attestor, so every rule that names it denies every image. A newly created attestor has no keys.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
attestors:
  - name: projects/example/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/build
evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build
",
    prefer: "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
attestors:
  - name: projects/example/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/build
      publicKeys:
        - pkixPublicKey:
            signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
              -----END PUBLIC KEY-----
evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for attestor in settings.attestors() {
        let is_empty = attestor.keys().is_empty() && !settings.has_identities(attestor.name());
        let Some(note) = attestor.note.filter(|_| is_empty) else {
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
            .help("add `publicKeys` with a `pkixPublicKey` or an `asciiArmoredPgpPublicKey`"),
        );
    }
}
