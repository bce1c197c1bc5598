use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::*;
use crate::json::{Raw, SETTINGS};
use crate::rejection::Rejection;

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
        set = read_set(value, &[("public-good", 0)]);
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
    let listed = exact(r#", "claims": {"buildTrigger": ["push", "release"]}"#);
    let shuffled = exact(r#", "claims": {"buildTrigger": ["release", "push", "release"]}"#);
    assert!(listed.is_same(&shuffled));
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
        &["set[0].subjectPattern settings-invalid-value"],
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

/// Returns the text for a Decision and the one for a denial.
#[track_caller]
fn texts(leaf: &Leaf<'_>, identities: &[Rc<Identity<'_>>]) -> (String, String) {
    match explain(leaf, identities) {
        Rejection::IdentityMismatch { why, said, .. } => (why, said),
        other => panic!("{other:?}"),
    }
}

/// The identity of the certificate, with another text in its subject.
fn with(from: &str, to: &str) -> Rc<Identity<'static>> {
    let subject = SUBJECT.replace(from, to);
    let field = if to.contains('*') {
        "subjectPattern"
    } else {
        "subject"
    };
    identity(&alloc::format!(r#", "{field}": "{subject}""#))
}

#[test]
fn a_mismatch_names_the_nearest_identity() {
    let other = || identity(r#", "subject": "ann@example.com""#);
    let (why, said) = texts(&leaf(), &[other(), with("v1", "v2"), other()]);
    assert_eq!(
        why,
        alloc::format!(
            "it is for `{SUBJECT}` (issuer `{ISSUER}`), trusted: exactly `{}` (issuer `{ISSUER}`) and 2 others",
            SUBJECT.replace("v1", "v2")
        )
    );
    assert_eq!(
        said,
        "Signed by github.com/acme/shop/…/release.yml@refs/tags/v1, \
         not by …/release.yml@refs/tags/v2 or 2 others"
    );
    let (why, _) = texts(&leaf(), &[with("release", "*"), with("acme/shop", "x/y")]);
    assert!(why.contains("and 1 other"), "{why}");
    // Two that are equally near
    let (_, said) = texts(&leaf(), &[with("acme", "b"), with("acme", "c")]);
    assert!(
        said.ends_with("not by …/b/shop/…/release.yml@refs/tags/v1 or 1 other"),
        "{said}"
    );
}

#[test]
fn a_mismatch_tells_patterns_from_exact_subjects() {
    for (from, to, expected) in [
        (
            "release.yml@refs/tags/v1",
            "publish.yml@refs/tags/v*",
            "…/publish.yml@refs/tags/v*",
        ),
        ("tags/v1", "heads/*", "…/release.yml@refs/heads/*"),
        ("acme", "evil", "…/evil/shop/…/release.yml@refs/tags/v1"),
        (
            "github.com",
            "git.example",
            "git.example/acme/shop/…/release.yml@refs/tags/v1",
        ),
    ] {
        let (why, said) = texts(&leaf(), &[with(from, to)]);
        let kind = if to.contains('*') {
            "pattern"
        } else {
            "exactly"
        };
        assert!(why.contains(&alloc::format!("trusted: {kind} `")), "{why}");
        assert_eq!(
            said,
            alloc::format!(
                "Signed by github.com/acme/shop/…/release.yml@refs/tags/v1, not by {expected}"
            )
        );
    }
}

#[test]
fn a_mismatch_of_issuers_names_both() {
    let mut other = leaf();
    other.issuer = Some("https://accounts.example");
    let (_, said) = texts(&other, &[with("v1", "v2"), exact("")]);
    assert_eq!(
        said,
        "Signed by an identity of issuer accounts.example, \
         not of token.actions.githubusercontent.com or 1 other"
    );
    other.issuer = None;
    let (_, said) = texts(&other, &[exact("")]);
    assert_eq!(said, "Signed by an identity without an issuer");
}

#[test]
fn a_mismatch_in_letter_case_is_named() {
    let (explained, _) = texts(&leaf(), &[with("acme", "Acme")]);
    assert!(
        explained.ends_with("; they differ only in letter case"),
        "{explained}"
    );
}

#[test]
fn a_mismatch_in_a_claim_names_both_values() {
    let claims = exact(r#", "claims": {"buildTrigger": ["release", "workflow_dispatch"]}"#);
    let (why, said) = texts(&leaf(), &[claims]);
    assert_eq!(
        why,
        alloc::format!(
            "it is for `{SUBJECT}` (issuer `{ISSUER}`), and its `buildTrigger` is `push`, \
             trusted: one of `release`, `workflow_dispatch`"
        )
    );
    assert_eq!(
        said,
        "Signed by a certificate whose `buildTrigger` is push, not release or 1 other"
    );
    let claims = exact(r#", "claims": {"runnerEnvironment": "github-hosted"}"#);
    let (why, said) = texts(&leaf(), &[claims]);
    assert!(
        why.ends_with("and it has no `runnerEnvironment`, trusted: exactly `github-hosted`"),
        "{why}"
    );
    assert_eq!(said, "Signed by a certificate without `runnerEnvironment`");
    let claims = exact(r#", "claims": {"sourceRepositoryRef": {"pattern": "refs/heads/*"}}"#);
    let (why, said) = texts(&leaf(), &[claims]);
    assert!(why.ends_with("trusted: pattern `refs/heads/*`"), "{why}");
    assert_eq!(
        said,
        "Signed by a certificate whose `sourceRepositoryRef` is refs/tags/v1, not refs/heads/*"
    );
}

#[test]
fn a_mismatch_of_times_names_the_bound() {
    let said = |bounds: &str, time: &str| {
        let time = Time::parse(time).unwrap().into();
        match not_then(&exact(bounds), &leaf(), time) {
            Rejection::IdentityMismatch { said, .. } => said,
            other => panic!("{other:?}"),
        }
    };
    let bounds =
        r#", "signedAfter": "2026-01-01T00:00:00Z", "signedBefore": "2026-02-01T00:00:00Z""#;
    assert_eq!(
        said(bounds, "2025-12-31T00:00:00Z"),
        "Signed at 2025-12-31T00:00:00Z, before `signedAfter` 2026-01-01T00:00:00Z"
    );
    assert_eq!(
        said(bounds, "2026-03-01T00:00:00Z"),
        "Signed at 2026-03-01T00:00:00Z, after `signedBefore` 2026-02-01T00:00:00Z"
    );
}

#[test]
fn texts_of_certificates_are_quoted() {
    let mut hostile = leaf();
    let long = ["https://evil.test/", &"x".repeat(4000)].concat();
    for (subject, shown) in [
        (
            "https://evil.test/\u{202e}\n",
            r"https://evil.test/\u{202e}\u{a}",
        ),
        (
            "https://evil.test/a, not by b",
            r"https://evil.test/a, not by b",
        ),
        (long.as_str(), "https://evil.test/xxx"),
    ] {
        hostile.subject = SubjectName::Uri(subject);
        let (why, said) = texts(&hostile, &[exact("")]);
        assert!(why.contains(shown), "{why}");
        assert_eq!(why.lines().count(), 1);
        // Each name is one word of limited length.
        let words: Vec<_> = said.split(' ').collect();
        assert_eq!(words.len(), 6, "{said}");
        assert!(
            words.iter().all(|word| word.chars().count() <= 73),
            "{said}"
        );
    }
}

/// Names that only differ where they are shortened are not shown.
#[test]
fn names_that_look_alike_when_short_are_left_out() {
    let long = "x".repeat(80);
    let mut other = leaf();
    let (one, two) = (
        [&long, "1@b.example"].concat(),
        [&long, "2@b.example"].concat(),
    );
    other.subject = SubjectName::Email(&one);
    let (_, said) = texts(
        &other,
        &[identity(&alloc::format!(r#", "subject": "{two}""#))],
    );
    assert_eq!(said, "");
}
