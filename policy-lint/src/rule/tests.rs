use alloc::collections::BTreeSet;

use super::*;
use crate::{Config, SourceFile, apply_fixes, lint};

#[track_caller]
fn diagnostics(yaml: &str) -> Vec<Diagnostic> {
    let report = lint(&[file(yaml)], &Config::default().at(now()));
    assert!(
        report.documents > 0,
        "not a document that is linted:\n{yaml}"
    );
    report.diagnostics
}

/// When the examples are judged
fn now() -> Time {
    Time::parse("2026-11-23T12:00:00Z").unwrap()
}

fn file(yaml: &str) -> SourceFile {
    SourceFile::new("example.yaml", yaml)
}

/// The codes of all findings.
#[track_caller]
pub(super) fn codes(yaml: &str) -> BTreeSet<String> {
    let found = diagnostics(yaml).into_iter();
    found.map(|one| one.code).collect()
}

/// Returns the texts that the findings of one rule point at.
#[track_caller]
pub(super) fn found<'y>(rule: &Rule, yaml: &'y str) -> Vec<&'y str> {
    let found = diagnostics(yaml).into_iter();
    found
        .filter(|one| one.code == rule.code)
        .map(|one| yaml.get(one.span().range()).unwrap())
        .collect()
}

/// Returns the messages of all findings of one rule.
#[track_caller]
pub(super) fn messages(rule: &Rule, yaml: &str) -> Vec<String> {
    let found = diagnostics(yaml).into_iter();
    found
        .filter(|one| one.code == rule.code)
        .map(|one| one.message)
        .collect()
}

/// Like [`messages`], at a time; without one, rules that depend on it find nothing.
#[track_caller]
pub(super) fn messages_at(rule: &Rule, yaml: &str, now: Option<&str>) -> Vec<String> {
    let config = Config::default();
    let config = match now {
        Some(now) => config.at(Time::parse(now).unwrap()),
        None => config,
    };
    let found = lint(&[file(yaml)], &config).diagnostics.into_iter();
    found
        .filter(|one| one.code == rule.code)
        .map(|one| one.message)
        .collect()
}

/// Returns the help texts of all findings of one rule.
#[track_caller]
pub(super) fn helps(rule: &Rule, yaml: &str) -> Vec<String> {
    let found = diagnostics(yaml).into_iter();
    found
        .filter(|one| one.code == rule.code)
        .filter_map(|one| one.help)
        .collect()
}

/// The text with the fixes of one rule.
#[track_caller]
pub(super) fn fixed(rule: &Rule, yaml: &str) -> String {
    let mut found = diagnostics(yaml);
    found.retain(|one| one.code == rule.code);
    apply_fixes(0, &file(yaml), &found).0
}

/// The identities of an example, at the issuer and host of an enterprise.
pub(super) fn at_enterprise(yaml: &str, issuer: &str, host: &str) -> String {
    yaml.replace("https://token.actions.githubusercontent.com", issuer)
        .replace("https://github.com/", &format!("https://{host}/"))
}

/// A singleton policy with these patterns in its allowlist.
pub(super) fn names(patterns: &[&str]) -> String {
    let items: String = patterns
        .iter()
        .map(|pattern| format!("- namePattern: {pattern}\n"))
        .collect();
    format!(
        "admissionWhitelistPatterns:\n{items}defaultAdmissionRule:\n  evaluationMode: ALWAYS_DENY\n  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n"
    )
}

/// A platform policy with these patterns in its allowlist.
pub(super) fn allows(patterns: &[&str]) -> String {
    let items: String = patterns
        .iter()
        .map(|pattern| format!("    - '{pattern}'\n"))
        .collect();
    format!(
        "gkePolicy:\n  imageAllowlist:\n    allowPattern:\n{items}  checkSets:\n  - checks:\n    - alwaysDeny: true\n"
    )
}

/// A platform policy with these trusted directories.
pub(super) fn directories(patterns: &[&str]) -> String {
    let items: String = patterns
        .iter()
        .map(|pattern| format!("        - '{pattern}'\n"))
        .collect();
    format!(
        "gkePolicy:\n  checkSets:\n  - checks:\n    - trustedDirectoryCheck:\n        trustedDirPatterns:\n{items}"
    )
}

#[test]
fn examples_have_one_place_for_their_part() {
    for rule in RULES {
        let places = rule.example.matches(rule.place()).count();
        assert_eq!(places, 1, "{}", rule.code);
    }
}

#[test]
fn what_a_page_says_to_avoid_is_found() {
    for rule in RULES {
        let codes = codes(&rule.avoided());
        assert!(codes.contains(rule.code), "{}: {codes:?}", rule.code);
    }
}

#[test]
fn what_a_page_prefers_is_not_found() {
    for rule in RULES {
        let codes = codes(&rule.preferred());
        assert!(!codes.contains(rule.code), "{}: {codes:?}", rule.code);
        // An example that would be refused teaches nothing.
        let refused: Vec<_> = codes
            .iter()
            .filter(|code| !code.starts_with("lint-"))
            .collect();
        assert!(refused.is_empty(), "{}: {refused:?}", rule.code);
    }
}

#[test]
fn codes_are_in_order_and_have_one_form() {
    let codes: Vec<_> = RULES.iter().map(|rule| rule.code).collect();
    assert!(codes.is_sorted(), "{codes:?}");
    for rule in RULES {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(rule.code.starts_with("lint-") && rule.code.chars().all(is_plain));
        assert!(
            !rule.what.ends_with('.') && rule.what.starts_with(char::is_lowercase),
            "{}",
            rule.code
        );
        assert!(rule.why.ends_with('.'), "{}", rule.code);
    }
}

