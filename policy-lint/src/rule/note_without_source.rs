//! Attestors without a source of attestations.

use super::example::ATTESTED;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Occurrence, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-note-without-source",
    severity: Severity::Warning,
    what: "a rule needs an attestor for whose note no evidence source is configured",
    why: "The policy reads attestations only from the sources in `evidence`. Without a source for the attestor's note, \
          the rule denies every image.",
    example: ATTESTED,
    avoid: "-----END PUBLIC KEY-----",
    prefer: "-----END PUBLIC KEY-----
evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    // These sources may contain attestations under any note.
    let of_any_note = ["registry", "referrers", "podAnnotation"];
    if of_any_note
        .iter()
        .any(|source| settings.is_on(&["evidence", source]))
    {
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
    let named = settings.required_attestors();
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
                "no source for this note",
                format!("no evidence source for attestations of `{name}`"),
            )
            .because(*asked, "required here")
            .help(format!(
                "set `{note}: NAMESPACE` in `evidence.kubernetes.notes`, `evidence.registry: true` or \
                 `evidence.podAnnotation: true`, or add attestations to `evidence.occurrences`"
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
            let yaml = format!("{}evidence: {evidence}\n", RULE.avoided());
            let place = ["projects/example/notes/build"];
            let expected: &[&str] = if is_found { &place } else { &[] };
            assert_eq!(found(&RULE, &yaml), expected, "{evidence}");
        }
    }

    #[test]
    fn what_nobody_asks_for_need_not_be_found() {
        let yaml = RULE.avoided().replace(
            "[projects/example/attestors/build]",
            "[projects/example/attestors/qa]",
        );
        assert!(found(&RULE, &yaml).is_empty());
    }
}
