//! Requirements of a trusted root that are lower than its document allows.

use super::example::KEYLESS;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-root-thresholds",
    severity: Severity::Warning,
    what: "a trusted root requires less than its document allows",
    why: "Without a log entry, the owner of an identity cannot notice that it was misused; without a promise of a CT \
          log, that the certificate authority issued a certificate to someone else. With `inclusionPromises: accept`, the log \
          need not show the entry.",
    example: KEYLESS,
    avoid: "    example:\n      ctLogs: 0\n",
    prefer: "    example:\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for root in settings.roots() {
        for (requirement, _, span, available) in root.log_requirements(|threshold| threshold == 0) {
            if available > 0 {
                let message = format!("bundles need no {}", requirement.evidence);
                let help = format!(
                    "set `{}: 1`, or remove it: 1 is the default",
                    requirement.key
                );
                findings
                    .push(Diagnostic::new(span, "the document has such a log", message).help(help));
            }
        }
        let promises = root.requirement("inclusionPromises");
        if let Some(promises) = promises.filter(|one| one.text() == Some("accept")) {
            findings.push(
                Diagnostic::new(
                    promises.span,
                    "a promise is no proof",
                    "entries of the transparency log need no proof of inclusion",
                )
                .help("use it only under a root for old bundles and signature manifests, or set `refuse`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{found, messages};

    #[test]
    fn each_requirement_is_shown_at_its_value() {
        assert_eq!(
            messages(&RULE, &RULE.avoided()),
            ["bundles need no promise of a CT log"]
        );
        for (line, value) in [
            ("transparencyLogs: 0", Some("0")),
            ("inclusionPromises: accept", Some("accept")),
            ("inclusionPromises: refuse", None),
            ("signedTimestamps: 0", None),
        ] {
            let yaml = RULE.avoided().replace("ctLogs: 0", line);
            assert_eq!(found(&RULE, &yaml), Vec::from_iter(value), "{line}");
        }
    }

    #[test]
    fn what_the_document_does_not_have_cannot_be_required() {
        let avoided = RULE.avoided();
        let (yaml, _) = avoided.split_once("        ctlogs:").unwrap();
        assert!(found(&RULE, yaml).is_empty());
    }
}
