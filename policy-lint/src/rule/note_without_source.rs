//! An attestor whose attestations nobody fetches.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AdmissionRule, Occurrence, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-note-without-source",
    severity: Severity::Warning,
    what: "attestations of an attestor that a rule names can come from nowhere",
    why: "No place is configured in which attestations under its note could be found, so the rule \
          refuses every image until `evidence` names one.",
    avoid: "policy:
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
    // There, attestations may be about any note.
    if settings.is_on(&["evidence", "registry"]) || settings.is_on(&["evidence", "podAnnotation"]) {
        return;
    }
    let occurrences = settings.occurrences();
    let has_source = |note: &str| {
        let is_stored = settings
            .stored_notes()
            .iter()
            .any(|entry| entry.key == note);
        let is_inline = |one: &Occurrence<'_>| one.note().is_none_or(|(own, _)| own == note);
        is_stored || occurrences.iter().any(is_inline)
    };
    let rules = settings.rules();
    let named: Vec<_> = rules.iter().flat_map(AdmissionRule::attestors).collect();
    for attestor in settings.attestors() {
        let (name, note) = (attestor.name(), attestor.note_reference());
        let asked = named.iter().find(|(named, _)| *named == name);
        let Some((_, asked)) = asked.filter(|_| !note.is_empty() && !has_source(note)) else {
            continue;
        };
        let place = attestor
            .note
            .and_then(|entry| entry.value.get("noteReference"));
        findings.push(
            Diagnostic::new(
                place.map_or_else(|| attestor.span(), |node| node.span),
                "no place to look under this note",
                format!("attestations of `{name}` can come from nowhere"),
            )
            .because(*asked, "asked for here")
            .help(format!(
                "write `evidence.kubernetes.notes` with `{note}: NAMESPACE`, `evidence.registry: true`, \
                 `evidence.podAnnotation: true`, or attestations under `evidence.occurrences`"
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn every_place_is_one() {
        for (evidence, is_found) in [
            ("{registry: true}", false),
            ("{podAnnotation: true}", false),
            (
                "{occurrences: [{noteName: projects/example/notes/build}]}",
                false,
            ),
            ("{occurrences: [{attestation: {}}]}", false),
            (
                "{occurrences: [{noteName: projects/example/notes/qa}]}",
                true,
            ),
            ("{occurrences: [{kind: BUILD}]}", true),
            ("{registry: false, occurrences: []}", true),
        ] {
            let yaml = format!("{}evidence: {evidence}\n", RULE.avoid);
            let place = ["projects/example/notes/build"];
            let expected: &[&str] = if is_found { &place } else { &[] };
            assert_eq!(found(&RULE, &yaml), expected, "{evidence}");
        }
    }

    #[test]
    fn what_nobody_asks_for_need_not_be_found() {
        let yaml = RULE.avoid.replace(
            "[projects/example/attestors/build]",
            "[projects/example/attestors/qa]",
        );
        assert!(found(&RULE, &yaml).is_empty());
    }
}
