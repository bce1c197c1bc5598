//! Rules for invalid namespace names.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Settings, is_dns_label};

pub(super) static RULE: Rule = Rule {
    code: "lint-namespace-key",
    severity: Severity::Error,
    what: "a rule is for a namespace that cannot exist",
    why: "A namespace name has at most 63 lower-case letters, digits and `-`. A rule with another key never applies, \
          so the default rule applies to the Pods that it is meant for.",
    example: "policy:
  kubernetesNamespaceAdmissionRules:
{part}
      evaluationMode: ALWAYS_DENY
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "    Production:\n",
    prefer: "    production:\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.rules() {
        let key = rule.key();
        if rule.map != "kubernetesNamespaceAdmissionRules" || key.is_empty() || is_dns_label(key) {
            continue;
        }
        let lower = key.to_ascii_lowercase();
        let example = if is_dns_label(&lower) {
            &lower
        } else {
            "production"
        };
        findings.push(
            Diagnostic::new(
                rule.key_span,
                "not a namespace name",
                format!("`{key}` is not a valid namespace name, so its rule never applies"),
            )
            .help(format!(
                "use up to 63 lower-case letters, digits, and `-` between them, such as `{example}`"
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn names_follow_rfc_1123() {
        let (longest, too_long) = ("a".repeat(63), "a".repeat(64));
        for (key, is_found) in [
            ("shop", false),
            ("7-of-9", false),
            ("shop.example", true),
            ("shop_1", true),
            ("-shop", true),
            ("shop-", true),
            ("Shop", true),
            (&longest, false),
            (&too_long, true),
        ] {
            let yaml = RULE.preferred().replace("production", key);
            assert_eq!(found(&RULE, &yaml), vec![key; is_found.into()]);
        }
    }
}
