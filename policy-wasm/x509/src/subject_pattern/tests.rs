use super::SubjectPatternError::{
    Character, DoubleWildcard, FirstSegment, Host, Kind, Length, NoWildcard, Ref,
    RegularExpression, TwoWildcards,
};
use super::*;

const TAGS: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*";
const V1: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";
const ANY_REPOSITORY: &str =
    "https://github.com/acme/*/.github/workflows/release.yml@refs/heads/main";

#[track_caller]
fn check(pattern: &str, text: &str, expected: bool) {
    let pattern = SubjectPattern::parse(pattern.into()).unwrap();
    let subject = match SubjectKind::of(text).unwrap() {
        SubjectKind::Uri => SubjectName::Uri(text),
        SubjectKind::Email => SubjectName::Email(text),
        SubjectKind::UserName => SubjectName::UserName(text),
    };
    assert_eq!(
        pattern.covers(subject),
        expected,
        "{} and {text}",
        pattern.text()
    );
}

#[track_caller]
fn refused(pattern: &str, expected: SubjectPatternError) {
    assert_eq!(
        SubjectPattern::parse(pattern.into()),
        Err(expected),
        "{pattern}"
    );
}

#[test]
fn a_star_stands_for_a_part_between_separators() {
    check(TAGS, V1, true);
    check(TAGS, &V1.replace("v1", "v1.2.3"), true);
    check(TAGS, &V1.replace("v1", ""), false);
    check(TAGS, &V1.replace("v1", "a/b"), false);
    check(TAGS, &V1.replace("tags/v1", "heads/main"), false);
    check(TAGS, &V1.replace("v1", "v1@evil"), false);
}

#[test]
fn the_whole_text_is_compared() {
    check(TAGS, &alloc::format!("x{V1}"), false);
    check(TAGS, &alloc::format!("{V1} "), false);
    check(TAGS, &V1.replace("acme", "ACME"), false);
    check(TAGS, &V1.replace("acme", "%61cme"), false);
}

#[test]
fn a_star_for_a_repository_stays_under_its_owner() {
    let main = "https://github.com/acme/any/.github/workflows/release.yml@refs/heads/main";
    check(ANY_REPOSITORY, main, true);
    check(ANY_REPOSITORY, &main.replace("any", "a/b"), false);
    check(ANY_REPOSITORY, &main.replace("acme", "acme-evil"), false);
}

#[test]
fn a_star_within_a_part_stands_for_at_least_one_character() {
    let pattern = ANY_REPOSITORY.replace('*', "shop*");
    let main = ANY_REPOSITORY.replace('*', "shop");
    check(&pattern, &main, false);
    check(&pattern, &main.replace("shop", "shop-2"), true);
    let two = "https://github.com/acme/shop/.github/workflows/*@refs/tags/v*";
    check(two, V1, true);
    check(two, &V1.replace("v1", "v"), false);
}

#[test]
fn two_stars_at_the_end_stand_for_several_segments_and_no_ref() {
    let branches = TAGS.replace("tags/*", "heads/**");
    let branch = V1.replace("tags/v1", "heads/feature/x");
    check(&branches, &branch, true);
    check(&branches, &branch.replace("feature/x", "x@y"), false);
    check("https://github.com/acme/**", V1, false);
    let folder = "https://github.com/acme/shop/**";
    check(folder, "https://github.com/acme/shop/a/b", true);
    check(folder, "https://github.com/acme/shop/", false);
}

#[test]
fn an_email_pattern_covers_one_domain() {
    for (text, expected) in [
        ("ann@example.com", true),
        ("@example.com", false),
        ("ann@evil.com/@example.com", false),
        ("a@b@example.com", false),
        ("ann@sub.example.com", false),
        ("ann@example.com.evil.test", false),
        ("ann@Example.com", false),
        ("https://example.com/ann@example.com", false),
        ("ann!example.com", false),
    ] {
        check("*@example.com", text, expected);
    }
}

#[test]
fn other_issuers_have_other_addresses() {
    for (pattern, text, expected) in [
        (
            "https://gitlab.com/acme/shop//.gitlab-ci.yml@refs/tags/*",
            "https://gitlab.com/acme/shop//.gitlab-ci.yml@refs/tags/v1",
            true,
        ),
        (
            "https://kubernetes.io/namespaces/build/serviceaccounts/*",
            "https://kubernetes.io/namespaces/build/serviceaccounts/signer",
            true,
        ),
        (
            "spiffe://acme.test/ns/build/*",
            "spiffe://acme.test/ns/build/sa",
            true,
        ),
        (
            "spiffe://acme.test/ns/build/*",
            "spiffe://acme.test/ns/build/sa/x",
            false,
        ),
        (
            "https://git.example:8443/acme/*",
            "https://git.example:8443/acme/shop",
            true,
        ),
    ] {
        check(pattern, text, expected);
    }
}

