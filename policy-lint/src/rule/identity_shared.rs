//! Identities that may sign for two attestors.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Identity, IdentitySet, SetUse, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-shared",
    severity: Severity::Warning,
    what: "one identity may sign for two attestors",
    why: "One signature is then valid for both attestors: for example, every signature of the build also satisfies \
          QA. The sets of two attestors should have no subject in common, not even through a pattern or under another \
          trusted root. Requirements of `imagePolicy` count one signer for one attestor; all other rules accept it for \
          both.",
    example: concat!(
        "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build, projects/example/attestors/qa]
attestors:
  - name: projects/example/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/build
  - name: projects/example/attestors/qa
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/qa
evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build
      projects/example/notes/qa: attest-qa
sigstore:
  attestors:
    projects/example/attestors/build: [release]
{part}
  trustedRoots:
    example:
",
        trusted_root!()
    ),
    avoid: "    projects/example/attestors/qa: [all]
  identities:
    release:
      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
    all:
      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/.github/workflows/*@refs/heads/main
",
    prefer: "    projects/example/attestors/qa: [qa]
  identities:
    release:
      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
    qa:
      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/qa.yml@refs/heads/main
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let uses = settings.set_uses().into_iter();
    let uses: Vec<_> = uses.filter_map(|one| Some((one.attestor?, one))).collect();
    let sets = settings.identity_sets();
    for (index, (attestor, own)) in uses.iter().enumerate() {
        let earlier = uses
            .iter()
            .take(index)
            .filter(|(other, _)| other != attestor);
        let mut shared = earlier.filter_map(|(other_attestor, other)| {
            Some((other_attestor, other, overlap(own, other, &sets)?))
        });
        if let Some((other_attestor, other, what)) = shared.next() {
            let message = format!(
                "attestors `{other_attestor}` and `{attestor}` accept the signatures of {what}"
            );
            findings.push(
                Diagnostic::new(own.span, "may sign for both", message)
                    .because(other.span, "first here")
                    .help("give each attestor a workflow, a ref or a person of its own"),
            );
        }
    }
}

/// Describes an identity that is in both sets.
fn overlap(one: &SetUse<'_>, other: &SetUse<'_>, sets: &[IdentitySet<'_>]) -> Option<String> {
    if one.name == other.name {
        return Some(format!("the identities `{}`", one.name));
    }
    let identities = |name: &str| -> Vec<Identity<'_>> {
        let named = sets.iter().filter(|set| set.name() == name);
        named.flat_map(IdentitySet::identities).collect()
    };
    let others = identities(other.name);
    let is_shared = |identity: &Identity<'_>| others.iter().any(|one| one.overlaps(identity));
    let shared = identities(one.name).into_iter().find(is_shared)?;
    Some(format!("`{}`", shared.subject()?.text))
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{found, messages};

    #[test]
    fn a_set_of_two_attestors_is_shared() {
        let yaml = RULE.avoided().replace("qa: [all]", "qa: [release]");
        assert_eq!(found(&RULE, &yaml), ["release"]);
        assert_eq!(
            messages(&RULE, &yaml),
            [
                "attestors `projects/example/attestors/build` and `projects/example/attestors/qa` accept the signatures of \
              the identities `release`"
            ]
        );
    }

    #[test]
    fn patterns_may_overlap() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["all"]);
        let one = "workflows/release.yml@refs/heads/main\n";
        let other = "workflows/*@refs/heads/main\n";
        for (own, others, is_found) in [
            ("", "", true),
            (
                "claims: {buildTrigger: push}",
                "claims: {buildTrigger: [push, schedule]}",
                true,
            ),
            (
                "claims: {buildTrigger: push}",
                "claims: {buildTrigger: schedule}",
                false,
            ),
            ("claims: {buildTrigger: push}", "", true),
            (
                "",
                "claims: {sourceRepositoryRef: {pattern: refs/heads/*}}",
                true,
            ),
            (
                "claims: {sourceRepositoryRef: refs/tags/v1}",
                "claims: {sourceRepositoryRef: {pattern: refs/heads/*}}",
                false,
            ),
        ] {
            let yaml = RULE
                .avoided()
                .replace(one, &format!("{one}        {own}\n"));
            let yaml = yaml.replace(other, &format!("{other}        {others}\n"));
            assert_eq!(
                !found(&RULE, &yaml).is_empty(),
                is_found,
                "{own} / {others}"
            );
        }
        let elsewhere = RULE
            .avoided()
            .replacen("trustedRoot: example", "trustedRoot: mirror", 1);
        assert_eq!(found(&RULE, &elsewhere), ["all"]);
        let another = RULE.avoided().replace(
            "subjectPattern: https://github.com/acme/shop/.github/workflows/*@",
            "subjectPattern: https://github.com/acme/shop/.github/workflows/qa-*@",
        );
        assert!(found(&RULE, &another).is_empty());
    }
}
