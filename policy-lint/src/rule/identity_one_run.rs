//! Identities of one run or one commit.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Identity, Settings};
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-one-run",
    severity: Severity::Warning,
    what: "an identity is limited to one run or one commit",
    why: "`runInvocationURI` and the claims in `Digest` differ for each run or commit, so the next build is denied. \
          Claims of an identity are about what is the same for every build; to deny a build, list its image in \
          `deniedDigests`.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims:
          sourceRepositoryDigest: 6f1d2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims:
          sourceRepositoryRef: refs/heads/main
",
    check: Check::Settings(check),
};

/// Claims that differ between builds, and what each limits
const CLAIMS: [(&str, &str); 4] = [
    ("buildConfigDigest", "one commit"),
    ("buildSignerDigest", "one commit"),
    ("runInvocationURI", "one run"),
    ("sourceRepositoryDigest", "one commit"),
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        for (claim, what) in CLAIMS {
            let Some(value) = identity.claim(claim) else {
                continue;
            };
            // A pattern can cover all runs of a repository.
            let is_pattern = value.get("pattern").and_then(Node::text).is_some();
            // The commit of a reusable workflow does not change with its callers'.
            let is_pin = claim == "buildSignerDigest" && is_of_callers(&identity);
            if !is_pattern && !is_pin {
                let message = format!("the claim `{claim}` limits the identity to {what}");
                findings.push(
                    Diagnostic::new(value.span, "the next build is denied", message).help(
                        "require `sourceRepositoryURI` and `sourceRepositoryRef` in its place",
                    ),
                );
            }
        }
    }
}

/// Whether only other repositories than that of the workflow may start it.
fn is_of_callers(identity: &Identity<'_>) -> bool {
    identity.workflow().is_some_and(|(_, workflow)| {
        let own = workflow.repository_of_owner(workflow.repository);
        !identity.accepts("sourceRepositoryURI", &own)
    })
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn what_differs_between_builds_is_found() {
        let claim = "sourceRepositoryDigest: 6f1d2c3b4a5968778695a4b3c2d1e0f9a8b7c6d5";
        for (with, count) in [
            ("buildConfigDigest: abc", 1),
            (
                "{buildSignerDigest: abc, sourceRepositoryURI: https://github.com/acme/shop}",
                1,
            ),
            (
                "{buildSignerDigest: abc, sourceRepositoryURI: https://github.com/acme/other}",
                0,
            ),
            (
                "runInvocationURI: https://github.com/acme/shop/actions/runs/1/attempts/1",
                1,
            ),
            (
                "runInvocationURI: {pattern: https://github.com/acme/shop/actions/runs/**}",
                0,
            ),
            ("sourceRepositoryIdentifier: \"12345\"", 0),
        ] {
            let yaml = RULE.avoided().replace(claim, with);
            assert_eq!(found(&RULE, &yaml).len(), count, "{with}");
        }
    }
}
