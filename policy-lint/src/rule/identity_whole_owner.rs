//! Identities of every repository of an owner.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-whole-owner",
    severity: Severity::Warning,
    what: "workflows of every repository of an owner may sign",
    why: "Everyone who can create a repository in the organization, or change the workflow in any of its \
          repositories, can sign as this identity. The claim `sourceRepositoryURI` or a repository in the subject \
          limits it.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*
        claims:
          sourceRepositoryURI: https://github.com/acme/shop
",
    check: Check::Settings(check),
};

/// Names of which at most one is meant if a claim names a repository
const REPOSITORIES: [&str; 2] = ["a", "b"];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some((subject, workflow)) = identity.workflow() else {
            continue;
        };
        let is_any = |repository: &str| {
            let repository = workflow.repository_of_owner(repository);
            identity.accepts("sourceRepositoryURI", &repository)
        };
        if workflow.repository != "*"
            || !REPOSITORIES.iter().all(|name| is_any(name))
            || identity.requires_any(&["sourceRepositoryIdentifier"])
        {
            continue;
        }
        let message = format!("every repository of `{}` may sign", workflow.owner);
        findings.push(
            Diagnostic::new(subject.span, "`*` stands for any repository", message).help(
                "write the repository, or list repositories in the claim `sourceRepositoryURI`",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn a_claim_may_limit_the_repositories() {
        let subject = "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*";
        assert_eq!(found(&RULE, &RULE.avoided()), [subject]);
        for (claim, is_found) in [
            ("sourceRepositoryURI: https://github.com/acme/shop", false),
            (
                "sourceRepositoryURI: [https://github.com/acme/shop, https://github.com/acme/a]",
                false,
            ),
            (
                "sourceRepositoryURI: {pattern: https://github.com/acme/shop-*}",
                false,
            ),
            (
                "sourceRepositoryURI: {pattern: https://github.com/acme/*}",
                true,
            ),
            ("sourceRepositoryIdentifier: \"12345\"", false),
            ("runnerEnvironment: github-hosted", true),
        ] {
            let yaml = RULE
                .preferred()
                .replace("acme/shop/.github", "acme/*/.github");
            let yaml = yaml.replace("sourceRepositoryURI: https://github.com/acme/shop", claim);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{claim}");
        }
    }

    #[test]
    fn the_repository_is_the_second_segment_at_every_host() {
        for (pattern, is_found) in [
            (
                "https://gitlab.com/acme/*//.gitlab-ci.yml@refs/heads/main",
                true,
            ),
            (
                "https://github.com/acme/shop-*/.github/workflows/a.yml@refs/heads/main",
                false,
            ),
            (
                "https://github.com/acme/shop/.github/workflows/*@refs/heads/main",
                false,
            ),
            // Without a ref, no workflow is meant.
            (
                "https://kubernetes.io/namespaces/*/serviceaccounts/a",
                false,
            ),
        ] {
            let yaml = RULE.avoided().replace(
                "https://github.com/acme/*/.github/workflows/release.yml@refs/tags/*",
                pattern,
            );
            let host = pattern.split("/acme").next().unwrap_or_default();
            let issuer = host.replace(
                "https://github.com",
                "https://token.actions.githubusercontent.com",
            );
            let yaml = yaml.replace("https://token.actions.githubusercontent.com", &issuer);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{pattern}");
        }
    }
}
