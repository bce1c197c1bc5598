//! Identities of GitHub's workflows on any runner.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-self-hosted",
    severity: Severity::Info,
    what: "workflows on self-hosted runners may sign",
    why: "A self-hosted runner keeps its disk and processes between jobs unless it is set up not to, so one job can \
          change what a later one builds and signs. The claim `runnerEnvironment: github-hosted` requires a fresh \
          machine of GitHub.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims:
          runnerEnvironment: github-hosted
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some(subject) = identity.subject().filter(|_| identity.has_github_runners()) else {
            continue;
        };
        // A claim of `self-hosted` is a decision.
        if !identity.requires_any(&["runnerEnvironment"]) {
            let message = "the workflow may also sign on a self-hosted runner";
            findings.push(
                Diagnostic::new(subject.span, "on any runner", message)
                    .help("add the claim `runnerEnvironment: github-hosted`, or `self-hosted` if it runs there"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{at_enterprise, found};

    #[test]
    fn other_issuers_have_no_such_runners() {
        for (issuer, count) in [
            ("https://token.actions.githubusercontent.com", 1),
            ("https://token.actions.githubusercontent.com/acme", 1),
            ("https://gitlab.com", 0),
        ] {
            let github = "https://token.actions.githubusercontent.com";
            let yaml = RULE.avoided().replace(github, issuer);
            assert_eq!(found(&RULE, &yaml).len(), count, "{issuer}");
        }
        for (issuer, host, count) in [
            ("https://token.actions.acme.ghe.com", "acme.ghe.com", 1),
            // All runners of a GitHub Enterprise Server are its owner's.
            ("https://git.example/_services/token", "git.example", 0),
        ] {
            let yaml = at_enterprise(&RULE.avoided(), issuer, host);
            assert_eq!(found(&RULE, &yaml).len(), count, "{issuer}");
        }
        let said = RULE.preferred().replace("github-hosted", "self-hosted");
        assert!(found(&RULE, &said).is_empty());
    }
}
