//! Lists of Google projects, which have no effect.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-projects-list-has-no-effect",
    severity: Severity::Info,
    what: "a check lists Google projects, which Countersign does not query",
    why: "Google reads attestations and scans from these projects. Countersign calls no Google service: it reads \
          evidence from the settings, the Pod, the cluster or the registry.",
    example: "gkePolicy:
  checkSets:
    - checks:
        - vulnerabilityCheck:
            maximumFixableSeverity: MEDIUM
            maximumUnfixableSeverity: HIGH
{part}
",
    avoid: "            containerAnalysisVulnerabilityProjects:
              - projects/my-project
",
    prefer: "",
    check: Check::Settings(check),
};

const LISTS: [&str; 2] = [
    "containerAnalysisAttestationProjects",
    "containerAnalysisVulnerabilityProjects",
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for check in settings.all_checks() {
        let kind = &check.kind.value;
        find(settings, kind, findings);
        for rule in kind.items_of("rules") {
            if let Some(source) = rule.get("attestationSource") {
                find(settings, source, findings);
            }
        }
    }
}

fn find(settings: &Settings<'_>, mapping: &Node, findings: &mut Findings) {
    for entry in LISTS.iter().filter_map(|list| mapping.entry(list)) {
        let finding = Diagnostic::new(
            entry.key_span,
            "not queried",
            format!("`{}` has no effect", entry.key),
        )
        .help("remove it, unless you also use this policy at Google");
        findings.push(match settings.without_entry(mapping, entry) {
            Some(edit) => finding.fix(format!("remove `{}`", entry.key), vec![edit]),
            None => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{fixed, found};
    use super::RULE;

    #[test]
    fn the_list_goes_with_its_key() {
        assert_eq!(fixed(&RULE, &RULE.avoided()), RULE.preferred());
    }

    #[test]
    fn a_source_with_nothing_else_in_it_is_left_alone() {
        let yaml = "gkePolicy:
  checkSets:
    - checks:
        - slsaCheck:
            rules:
              - trustedBuilder: GOOGLE_CLOUD_BUILD
                attestationSource:
                  containerAnalysisAttestationProjects: [projects/my-project]
";
        assert_eq!(found(&RULE, yaml), ["containerAnalysisAttestationProjects"]);
        assert_eq!(fixed(&RULE, yaml), yaml);
    }
}
