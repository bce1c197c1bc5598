//! Test cases that expect a denial without a reason.

use super::example::SUITE;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suite::{Outcome, Suite};

pub(super) static RULE: Rule = Rule {
    code: "lint-suite-denial-without-reason",
    severity: Severity::Warning,
    what: "a case expects `denied` and gives no reason",
    why: "The image may be denied for another reason than intended, such as a typo in the case, an image without a \
          digest, or a host error. The case then passes, even if the policy no longer denies for the intended reason.",
    example: SUITE,
    avoid: "expect: denied",
    prefer: "expect: {outcome: denied, reasons: [no-valid-attestation]}",
    check: Check::Suite(check),
};

fn check(suite: &Suite, findings: &mut Findings) {
    for case in &suite.cases {
        let expectation = &case.expectation;
        if expectation.outcome == Outcome::Admitted || expectation.gives_reasons() {
            continue;
        }
        findings.push(
            Diagnostic::new(
                expectation.span,
                "any reason",
                format!("case `{}` expects `denied` without a reason", case.name),
            )
            .help(
                "use `expect: {outcome: denied, reasons: [CODE]}` with the code that `countersign test` shows \
                 for the case",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn a_reason_must_be_one_that_is_there() {
        let reasons = "reasons: [no-valid-attestation]";
        for (to, expected) in [
            ("reasons: [\"!always-deny\"]", &["outcome"][..]),
            ("warnings: [no-valid-attestation]", &["outcome"]),
            (
                "images: [{image: web, reasons: [no-valid-attestation]}]",
                &[],
            ),
        ] {
            let yaml = RULE.preferred().replace(reasons, to);
            assert_eq!(found(&RULE, &yaml), expected, "{to}");
        }
    }
}
