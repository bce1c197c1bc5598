//! System policies with patterns that are not Google's.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Settings, registry};

pub(super) static RULE: Rule = Rule {
    code: "lint-system-policy-foreign",
    severity: Severity::Warning,
    what: "the system policy exempts images that are not Google's",
    why: "The system policy is exported from Google and rarely reviewed, and its images are admitted before all rules. A \
          pattern that is not Google's was added locally, where reviewers do not expect it.",
    example: "policy:
  globalPolicyEvaluationMode: ENABLE
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
systemPolicy:
  admissionWhitelistPatterns:
{part}
",
    avoid: "    - namePattern: registry.example/shop/**\n",
    prefer: "    - namePattern: gcr.io/google-containers/*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns().iter().filter(|one| one.is_system) {
        let (host, path) = pattern.text.split_once('/').unwrap_or((pattern.text, ""));
        let is_google = registry::is_google(host);
        // A pattern without a project covers the images of all customers.
        let is_shared = registry::is_public(host) && !registry::is_single_vendor(host);
        let is_open = is_shared && path.starts_with('*');
        if is_google && !is_open {
            continue;
        }
        findings.push(
            Diagnostic::new(
                pattern.span,
                "not one of Google's",
                format!("the system policy contains `{}`", pattern.text),
            )
            .help(
                "export it again (`gcloud alpha container binauthz policy export-system-policy`), and exempt your own \
                 images with `admissionWhitelistPatterns` of the policy",
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn only_googles_registries_with_a_project_are_googles() {
        for (pattern, is_found) in [
            ("gcr.io/google_containers/*", false),
            ("k8s.gcr.io/**", false),
            ("gke.gcr.io/*", false),
            ("registry.k8s.io/**", false),
            ("us-docker.pkg.dev/gke-release/gke-release/*", false),
            ("gcr.io/**", true),
            ("docker.io/library/*", true),
            ("gcr.io.evil.example/gke-release/*", true),
        ] {
            let yaml = RULE.avoided().replace("registry.example/shop/**", pattern);
            assert_eq!(
                found(&RULE, &yaml).len(),
                usize::from(is_found),
                "{pattern}"
            );
        }
    }
}
