//! Test cases that dry run always admits.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Span;
use crate::suite::{Outcome, Request, Suite};

pub(super) static RULE: Rule = Rule {
    code: "lint-suite-admitted-by-dry-run",
    severity: Severity::Warning,
    what: "a case expects `admitted` under a dry run, which admits every image",
    why: "The case passes whatever the verdict on the image is, for example without a signature or with a broken policy. \
          Expect `enforcement: enforced` if the policy should admit the image, or `enforcement: dry-run` if it should \
          not. Reported if settings and suite are linted together.",
    example: "policy:
  kubernetesNamespaceAdmissionRules:
    staging:
      evaluationMode: ALWAYS_DENY
      enforcementMode: DRYRUN_AUDIT_LOG_ONLY
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
---
apiVersion: countersign.dev/v1
kind: PolicySuite
settings: policy.yaml
time: 2026-01-31T12:00:00Z
images:
  web: registry.example/shop/web@digest
cases:
  - name: in staging
    request: {namespace: staging, images: [web]}
{part}
  - name: everywhere else
    request: {namespace: production, images: [web]}
    expect: {outcome: denied, reasons: [always-deny]}
",
    avoid: "    expect: admitted\n",
    prefer: "    expect: {outcome: admitted, enforcement: dry-run, reasons: [always-deny]}\n",
    check: Check::Tested(check),
};

fn check(suite: &Suite, settings: &Settings<'_>, findings: &mut Findings) {
    for case in &suite.cases {
        let expected = &case.expectation;
        let says_more = expected.enforcement.is_some()
            || !expected.reasons.is_empty()
            || !expected.images.is_empty();
        if expected.outcome != Outcome::Admitted || says_more {
            continue;
        }
        let Request::Inline(request) = &case.request else {
            continue;
        };
        let account = request.service_account.as_deref().unwrap_or("default");
        let Some(dry_run) = dry_run(settings, &request.namespace, account) else {
            continue;
        };
        findings.push(
            Diagnostic::new(
                expected.span,
                "true for every image",
                format!("case `{}` passes whatever the verdict is", case.name),
            )
            .because(dry_run, "the dry run")
            .help("use `expect: {outcome: admitted, enforcement: enforced}`, or `dry-run` if the image violates the rule"),
        );
    }
}

/// The place of the dry run that applies to a Pod.
fn dry_run(settings: &Settings<'_>, namespace: &str, account: &str) -> Option<Span> {
    let platform = settings.setting(&["platformPolicyEnforcement"]);
    let platform = platform.filter(|node| node.text() == Some("dryrun"));
    if let Some(platform) = platform.filter(|_| settings.policy().is_none()) {
        return Some(platform.span);
    }
    let rules = settings.rules();
    // Rules for clusters and service identities depend on more than a case says.
    let of = |map: &str, key: &str| {
        rules
            .iter()
            .find(|rule| rule.map == map && rule.key() == key)
    };
    let rule = of(
        "kubernetesServiceAccountAdmissionRules",
        &format!("{namespace}:{account}"),
    )
    .or_else(|| of("kubernetesNamespaceAdmissionRules", namespace))
    .or_else(|| of("defaultAdmissionRule", ""))?;
    match rule.enforcement() {
        Some(("DRYRUN_AUDIT_LOG_ONLY", span)) => Some(span),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;
    use crate::{Config, SourceFile, lint};

    #[test]
    fn a_case_that_says_how_or_why_is_not_found() {
        for more in [
            "enforcement: dry-run",
            "enforcement: enforced",
            "reasons: [always-deny]",
        ] {
            let expect = format!("expect: {{outcome: admitted, {more}}}");
            let yaml = RULE.avoided().replace("expect: admitted", &expect);
            assert!(found(&RULE, &yaml).is_empty(), "{more}");
        }
        let enforced = RULE.avoided().replace("namespace: staging,", "");
        assert!(found(&RULE, &enforced).is_empty());
    }

    #[test]
    fn the_settings_are_those_of_the_file_that_the_suite_names() {
        let avoided = RULE.avoided();
        let (settings, suite) = avoided.split_once("---\n").unwrap();
        let enforced = settings.replace("DRYRUN_AUDIT_LOG_ONLY", "ENFORCED_BLOCK_AND_AUDIT_LOG");
        for (named, path, count) in [
            ("policy.yaml", "shop/policy.yaml", 1),
            ("./policy.yaml", "./shop/policy.yaml", 1),
            ("../policy.yaml", "policy.yaml", 1),
            ("policy.yaml", "policy.yaml", 0),
        ] {
            let suite = suite.replace("settings: policy.yaml", &format!("settings: {named}"));
            let files = [
                SourceFile::new("other.yaml", enforced.as_str()),
                SourceFile::new("shop/tests.yaml", suite),
                SourceFile::new(path, settings),
            ];
            let found = lint(&files, &Config::default()).diagnostics;
            let found = found.iter().filter(|one| one.code == RULE.code);
            assert_eq!(found.count(), count, "{named} {path}");
        }
    }
}
