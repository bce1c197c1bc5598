//! Attestors that no rule names.

use super::example::ATTESTED;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-unreachable-attestor",
    severity: Severity::Warning,
    what: "no rule names an attestor",
    why: "Its attestations are never used. Either a rule lacks the attestor, and is weaker than intended, or the attestor \
          is obsolete.",
    example: ATTESTED,
    avoid: "evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG",
    prefer: "evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    // Platform policies name no attestors.
    if settings.policy().is_none() && settings.setting(&["imagePolicy"]).is_none() {
        return;
    }
    let required = settings.required_attestors().into_iter();
    let named: Vec<_> = required.map(|(name, _)| name).collect();
    for attestor in settings.attestors() {
        let name = attestor.name();
        if name.is_empty() || named.contains(&name) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                attestor.span(),
                "unused",
                format!("no rule names attestor `{name}`"),
            )
            .help("add it to `requireAttestationsBy` or `require` of a rule, or remove it"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::rule::tests::found;

    #[test]
    fn platform_policies_know_no_attestors() {
        let yaml = super::RULE.avoided();
        assert_eq!(
            found(&super::RULE, &yaml),
            ["projects/example/attestors/build"]
        );
        let (policy, attestors) = yaml.split_once("attestors:\n").unwrap();
        let platform =
            "platformPolicies:\n- gkePolicy:\n    checkSets:\n    - checks: [{alwaysDeny: true}]\n";
        let only_platform = format!("{platform}attestors:\n{attestors}");
        assert!(found(&super::RULE, &only_platform).is_empty());
        let both = format!("{policy}{platform}attestors:\n{attestors}");
        assert_eq!(found(&super::RULE, &both).len(), 1);
        let of_images = |attestor: &str| {
            format!(
                "imagePolicy: {{unmatchedImages: deny, rules: [{{name: a, images: ['**'], require: [{{attestors: \
                 [projects/example/attestors/{attestor}]}}]}}]}}\nattestors:\n{attestors}"
            )
        };
        assert_eq!(found(&super::RULE, &of_images("other")).len(), 1);
        assert!(found(&super::RULE, &of_images("build")).is_empty());
    }
}
