//! Webhook rules that do not match all requests with Pod images.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, WebhookRule};

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-rules-missing",
    severity: Severity::Error,
    what: "the rules of a manifest do not match all requests that set the images of a Pod",
    why: "Requests that no rule matches bypass the policy. Images of a Pod are set when it is created and can be \
          changed later. Debug containers are added by an update of `pods/ephemeralcontainers`, which `pods` does \
          not include.",
    example: MANIFEST,
    avoid: "resources: [pods]
      operations: [CREATE]",
    prefer: "resources: [pods, pods/ephemeralcontainers]
      operations: [CREATE, UPDATE]",
    check: Check::Manifest(check),
};

/// The requests that set images of a Pod
const WAYS_IN: [(&str, &str); 3] = [
    ("CREATE", "pods"),
    ("UPDATE", "pods"),
    ("UPDATE", "pods/ephemeralcontainers"),
];

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let rules = manifest.rules();
    let is_covered = |(operation, resource): &(&str, &str)| {
        rules.iter().any(|rule| rule.covers(resource, operation))
    };
    let missing: Vec<_> = WAYS_IN
        .iter()
        .filter(|way| !is_covered(way))
        .map(|(operation, resource)| format!("{operation} of `{resource}`"))
        .collect();
    if missing.is_empty() {
        return;
    }
    let place = manifest.entry("rules");
    let finding = Diagnostic::new(
        place.map_or_else(|| manifest.span(), |entry| entry.key_span),
        "other requests bypass the policy",
        format!("the rules do not match {}", missing.join(" and ")),
    );
    let mut pods = rules.iter().flat_map(WebhookRule::resources);
    let finding = match pods.find(|(name, _)| *name == "pods" || name.starts_with("pods/")) {
        Some((_, span)) => finding.because(span, "the rule for Pods"),
        None => finding,
    };
    findings.push(finding.help(
        "add a rule with `apiGroups: [\"\"]`, `apiVersions: [v1]`, `resources: [pods, \
         pods/ephemeralcontainers]` and `operations: [CREATE, UPDATE]`",
    ));
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn every_way_in_must_be_there() {
        for (from, to, is_found) in [
            ("CREATE, UPDATE", "'*'", false),
            ("v1]", "'*']", false),
            ("CREATE, ", "", true),
            (", UPDATE", "", true),
            (", pods/ephemeralcontainers", "", true),
            ("pods, ", "", true),
            ("[\"\"]", "[apps]", true),
            ("[v1]", "[v2]", true),
        ] {
            let yaml = RULE.preferred().replace(from, to);
            let expected: &[&str] = if is_found { &["rules"] } else { &[] };
            assert_eq!(found(&RULE, &yaml), expected, "{from} -> {to}");
        }
    }

    #[test]
    fn a_manifest_without_rules_brings_nothing() {
        let preferred = RULE.preferred();
        let (head, rest) = preferred.split_once("  rules:").unwrap();
        let (_, settings) = rest.split_once("  settings:").unwrap();
        let yaml = format!("{head}  settings:{settings}");
        assert_eq!(found(&RULE, &yaml), ["countersign"]);
    }

    #[test]
    fn manifests_of_other_policies_are_passed_over() {
        let yaml = format!(
            "{}---\n{}",
            RULE.avoided()
                .replace("    policy:", "    signatures:")
                .replace("policies/countersign", "policies/other"),
            RULE.preferred()
        );
        assert!(found(&RULE, &yaml).is_empty());
        // Settings that are misspelled are still those of this module.
        let yaml = RULE.avoided().replace("    policy:", "    polcy:");
        assert_eq!(found(&RULE, &yaml).len(), 1);
    }
}
