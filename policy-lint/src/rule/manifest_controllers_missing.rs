//! Webhook rules without controllers.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, WebhookRule};

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-controllers-missing",
    severity: Severity::Info,
    what: "the rules of a manifest match Pods but no controllers",
    why: "A Deployment with a forbidden image is admitted, and its Pods are denied later. The deployer sees no error, \
          only a rollout that does not finish and events of the ReplicaSet.",
    example: MANIFEST,
    avoid: "operations: [CREATE, UPDATE]",
    prefer: "operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let settings = manifest.settings();
    let templates = settings.and_then(|settings| settings.setting(&["podTemplates"]));
    if templates.is_some_and(|node| node.text() == Some("ignore")) {
        return;
    }
    let rules = manifest.rules();
    let resources: Vec<_> = rules.iter().flat_map(WebhookRule::resources).collect();
    let is_pod = |name: &str| name == "pods" || name.starts_with("pods/");
    let Some((_, span)) = resources.first() else {
        return;
    };
    if resources.iter().all(|(name, _)| is_pod(name)) {
        findings.push(
            Diagnostic::new(*span, "only Pods", "the rules match no controllers").help(
                "add rules for `daemonsets`, `deployments`, `replicasets` and `statefulsets` of \
                 `apps`, `cronjobs` and `jobs` of `batch`; or set `podTemplates: ignore`",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn whoever_ignores_templates_needs_no_controllers() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["pods"]);
        let yaml = format!("{}    podTemplates: ignore\n", RULE.avoided());
        assert!(found(&RULE, &yaml).is_empty());
        let yaml = format!("{}    podTemplates: evaluate\n", RULE.avoided());
        assert_eq!(found(&RULE, &yaml), ["pods"]);
    }
}
