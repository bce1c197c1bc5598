//! Suites without a denial.

use super::example::SUITE;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suite::{Outcome, Suite};

pub(super) static RULE: Rule = Rule {
    code: "lint-suite-tests-no-denial",
    severity: Severity::Warning,
    what: "no case of a suite expects `denied`",
    why: "A policy that admits everything passes such a suite. At least one case should expect `denied`.",
    example: SUITE,
    avoid: "expect: admitted",
    prefer: "expect: admitted
  - name: unsigned
    request: {namespace: production, images: [web]}
    expect: {outcome: denied, reasons: [no-valid-attestation]}",
    check: Check::Suite(check),
};

fn check(suite: &Suite, findings: &mut Findings) {
    let mut outcomes = suite.cases.iter().map(|case| case.expectation.outcome);
    if outcomes.any(|outcome| outcome == Outcome::Denied) {
        return;
    }
    findings.push(
        Diagnostic::new(
            suite.cases_span,
            "none of these",
            "no case expects `denied`",
        )
        .help("add a case that expects a denial, such as an unsigned image: `expect: {outcome: denied, reasons: [no-valid-attestation]}`"),
    );
}
