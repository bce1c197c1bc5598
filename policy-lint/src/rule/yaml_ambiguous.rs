//! Texts without quotes that kubectl takes for something else than other readers of YAML do.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Doubt, DoubtKind};

pub(super) static RULE: Rule = Rule {
    code: "lint-yaml-ambiguous",
    severity: Severity::Warning,
    what: "kubectl takes a key or a value for another than it reads as",
    why: "kubectl reads YAML 1.1: without quotes `no`, `y`, `on` and `off` are truths, `012` is ten and \
          `1_000` a thousand, and a key becomes the text of that. A rule for the namespace `no` reaches the \
          cluster as one for `false`, and the default rule applies in its place. Policy servers and kwctl, \
          which read YAML 1.2, take the same file for another policy. Countersign reads what kubectl reads.",
    avoid: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  kubernetesNamespaceAdmissionRules:
    no:
      evaluationMode: ALWAYS_DENY
      enforcementMode: DRYRUN_AUDIT_LOG_ONLY
",
    prefer: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  kubernetesNamespaceAdmissionRules:
    \"no\":
      evaluationMode: ALWAYS_DENY
      enforcementMode: DRYRUN_AUDIT_LOG_ONLY
",
    check: Check::Notation(check),
};

fn check(doubt: &Doubt, written: &str, findings: &mut Findings) {
    let finding = match &doubt.kind {
        DoubtKind::Key(read) => {
            let message = format!("kubectl takes the key `{written}` for `{read}`");
            Diagnostic::new(doubt.span, format!("`{read}` in the cluster"), message).help(format!(
                "write \"{written}\" or \"{read}\", with the quotes"
            ))
        }
        DoubtKind::Value(read) => {
            let message = format!("kubectl takes `{written}` for {read}");
            Diagnostic::new(doubt.span, format!("{read} in the cluster"), message).help(format!(
                "write \"{written}\" with the quotes if it is a text, and {read} if it is not"
            ))
        }
        DoubtKind::Tag => {
            let message = "some readers know the tag of this value, and some do not";
            Diagnostic::new(doubt.span, "has a tag", message).help("write the value without a tag")
        }
        DoubtKind::Merge(_) => return,
    };
    findings.push(finding);
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn every_kind_of_difference_is_found() {
        for (yaml, expected) in [
            (
                "evidence: {x: {no: 1, \"on\": 2, 012: 3, 1: 4}}",
                &["no", "012"][..],
            ),
            (
                "evidence: {x: [yes, true, 'no', 1_000, 12, 0x1f, 1.5]}",
                &["yes", "1_000"],
            ),
            ("evidence: {x: [!a b, !!str 012, !!int 1]}", &["b", "1"]),
            ("evidence: {x: &x no, y: *x}", &["no", "y"]),
            (r#"{"evidence": {"no": "no"}}"#, &[]),
        ] {
            assert_eq!(found(&RULE, yaml), expected, "{yaml}");
        }
    }

    #[test]
    fn a_manifest_is_read_by_kubectl_as_a_whole() {
        let yaml = "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nmetadata:\n  name: 007\nspec:\n  module: countersign\n  settings: {policy: {}}\n";
        assert_eq!(found(&RULE, yaml), ["007"]);
    }
}
