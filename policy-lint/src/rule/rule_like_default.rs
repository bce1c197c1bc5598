//! Rules that equal the default rule.

use alloc::collections::BTreeSet;

use policy_wasm::RuleKind;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AdmissionRule, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-rule-like-default",
    severity: Severity::Info,
    what: "a rule is equal to the default rule",
    why: "The rule has no effect now. If the default rule becomes stricter, this rule does not, and its namespace, \
          account or cluster is then protected less than the rest.",
    example: "kubernetesNamespaceAdmissionRules:
  production:
{part}
defaultAdmissionRule:
  evaluationMode: ALWAYS_DENY
  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let rules = settings.rules();
    let Some(default) = rules.iter().find(|rule| rule.entry.is_none()) else {
        return;
    };
    for rule in rules.iter().filter(|rule| rule.entry.is_some()) {
        if demands(rule) != demands(default) || rules.iter().any(|other| replaces(rule, other)) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                rule.key_span,
                "has no effect",
                format!("{} is equal to the default rule", rule.title()),
            )
            .because(default.key_span, "the default rule")
            .help("remove it, or make it stricter"),
        );
    }
}

/// Whether a rule may replace a rule other than the default rule, and so has an effect.
fn replaces(rule: &AdmissionRule<'_>, other: &AdmissionRule<'_>) -> bool {
    const ACCOUNTS: &str = RuleKind::ServiceAccount.map_name();
    const NAMESPACES: &str = RuleKind::Namespace.map_name();
    let namespace = rule.key().split(':').next();
    match (rule.map, other.map) {
        _ if other.entry.is_none() || rule.map == other.map => false,
        (NAMESPACES, ACCOUNTS) => false,
        (ACCOUNTS, NAMESPACES) => namespace == Some(other.key()),
        _ => true,
    }
}

type Demands<'n> = (Option<&'n str>, Option<&'n str>, BTreeSet<&'n str>);

fn demands<'n>(rule: &AdmissionRule<'n>) -> Demands<'n> {
    let attestors = rule.attestors().into_iter();
    (
        rule.evaluation().map(|(mode, _)| mode),
        rule.enforcement().map(|(mode, _)| mode),
        attestors.map(|(name, _)| name).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn a_rule_that_replaces_another_one_than_the_default_has_an_effect() {
        let deny = "{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
        let allow = deny.replace("DENY", "ALLOW");
        let other = format!("kubernetesNamespaceAdmissionRules: {{shop: {allow}}}\n");
        for (own, others, expected) in [
            (
                "kubernetesServiceAccountAdmissionRules: {'shop:web'",
                other.as_str(),
                0,
            ),
            (
                "kubernetesServiceAccountAdmissionRules: {'pay:web'",
                &other,
                1,
            ),
            ("clusterAdmissionRules: {us-east1-a.prod", &other, 0),
            ("clusterAdmissionRules: {us-east1-a.prod", "", 1),
        ] {
            let yaml = format!("{own}: {deny}}}\n{others}defaultAdmissionRule: {deny}\n");
            assert_eq!(found(&RULE, &yaml).len(), expected, "{yaml}");
        }
    }
}
