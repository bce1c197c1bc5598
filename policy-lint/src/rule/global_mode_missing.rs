//! Policies without `globalPolicyEvaluationMode`.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-global-mode-missing",
    severity: Severity::Info,
    what: "a policy does not set `globalPolicyEvaluationMode`",
    why: "The default is `DISABLE`: the system policy is not used, and Google's system images need allowlist \
          patterns. Policies of new Google projects set `ENABLE`, so many readers expect that as the default.",
    example: "policy:
{part}
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "",
    prefer: "  globalPolicyEvaluationMode: DISABLE\n",
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
        "the policy does not set `globalPolicyEvaluationMode`, so the system policy is not used",
    )
    .help(format!("set `{ASSUMED}` to make this explicit"));
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
        let avoided = RULE.avoided();
        for (before, after) in [
            (
                avoided.as_str(),
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
