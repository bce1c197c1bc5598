//! Thresholds that are as high as the number of attestors.

use super::example::QUORUM;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-threshold-all",
    severity: Severity::Info,
    what: "a threshold equals the number of attestors",
    why: "All attestors are needed without a threshold too. With the number, the rule becomes weaker without a word as soon \
          as somebody adds an attestor to the list.",
    example: QUORUM,
    avoid: "          threshold: 3\n",
    prefer: "",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.image_rules() {
        for quorum in rule.quorums() {
            let count = u64::try_from(quorum.attestors().count()).unwrap_or(u64::MAX);
            let Some((_, span)) = quorum.threshold().filter(|(all, _)| *all == count) else {
                continue;
            };
            findings.push(
                Diagnostic::new(
                    span,
                    "is the default",
                    format!("the rule `{}` needs all of its attestors", rule.name()),
                )
                .help("remove `threshold`: without it, all attestors are needed, however many there are"),
            );
        }
    }
}
