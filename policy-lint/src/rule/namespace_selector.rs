//! Selectors that exclude objects from the policy.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-namespace-selector",
    severity: Severity::Warning,
    what: "a selector excludes namespaces or objects",
    why: "Excluded objects bypass the policy, which cannot even report them. The labels of a namespace can be changed \
          by its administrators, those of an object by its creator.",
    example: MANIFEST,
    avoid: "mode: protect
  namespaceSelector:
    matchLabels:
      countersign: enabled",
    prefer: "mode: protect",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for (key, what) in [
        ("namespaceSelector", "namespaces"),
        ("objectSelector", "objects"),
        ("matchConditions", "requests"),
    ] {
        let selector = manifest.entry(key);
        let Some(entry) = selector.filter(|entry| selects(&entry.value)) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                entry.key_span,
                "the rest bypasses the policy",
                format!("`{key}` excludes {what}"),
            )
            .help(
                "remove it, and exempt in the policy: with a rule for the namespace, or a pattern for the \
                 images",
            ),
        );
    }
}

/// Whether a selector has any condition.
fn selects(selector: &Node) -> bool {
    if !selector.items().is_empty() {
        return true;
    }
    let mut parts = selector.entries().iter();
    parts.any(|part| !part.value.items().is_empty() || !part.value.entries().is_empty())
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn only_selectors_that_select_are_found() {
        for (selector, is_found) in [
            ("{matchLabels: {}}", false),
            ("{matchLabels: {}, matchExpressions: []}", false),
            ("null", false),
            ("{matchLabels: {a: b}}", true),
            (
                "{matchExpressions: [{key: a, operator: DoesNotExist}]}",
                true,
            ),
        ] {
            for key in ["namespaceSelector", "objectSelector"] {
                let yaml = RULE
                    .preferred()
                    .replace("mode: protect", &format!("{key}: {selector}"));
                let expected: &[&str] = if is_found { &[key] } else { &[] };
                assert_eq!(found(&RULE, &yaml), expected, "{key}: {selector}");
            }
        }
    }
}
