//! Rules and check sets for service accounts that are weaker than those for all Pods.

use alloc::collections::BTreeSet;

use policy_wasm::RuleKind;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AdmissionRule, CheckSet, Settings};
use crate::source::{Span, pointed_at};

pub(super) static RULE: Rule = Rule {
    code: "lint-service-account-rule-weaker",
    severity: Severity::Warning,
    what: "the rule or check set for a service account is weaker than the one for all other Pods",
    why: "Everyone who can create Pods in a namespace can choose their service account, and with it the weaker rule. \
          The stronger rule then only protects against mistakes.",
    example: "policy:
{part}
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "  kubernetesServiceAccountAdmissionRules:
    shop:deployer:
      evaluationMode: ALWAYS_ALLOW
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "  admissionWhitelistPatterns:
    - namePattern: registry.example/tools/deployer@*
",
    check: Check::Settings(check),
};

/// The map of rules that the lint checks
pub(super) const MAP: &str = RuleKind::ServiceAccount.map_name();

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    check_rules(&settings.rules(), findings);
    let check_sets = settings.check_sets();
    for of_policy in check_sets.chunk_by(|a, b| core::ptr::eq(a.policy, b.policy)) {
        check_check_sets(of_policy, findings);
    }
}

fn check_rules(rules: &[AdmissionRule<'_>], findings: &mut Findings) {
    let Some(default) = rules.iter().find(|rule| rule.entry.is_none()) else {
        return;
    };
    for rule in rules {
        if rule.map != MAP {
            continue;
        }
        if let Some((span, label)) = weakness(rule, default) {
            let message = format!("{} is weaker than the default rule", rule.title());
            findings.push(
                Diagnostic::new(span, label, message)
                    .because(default.key_span, "applies to all others")
                    .help(
                        "use the same rule for every Pod, and exempt images by patterns with a digest",
                    ),
            );
        }
    }
}

/// The place and the way in which a rule is certainly weaker than another.
pub(super) fn weakness(
    rule: &AdmissionRule<'_>,
    other: &AdmissionRule<'_>,
) -> Option<(Span, &'static str)> {
    let is_enforced = |rule: &AdmissionRule<'_>| {
        matches!(
            rule.enforcement(),
            Some(("ENFORCED_BLOCK_AND_AUDIT_LOG", _))
        )
    };
    let (mode, span) = rule.evaluation()?;
    let (other_mode, _) = other.evaluation()?;
    if !is_enforced(other) || other_mode == "ALWAYS_ALLOW" {
        return None;
    }
    let attestors = |rule: &AdmissionRule<'_>| -> BTreeSet<String> {
        let names = rule.attestors().into_iter();
        names.map(|(name, _)| name.to_owned()).collect()
    };
    match (mode, other_mode) {
        ("ALWAYS_ALLOW", _) => Some((span, "allows every image")),
        _ if !is_enforced(rule) => {
            let (_, span) = rule.enforcement()?;
            Some((span, "is not enforced"))
        }
        ("REQUIRE_ATTESTATION", "ALWAYS_DENY") => Some((span, "allows images that are attested")),
        ("REQUIRE_ATTESTATION", "REQUIRE_ATTESTATION") => {
            let (own, others) = (attestors(rule), attestors(other));
            let is_less = own.is_subset(&others) && own != others;
            is_less.then_some((span, "requires fewer attestors"))
        }
        _ => None,
    }
}

fn check_check_sets(check_sets: &[CheckSet<'_>], findings: &mut Findings) {
    let has_checks = |check_set: &&CheckSet<'_>| !check_set.node.items_of("checks").is_empty();
    for check_set in check_sets.iter().filter(|check_set| !has_checks(check_set)) {
        let Some((namespace, Some(account))) = check_set.scope() else {
            continue;
        };
        let of_namespace = check_sets
            .iter()
            .find(|other| other.scope() == Some((namespace, None)));
        let default = check_sets.iter().find(|other| other.scope().is_none());
        let Some(other) = of_namespace.or(default).filter(has_checks) else {
            continue;
        };
        let checks = check_set.node.entry("checks");
        let span = checks.map_or_else(|| pointed_at(check_set.node), |entry| entry.key_span);
        let stronger = other.node.entry("checks");
        let stronger = stronger.map_or_else(|| pointed_at(other.node), |entry| entry.key_span);
        findings.push(
            Diagnostic::new(
                span,
                "no checks",
                format!("nothing is checked for the service account `{account}`"),
            )
            .because(stronger, "these checks do not apply to it")
            .help("use the same checks for every Pod, and exempt images by `imageAllowlist`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    const ENFORCED: &str = "ENFORCED_BLOCK_AND_AUDIT_LOG";
    const DRY_RUN: &str = "DRYRUN_AUDIT_LOG_ONLY";

    fn rule(mode: &str, attestors: &[&str], enforcement: &str) -> String {
        let names: Vec<_> = attestors
            .iter()
            .map(|name| format!("projects/p/attestors/{name}"))
            .collect();
        format!(
            "{{evaluationMode: {mode}, enforcementMode: {enforcement}, requireAttestationsBy: [{}]}}",
            names.join(", ")
        )
    }

    #[test]
    fn what_demands_less_is_found() {
        let allow = rule("ALWAYS_ALLOW", &[], ENFORCED);
        let deny = rule("ALWAYS_DENY", &[], ENFORCED);
        let dry_run = rule("ALWAYS_DENY", &[], DRY_RUN);
        let one = rule("REQUIRE_ATTESTATION", &["one"], ENFORCED);
        let two = rule("REQUIRE_ATTESTATION", &["one", "two"], ENFORCED);
        let other = rule("REQUIRE_ATTESTATION", &["three"], ENFORCED);
        for (own, default, expected) in [
            (&allow, &deny, Some("ALWAYS_ALLOW")),
            (&allow, &one, Some("ALWAYS_ALLOW")),
            (&dry_run, &deny, Some(DRY_RUN)),
            (&one, &deny, Some("REQUIRE_ATTESTATION")),
            (&one, &two, Some("REQUIRE_ATTESTATION")),
            (&two, &one, None),
            (&one, &one, None),
            (&other, &one, None),
            (&deny, &one, None),
            (&allow, &allow, None),
            (&allow, &dry_run, None),
        ] {
            let yaml = format!(
                "kubernetesServiceAccountAdmissionRules:\n  shop:web: {own}\ndefaultAdmissionRule: {default}\n"
            );
            let expected: Vec<_> = expected.into_iter().collect();
            assert_eq!(found(&RULE, &yaml), expected, "{yaml}");
            let yaml = yaml
                .replace("ServiceAccountAdmission", "NamespaceAdmission")
                .replace("shop:web", "shop");
            assert!(found(&RULE, &yaml).is_empty(), "{yaml}");
        }
    }

    #[test]
    fn check_sets_are_compared_with_what_would_apply() {
        let deny = "checks: [{alwaysDeny: true}]";
        for (account, namespace, default, count) in [
            ("checks: []", deny, "checks: []", 1),
            ("checks: []", "checks: []", deny, 0),
            (deny, deny, deny, 0),
        ] {
            let yaml = format!(
                "gkePolicy:\n  checkSets:\n  - {{scope: {{kubernetesServiceAccount: 'a:b'}}, {account}}}\n  - {{scope: {{kubernetesNamespace: a}}, {namespace}}}\n  - {{{default}}}\n"
            );
            assert_eq!(found(&RULE, &yaml).len(), count, "{yaml}");
        }
    }
}
