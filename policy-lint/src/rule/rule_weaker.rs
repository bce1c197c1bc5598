//! Rules that are weaker than the default rule.

use super::{Check, Findings, Rule, service_account_rule_weaker};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-rule-weaker",
    severity: Severity::Info,
    what: "the rule for a namespace, a cluster or a service identity is weaker than the default rule",
    why: "The most specific rule replaces the default rule; it does not add to it. Attestors that only the default rule \
          names are not required, and a namespace that allows all images lets everyone who can create Pods in it run \
          any image. `lint-service-account-rule-weaker` reports rules for service accounts.",
    example: "kubernetesNamespaceAdmissionRules:
  production:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
{part}
",
    avoid: "    requireAttestationsBy: [projects/example/attestors/qa]
defaultAdmissionRule:
  evaluationMode: REQUIRE_ATTESTATION
  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  requireAttestationsBy: [projects/example/attestors/build, projects/example/attestors/qa]
",
    prefer: "    requireAttestationsBy: [projects/example/attestors/build, projects/example/attestors/qa]
defaultAdmissionRule:
  evaluationMode: REQUIRE_ATTESTATION
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
    for rule in &rules {
        let is_other_lint = rule.map == service_account_rule_weaker::MAP;
        // Requiring attestations where the default denies everything is the normal use of rules.
        let opens = matches!(
            (rule.evaluation(), default.evaluation()),
            (Some(("REQUIRE_ATTESTATION", _)), Some(("ALWAYS_DENY", _)))
        );
        // `lint-dry-run` reports rules in dry run.
        let is_dry = !matches!(rule.evaluation(), Some(("ALWAYS_ALLOW", _)))
            && matches!(rule.enforcement(), Some(("DRYRUN_AUDIT_LOG_ONLY", _)));
        if is_other_lint || opens || is_dry {
            continue;
        }
        if let Some((span, label)) = service_account_rule_weaker::weakness(rule, default) {
            let message = format!("{} is weaker than the default rule", rule.title());
            findings.push(
                Diagnostic::new(span, label, message)
                    .because(default.key_span, "does not apply there")
                    .help("require at least as much, or add a `countersign-ignore` comment with the reason"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn rules_that_demand_less_are_found() {
        let allow = "{evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
        let deny = allow.replace("ALLOW", "DENY");
        let dry = deny.replace("ENFORCED_BLOCK_AND_AUDIT_LOG", "DRYRUN_AUDIT_LOG_ONLY");
        let asks = |names: &str| {
            let asks = allow.replace("ALWAYS_ALLOW", "REQUIRE_ATTESTATION");
            asks.replace('}', &format!(", requireAttestationsBy: [{names}]}}"))
        };
        let (one, two) = (asks("a"), asks("a, b"));
        for (own, default, expected) in [
            (allow, deny.as_str(), 1),
            (allow, &one, 1),
            (&one, &two, 1),
            (&one, &deny, 0),
            (&two, &one, 0),
            (&one, &one, 0),
            (&deny, &one, 0),
            (&dry, &deny, 0),
            (allow, allow, 0),
        ] {
            for (map, key) in [
                ("kubernetesNamespaceAdmissionRules", "shop"),
                ("clusterAdmissionRules", "us-east1-a.prod"),
                (
                    "istioServiceIdentityAdmissionRules",
                    "spiffe://d/ns/shop/sa/web",
                ),
                ("kubernetesServiceAccountAdmissionRules", "shop:web"),
            ] {
                let yaml = format!("{map}:\n  {key}: {own}\ndefaultAdmissionRule: {default}\n");
                let is_account = map.starts_with("kubernetesService");
                let count = if is_account { 0 } else { expected };
                assert_eq!(found(&RULE, &yaml).len(), count, "{yaml}");
            }
        }
    }
}
