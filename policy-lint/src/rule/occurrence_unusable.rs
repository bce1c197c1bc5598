//! Attestations in the settings that no key can verify.

use super::example::OCCURRENCE;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Attestor, Occurrence, Owner, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-occurrence-unusable",
    severity: Severity::Warning,
    what: "no configured key or identity can have signed an attestation in the settings",
    why: "The attestation has a key id that no attestor has, or the note of an attestor without that key, or cannot be \
          decoded. It is ignored and does not admit the image.",
    example: OCCURRENCE,
    avoid: "- publicKeyId: ni:///sha-256;OJuh14tltOF3OQ4B9qOtsamKoTXQ5iUrS4LcZEDhczU",
    prefer: "- publicKeyId: ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let keys = settings.keys();
    let keys = keys
        .iter()
        .map(|key| Some((key.owner, key.decode()?.id().to_owned())));
    // An invalid key might be the one that verifies the attestation.
    let Some(keys) = keys.collect::<Option<Vec<_>>>() else {
        return;
    };
    for occurrence in settings.occurrences() {
        if let Some(bundle) = occurrence.bundle() {
            let has_identities = settings.setting(&["sigstore", "identities"]).is_some();
            if bundle.has_certificate && !has_identities {
                let message = "the settings have no identities, so no certificate is trusted";
                findings.push(
                    Diagnostic::new(bundle.span, "ignored", message)
                        .help("add `sigstore.trustedRoots`, `identities` and `attestors`"),
                );
            }
            continue;
        }
        let unknown_key = || unknown_key(occurrence, &keys);
        let finding = unknown_note(settings, occurrence).or_else(unknown_key);
        findings.extend(finding.or_else(|| unreadable(occurrence)));
    }
}

fn unknown_note(settings: &Settings<'_>, occurrence: Occurrence<'_>) -> Option<Diagnostic> {
    let (note, span) = occurrence.note()?;
    let attestors = settings.attestors();
    let notes: Vec<_> = attestors.iter().map(Attestor::note_reference).collect();
    // Checks of platform policies read every note.
    if notes.contains(&note) || !settings.platform_policies().is_empty() {
        return None;
    }
    let message = format!("no attestor has the note `{note}`");
    let finding = Diagnostic::new(span, "ignored", message);
    Some(known(finding, "note", &notes))
}

fn unknown_key(occurrence: Occurrence<'_>, keys: &[(Owner<'_>, String)]) -> Option<Diagnostic> {
    let ids = occurrence.key_ids();
    let (id, span) = *ids.first()?;
    let note = occurrence.note();
    let may_count = |owner: &Owner<'_>| match (owner, note) {
        (Owner::Attestor(_, attestor), Some((note, _))) => attestor.note_reference() == note,
        // Only attestors have notes.
        _ => true,
    };
    let is_usable = |id: &str| {
        let mut named = keys.iter().filter(|(_, known)| known == id);
        id.is_empty() || named.any(|(owner, _)| may_count(owner))
    };
    if ids.iter().any(|(id, _)| is_usable(id)) {
        return None;
    }
    let elsewhere = keys.iter().find_map(|(owner, known)| match owner {
        Owner::Attestor(_, attestor) if known == id => Some(attestor),
        _ => None,
    });
    if let Some((attestor, (_, place))) = elsewhere.zip(note) {
        let name = attestor.name();
        let message = format!("the key `{id}` belongs to `{name}`, which has another note");
        let finding = Diagnostic::new(place, "the note of another attestor", message)
            .because(span, "the key")
            .help(format!("set `noteName: {}`", attestor.note_reference()));
        return Some(finding);
    }
    let message = format!("no key has the id `{id}`");
    let finding = Diagnostic::new(span, "unknown key id", message);
    let ids: Vec<_> = keys.iter().map(|(_, id)| id.as_str()).collect();
    Some(known(finding, "id", &ids))
}

fn unreadable(occurrence: Occurrence<'_>) -> Option<Diagnostic> {
    let (problem, span) = occurrence.problem()?;
    Some(Diagnostic::new(span, "ignored", problem))
}

