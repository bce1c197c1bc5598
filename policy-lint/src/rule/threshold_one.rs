//! Requirements that one of several attestors satisfies.

use super::example::QUORUM;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-threshold-one",
    severity: Severity::Warning,
    what: "one of several attestors is enough",
    why: "With `threshold: 1`, whoever has the key of any one attestor can have every image admitted. The more attestors \
          the list has, the weaker is the rule.",
    example: QUORUM,
    avoid: "          threshold: 1\n",
    prefer: "          threshold: 2\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.image_rules() {
        for quorum in rule.quorums() {
            let count = quorum.attestors().count();
            let is_fixed = quorum.node.get("mustInclude").is_some();
            let Some((1, span)) = quorum.threshold().filter(|_| count > 1 && !is_fixed) else {
                continue;
            };
            findings.push(
                Diagnostic::new(
                    span,
                    format!("any one of {count} is enough"),
                    format!("the rule `{}` needs only one of {count} attestors", rule.name()),
                )
                .help(
                    "raise the threshold, or name the attestor that has to be among them in `mustInclude`",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn an_attestor_that_is_always_needed_is_enough() {
        let fields = "threshold: 1\n          mustInclude: [projects/example/attestors/qa]";
        let yaml = RULE.avoided().replace("threshold: 1", fields);
        assert!(found(&RULE, &yaml).is_empty());
    }
}
