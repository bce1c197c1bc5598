//! Words of other tools in identities: cosign, policy-controller, Kyverno, and GitHub's tokens.

use crate::document::Settings;
use crate::source::{Entry, Node, steps};

/// Help for an unknown field of an identity or an unknown claim that has another word here.
pub(super) fn field(settings: &Settings<'_>, path: &str, entry: &Entry) -> Option<String> {
    let steps = steps(settings.root, path)?;
    match steps.as_slice() {
        [Some("sigstore"), Some("identities"), _, None, Some(key)] => identity_field(key),
        [
            Some("sigstore"),
            Some("identities"),
            _,
            None,
            Some("claims"),
            Some(key),
        ] => claim(key, &entry.value),
        _ => None,
    }
}

/// Whether a path leads to the text of a claim, alone or in a list.
pub(super) fn is_claim(settings: &Settings<'_>, path: &str) -> bool {
    let steps = steps(settings.root, path).unwrap_or_default();
    matches!(
        steps.as_slice(),
        [
            Some("sigstore"),
            Some("identities"),
            _,
            None,
            Some("claims"),
            Some(_)
        ] | [
            Some("sigstore"),
            Some("identities"),
            _,
            None,
            Some("claims"),
            Some(_),
            None
        ]
    )
}

fn identity_field(key: &str) -> Option<String> {
    let help = match key.to_ascii_lowercase().as_str() {
        "subjectregexp" | "subjectregex" => {
            "write `subjectPattern`, in which `*` stands for a part of an address; it is no regular expression"
        }
        "issuerregexp" | "issuerregex" => "write the whole `issuer`; it has no pattern",
        "additionalextensions" => "write `claims`",
        _ => return None,
    };
    Some(help.to_owned())
}

/// Names of claims elsewhere, and here. Tokens of GitHub name them with `_`, cosign and Kyverno after the workflow.
const CLAIMS: [(&[&str], &str); 9] = [
    (
        &["repository", "githubworkflowrepository"],
        "sourceRepositoryURI",
    ),
    (&["ref", "githubworkflowref"], "sourceRepositoryRef"),
    (&["sha", "githubworkflowsha"], "sourceRepositoryDigest"),
    (
        &["eventname", "githubworkflowtrigger", "trigger"],
        "buildTrigger",
    ),
    (&["repositoryid"], "sourceRepositoryIdentifier"),
    (&["repositoryownerid"], "sourceRepositoryOwnerIdentifier"),
    (&["workflowref"], "buildConfigURI"),
    (&["jobworkflowref"], "buildSignerURI"),
    (&["environment"], "deploymentEnvironment"),
];

fn claim(key: &str, value: &Node) -> Option<String> {
    let plain = key.replace(['_', '-'], "").to_ascii_lowercase();
    let mut claims = CLAIMS.iter();
    let (_, claim) = claims.find(|(names, _)| names.contains(&plain.as_str()))?;
    if *claim != "sourceRepositoryURI" {
        return Some(format!("write `{claim}`"));
    }
    let is_name = |text: &&str| text.split('/').count() == 2 && !text.contains('*');
    let name = value.text().filter(is_name).unwrap_or("OWNER/REPO");
    Some(format!("write `{claim}: https://github.com/{name}`"))
}

#[cfg(test)]
mod tests {
    use crate::{Config, SourceFile, lint};

    /// The help of the finding with a code in an identity with this line.
    fn help(line: &str, code: &str) -> Option<String> {
        let yaml = format!(
            "policy:
  defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}
sigstore:
  identities:
    release:
      - trustedRoot: public-good
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        {line}
  trustedRoots:
    public-good: {{document: {{}}}}
"
        );
        let report = lint(&[SourceFile::new("", yaml.as_str())], &Config::default());
        let mut findings = report.diagnostics.into_iter();
        findings.find(|one| one.code == code).unwrap().help
    }

    #[test]
    fn words_of_other_tools_are_answered_with_ours() {
        for (line, expected) in [
            (
                "subjectRegExp: https://github.com/acme/.*",
                "write `subjectPattern`, in which `*` stands for a part of an address; it is no regular expression",
            ),
            (
                "issuerRegExp: https://.*",
                "write the whole `issuer`; it has no pattern",
            ),
            (
                "claims: {repository: acme/shop}",
                "write `sourceRepositoryURI: https://github.com/acme/shop`",
            ),
            (
                "claims: {githubWorkflowRepository: [acme/shop]}",
                "write `sourceRepositoryURI: https://github.com/OWNER/REPO`",
            ),
            ("claims: {event_name: push}", "write `buildTrigger`"),
            (
                "claims: {repository_owner_id: \"80915497\"}",
                "write `sourceRepositoryOwnerIdentifier`",
            ),
            (
                "claims: {buildtrigger: push}",
                "did you mean `buildTrigger`?",
            ),
        ] {
            let found = help(line, "settings-unknown-field");
            assert_eq!(found.as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn a_number_is_to_be_quoted() {
        for line in [
            "claims: {sourceRepositoryOwnerIdentifier: 80915497}",
            "claims: {sourceRepositoryOwnerIdentifier: [80915497]}",
        ] {
            let found = help(line, "settings-wrong-type");
            assert_eq!(
                found.as_deref(),
                Some("write it in quotes: `\"80915497\"`"),
                "{line}"
            );
        }
    }
}