/// Adds a known value as a suggestion.
fn known(finding: Diagnostic, what: &str, known: &[&str]) -> Diagnostic {
    match known {
        [] => finding.help("remove it, or add the attestor that signed it"),
        [one] => finding.help(format!("the only {what} in these settings is `{one}`")),
        [one, ..] => finding.help(format!("use a known {what}, such as `{one}`, or remove it")),
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    const ID: &str = "ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g";

    #[test]
    fn a_key_or_a_note_must_be_somebodys() {
        assert_eq!(
            found(&RULE, &RULE.avoided()),
            ["ni:///sha-256;OJuh14tltOF3OQ4B9qOtsamKoTXQ5iUrS4LcZEDhczU"]
        );
        let elsewhere = "noteName: projects/example/notes/qa";
        let yaml = RULE
            .preferred()
            .replace("noteName: projects/example/notes/build", elsewhere);
        assert_eq!(found(&RULE, &yaml), ["projects/example/notes/qa"]);
    }

    /// Google's libraries write kinds as numbers, unless they are told otherwise.
    #[test]
    fn an_occurrence_must_be_readable() {
        for (kind, places) in [("ATTESTATION", 0), ("7", 1)] {
            let fields = format!("kind: {kind}\n      attestation:");
            let yaml = RULE.preferred().replace("attestation:", &fields);
            assert_eq!(found(&RULE, &yaml).len(), places, "{kind}");
        }
        let signature = "signature: MEQ";
        let yaml = RULE.preferred().replace(signature, "signature: ?");
        assert_eq!(found(&RULE, &yaml).len(), 1);
    }

    #[test]
    fn a_key_counts_only_under_its_note() {
        let qa = "evidence:\n  authenticators: {}\n";
        let attestor = "  - name: qa\n    userOwnedGrafeasNote: {noteReference: qa}\n";
        let yaml = RULE
            .preferred()
            .replace("evidence:\n", &format!("{attestor}{qa}"))
            .replace("noteName: projects/example/notes/build", "noteName: qa");
        assert_eq!(found(&RULE, &yaml), ["qa"]);
    }

    #[test]
    fn what_may_count_is_not_found() {
        let note = "noteName: projects/example/notes/build";
        let second = format!("x\n            signature: eA==\n          - publicKeyId: {ID}");
        for (from, to) in [
            (ID, "''"),
            (ID, second.as_str()),
            (note, "kind: ATTESTATION"),
            (note, "{kind: BUILD, noteName: x}\n    -"),
        ] {
            let yaml = RULE.preferred().replace(from, to);
            assert!(found(&RULE, &yaml).is_empty(), "{yaml}");
        }
    }

    #[test]
    fn a_certificate_needs_identities() {
        let media_type = "application/vnd.dev.sigstore.bundle.v0.3+json";
        let with = |material: &str, settings: &str| {
            let bundle = format!("mediaType: {media_type}, verificationMaterial: {{{material}}}");
            let items = format!("{{{bundle}}}\n    - bundle: {{{bundle}}}\n    - noteName");
            let yaml = RULE.preferred().replace("noteName", &items);
            format!("{yaml}{settings}")
        };
        let yaml = with("certificate: {}", "");
        assert_eq!(found(&RULE, &yaml), [media_type, media_type]);
        let identities = "sigstore: {identities: {}}\n";
        for (material, settings) in [("certificate: {}", identities), ("publicKey: {}", "")] {
            let yaml = with(material, settings);
            assert!(found(&RULE, &yaml).is_empty(), "{yaml}");
        }
    }

    #[test]
    fn platform_policies_know_no_notes() {
        let preferred = RULE.preferred();
        let (_, rest) = preferred.split_once("pkixPublicKey:\n").unwrap();
        let check = "platformPolicies:
- gkePolicy:
   checkSets:
   - checks:
     - simpleSigningAttestationCheck:
        attestationAuthenticators:
        - pkixPublicKeySet:
           pkixPublicKeys:
           -
";
        let yaml = format!("{check}{rest}");
        assert!(found(&RULE, &yaml).is_empty(), "{yaml}");
        assert_eq!(found(&RULE, &yaml.replace(ID, "other")), ["other"]);
    }
}
