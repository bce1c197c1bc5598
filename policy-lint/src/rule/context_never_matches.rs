//! Settings `cluster` and `meshTrustDomain` that no rule matches.

use policy_wasm::RuleKind;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AdmissionRule, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-context-never-matches",
    severity: Severity::Warning,
    what: "the setting `cluster` or `meshTrustDomain` matches no rule",
    why: "The default rule then applies to every Pod, and the rules for clusters or identities to none. Usually the \
          setting or the key of the rule is misspelled.",
    example: "{part}
policy:
  clusterAdmissionRules:
    europe-west1.production:
      evaluationMode: ALWAYS_DENY
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "cluster: europe-west1-b.production\n",
    prefer: "cluster: europe-west1.production\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for Context { setting, map, part } in CONTEXTS {
        let Some(node) = settings.setting(&[setting]) else {
            continue;
        };
        let Some(own) = node.text() else {
            continue;
        };
        let rules = settings.rules().into_iter();
        let rules: Vec<AdmissionRule<'_>> = rules.filter(|rule| rule.map == map).collect();
        let Some(first) = rules.first() else {
            continue;
        };
        if rules.iter().any(|rule| part(rule.key()) == part(own)) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                node.span,
                "no rule matches",
                format!("`{setting}` is `{own}`, which no key of `{map}` matches"),
            )
            .because(first.key_span, "the first of the rules")
            .help(format!(
                "use a value that has a rule, such as `{}`, or add a rule",
                part(first.key())
            )),
        );
    }
}

/// A setting that selects a rule
struct Context {
    /// Name of the setting
    setting: &'static str,
    /// The map of rules that it selects from
    map: &'static str,
    /// The part of their keys that it is compared with
    part: fn(&str) -> &str,
}

const CONTEXTS: [Context; 2] = [
    Context {
        setting: "cluster",
        map: RuleKind::Cluster.map_name(),
        part: |key| key,
    },
    Context {
        setting: "meshTrustDomain",
        map: RuleKind::MeshIdentity.map_name(),
        part: trust_domain,
    },
];

/// The trust domain of an identity or of a bare trust domain.
fn trust_domain(text: &str) -> &str {
    let identity = text.strip_prefix("spiffe://").unwrap_or(text);
    identity
        .split_once("/ns/")
        .map_or(identity, |(domain, _)| domain)
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn trust_domains_are_compared_without_their_scheme() {
        for (domain, key, is_found) in [
            ("a.example", "a.example/ns/shop/sa/web", false),
            ("a.example", "spiffe://a.example/ns/shop/sa/web", false),
            ("b.example", "spiffe://a.example/ns/shop/sa/web", true),
            ("a", "a.example/ns/shop/sa/web", true),
        ] {
            let rule =
                "{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
            let yaml = format!(
                "meshTrustDomain: {domain}\npolicy:\n  istioServiceIdentityAdmissionRules:\n    {key}: {rule}\n  defaultAdmissionRule: {rule}\n"
            );
            assert_eq!(found(&RULE, &yaml), vec![domain; is_found.into()], "{key}");
        }
    }

    #[test]
    fn a_context_without_rules_is_not_found() {
        let yaml = "cluster: a.b\npolicy:\n  defaultAdmissionRule:\n    evaluationMode: ALWAYS_DENY\n    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n";
        assert!(found(&RULE, yaml).is_empty());
    }
}
