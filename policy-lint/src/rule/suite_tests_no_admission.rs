//! Suites without an admission.

use super::example::SUITE;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suite::{Outcome, Suite};

pub(super) static RULE: Rule = Rule {
    code: "lint-suite-tests-no-admission",
    severity: Severity::Warning,
    what: "no case of a suite expects `admitted`",
    why: "A policy that denies everything passes such a suite, for example one with wrong keys. At least one case should \
          expect `admitted`.",
    example: SUITE,
    avoid: "cases:",
    prefer: "cases:
  - name: signed
    request: {namespace: production, images: [web]}
    attestations: [{by: build, image: web}]
    expect: admitted",
    check: Check::Suite(check),
};

fn check(suite: &Suite, findings: &mut Findings) {
    let mut outcomes = suite.cases.iter().map(|case| case.expectation.outcome);
    if outcomes.any(|outcome| outcome == Outcome::Admitted) {
        return;
    }
    findings.push(
        Diagnostic::new(
            suite.cases_span,
            "none of these",
            "no case expects `admitted`",
        )
        .help(
            "add a case that expects `admitted`, such as an image that every attestor has signed",
        ),
    );
}
