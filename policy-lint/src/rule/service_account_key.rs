//! Rules for invalid service account names.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Settings, is_dns_label, is_dns_subdomain};

pub(super) static RULE: Rule = Rule {
    code: "lint-service-account-key",
    severity: Severity::Error,
    what: "a rule is for a service account that cannot exist",
    why: "A key is `NAMESPACE:SERVICE_ACCOUNT`, with valid Kubernetes names: lower-case letters, digits and `-`, and \
          dots in the account. A rule with another key never applies, so another rule applies to the Pods that it \
          is meant for.",
    example: "policy:
  kubernetesServiceAccountAdmissionRules:
{part}
      evaluationMode: ALWAYS_DENY
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "    shop:Build_Robot:\n",
    prefer: "    shop:build-robot:\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for rule in settings.rules() {
        let Some((namespace, account)) = rule.key().split_once(':') else {
            continue;
        };
        let (half, name) = if !is_dns_label(namespace) {
            ("namespace", namespace)
        } else if !is_dns_subdomain(account) {
            ("service account", account)
        } else {
            continue;
        };
        // Validation reports an empty half.
        if rule.map != "kubernetesServiceAccountAdmissionRules" || name.is_empty() {
            continue;
        }
        findings.push(
            Diagnostic::new(
                rule.key_span,
                format!("not a {half} name"),
                format!("`{name}` is not a valid {half} name, so its rule never applies"),
            )
            .help("use `NAMESPACE:SERVICE_ACCOUNT` in lower case, such as `shop:build-robot`"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn both_halves_follow_rfc_1123() {
        for (key, is_found) in [
            ("shop:default", false),
            ("shop:web.frontend", false),
            ("shop.example:default", true),
            ("Shop:default", true),
            ("shop:web..frontend", true),
            ("shop:web:frontend", true),
        ] {
            let yaml = RULE.preferred().replace("shop:build-robot", key);
            assert_eq!(found(&RULE, &yaml), vec![key; is_found.into()]);
        }
    }
}
