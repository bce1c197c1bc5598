//! Identities that match no certificate.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-never-matches",
    severity: Severity::Warning,
    what: "an identity matches no certificate",
    why: "Every image that needs the identity is denied. Certificates of GitHub name a workflow: \
          `https://github.com/OWNER/REPO/.github/workflows/FILE@REF`, with a whole ref such as `refs/heads/main`. In a \
          pattern, `*` covers neither `/` nor `@`, and `**` covers no `@`. In `subject` and in the texts of claims, \
          `*` is literal.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/**
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        if let Some((subject, mistake)) = identity.mistaken_subject() {
            let message = format!("no certificate matches this subject: {}", mistake.reason);
            let finding = Diagnostic::new(subject.span, "matches nothing", message);
            findings.push(finding.help(mistake.help));
        }
        for (claim, span, mistake) in identity.mistaken_claims() {
            let message = format!("no certificate has this `{claim}`: {}", mistake.reason);
            findings.push(Diagnostic::new(span, "matches nothing", message).help(mistake.help));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{codes, found, helps, messages};

    const GITHUB: &str = "https://token.actions.githubusercontent.com";

    /// The settings with another subject.
    fn with_subject(line: &str) -> String {
        let own = "subjectPattern: https://github.com/acme/shop/**";
        RULE.avoided().replace(own, line)
    }

    #[test]
    fn a_pattern_that_looks_widest_covers_no_workflow() {
        assert_eq!(
            messages(&RULE, &RULE.avoided()),
            [
                "no certificate matches this subject: `**` covers no `@`, and every name of a workflow has one"
            ]
        );
        assert_eq!(
            helps(&RULE, &RULE.avoided()),
            [
                "write `subject: https://github.com/acme/shop/.github/workflows/FILE.yml@refs/heads/main`"
            ]
        );
    }

    #[test]
    fn other_lints_do_not_describe_what_matches_nothing() {
        for line in [
            "subjectPattern: https://github.com/acme/**",
            "subject: ann@example.com",
            "subject: https://github.com/acme/*/.github/workflows/*@refs/heads/**",
        ] {
            let mut found = codes(&with_subject(line));
            found.retain(|code| code.starts_with("lint-identity-"));
            assert_eq!(Vec::from_iter(found), [RULE.code], "{line}");
        }
    }

    #[test]
    fn enterprises_have_issuers_of_their_own_and_other_issuers_have_other_names() {
        for (issuer, count) in [
            (GITHUB, 1),
            ("https://token.actions.githubusercontent.com/acme", 1),
            ("https://gitlab.com", 0),
        ] {
            let yaml = RULE.avoided().replace(GITHUB, issuer);
            assert_eq!(found(&RULE, &yaml).len(), count, "{issuer}");
        }
    }

    #[test]
    fn workflows_of_an_enterprise_are_at_its_host() {
        for (issuer, host) in [
            ("https://token.actions.acme.ghe.com", "acme.ghe.com"),
            ("https://token.actions.acme.ghe.com/acme", "acme.ghe.com"),
            ("https://git.example/_services/token", "git.example"),
        ] {
            let workflow =
                format!("https://{host}/acme/shop/.github/workflows/release.yml@refs/heads/main");
            let own = with_subject(&format!(
                "subject: {workflow}\n        claims: {{sourceRepositoryURI: https://{host}/acme/shop}}"
            ));
            assert!(
                found(&RULE, &own.replace(GITHUB, issuer)).is_empty(),
                "{issuer}"
            );
            // Fulcio may write the address of github.com for every issuer.
            let default = own.replace(&format!("https://{host}"), "https://github.com");
            assert!(
                found(&RULE, &default.replace(GITHUB, issuer)).is_empty(),
                "{issuer}"
            );
            for other in [
                workflow.replace(host, "www.github.com"),
                workflow.replace("refs/heads/main", "main"),
                workflow.replace("https://", ""),
            ] {
                let yaml = with_subject(&format!("subject: {other}")).replace(GITHUB, issuer);
                assert_eq!(
                    helps(&RULE, &yaml),
                    [format!("write `subject: {workflow}`")]
                );
            }
            let claim =
                format!("subject: {workflow}\n        claims: {{sourceRepositoryURI: acme/shop}}");
            assert_eq!(
                helps(&RULE, &with_subject(&claim).replace(GITHUB, issuer)),
                [format!(
                    "write `sourceRepositoryURI: https://{host}/acme/shop`"
                )]
            );
        }
        let other =
            "subject: https://acme.ghe.com/acme/shop/.github/workflows/a.yml@refs/heads/main";
        assert_eq!(
            helps(&RULE, &with_subject(other)),
            ["the issuer of workflows at this host is `https://token.actions.acme.ghe.com`"]
        );
        // The host of no enterprise
        for issuer in [
            "https://git.example/a/_services/token",
            "https://token.actions.example.com",
        ] {
            let yaml = RULE.avoided().replace(GITHUB, issuer);
            assert!(found(&RULE, &yaml).is_empty(), "{issuer}");
        }
    }

    #[test]
    fn a_star_in_a_text_is_answered_with_the_pattern() {
        let workflow = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*";
        for (issuer, line, help) in [
            (
                GITHUB,
                format!("subject: {workflow}"),
                format!("write `subjectPattern: {workflow}`"),
            ),
            (
                GITHUB,
                "subject: https://github.com/*/shop/.github/workflows/*@v*".to_owned(),
                "write `subjectPattern: https://github.com/OWNER/shop/.github/workflows/*@refs/tags/v*`"
                    .to_owned(),
            ),
            (
                "https://accounts.google.com",
                "subject: \"*@example.com\"".to_owned(),
                "write `subjectPattern: *@example.com`".to_owned(),
            ),
            (
                "https://accounts.google.com",
                "subject: \"ann@*\"".to_owned(),
                "write the whole subject, or a `subjectPattern`, as in `https://git.example/team/*`"
                    .to_owned(),
            ),
        ] {
            let yaml = with_subject(&line).replace(GITHUB, issuer);
            assert_eq!(helps(&RULE, &yaml), [help], "{line}");
        }
    }

    #[test]
    fn claims_have_whole_addresses_and_refs() {
        let subject =
            "subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main";
        for (claim, help) in [
            ("sourceRepositoryURI: https://github.com/acme/shop", None),
            (
                "sourceRepositoryURI: [https://github.com/acme/a, https://github.com/acme/b]",
                None,
            ),
            (
                "sourceRepositoryURI: {pattern: https://github.com/acme/*}",
                None,
            ),
            ("sourceRepositoryRef: refs/tags/v1", None),
            ("sourceRepositoryRef: {pattern: refs/tags/*}", None),
            ("tokenSubject: repo:acme/shop:ref:refs/heads/main", None),
            (
                "sourceRepositoryURI: acme/shop",
                Some("write `sourceRepositoryURI: https://github.com/acme/shop`"),
            ),
            (
                "sourceRepositoryURI: [github.com/acme/shop/]",
                Some("write `sourceRepositoryURI: https://github.com/acme/shop`"),
            ),
            (
                "sourceRepositoryURI: https://www.github.com/acme/shop",
                Some("write `sourceRepositoryURI: https://github.com/acme/shop`"),
            ),
            (
                "sourceRepositoryURI: https://github.com/acme/shop.git",
                Some("write `sourceRepositoryURI: https://github.com/acme/shop`"),
            ),
            (
                "sourceRepositoryURI: https://github.com/acme/*",
                Some("write `sourceRepositoryURI: {pattern: https://github.com/acme/*}`"),
            ),
            (
                "sourceRepositoryRef: main",
                Some("write `sourceRepositoryRef: refs/heads/main`"),
            ),
            (
                "sourceRepositoryRef: refs/tags/*",
                Some("write `sourceRepositoryRef: {pattern: refs/tags/*}`"),
            ),
            (
                "sourceRepositoryRef: v*",
                Some("write `sourceRepositoryRef: {pattern: refs/tags/v*}`"),
            ),
            (
                "buildConfigURI: acme/shop/.github/workflows/ci.yml@main",
                Some(
                    "write `buildConfigURI: https://github.com/acme/shop/.github/workflows/ci.yml@refs/heads/main`",
                ),
            ),
            (
                "buildTrigger: \"*\"",
                Some(
                    "list the values: only claims whose names end with `URI` or `Ref` can have a pattern",
                ),
            ),
        ] {
            let yaml = with_subject(&format!("{subject}\n        claims: {{{claim}}}"));
            assert_eq!(helps(&RULE, &yaml), Vec::from_iter(help), "{claim}");
        }
    }
}
