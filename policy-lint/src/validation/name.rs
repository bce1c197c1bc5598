//! Names that settings define and use elsewhere.

use crate::document::{IdentitySet, Root, Settings};
use crate::source::{Node, steps};
use crate::spelling::{closest, closest_resource};

/// Returns the name that was probably meant where `written` is one that the settings do not define.
pub(super) fn similar<'n>(settings: &Settings<'n>, path: &str, written: &str) -> Option<&'n str> {
    let written = written.trim_matches(['"', '\'']);
    let steps = steps(settings.root, path)?;
    let (names, find): (Vec<&str>, Find<'n>) = match steps.as_slice() {
        [
            Some("sigstore"),
            Some("identities"),
            _,
            None,
            Some("trustedRoot"),
        ] => (settings.roots().iter().map(Root::name).collect(), closest),
        [Some("sigstore"), Some("attestors"), Some(_)] => {
            let attestors = settings.attestors();
            (
                attestors.iter().map(|one| one.name()).collect(),
                closest_resource,
            )
        }
        [Some("sigstore"), Some("authorities"), Some(_)] => (display_names(settings), closest),
        [Some("sigstore"), Some("attestors" | "authorities"), _, None]
        | [
            Some("evidence"),
            Some("authenticators"),
            _,
            None,
            Some("identities"),
            None,
        ] => {
            let sets = settings.identity_sets();
            (sets.iter().map(IdentitySet::name).collect(), closest)
        }
        _ => return None,
    };
    if names.contains(&written) {
        return None;
    }
    find(written, names)
}

type Find<'n> = fn(&str, Vec<&'n str>) -> Option<&'n str>;

/// The names of the authorities of all `sigstoreSignatureCheck`s.
fn display_names<'n>(settings: &Settings<'n>) -> Vec<&'n str> {
    let checks = settings.all_checks().into_iter();
    let authorities = checks.flat_map(|check| check.kind.value.items_of("sigstoreAuthorities"));
    let names = authorities.filter_map(|authority| authority.get("displayName"));
    names.filter_map(Node::text).collect()
}

#[cfg(test)]
mod tests {
    use crate::{Config, SourceFile, lint};

    const SETTINGS: &str = "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/p/attestors/build]
attestors:
  - name: projects/p/attestors/build
    userOwnedGrafeasNote: {noteReference: projects/p/notes/build}
platformPolicies:
  - gkePolicy:
      checkSets:
        - checks:
            - sigstoreSignatureCheck: {sigstoreAuthorities: [{displayName: keyless}]}
evidence:
  authenticators: {freshness: [{identities: [release]}]}
sigstore:
  attestors: {projects/p/attestors/build: [release]}
  authorities: {keyless: [release]}
  identities:
    release:
      - trustedRoot: public-good
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims: {runnerEnvironment: github-hosted}
  trustedRoots:
    public-good: {document: {}}
";

    #[test]
    fn misspelled_names_are_answered_with_those_that_are_meant() {
        for (from, to, at, meant) in [
            (
                "build: [release]",
                "build: [releaseq]",
                "releaseq",
                "release",
            ),
            (
                "keyless: [release]",
                "keyless: [releaseq]",
                "releaseq",
                "release",
            ),
            (
                "identities: [release]",
                "identities: [\"releaseq\"]",
                "\"releaseq\"",
                "release",
            ),
            (
                "trustedRoot: public-good",
                "trustedRoot: public-god",
                "public-god",
                "public-good",
            ),
            (
                "{projects/p/attestors/build: [",
                "{projects/p/attestors/biuld: [",
                "projects/p/attestors/biuld",
                "projects/p/attestors/build",
            ),
            ("{keyless: [", "{keyles: [", "keyles", "keyless"),
            (
                "runnerEnvironment",
                "runnerEnvironmnt",
                "runnerEnvironmnt",
                "runnerEnvironment",
            ),
        ] {
            let yaml = SETTINGS.replacen(from, to, 1);
            assert!(yaml != SETTINGS, "{from}");
            let report = lint(&[SourceFile::new("", yaml.as_str())], &Config::default());
            let help = Some(format!("did you mean `{meant}`?"));
            let mut findings = report.diagnostics.iter();
            let finding = findings.find(|one| yaml.get(one.span().range()) == Some(at));
            assert_eq!(
                finding.and_then(|one| one.help.clone()),
                help,
                "{to}: {report:#?}"
            );
        }
    }
}
