//! Namespaces with both attestations and workloads.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Span;

pub(super) static RULE: Rule = Rule {
    code: "lint-note-namespace",
    severity: Severity::Warning,
    what: "attestations are stored in a namespace that workloads use",
    why: "Anyone with write access to the namespace of a note can delete its attestations, so that images are denied, \
          or add so many that lookups fail. Access to a namespace with only attestations can be granted to one \
          attestor.",
    example: concat!(
        "policy:
  kubernetesNamespaceAdmissionRules:
    production:
      evaluationMode: REQUIRE_ATTESTATION
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
      requireAttestationsBy: [projects/example/attestors/build]
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
attestors:
",
        attestor!("build"),
        public_key!(),
        "evidence:
  kubernetes:
    notes:
{part}
"
    ),
    avoid: "      projects/example/notes/build: production\n",
    prefer: "      projects/example/notes/build: attest-build\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let used = used_namespaces(settings);
    for note in settings.stored_notes() {
        let namespace = note.value.text().unwrap_or_default();
        let rule = used.iter().find(|(used, _)| *used == namespace);
        let is_common = ["default", "kube-public", "kube-system"].contains(&namespace);
        if rule.is_none() && !is_common {
            continue;
        }
        let finding = Diagnostic::new(
            note.value.span,
            "workloads run there",
            format!(
                "attestations under `{}` are stored in a namespace of workloads",
                note.key
            ),
        )
        .help("use one namespace for each note, and give only its attestor write access");
        findings.push(match rule {
            Some((_, span)) => finding.because(*span, "the rule for its workloads"),
            None => finding,
        });
    }
}

/// The namespaces in which the policy admits workloads, each with its first place.
fn used_namespaces<'n>(settings: &Settings<'n>) -> Vec<(&'n str, Span)> {
    let rules = settings.rules().into_iter().filter_map(|rule| {
        let is_of_namespace = ["kubernetesNamespaceAdmissionRules", ACCOUNTS].contains(&rule.map);
        // No workloads run in a namespace that denies all images.
        let is_closed = matches!(rule.evaluation(), Some(("ALWAYS_DENY", _)));
        let namespace = rule.key().split(':').next()?;
        (is_of_namespace && !is_closed).then_some((namespace, rule.key_span))
    });
    let check_sets = settings.check_sets().into_iter().filter_map(|check_set| {
        let (namespace, _) = check_set.scope()?;
        let checks = check_set.checks();
        let is_closed = checks.iter().any(|check| check.kind.key == "alwaysDeny");
        let scope = check_set.node.entry("scope")?;
        (!is_closed).then_some((namespace, scope.key_span))
    });
    rules.chain(check_sets).collect()
}

const ACCOUNTS: &str = "kubernetesServiceAccountAdmissionRules";

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn namespaces_of_rules_and_of_the_cluster_are_used_and_closed_ones_are_not() {
        let kept = |namespace: &str| RULE.preferred().replace("attest-build", namespace);
        for namespace in ["default", "kube-system", "production"] {
            assert_eq!(found(&RULE, &kept(namespace)), [namespace]);
        }
        let closed = RULE
            .avoided()
            .replace("REQUIRE_ATTESTATION", "ALWAYS_DENY")
            .replace(
                "      requireAttestationsBy: [projects/example/attestors/build]\n",
                "",
            );
        assert!(found(&RULE, &closed).is_empty());
        let account = RULE
            .avoided()
            .replace("kubernetesNamespace", "kubernetesServiceAccount")
            .replace("    production:\n", "    'production:web':\n");
        assert_eq!(found(&RULE, &account), ["production"]);
    }

    #[test]
    fn check_sets_use_their_namespace() {
        let check_sets = "platformPolicies:\n- gkePolicy:\n    checkSets:\n    - scope: {kubernetesNamespace: attest-build}\n      checks: [{imageFreshnessCheck: {maxUploadAgeDays: 3}}]\n";
        let yaml = format!("{}{check_sets}", RULE.preferred());
        assert_eq!(found(&RULE, &yaml), ["attest-build"]);
        let closed = yaml.replace(
            "imageFreshnessCheck: {maxUploadAgeDays: 3}",
            "alwaysDeny: true",
        );
        assert!(found(&RULE, &closed).is_empty());
    }
}
