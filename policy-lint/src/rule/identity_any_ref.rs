//! Identities of every branch.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-any-ref",
    severity: Severity::Warning,
    what: "workflows of every branch may sign",
    why: "Everyone who can push a branch can change the workflow there and sign an image of unreviewed code. \
          Protected branches and tags do not prevent that.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/**
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    check: Check::Settings(check),
};

/// Branches that a pattern covers only together if it covers every branch
const BRANCHES: [&str; 2] = ["refs/heads/a", "refs/heads/b"];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some(subject) = identity.subject() else {
            continue;
        };
        let is_any = |branch: &&str| {
            subject.covers_ref(branch) && identity.accepts("sourceRepositoryRef", branch)
        };
        if BRANCHES.iter().all(is_any) {
            findings.push(
                Diagnostic::new(subject.span, "covers every branch", "every branch may sign").help(
                    "write the branch, as in `@refs/heads/main`, or sign tags only: `@refs/tags/*`",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn every_branch_is_more_than_some() {
        for (reference, is_found) in [
            ("refs/heads/**", true),
            ("refs/heads/*", true),
            ("refs/**", true),
            ("refs/*/*", true),
            ("*/*/*", true),
            ("refs/heads/release-*", false),
            ("refs/heads/release/**", false),
            ("refs/tags/*", false),
            ("refs/tags/**", false),
        ] {
            let yaml = RULE.avoided().replace("refs/heads/**", reference);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{reference}");
        }
        assert_eq!(
            found(&RULE, &RULE.avoided()),
            ["https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/**"]
        );
    }

    #[test]
    fn a_claim_may_limit_the_branches() {
        for (claim, is_found) in [
            ("sourceRepositoryRef: refs/heads/main", false),
            (
                "sourceRepositoryRef: {pattern: refs/heads/release-*}",
                false,
            ),
            ("sourceRepositoryRef: {pattern: refs/heads/**}", true),
        ] {
            let end = "refs/heads/**\n";
            let with_claim = format!("{end}        claims: {{{claim}}}\n");
            let yaml = RULE.avoided().replace(end, &with_claim);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{claim}");
        }
    }
}
