//! Host wildcards that cover all customers of a registry operator.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Language, Settings, registry};

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-any-tenant",
    severity: Severity::Error,
    what: "a wildcard in the host covers the registries of all customers of an operator",
    why: "Each customer of Azure, AWS or JFrog has its own registry host, and anyone can become a customer within \
          minutes. A wildcard before the operator's domain trusts all customers, whatever path follows, since each \
          customer chooses its paths.",
    example: "gkePolicy:
  checkSets:
    - checks:
        - trustedDirectoryCheck:
{part}
",
    avoid: "            trustedDirPatterns: ['*.azurecr.io/shop']\n",
    prefer: "            trustedDirPatterns: [example.azurecr.io/shop]\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns() {
        let host = pattern.text.split('/').next().unwrap_or_default();
        let is_image = pattern.language != Language::SourceRepository;
        if !is_image || !registry::covers_tenants(host) {
            continue;
        }
        let domain = host.trim_start_matches('*');
        findings.push(
            Diagnostic::new(
                pattern.span,
                "anyone can have a registry there",
                format!(
                    "pattern `{}` covers the registries of other customers",
                    pattern.text
                ),
            )
            .help(format!(
                "use your own registry, such as `example{domain}/…`"
            )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{directories, found};
    use super::RULE;

    #[test]
    fn hosts_that_are_named_by_customers_are_found() {
        for (pattern, is_found) in [
            ("*.azurecr.io/**", true),
            ("*-prod.azurecr.io/shop", true),
            ("*.dkr.ecr.eu-west-1.amazonaws.com/**", true),
            ("*.jfrog.io/docker/shop", true),
            ("*.github.io/shop", true),
            ("shop.azurecr.io/**", false),
            ("*.registry.example/shop", false),
            // There the customer is in the path, and the wildcard is over regions.
            ("*-docker.pkg.dev/my-project/prod", false),
        ] {
            let yaml = directories(&[pattern]);
            assert_eq!(
                found(&RULE, &yaml).len(),
                usize::from(is_found),
                "{pattern}"
            );
        }
    }
}
