//! Identities of every workflow of a repository.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-any-workflow",
    severity: Severity::Warning,
    what: "every workflow of a repository may sign",
    why: "Workflows for tests and pull requests run code that has not been reviewed, and each of them that may \
          request an identity token can sign as this identity, also one that is added later.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/.github/workflows/*@refs/heads/main
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    check: Check::Settings(check),
};

/// The last segment of a path that stands for every workflow
const ANY: [&str; 3] = ["*", "*.yml", "*.yaml"];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some((subject, workflow)) = identity.workflow() else {
            continue;
        };
        // The claim names the workflow that was started, which may call the signing one.
        let is_limited = identity.claim("buildConfigURI").is_some_and(|claim| {
            let pattern = claim.get("pattern").and_then(Node::text);
            !pattern.is_some_and(|pattern| pattern.contains("/workflows/*"))
        });
        if ANY.contains(&workflow.file) && !is_limited {
            let label = format!("`{}` stands for any workflow", workflow.file);
            let message = format!("every workflow of `{}` may sign", workflow.repository);
            findings.push(
                Diagnostic::new(subject.span, label, message)
                    .help("write the name of the workflow; for several, list several identities"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn a_name_with_a_wildcard_is_still_a_name() {
        for (file, is_found) in [
            ("*", true),
            ("*.yml", true),
            ("release-*.yml", false),
            ("release.yml", false),
        ] {
            let yaml = RULE
                .avoided()
                .replace("workflows/*", &format!("workflows/{file}"));
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{file}");
        }
    }

    #[test]
    fn the_claim_for_the_workflow_counts() {
        let config = "https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
        let pattern = "{pattern: https://github.com/acme/shop/.github/workflows/*@refs/heads/main}";
        for (value, is_found) in [(config, false), (pattern, true)] {
            let end = "@refs/heads/main\n";
            let claims = format!("{end}        claims:\n          buildConfigURI: {value}\n");
            let yaml = RULE.avoided().replacen(end, &claims, 1);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{value}");
        }
    }
}
