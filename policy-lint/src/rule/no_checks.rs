//! Platform policies and check sets without checks.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::pointed_at;

pub(super) static RULE: Rule = Rule {
    code: "lint-no-checks",
    severity: Severity::Warning,
    what: "a platform policy or a check set has no checks",
    why: "Without checks, every image is admitted. A check set without checks for one namespace admits every image in \
          that namespace, whatever the default check set requires.",
    example: "gkePolicy:
  checkSets:
    - displayName: default
{part}
",
    avoid: "      checks: []\n",
    prefer: "      checks:
        - trustedDirectoryCheck:
            trustedDirPatterns: [registry.example/shop]
",
    check: Check::Settings(check),
};

const HELP: &str = "add the checks that images must pass, or `alwaysDeny: true`";

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for policy in settings.platform_policies() {
        let Some(gke) = policy.entry("gkePolicy") else {
            continue;
        };
        if gke.value.items_of("checkSets").is_empty() {
            let check_sets = gke.value.entry("checkSets");
            let span = check_sets.map_or(gke.key_span, |entry| entry.key_span);
            let message = "the platform policy has no check sets, so it admits every image";
            findings.push(Diagnostic::new(span, "no check sets", message).help(HELP));
        }
    }
    for check_set in settings.check_sets() {
        if !check_set.node.items_of("checks").is_empty() {
            continue;
        }
        let owner = match check_set.scope() {
            None => "the default check set".to_owned(),
            Some((namespace, None)) => format!("the check set for `{namespace}`"),
            // `lint-service-account-rule-weaker` reports these.
            Some((_, Some(_))) => continue,
        };
        let checks = check_set.node.entry("checks");
        let span = checks.map_or_else(|| pointed_at(check_set.node), |entry| entry.key_span);
        let message = format!("{owner} has no checks, so it admits every image");
        findings.push(Diagnostic::new(span, "no checks", message).help(HELP));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn every_way_to_have_no_checks_is_found() {
        for (yaml, expected) in [
            ("gkePolicy: {checkSets: []}", &["checkSets"][..]),
            ("gkePolicy: {}", &["gkePolicy"]),
            (
                "gkePolicy: {checkSets: [{displayName: a}]}",
                &["displayName"],
            ),
            ("gkePolicy: {checkSets: [{checks: []}]}", &["checks"]),
            (
                "gkePolicy: {checkSets: [{checks: [{alwaysDeny: true}]}]}",
                &[],
            ),
            (
                "gkePolicy: {checkSets: [{scope: {kubernetesNamespace: a}}, {checks: [{alwaysDeny: true}]}]}",
                &["scope"],
            ),
            (
                "gkePolicy: {checkSets: [{scope: {kubernetesNamespace: a}, checks: []}, {checks: [{alwaysDeny: true}]}]}",
                &["checks"],
            ),
            (
                "gkePolicy: {checkSets: [{scope: {kubernetesServiceAccount: 'a:b'}}, {checks: [{alwaysDeny: true}]}]}",
                &[],
            ),
        ] {
            assert_eq!(found(&RULE, yaml), expected, "{yaml}");
        }
    }
}
