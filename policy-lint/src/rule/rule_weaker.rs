//! A rule that demands less than the default rule.

use super::{Check, Findings, Rule, service_account_rule_weaker};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-rule-weaker",
    severity: Severity::Info,
    what: "the rule for a namespace, a cluster or a service identity demands less than the default rule",
    why: "The most specific rule replaces the default rule, it does not add to it. An attestor that only the default \
          rule names is not asked for, and where a namespace is open to all images, everybody who may create a Pod \
          in it runs any image. Rules for service accounts are reported by `lint-service-account-rule-weaker`.",
    avoid: "kubernetesNamespaceAdmissionRules:
  production:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/qa]
defaultAdmissionRule:
  evaluationMode: REQUIRE_ATTESTATION
  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  requireAttestationsBy: [projects/example/attestors/build, projects/example/attestors/qa]
",
    prefer: "kubernetesNamespaceAdmissionRules:
  production:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build, projects/example/attestors/qa]
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
        // To ask for attestations where all else is denied is what rules are for.
        let opens = matches!(
            (rule.evaluation(), default.evaluation()),
            (Some(("REQUIRE_ATTESTATION", _)), Some(("ALWAYS_DENY", _)))
        );
        // A rule in dry run has a lint of its own.
        let is_dry = !matches!(rule.evaluation(), Some(("ALWAYS_ALLOW", _)))
            && matches!(rule.enforcement(), Some(("DRYRUN_AUDIT_LOG_ONLY", _)));
        if is_other_lint || opens || is_dry {
            continue;
        }
        if let Some((span, label)) = service_account_rule_weaker::weakness(rule, default) {
            let message = format!("{} is weaker than the default rule", rule.title());
            findings.push(
                Diagnostic::new(span, label, message)
                    .because(default.key_span, "does not apply there as well")
                    .help("demand the same and more, or say in a comment why less is enough here"),
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
