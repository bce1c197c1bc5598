//! Unknown fields of manifests.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;
use crate::source::{Entry, Node};

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-unknown-field",
    severity: Severity::Warning,
    what: "a manifest has a field that its kind does not have",
    why: "The API server drops unknown fields, and kubectl only warns. The policy is deployed without the setting.",
    example: MANIFEST,
    avoid: "failurepolicy: Fail",
    prefer: "failurePolicy: Fail",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let kind = manifest.root.text_of("kind");
    let own: &[&str] = match (manifest.is_group(), manifest.is_namespaced()) {
        (false, true) => POLICY,
        (false, false) => CLUSTER_POLICY,
        (true, true) => GROUP,
        (true, false) => CLUSTER_GROUP,
    };
    let fields = manifest.spec.map(Node::entries).unwrap_or_default();
    let is_known = |name: &str| COMMON.contains(&name) || own.contains(&name);
    check_fields(fields, is_known, kind, findings);
    for member in manifest.members() {
        let is_known =
            |name: &str| MEMBER.contains(&name) || (name == CONTEXT && !manifest.is_namespaced());
        check_fields(
            member.value.entries(),
            is_known,
            "a member of a group",
            findings,
        );
    }
}

fn check_fields(
    fields: &[Entry],
    is_known: impl Fn(&str) -> bool,
    owner: &str,
    findings: &mut Findings,
) {
    for field in fields.iter().filter(|field| !is_known(&field.key)) {
        let finding = Diagnostic::new(
            field.key_span,
            "dropped by the API server",
            format!("`{owner}` has no field `{}`", field.key),
        );
        let alike = COMMON.iter().chain(CLUSTER_POLICY).chain(CLUSTER_GROUP);
        let mut alike =
            alike.filter(|known| is_known(known) && known.eq_ignore_ascii_case(&field.key));
        findings.push(match alike.next() {
            Some(known) => finding.help(format!("use `{known}`")),
            None => finding.help("remove it; Kubewarden 1.36 has no such field"),
        });
    }
}

const CONTEXT: &str = "contextAwareResources";

/// Fields of all kinds
const COMMON: &[&str] = &[
    "backgroundAudit",
    "failurePolicy",
    "matchConditions",
    "matchPolicy",
    "message",
    "mode",
    "objectSelector",
    "policyServer",
    "rules",
    "sideEffects",
    "timeoutSeconds",
];

const POLICY: &[&str] = &["module", "mutating", "settings", "timeoutEvalSeconds"];

const CLUSTER_POLICY: &[&str] = &[
    "allowInsideAdmissionControllerNamespace",
    CONTEXT,
    "hostCapabilities", // in future versions; see `manifest_capabilities.rs`
    "module",
    "mutating",
    "namespaceSelector",
    "settings",
    "timeoutEvalSeconds",
];

const GROUP: &[&str] = &["expression", "policies"];

const CLUSTER_GROUP: &[&str] = &[
    "allowInsideAdmissionControllerNamespace",
    "expression",
    "namespaceSelector",
    "policies",
];

const MEMBER: &[&str] = &["module", "settings", "timeoutEvalSeconds"];

#[cfg(test)]
mod tests {
    use super::super::tests::{found, helps};
    use super::RULE;

    #[test]
    fn fields_are_those_of_the_kind() {
        assert_eq!(helps(&RULE, &RULE.avoided()), ["use `failurePolicy`"]);
        let yaml = RULE
            .preferred()
            .replace("  failurePolicy: Fail", "  contextAwareResources: []");
        assert!(found(&RULE, &yaml).is_empty());
        let namespaced = yaml.replace("ClusterAdmissionPolicy", "AdmissionPolicy");
        assert_eq!(found(&RULE, &namespaced), ["contextAwareResources"]);
        let group = "apiVersion: policies.kubewarden.io/v1\nkind: AdmissionPolicyGroup\nspec:\n  expression: a()\n  mutating: true\n  policies:\n    a: {module: 'r.example/countersign:v1.0.0', contextAwareResources: []}\n";
        assert_eq!(found(&RULE, group), ["mutating", "contextAwareResources"]);
        let group = group.replace("AdmissionPolicyGroup", "ClusterAdmissionPolicyGroup");
        assert_eq!(found(&RULE, &group), ["mutating"]);
    }
}
