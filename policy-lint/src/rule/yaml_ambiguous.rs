//! Unquoted YAML values that kubectl reads differently from other parsers.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Doubt, DoubtKind};

pub(super) static RULE: Rule = Rule {
    code: "lint-yaml-ambiguous",
    severity: Severity::Warning,
    what: "kubectl reads an unquoted key or value as another value",
    why: "kubectl reads YAML 1.1: without quotes, `no`, `y`, `on` and `off` are booleans, `012` is ten and `1_000` is a \
          thousand, and keys are converted in the same way. A rule for the namespace `no` becomes a rule for `false`, \
          and the default rule applies instead. Policy servers and kwctl read YAML 1.2, and see another policy in the \
          same file. Countersign reads files like kubectl.",
    example: "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  kubernetesNamespaceAdmissionRules:
{part}
      evaluationMode: ALWAYS_DENY
      enforcementMode: DRYRUN_AUDIT_LOG_ONLY
",
    avoid: "    no:\n",
    prefer: "    \"no\":\n",
    check: Check::Notation(check),
};

fn check(doubt: &Doubt, written: &str, findings: &mut Findings) {
    let finding = match &doubt.kind {
        DoubtKind::Key(read) => {
            let message = format!("kubectl reads the key `{written}` as `{read}`");
            Diagnostic::new(doubt.span, format!("`{read}` in the cluster"), message)
                .help(format!("use \"{written}\" or \"{read}\", with the quotes"))
        }
        DoubtKind::Value(read) => {
            let message = format!("kubectl reads `{written}` as {read}");
            Diagnostic::new(doubt.span, format!("{read} in the cluster"), message).help(format!(
                "use \"{written}\" with the quotes for a text, and {read} otherwise"
            ))
        }
        DoubtKind::Tag => {
            let message = "YAML parsers differ in how they read the tag of this value";
            Diagnostic::new(doubt.span, "has a tag", message).help("remove the tag")
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
