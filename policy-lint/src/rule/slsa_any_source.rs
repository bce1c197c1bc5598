//! Provenance checks without a source repository.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-slsa-any-source",
    severity: Severity::Error,
    what: "a slsaCheck trusts builds of any source repository",
    why: "Anyone with a Google account can build any source in Cloud Build and get genuine provenance. Only \
          `trustedSourceRepoPatterns` restrict the source, and only if they name your organization: anyone can have \
          a repository on a public forge.",
    example: "gkePolicy:
  checkSets:
    - checks:
        - slsaCheck:
            rules:
              - trustedBuilder: GOOGLE_CLOUD_BUILD
                configBasedBuildRequired: true
{part}
",
    avoid: "",
    prefer: "                trustedSourceRepoPatterns: [github.com/example/*]\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for check in settings.all_checks() {
        for rule in check.kind.value.items_of("rules") {
            check_rule(rule, findings);
        }
    }
}

fn check_rule(rule: &Node, findings: &mut Findings) {
    let Some(builder) = rule.get("trustedBuilder") else {
        return;
    };
    let help = "list your repositories: `trustedSourceRepoPatterns: [github.com/ORGANIZATION/*]`";
    let patterns = rule.items_of("trustedSourceRepoPatterns");
    // Another builder may be private and build only trusted sources.
    if patterns.is_empty() && builder.text() == Some("GOOGLE_CLOUD_BUILD") {
        let message = "anyone's builds in Cloud Build satisfy the rule";
        findings.push(Diagnostic::new(builder.span, "any source", message).help(help));
    }
    for pattern in patterns {
        let forge = pattern.text().and_then(|text| text.strip_suffix("/**"));
        if let Some(forge) = forge.filter(|host| PUBLIC_FORGES.contains(host)) {
            let message = format!("builds of every repository on `{forge}` satisfy the rule");
            findings.push(
                Diagnostic::new(pattern.span, "anyone can have a repository there", message)
                    .because(builder.span, "for this builder")
                    .help(help),
            );
        }
    }
}

/// Hosts on which anyone can have a repository
const PUBLIC_FORGES: [&str; 5] = [
    "bitbucket.org",
    "codeberg.org",
    "github.com",
    "gitlab.com",
    "source.cloud.google.com",
];

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn a_whole_forge_is_any_source() {
        let of = |pattern: &str| RULE.preferred().replace("github.com/example/*", pattern);
        assert_eq!(found(&RULE, &of("github.com/**")), ["github.com/**"]);
        for pattern in [
            "github.com/example/**",
            "git.example/**",
            "github.com/example/shop",
        ] {
            assert!(found(&RULE, &of(pattern)).is_empty(), "{pattern}");
        }
    }

    #[test]
    fn a_builder_of_ones_own_may_build_anything() {
        let own = "https://ci.example/builders/release";
        let yaml = RULE.avoided().replace("GOOGLE_CLOUD_BUILD", own);
        assert!(found(&RULE, &yaml).is_empty());
    }
}
