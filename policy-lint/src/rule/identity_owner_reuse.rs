//! Identities of GitHub's workflows by names that can be taken again.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-owner-reuse",
    severity: Severity::Info,
    what: "an identity names an owner at github.com only by its name",
    why: "After an account or organization is renamed or deleted, anyone can register its name, create the repository \
          and the workflow, and sign. The numbers in `sourceRepositoryOwnerIdentifier` and \
          `sourceRepositoryIdentifier` are never used again.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims:
          sourceRepositoryOwnerIdentifier: \"1234567\"
",
    check: Check::Settings(check),
};

/// The claims with numbers
const IDENTIFIERS: [&str; 2] = [
    "sourceRepositoryIdentifier",
    "sourceRepositoryOwnerIdentifier",
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let workflow = identity.workflow().filter(|_| identity.is_public_github());
        let Some((subject, workflow)) = workflow else {
            continue;
        };
        if !identity.requires_any(&IDENTIFIERS) {
            let owner = workflow.owner;
            let message = format!("the owner `{owner}` is identified only by its name");
            findings.push(
                Diagnostic::new(subject.span, "a name can change hands", message).help(format!(
                    "add the claim `sourceRepositoryOwnerIdentifier`; `gh api users/{owner} --jq .id` prints it"
                )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{at_enterprise, found};

    #[test]
    fn either_number_is_enough() {
        let own = RULE.preferred().replace("OwnerIdentifier", "Identifier");
        assert!(found(&RULE, &own).is_empty());
        let subject = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
        assert_eq!(found(&RULE, &RULE.avoided()), [subject]);
        let gitlab = RULE.avoided().replace(
            "https://token.actions.githubusercontent.com",
            "https://gitlab.com",
        );
        assert!(found(&RULE, &gitlab).is_empty());
    }

    /// An enterprise's own host has no accounts of strangers.
    #[test]
    fn names_at_an_enterprise_are_its_own() {
        for (issuer, host) in [
            ("https://token.actions.acme.ghe.com", "acme.ghe.com"),
            ("https://git.example/_services/token", "git.example"),
        ] {
            let yaml = at_enterprise(&RULE.avoided(), issuer, host);
            assert!(found(&RULE, &yaml).is_empty(), "{issuer}");
        }
    }
}
