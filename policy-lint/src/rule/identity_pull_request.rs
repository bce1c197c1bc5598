//! Identities of runs for pull requests.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-pull-request",
    severity: Severity::Warning,
    what: "runs for pull requests may sign",
    why: "The author of a pull request decides what its runs build. `pull_request_target` and `workflow_run` run with \
          the rights of the repository even for forks, and a workflow that checks out the proposed code there signs \
          what its author wants.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims:
          buildTrigger: [push, pull_request_target]
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
        claims:
          buildTrigger: [push, workflow_dispatch]
",
    check: Check::Settings(check),
};

/// Events with the rights of the repository that a fork can cause
const EVENTS: [&str; 2] = ["pull_request_target", "workflow_run"];

/// A ref of a pull request, which the event `pull_request` has
const PULL: &str = "refs/pull/1/merge";

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let triggers = identity.claim("buildTrigger");
        for trigger in triggers
            .iter()
            .flat_map(|one| one.items().iter().chain([*one]))
        {
            let Some(event) = trigger.text().filter(|event| EVENTS.contains(event)) else {
                continue;
            };
            let message = format!("runs for the event `{event}` may sign");
            findings.push(
                Diagnostic::new(
                    trigger.span,
                    "can run for a pull request of a fork",
                    message,
                )
                .help(
                    "remove it, and sign in a workflow that `push` or `workflow_dispatch` starts",
                ),
            );
        }
        let Some(subject) = identity.subject() else {
            continue;
        };
        let covers = subject.covers_ref(PULL) || subject.text.contains("@refs/pull/");
        let is_accepted = identity.accepts("buildTrigger", "pull_request")
            && identity.accepts("sourceRepositoryRef", PULL);
        if covers && is_accepted {
            findings.push(
                Diagnostic::new(
                    subject.span,
                    "covers `refs/pull/`",
                    "runs for pull requests may sign",
                )
                .help("end the pattern with `@refs/heads/` and a branch, or with `@refs/tags/*`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn refs_of_pull_requests_are_found() {
        let exact =
            "subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
        for (reference, trigger, is_found) in [
            ("refs/pull/*/merge", "pull_request", true),
            ("refs/pull/**", "[push, pull_request]", true),
            ("refs/**", "pull_request", true),
            ("refs/**", "push", false),
            ("refs/tags/*", "pull_request", false),
        ] {
            let pattern = exact.replace("subject:", "subjectPattern:");
            let pattern = pattern.replace("refs/heads/main", reference);
            let yaml = RULE.avoided().replace(exact, &pattern);
            let yaml = yaml.replace("[push, pull_request_target]", trigger);
            assert_eq!(
                !found(&RULE, &yaml).is_empty(),
                is_found,
                "{reference} {trigger}"
            );
        }
    }

    #[test]
    fn events_are_found_in_a_list_and_alone() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["pull_request_target"]);
        let alone = RULE
            .avoided()
            .replace("[push, pull_request_target]", "workflow_run");
        assert_eq!(found(&RULE, &alone), ["workflow_run"]);
    }
}
