//! Unused images and signers of suites.

use super::example::SUITE;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::suite::Suite;

pub(super) static RULE: Rule = Rule {
    code: "lint-suite-unused-name",
    severity: Severity::Warning,
    what: "no case of a suite uses an image or a signer",
    why: "A case may be missing, or use another name by mistake. An unused signer also replaces the keys of its attestor \
          without need.",
    example: SUITE,
    avoid: "build: {standsFor: projects/example/attestors/build}
  qa: {standsFor: projects/example/attestors/qa}",
    prefer: "build: {standsFor: projects/example/attestors/build}",
    check: Check::Suite(check),
};

fn check(suite: &Suite, findings: &mut Findings) {
    for unused in &suite.unused {
        findings.push(
            Diagnostic::new(
                unused.span,
                "unused",
                format!("no case uses {} `{}`", unused.noun, unused.name),
            )
            .help("remove it, or use it"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn every_mention_counts() {
        let declared = "images:\n  other: registry.example/other@digest\n";
        let yaml = RULE.preferred().replace("images:\n", declared);
        assert_eq!(found(&RULE, &yaml), ["other"]);
        for (from, to) in [
            ("images: [web]", "images: [other]"),
            ("image: web}", "image: other}"),
            (
                "expect: admitted",
                "expect: {outcome: admitted, pinned: {other: web}}",
            ),
            (
                "expect: admitted",
                "tags: {\"registry.example/other:1\": other}\n    expect: admitted",
            ),
        ] {
            assert!(yaml.contains(from), "{from}");
            let yaml = yaml.replace(from, to);
            assert!(found(&RULE, &yaml).is_empty(), "{yaml}");
        }
    }
}
