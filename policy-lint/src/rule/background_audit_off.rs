//! Disabled background audits.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;
use crate::source::Shape;

pub(super) static RULE: Rule = Rule {
    code: "lint-background-audit-off",
    severity: Severity::Info,
    what: "background audit is off",
    why: "Admission only sees objects that are created or changed. The audit scanner also reports running objects \
          that the policy would deny, such as those older than the policy.",
    avoid: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  backgroundAudit: false
  rules:
    - apiGroups: [\"\"]
      apiVersions: [v1]
      resources: [pods, pods/ephemeralcontainers]
      operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]
  settings:
    policy:
      defaultAdmissionRule:
        evaluationMode: ALWAYS_DENY
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    prefer: "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  backgroundAudit: true
  rules:
    - apiGroups: [\"\"]
      apiVersions: [v1]
      resources: [pods, pods/ephemeralcontainers]
      operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]
  settings:
    policy:
      defaultAdmissionRule:
        evaluationMode: ALWAYS_DENY
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    // Another manifest validates with the same settings, and is audited.
    if manifest.is_mutating() {
        return;
    }
    let audit = manifest.get("backgroundAudit");
    if let Some(node) = audit.filter(|node| node.shape == Shape::Bool(false)) {
        findings.push(
            Diagnostic::new(
                node.span,
                "running objects are not audited",
                "background audit is off",
            )
            .help("set `backgroundAudit: true`, or remove the field"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn what_only_pins_need_not_be_audited() {
        assert_eq!(found(&RULE, RULE.avoid), ["false"]);
        let audit = "  backgroundAudit: false\n";
        let pinning = format!("{audit}  mutating: true\n");
        assert!(found(&RULE, &RULE.avoid.replace(audit, &pinning)).is_empty());
    }
}
