//! Identities of reusable workflows with any caller.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-reusable-workflow",
    severity: Severity::Warning,
    what: "every caller of a reusable workflow may sign",
    why: "The subject of a certificate names the workflow that signs. Any repository can call a public reusable \
          workflow, and then has the same subject. Only claims such as `sourceRepositoryURI` name the caller.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/*
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/*
        claims:
          sourceRepositoryURI: https://github.com/acme/shop
",
    check: Check::Settings(check),
};

/// Repositories of workflows that are published to be called
const PUBLISHED: [(&str, &str); 2] = [
    ("docker", "github-builder"),
    ("slsa-framework", "slsa-github-generator"),
];

/// Parts of the names of such workflows, and of repositories for them
const HINTS: [&str; 3] = ["reusable", "shared-workflow", "workflow-call"];

/// The claims that limit the callers
const CALLER: [&str; 6] = [
    "sourceRepositoryURI",
    "sourceRepositoryIdentifier",
    "sourceRepositoryOwnerURI",
    "sourceRepositoryOwnerIdentifier",
    "buildConfigURI",
    "tokenSubject",
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some((subject, workflow)) = identity.workflow().filter(|_| identity.github().is_some())
        else {
            continue;
        };
        let is_hint = |hint: &&str| {
            [workflow.repository, workflow.file]
                .iter()
                .any(|name| name.contains(*hint))
        };
        // Most workflows cannot be called. Settings do not tell, so only names do.
        let is_reusable = PUBLISHED.contains(&(workflow.owner, workflow.repository))
            || workflow.repository == ".github"
            || workflow.repository.ends_with("workflows")
            || HINTS.iter().any(is_hint);
        if is_reusable && !identity.requires_any(&CALLER) {
            let message = "every repository that calls this workflow may sign";
            findings.push(
                Diagnostic::new(subject.span, "does not name the caller", message)
                    .help("name the calling repository in the claim `sourceRepositoryURI`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn a_reusable_workflow_is_told_by_its_name() {
        for (path, is_found) in [
            ("acme/workflows/.github/workflows/sign.yml", true),
            ("acme/.github/.github/workflows/sign.yml", true),
            ("acme/shop/.github/workflows/reusable-release.yml", true),
            ("acme/shop/.github/workflows/release.yml", false),
        ] {
            let published = "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml";
            let yaml = RULE.avoided().replace(published, path);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{path}");
        }
    }
}
