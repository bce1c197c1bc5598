//! Trusted roots that require more logs than their documents have.

use super::example::KEYLESS;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-root-too-few-logs",
    severity: Severity::Error,
    what: "a trusted root requires more logs than its document has",
    why: "Each required log must be of another operator, or of another URL where the document names no operators. A \
          document with fewer denies every bundle.",
    example: KEYLESS,
    avoid: "    example:\n      transparencyLogs: 2\n",
    prefer: "    example:\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for root in settings.roots() {
        // One is the default, and the settings are not valid if the document has none.
        for (requirement, required, span, available) in
            root.log_requirements(|required| required > 1)
        {
            if available > 0 && u64::try_from(available).is_ok_and(|available| required > available)
            {
                let operators = if available == 1 {
                    "operator"
                } else {
                    "operators"
                };
                let message = format!(
                    "every bundle is denied: the document has {} of {available} {operators}",
                    requirement.logs
                );
                let help = format!(
                    "set `{}: {available}`, or use another document",
                    requirement.key
                );
                findings.push(Diagnostic::new(span, "cannot be reached", message).help(help));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{helps, messages};

    #[test]
    fn two_logs_of_one_operator_are_one() {
        for (line, noun) in [
            ("transparencyLogs: 2", "transparency logs"),
            ("ctLogs: 3", "CT logs"),
        ] {
            let yaml = RULE.avoided().replace("transparencyLogs: 2", line);
            let message = format!("every bundle is denied: the document has {noun} of 1 operator");
            assert_eq!(messages(&RULE, &yaml), [message], "{line}");
        }
        assert_eq!(
            helps(&RULE, &RULE.avoided()),
            ["set `transparencyLogs: 1`, or use another document"]
        );
        let avoided = RULE.avoided();
        let (before, log) = avoided.split_once("        tlogs:\n").unwrap();
        let (log, after) = log.split_once("        ctlogs:").unwrap();
        for (url, count) in [("rekor.example.com", 1), ("rekor.example.org", 0)] {
            let other = log
                .replace("rekor.example.com", url)
                .replace("2026-01-01", "2026-02-01");
            let yaml = format!("{before}        tlogs:\n{log}{other}        ctlogs:{after}");
            assert_eq!(messages(&RULE, &yaml).len(), count, "{url}");
        }
    }
}
