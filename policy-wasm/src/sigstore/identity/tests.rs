use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::*;
use crate::json::{Raw, SETTINGS};

const ISSUER: &str = "https://token.actions.githubusercontent.com";
const SUBJECT: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";

fn leaf() -> Leaf<'static> {
    Leaf::of(
        SubjectName::Uri(SUBJECT),
        Some(ISSUER),
        alloc::vec![
            (Claim::SourceRepositoryUri, "https://github.com/acme/shop"),
            (Claim::SourceRepositoryRef, "refs/tags/v1"),
            (Claim::BuildTrigger, "push"),
        ],
    )
}

/// Reads an identity with these fields behind the root.
fn read(fields: &str) -> (Vec<Rc<Identity<'static>>>, Vec<String>) {
    let text = alloc::format!(r#"[{{"trustedRoot": "public-good"{fields}}}]"#);
    let report = Report::default();
    let mut set = Vec::new();
    Raw::new(text.leak()).read(SETTINGS, Path::Root("set"), &report, |value| {
        set = read_set(value, |root| root == "public-good");
    });
    let problems = report.into_problems().into_iter();
    let problems = problems.map(|one| alloc::format!("{} {}", one.path, one.code));
    (set, problems.collect())
}

fn identity(fields: &str) -> Rc<Identity<'static>> {
    let fields = alloc::format!(r#", "issuer": "{ISSUER}"{fields}"#);
    let (mut set, problems) = read(&fields);
    assert_eq!(problems, Vec::<String>::new());
    set.pop().unwrap()
}

fn exact(rest: &str) -> Rc<Identity<'static>> {
    identity(&alloc::format!(r#", "subject": "{SUBJECT}"{rest}"#))
}

#[track_caller]
fn check(fields: &str, expected: &[&str]) {
    assert_eq!(read(fields).1, expected, "{fields}");
}

#[test]
fn issuer_and_subject_must_be_equal() {
    let identity = exact("");
    assert_eq!(identity.matches(&leaf()), Ok(()));
    for (issuer, mismatch) in [
        (None, Mismatch::Issuer),
        (
            Some("https://token.actions.githubusercontent.com/"),
            Mismatch::Issuer,
        ),
        (Some("https://accounts.google.com"), Mismatch::Issuer),
    ] {
        let mut other = leaf();
        other.issuer = issuer;
        assert_eq!(identity.matches(&other), Err(mismatch));
    }
    for subject in [
        SubjectName::Uri("https://github.com/acme/shop"),
        SubjectName::Email(SUBJECT),
        SubjectName::UserName(SUBJECT),
    ] {
        let mut other = leaf();
        other.subject = subject;
        assert_eq!(identity.matches(&other), Err(Mismatch::Subject));
    }
}

#[test]
fn a_pattern_replaces_the_subject() {
    let pattern = SUBJECT.replace("v1", "*");
    let identity = identity(&alloc::format!(r#", "subjectPattern": "{pattern}""#));
    assert_eq!(identity.matches(&leaf()), Ok(()));
    let mut other = leaf();
    other.subject = SubjectName::Uri("https://github.com/acme/shop");
    assert_eq!(identity.matches(&other), Err(Mismatch::Subject));
}

#[test]
fn every_claim_must_match_and_be_there() {
    for (claims, expected) in [
        (r#"{"buildTrigger": "push"}"#, Ok(())),
        (r#"{"buildTrigger": ["release", "push"]}"#, Ok(())),
        (
            r#"{"sourceRepositoryURI": {"pattern": "https://github.com/acme/*"}}"#,
            Ok(()),
        ),
        (
            r#"{"sourceRepositoryRef": {"pattern": "refs/tags/v*"}}"#,
            Ok(()),
        ),
        (
            r#"{"buildTrigger": "push", "sourceRepositoryRef": "refs/tags/v2"}"#,
            Err(Mismatch::Claim(Claim::SourceRepositoryRef)),
        ),
        (
            r#"{"buildTrigger": "pull_request_target"}"#,
            Err(Mismatch::Claim(Claim::BuildTrigger)),
        ),
        (
            r#"{"runnerEnvironment": "github-hosted"}"#,
            Err(Mismatch::Claim(Claim::RunnerEnvironment)),
        ),
    ] {
        let identity = exact(&alloc::format!(r#", "claims": {claims}"#));
        assert_eq!(identity.matches(&leaf()), expected, "{claims}");
    }
}

#[test]
fn an_identity_may_be_limited_to_a_period() {
    let identity = exact(
        r#", "signedAfter": "2026-01-01T00:00:00Z", "signedBefore": "2026-02-01T01:00:00+01:00""#,
    );
    for (time, expected) in [
        ("2025-12-31T23:59:59Z", false),
        ("2026-01-01T00:00:00Z", true),
        ("2026-02-01T00:00:00Z", true),
        ("2026-02-01T00:00:01Z", false),
    ] {
        let time = Time::parse(time).unwrap();
        assert_eq!(identity.may_sign_at(time.into()), expected, "{time}");
    }
    assert!(exact("").may_sign_at(Time::LAST.into()));
}

#[test]
fn equal_identities_have_the_same_root_issuer_subject_and_claims() {
    let one = exact(r#", "claims": {"buildTrigger": "push", "runnerEnvironment": "x"}"#);
    let other = exact(r#", "claims": {"runnerEnvironment": "x", "buildTrigger": ["push"]}"#);
    assert!(one.is_same(&other));
    assert!(one.is_same(&exact(
        r#", "claims": {"buildTrigger": "push", "runnerEnvironment": "x"}, "signedAfter": "2026-01-01T00:00:00Z""#,
    )));
    assert!(!one.is_same(&exact("")));
}

#[test]
fn issuer_and_root_are_required() {
    let subject = r#", "subject": "ann@example.com""#;
    check(subject, &["set[0] settings-missing-field"]);
    let (set, problems) = read(&alloc::format!(r#"{subject}, "issuer": "{ISSUER}""#));
    assert!(problems.is_empty());
    assert_eq!(set.len(), 1);
}

#[test]
fn an_issuer_is_an_address_and_no_pattern() {
    for issuer in [
        "*",
        "https://*.example.com",
        "token.actions.githubusercontent.com",
        "ftp://issuer.example.com",
        "https://",
        "https://issuer.example.com ",
    ] {
        check(
            &alloc::format!(r#", "issuer": "{issuer}", "subject": "ann@example.com""#),
            &["set[0].issuer settings-invalid-value"],
        );
    }
    check(
        r#", "issuer": "http://issuer.example.com", "subject": "ann@example.com""#,
        &[],
    );
}

#[test]
fn exactly_one_of_subject_and_pattern_is_there() {
    let issuer = alloc::format!(r#", "issuer": "{ISSUER}""#);
    check(&issuer, &["set[0] settings-missing-field"]);
    check(
        &alloc::format!(r#"{issuer}, "subject": "a@b.c", "subjectPattern": "*@b.c""#),
        &["set[0] settings-invalid-value"],
    );
    check(
        &alloc::format!(r#"{issuer}, "subject": "ann""#),
        &["set[0].subject settings-invalid-value"],
    );
    check(
        &alloc::format!(r#"{issuer}, "subject": " ann@example.com""#),
        &["set[0].subject settings-invalid-value"],
    );
    check(
        &alloc::format!(r#"{issuer}, "subjectPattern": "^https://github.com/acme/.*$""#),
        &["set[0].subjectPattern settings-invalid-value"],
    );
}

#[test]
fn claims_have_known_names_and_values() {
    let check = |claims: &str, expected: &[&str]| {
        check(
            &alloc::format!(r#", "issuer": "{ISSUER}", "subject": "a@b.c", "claims": {claims}"#),
            expected,
        );
    };
    for (_, name, _) in Claim::ALL {
        check(&alloc::format!(r#"{{"{name}": "x"}}"#), &[]);
    }
    check(
        r#"{"issuer": "x"}"#,
        &["set[0].claims.issuer settings-unknown-field"],
    );
    check(
        r#"{"buildTrigger": {"pattern": "p*"}}"#,
        &["set[0].claims.buildTrigger.pattern settings-invalid-value"],
    );
    check(
        r#"{"buildTrigger": []}"#,
        &["set[0].claims.buildTrigger settings-invalid-value"],
    );
    check(
        r#"{"buildTrigger": true}"#,
        &["set[0].claims.buildTrigger settings-wrong-type"],
    );
    check(
        r#"{"sourceRepositoryURI": {}}"#,
        &["set[0].claims.sourceRepositoryURI settings-missing-field"],
    );
    check(
        r#"{"sourceRepositoryURI": {"pattern": "refs/tags/*"}}"#,
        &["set[0].claims.sourceRepositoryURI.pattern settings-invalid-value"],
    );
    check(
        r#"{"sourceRepositoryRef": {"pattern": "https://github.com/acme/*"}}"#,
        &["set[0].claims.sourceRepositoryRef.pattern settings-invalid-value"],
    );
}

#[test]
fn times_are_in_rfc_3339_and_in_order() {
    let check = |times: &str, expected: &[&str]| {
        check(
            &alloc::format!(r#", "issuer": "{ISSUER}", "subject": "a@b.c", {times}"#),
            expected,
        );
    };
    check(
        r#""signedAfter": "2026-01-01""#,
        &["set[0].signedAfter settings-invalid-value"],
    );
    check(
        r#""signedAfter": "2026-01-02T00:00:00Z", "signedBefore": "2026-01-01T00:00:00Z""#,
        &["set[0] settings-invalid-value"],
    );
}

#[test]
fn a_mismatch_names_the_nearest_identity() {
    let other = identity(r#", "subject": "ann@example.com""#);
    let near = identity(&alloc::format!(
        r#", "subject": "{}""#,
        SUBJECT.replace("v1", "v2")
    ));
    let explained = explain(&leaf(), &[Rc::clone(&near), other]);
    assert_eq!(
        explained,
        alloc::format!(
            "it is for `{SUBJECT}` (issuer `{ISSUER}`), trusted: `{}` (issuer `{ISSUER}`) and 1 more",
            SUBJECT.replace("v1", "v2")
        )
    );
}

#[test]
fn a_mismatch_in_letter_case_is_named() {
    let upper = identity(&alloc::format!(
        r#", "subject": "{}""#,
        SUBJECT.replace("acme", "Acme")
    ));
    let explained = explain(&leaf(), &[upper]);
    assert!(
        explained.ends_with("; they differ only in letter case"),
        "{explained}"
    );
}

#[test]
fn a_mismatch_in_a_claim_names_both_values() {
    let claims = exact(r#", "claims": {"buildTrigger": ["release", "workflow_dispatch"]}"#);
    let explained = explain(&leaf(), &[claims]);
    assert_eq!(
        explained,
        alloc::format!(
            "it is for `{SUBJECT}` (issuer `{ISSUER}`), and its `buildTrigger` is `push`, \
             trusted: `release`, `workflow_dispatch`"
        )
    );
    let claims = exact(r#", "claims": {"runnerEnvironment": "github-hosted"}"#);
    let explained = explain(&leaf(), &[claims]);
    assert!(
        explained.ends_with("and it has no `runnerEnvironment`, trusted: `github-hosted`"),
        "{explained}"
    );
}

#[test]
fn texts_of_certificates_are_quoted() {
    let mut hostile = leaf();
    hostile.subject = SubjectName::Uri("https://evil.test/\u{202e}\n");
    let explained = explain(&hostile, &[exact("")]);
    assert!(
        explained.contains(r"https://evil.test/\u{202e}\u{a}"),
        "{explained}"
    );
    assert_eq!(explained.to_string().lines().count(), 1);
}
