//! What is assumed about the system policy where nothing is said.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-global-mode-missing",
    severity: Severity::Info,
    what: "a policy does not say whether the system policy counts",
    why: "Without `globalPolicyEvaluationMode` it does not, and Google's own system images have to be in the \
          allowlist. The policy of a new project says `ENABLE`, so many take that for what is assumed.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "policy:
  globalPolicyEvaluationMode: DISABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Settings(check),
};

const ASSUMED: &str = "globalPolicyEvaluationMode: DISABLE";

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let policy = settings.policy();
    let Some(policy) = policy.filter(|policy| policy.get("globalPolicyEvaluationMode").is_none())
    else {
        return;
    };
    let finding = Diagnostic::new(
        settings.policy_span(),
        "has no `globalPolicyEvaluationMode`",
        "the policy does not say whether the system policy counts, so it does not",
    )
    .help(format!("write `{ASSUMED}` if that is meant"));
    findings.push(match settings.with_line(policy, ASSUMED) {
        Some(edit) => finding.fix(format!("add `{ASSUMED}`"), vec![edit]),
        None => finding,
    });
}

#[cfg(test)]
mod tests {
    use super::super::tests::fixed;
    use super::RULE;

    #[test]
    fn the_line_goes_to_the_end_of_the_policy() {
        for (before, after) in [
            (
                RULE.avoid,
                "    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n  globalPolicyEvaluationMode: DISABLE\n",
            ),
            (
                "defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}",
                "\nglobalPolicyEvaluationMode: DISABLE\n",
            ),
        ] {
            let fixed = fixed(&RULE, before);
            assert!(fixed.ends_with(after), "{fixed}");
        }
    }

    #[test]
    fn brackets_are_left_alone() {
        let json = r#"{"defaultAdmissionRule": {"evaluationMode": "ALWAYS_DENY", "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}}"#;
        assert_eq!(fixed(&RULE, json), json);
    }
}
