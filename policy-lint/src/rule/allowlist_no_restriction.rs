//! Allowlists that look like a restriction of registries.

use policy_wasm::CheckEvidence;
use policy_wasm::image::names_registry;

use super::{Check, Findings, Rule, rule_unreachable};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AllowParts, CheckSet, Language, Pattern, Settings, registry};
use crate::source::{Node, Span};

pub(super) static RULE: Rule = Rule {
    code: "lint-allowlist-no-restriction",
    severity: Severity::Warning,
    what: "an allowlist exempts images of a private registry from a rule that needs evidence",
    why: "An allowlist exempts images from rules and checks; it does not restrict where images come from. Images in \
          the listed place are admitted without evidence, and images from any other place are still admitted with \
          evidence. Google's patterns work the same way. To restrict images to a place, deny all others with \
          `ALWAYS_DENY`, or use a `trustedDirectoryCheck`. Registries of vendors and public registries such as \
          Docker Hub and Quay are not reported.",
    example: concat!(
        "policy:
  admissionWhitelistPatterns:
{part}
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
attestors:
",
        attestor!("build"),
        public_key!(),
        notes!()
    ),
    avoid: "    - namePattern: registry.example/shop/**\n",
    prefer: "    - namePattern: registry.k8s.io/**\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    // An attested image that is exempt says the same more exactly.
    let reported: Vec<Span> = rule_unreachable::exempting(settings);
    let asks = settings.rules().into_iter().find_map(|rule| {
        let (mode, span) = rule.evaluation()?;
        (mode == "REQUIRE_ATTESTATION").then_some(span)
    });
    let check_sets = settings.check_sets();
    for pattern in settings.patterns() {
        let asks = match pattern.language {
            Language::Name if !pattern.is_system => asks,
            Language::Allow => check_sets.iter().find_map(|one| asked(one, pattern.list)),
            _ => None,
        };
        let Some(asks) = asks.filter(|_| is_of_ones_own(&pattern)) else {
            continue;
        };
        if reported.contains(&pattern.span) {
            continue;
        }
        findings.push(
            Diagnostic::new(
                pattern.span,
                "exempt from evidence; other images are not restricted",
                format!("`{}` exempts images and restricts no others", pattern.text),
            )
            .because(asks, "does not apply to these images")
            .help(
                "remove it, so that these images are checked as well; to admit images of this place only, \
                 use `ALWAYS_DENY` as the default rule, or a `trustedDirectoryCheck`",
            ),
        );
    }
}

/// The check for which an allowlist of the same check set or policy leaves no images.
fn asked(check_set: &CheckSet<'_>, allowlist: &Node) -> Option<Span> {
    let list = |owner: Option<&Node>| {
        let list = owner.and_then(|owner| owner.at(&["imageAllowlist", "allowPattern"]));
        list.is_some_and(|list| core::ptr::eq(list, allowlist))
    };
    if !list(check_set.policy.get("gkePolicy")) && !list(Some(check_set.node)) {
        return None;
    }
    let checks = check_set.checks().into_iter();
    let mut needs_evidence = checks.filter(|check| check.evidence() != CheckEvidence::Nothing);
    needs_evidence.next().map(|check| check.kind.key_span)
}

/// Whether a pattern covers more than one image of a registry that is not a vendor's or the public's.
fn is_of_ones_own(pattern: &Pattern<'_>) -> bool {
    let name = match pattern.language {
        Language::Allow => AllowParts::split(pattern.text).name,
        _ => pattern.glob(),
    };
    let Some((host, path)) = name.literal.split_once('/').filter(|_| name.is_open()) else {
        return false;
    };
    // Without a host, it is an organisation of Docker Hub.
    names_registry(host)
        && !registry::is_of_a_vendor(host, path)
        && !registry::is_for_everybody(host)
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn registries_of_ones_own_are_found_beside_a_rule_that_asks() {
        for (pattern, is_found) in [
            ("registry.example/shop/**", true),
            ("registry.example/*", true),
            ("registry.example/shop/web:*", true),
            ("gcr.io/my-project/*", true),
            ("europe-docker.pkg.dev/my-project/prod/**", true),
            ("shop.azurecr.io/**", true),
            ("123456789012.dkr.ecr.eu-west-1.amazonaws.com/**", true),
            ("registry.example/shop/web", false),
            ("registry.k8s.io/**", false),
            ("gcr.io/google-containers/*", false),
            ("gcr.io/distroless/*", false),
            ("ghcr.io/kubewarden/**", false),
            ("quay.io/prometheus/*", false),
            ("bitnami/*", false),
        ] {
            let yaml = RULE.avoided().replace("registry.example/shop/**", pattern);
            assert_eq!(found(&RULE, &yaml), vec![pattern; is_found.into()]);
        }
        let denies = RULE
            .avoided()
            .replace("REQUIRE_ATTESTATION", "ALWAYS_DENY")
            .replace(
                "    requireAttestationsBy: [projects/example/attestors/build]\n",
                "",
            );
        assert!(found(&RULE, &denies).is_empty());
    }

    #[test]
    fn allowlists_of_platform_policies_are_found_beside_checks_that_need_evidence() {
        for (check, count) in [
            ("imageFreshnessCheck: {maxUploadAgeDays: 30}", 1),
            ("alwaysDeny: true", 0),
            (
                "trustedDirectoryCheck: {trustedDirPatterns: [r.example/a]}",
                0,
            ),
        ] {
            let list = "imageAllowlist: {allowPattern: ['r.example/shop/**']}";
            for yaml in [
                format!("gkePolicy:\n  {list}\n  checkSets: [{{checks: [{{{check}}}]}}]\n"),
                format!("gkePolicy: {{checkSets: [{{{list}, checks: [{{{check}}}]}}]}}\n"),
            ] {
                assert_eq!(found(&RULE, &yaml).len(), count, "{yaml}");
            }
            let elsewhere = format!(
                "gkePolicy: {{checkSets: [{{scope: {{kubernetesNamespace: a}}, {list}}}, {{checks: [{{{check}}}]}}]}}\n"
            );
            assert!(found(&RULE, &elsewhere).is_empty(), "{elsewhere}");
        }
    }
}