/// Whole settings with a trusted root are longer than a screen.
#[test]
fn pages_show_the_part_of_sigstore_that_matters() {
    for rule in RULES {
        let page = rule.page();
        if !rule.code.starts_with("lint-identity-") && !rule.code.starts_with("lint-root-") {
            continue;
        }
        assert!(page.lines().count() <= 70, "{page}");
        assert!(
            page.lines()
                .all(|line| line.len() <= 150 || !line.contains("rawBytes")),
            "{page}"
        );
        assert!(page.contains("\n    sigstore:\n"), "{page}");
        assert!(!page.contains("requireAttestationsBy"), "{page}");
        let has_document = page.contains("certificateAuthorities:");
        assert!(
            !has_document || rule.code.starts_with("lint-root-"),
            "{page}"
        );
    }
    let page = Rule::by_code("lint-root-links").unwrap().page();
    // Their signatures, at the end, are what distinguishes the certificates.
    assert!(
        page.contains("MIIBQTCB…oqnTSQ==") && page.contains("MIIBQTCB…ORe50w=="),
        "{page}"
    );
    let page = Rule::by_code("lint-identity-any-ref").unwrap().page();
    assert!(
        page.contains(
            "Prefer

    sigstore:
      attestors:
        projects/example/attestors/build: [release]
      identities:
        release:
          - trustedRoot: example
            issuer: https://token.actions.githubusercontent.com
            subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
      trustedRoots:
        example:
          document: {…}
"
        ),
        "{page}"
    );
}

/// Keys that both examples have are noise, and of the others the ends are enough to tell them apart.
#[test]
fn pages_show_no_list_of_keys_twice() {
    for rule in RULES {
        let page = rule.page();
        let is_base64 = |line: &&str| line.trim().len() >= 64 && !line.contains([' ', ':', '/']);
        let bodies: Vec<_> = page.lines().map(str::trim).filter(is_base64).collect();
        assert!(bodies.is_empty(), "{bodies:?} in {page}");
        let (avoid, prefer) = page.split_once("\nPrefer\n").unwrap();
        let (_, avoid) = avoid.split_once("\nAvoid\n").unwrap();
        assert_ne!(avoid.trim(), prefer.trim(), "{}", rule.code);
    }
    let page = Rule::by_code("lint-threshold-one").unwrap().page();
    assert!(page.lines().count() < 50, "{page}");
    assert_eq!(page.matches("\n    attestors: […]\n").count(), 2, "{page}");
    let page = Rule::by_code("lint-shared-key").unwrap().page();
    assert_eq!(page.matches(" MFkwEwYH…WHcNMw==\n").count(), 3, "{page}");
}

/// A change that is offered is a good one: what it is about is gone, and nothing is refused.
#[test]
fn fixes_fix() {
    for rule in RULES {
        let avoided = rule.avoided();
        let text = fixed(rule, &avoided);
        if text == avoided {
            continue;
        }
        let codes = codes(&text);
        assert!(!codes.contains(rule.code), "{}:\n{text}", rule.code);
        let is_refusal = |code: &&String| !code.starts_with("lint-");
        assert_eq!(
            codes.iter().find(is_refusal),
            None,
            "{}:\n{text}",
            rule.code
        );
    }
}

/// Whatever an example shows, its finding points into the text.
#[test]
fn findings_point_at_something() {
    for rule in RULES {
        let avoided = rule.avoided();
        for finding in diagnostics(&avoided) {
            for label in &finding.labels {
                let text = avoided.get(label.span.range());
                assert!(
                    text.is_some_and(|text| !text.is_empty()),
                    "{}: {finding:?}",
                    rule.code
                );
            }
        }
    }
}

/// The documents of real instances need no change, and lint has nothing to say about a sensible identity under them.
#[test]
fn real_trusted_roots_with_a_sensible_identity_are_fine() {
    let public_good =
        include_str!("../../../tests/core/vectors/sigstore/published/public-good.json");
    let github = include_str!("../../../tests/core/vectors/sigstore/published/github.json");
    let staging = include_str!("../../../tests/core/vectors/sigstore/published/staging.json");
    for (document, requirements, expected) in [
        (public_good, "", &[][..]),
        (
            github,
            "\"transparencyLogs\": 0, \"ctLogs\": 0, \"signedTimestamps\": 1,",
            &[],
        ),
        (staging, "", &["lint-root-log-unusable"]),
    ] {
        let yaml = format!(
            r#"{{"policy": {{"globalPolicyEvaluationMode": "DISABLE", "defaultAdmissionRule": {{
              "evaluationMode": "REQUIRE_ATTESTATION", "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
              "requireAttestationsBy": ["projects/p/attestors/build"]}}}},
            "attestors": [{{"name": "projects/p/attestors/build",
              "userOwnedGrafeasNote": {{"noteReference": "projects/p/notes/build"}}}}],
            "evidence": {{"kubernetes": {{"notes": {{"projects/p/notes/build": "build"}}}}}},
            "sigstore": {{
              "attestors": {{"projects/p/attestors/build": ["release"]}},
              "identities": {{"release": [{{
                "trustedRoot": "root", "issuer": "https://token.actions.githubusercontent.com",
                "subjectPattern": "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*",
                "claims": {{"sourceRepositoryURI": "https://github.com/acme/shop",
                  "buildTrigger": ["push", "workflow_dispatch"], "sourceRepositoryOwnerIdentifier": "1234567", "runnerEnvironment": "github-hosted"}}}}]}},
              "trustedRoots": {{"root": {{{requirements} "document": {document}}}}}}}}}"#
        );
        let found: Vec<_> = diagnostics(&yaml).into_iter().map(|one| one.code).collect();
        assert_eq!(found, expected, "{requirements}");
    }
}
