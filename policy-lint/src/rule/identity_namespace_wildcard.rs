//! Identities of service accounts in every namespace.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-namespace-wildcard",
    severity: Severity::Error,
    what: "service accounts of every namespace may sign",
    why: "Everyone who can create a Pod in any namespace of the cluster can sign: the names of service accounts can \
          be chosen freely, and every namespace has `default`.",
    example: IDENTITY,
    avoid: "        issuer: https://kubernetes.default.svc.cluster.local
        subjectPattern: https://kubernetes.io/namespaces/*/serviceaccounts/builder
",
    prefer: "        issuer: https://kubernetes.default.svc.cluster.local
        subject: https://kubernetes.io/namespaces/build/serviceaccounts/builder
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some(subject) = identity.subject() else {
            continue;
        };
        let rest = subject
            .text
            .strip_prefix("https://kubernetes.io/namespaces/");
        let namespace = rest.and_then(|rest| rest.split('/').next());
        if matches!(namespace, Some("*" | "**")) {
            let message = "service accounts of every namespace may sign";
            findings.push(
                Diagnostic::new(subject.span, "covers every namespace", message)
                    .help("write the namespace; for several, list several identities"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn a_namespace_is_named_or_not() {
        for (path, is_found) in [
            ("*/serviceaccounts/builder", true),
            ("**", true),
            ("team-*/serviceaccounts/builder", false),
            ("build/serviceaccounts/*", false),
        ] {
            let yaml = RULE.avoided().replace("*/serviceaccounts/builder", path);
            assert_eq!(!found(&RULE, &yaml).is_empty(), is_found, "{path}");
        }
    }
}
