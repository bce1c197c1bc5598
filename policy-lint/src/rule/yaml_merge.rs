//! YAML merge keys, which parsers read differently.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Doubt, DoubtKind};

pub(super) static RULE: Rule = Rule {
    code: "lint-yaml-merge",
    severity: Severity::Warning,
    what: "a mapping has a merge key (`<<`)",
    why: "Policy servers and kwctl do not merge: `<<` is an unknown field for them. kubectl merges, but `<<` overrides the \
          keys above it, whereas in YAML's definition the mapping's own keys always win. Countersign reads files like \
          kubectl, and `export` writes the merged keys.",
    example: "policy:
{part}
",
    avoid: "  defaultAdmissionRule: &closed
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  kubernetesNamespaceAdmissionRules:
    shop:
      evaluationMode: ALWAYS_ALLOW
      <<: *closed
",
    prefer: "  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  kubernetesNamespaceAdmissionRules:
    shop:
      evaluationMode: ALWAYS_DENY
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Notation(check),
};

fn check(doubt: &Doubt, _: &str, findings: &mut Findings) {
    let DoubtKind::Merge(replaced) = &doubt.kind else {
        return;
    };
    let help = "replace `<<` by the merged keys, as `countersign export` does";
    let finding = if replaced.is_empty() {
        let message = "policy servers and kwctl do not merge `<<`";
        Diagnostic::new(doubt.span, "not merged everywhere", message)
    } else {
        let keys: Vec<_> = replaced.iter().map(|key| format!("`{key}`")).collect();
        let keys = keys.join(", ");
        let message =
            format!("in kubectl, this `<<` replaces {keys} above it; in other parsers it does not");
        Diagnostic::new(doubt.span, format!("replaces {keys}"), message)
    };
    findings.push(finding.help(help));
}

#[cfg(test)]
mod tests {
    use super::super::tests::{found, messages};
    use super::RULE;

    #[test]
    fn every_merge_is_found_and_says_what_it_replaces() {
        for (above, expected) in [
            ("", "do not merge"),
            ("a: 1, ", "replaces `a` above"),
            ("b: 1, a: 1, ", "replaces `a`, `b` above"),
            ("c: 1, ", "do not merge"),
        ] {
            let yaml = format!("evidence: {{x: &x {{a: 2, b: 3}}, y: {{{above}<<: *x}}}}");
            assert_eq!(found(&RULE, &yaml), ["<<"], "{yaml}");
            let messages = messages(&RULE, &yaml);
            assert!(messages[0].contains(expected), "{messages:?}");
        }
        assert!(found(&RULE, "evidence: {'<<': {a: 1}}").is_empty());
    }
}