#[test]
fn a_subject_of_another_kind_does_not_match() {
    let pattern = SubjectPattern::parse(TAGS.into()).unwrap();
    assert!(pattern.covers(SubjectName::Uri(V1)));
    assert!(!pattern.covers(SubjectName::Email(V1)));
    assert!(!pattern.covers(SubjectName::UserName(V1)));
}

#[test]
fn host_and_owner_are_literal() {
    refused(
        "https://github.com/*/shop/.github/workflows/release.yml@refs/heads/main",
        FirstSegment,
    );
    refused("https://github.com/**", FirstSegment);
    refused("https://github.com//x/*", FirstSegment);
    refused("https://*.github.com/acme/x@y/*", Host);
    refused("https://github.com*/acme/x", Host);
    refused("https://github.com:*/acme/x", Host);
    refused("https://github.com:/acme/*", Host);
    refused("https://github.com", NoWildcard);
    refused("https://*", Host);
    refused("*://github.com/acme/x", Host);
    refused("HTTPS://github.com/acme/*", Host);
    refused("https://user@github.com/acme/*", Host);
}

#[test]
fn regular_expressions_are_refused() {
    refused("https://github.com/acme/.*", RegularExpression("`.*`"));
    refused("https://github.com/acme/.+", RegularExpression("`.+`"));
    refused("^https://github.com/acme/*$", RegularExpression("`^`"));
    refused(
        "https://github.com/(acme|other)/*",
        RegularExpression("`(`"),
    );
    refused(r"https://github\.com/acme/*", RegularExpression("`\\`"));
    refused("https://github.com/acme/[a-z]*", RegularExpression("`[`"));
    refused("https://github.com/acme/a{1}*", RegularExpression("`{`"));
}

#[test]
fn two_stars_stand_only_at_the_end_after_a_slash() {
    refused(
        "https://github.com/acme/**/x@refs/heads/main",
        DoubleWildcard,
    );
    refused("https://github.com/acme/shop/**.yml", DoubleWildcard);
    refused("https://github.com/acme/shop/x**", DoubleWildcard);
    refused("https://github.com/acme/shop/***", DoubleWildcard);
    refused(
        "https://github.com/acme/a*b*c/.github/workflows/release.yml@refs/heads/main",
        TwoWildcards,
    );
}

#[test]
fn other_texts_are_no_patterns() {
    refused("", Length);
    refused(
        &alloc::format!("https://github.com/acme/*{}", "x".repeat(512)),
        Length,
    );
    refused(V1, NoWildcard);
    refused("*", Kind);
    refused("*@*.example.com", Kind);
    refused("ann*@example.com", Kind);
    refused("*@localhost", Kind);
    refused("*!example.com", Kind);
    refused("https://github.com/acme/* ", Character(' '));
    refused("https://github.com/ácme/*", Character('á'));
}

#[test]
fn a_ref_begins_with_its_literal_kind() {
    let check = |pattern: &'static str, text: &str| {
        SubjectPattern::parse_ref(pattern.into()).map(|pattern| pattern.matches(text))
    };
    assert_eq!(check("refs/tags/v*", "refs/tags/v1"), Ok(true));
    assert_eq!(check("refs/tags/v*", "refs/heads/v1"), Ok(false));
    assert_eq!(check("refs/heads/**", "refs/heads/a/b"), Ok(true));
    assert_eq!(check("refs/pull/*/merge", "refs/pull/7/merge"), Ok(true));
    assert_eq!(check("refs/*/v1", ""), Err(Ref));
    assert_eq!(check("refs/heads/main", ""), Err(NoWildcard));
    assert_eq!(check("refs/heads/.*", ""), Err(RegularExpression("`.*`")));
}

#[test]
fn a_claim_that_is_an_address_has_no_email_pattern() {
    let parse = |pattern: &'static str| SubjectPattern::parse_address(pattern.into());
    assert_eq!(parse("*@example.com"), Err(Host));
    assert!(
        parse("https://github.com/acme/*")
            .unwrap()
            .matches("https://github.com/acme/shop")
    );
}

#[test]
fn the_text_of_a_subject_tells_its_kind() {
    for (text, kind) in [
        (V1, Some(SubjectKind::Uri)),
        (
            "https://example.com/ann@example.com",
            Some(SubjectKind::Uri),
        ),
        ("ann@example.com", Some(SubjectKind::Email)),
        ("ann!example.com", Some(SubjectKind::UserName)),
        ("ann!a@example.com", Some(SubjectKind::UserName)),
        ("ann", None),
        ("", None),
    ] {
        assert_eq!(SubjectKind::of(text), kind, "{text}");
    }
}
