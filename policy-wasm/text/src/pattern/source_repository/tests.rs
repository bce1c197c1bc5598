//! Rows of the conformance tables of source repositories.

use super::*;

/// Row, pattern, address, whether they match.
#[rustfmt::skip]
const MATCHING: &[(&str, &str, &str, bool)] = &[
    ("S01", "source.cloud.google.com/my-project/my-repo-name", "source.cloud.google.com/my-project/my-repo-name", true),
    ("S02", "source.cloud.google.com/my-project/my-repo-name", "git+ssh://source.cloud.google.com/my-project/my-repo-name", true),
    ("S03", "source.cloud.google.com/my-project/my-repo-name", "https://source.cloud.google.com/my-project/my-repo-name", true),
    ("S04", "github.com/my-project/my-repo", "https://github.com/my-project/my-repo", true),
    ("S05", "github.com/my-project/my-repo", "https://github.com/my-project/my-repo2", false),
    ("S06", "github.com/my-project/*", "https://github.com/my-project/my-repo", true),
    ("S07", "github.com/my-project/*", "https://github.com/my-project/group/my-repo", false),
    ("S08", "github.com/**", "https://github.com/my-project/group/my-repo", true),
    ("S09", "github.com/my-project/*", "https://github.com/my-project-evil/my-repo", false),
    ("S10", "github.com/my-github-user/*", "https://github.com/my-github-user/repo", true),
    ("S11", "github.com/my-project/*", "https://github.com/my-project/", false),
    ("S12", "github.com/my-project/my-repo", "https://github.com/my-project/my-repo.git", false),
    ("S13", "github.com/**", "https://github.com.evil.example/p/r", false),
];

/// Row, pattern, whether it is valid.
#[rustfmt::skip]
const VALIDITY: &[(&str, &str, bool)] = &[
    ("SV01", "https://github.com/p/r", false),
    ("SV02", "github.com/p/*", true),
    ("SV03", "github.com/**", true),
    ("SV04", "github.com/p/r*x", false),
    ("SV05", "github.com/p/r*", false),
    ("SV06", "*", false),
    ("SV07", "github.com/*/r", false),
    ("SV08", "", false),
];

fn matches(pattern: &str, url: &str) -> bool {
    SourceRepository::parse(pattern)
        .unwrap_or_else(|error| panic!("`{pattern}`: {error}"))
        .matches(url)
}

#[test]
fn every_row_of_the_matching_table_holds() {
    for (row, pattern, url, expected) in MATCHING {
        assert_eq!(
            matches(pattern, url),
            *expected,
            "{row}: `{pattern}` and `{url}`"
        );
    }
    assert_eq!(MATCHING.len(), 13);
}

#[test]
fn every_row_of_the_validity_table_holds() {
    for (row, pattern, expected) in VALIDITY {
        let parsed = SourceRepository::parse(pattern);
        assert_eq!(parsed.is_ok(), *expected, "{row}: `{pattern}`");
    }
    assert_eq!(VALIDITY.len(), 8);
}

#[test]
fn errors_say_which_rule_was_broken() {
    for (pattern, error) in [
        ("", SourceRepositoryError::Empty),
        ("https://git.example/o/r", SourceRepositoryError::Scheme),
        ("git+ssh://git.example/**", SourceRepositoryError::Scheme),
        (
            "git.example/o/r@refs/heads/main",
            SourceRepositoryError::Revision,
        ),
        ("git.example/o/r@refs/**", SourceRepositoryError::Revision),
        ("git.example/o/r*x", SourceRepositoryError::WildcardInside),
        ("git.example/*/r", SourceRepositoryError::WildcardInside),
        ("git.example/***", SourceRepositoryError::WildcardInside),
        ("*", SourceRepositoryError::WildcardNotAfterSlash),
        ("/**", SourceRepositoryError::WildcardNotAfterSlash),
        (
            "git.example**",
            SourceRepositoryError::WildcardNotAfterSlash,
        ),
        (
            "git.example/o/r*",
            SourceRepositoryError::WildcardNotAfterSlash,
        ),
        ("git.example/o/../r", SourceRepositoryError::DotSegment),
        ("git.example/./**", SourceRepositoryError::DotSegment),
        ("git.example/{a,b}", SourceRepositoryError::Character('{')),
        ("git.example/o r", SourceRepositoryError::Character(' ')),
        ("git.exаmple/o/r", SourceRepositoryError::Character('а')),
    ] {
        assert_eq!(SourceRepository::parse(pattern), Err(error), "`{pattern}`");
    }
}

#[test]
fn a_revision_is_not_part_of_the_name() {
    for (pattern, url, expected) in [
        (
            "git.example/o/r",
            "git+https://git.example/o/r@refs/heads/main",
            true,
        ),
        (
            "git.example/o/r",
            "git.example/o/r@refs/tags/v1@refs/x",
            true,
        ),
        (
            "git.example/o/*",
            "https://git.example/o/r@refs/heads/a/b",
            true,
        ),
        (
            "git.example/o/*",
            "https://git.example/o/@refs/heads/main",
            false,
        ),
        (
            "git.example/o/r",
            "https://git.example/o/r2@refs/heads/main",
            false,
        ),
        // Nothing but this form is one.
        ("git.example/o/r", "https://git.example/o/r@main", false),
        ("git.example/o/r", "https://git.example/o/r@refs", false),
        (
            "git.example/o/r",
            "https://git.example/o/r@REFS/heads/main",
            false,
        ),
        (
            "git.example/o/r",
            "https://git.example/o/r#refs/heads/main",
            false,
        ),
        // Here `refs` is the host, and the rest a user's name.
        ("git.example", "https://git.example@refs/o/r", false),
    ] {
        assert_eq!(matches(pattern, url), expected, "`{pattern}` and `{url}`");
    }
}

#[test]
fn one_scheme_is_removed_and_nothing_else() {
    for (url, expected) in [
        ("x1.y-z+git://git.example/o/r", true),
        ("://git.example/o/r", false),
        ("https://https://git.example/o/r", false),
        ("evil.example/https://git.example/o/r", false),
        ("a b://git.example/o/r", false),
        ("https:git.example/o/r", false),
        ("https://user@git.example/o/r", false),
        ("https://git.example@evil.example/o/r", false),
        ("https://git.example:443/o/r", false),
        ("https://git.example/o/r/", false),
        ("https://GIT.example/o/r", false),
        ("https://git.example/o/r\n", false),
    ] {
        assert_eq!(matches("git.example/o/r", url), expected, "`{url}`");
    }
}

/// Some clients resolve these before they ask a server, and get the repository of somebody else.
#[test]
fn an_address_that_is_resolved_to_another_is_in_no_repository() {
    for url in [
        "https://git.example/o/../evil/r",
        "https://git.example/o/./../evil/r",
        "https://git.example/o/%2e%2E/evil/r",
        "https://git.example/o/.%2e/evil/r",
        "https://git.example/o/..",
        "https://git.example/o/r@refs/../../../evil/r",
        r"https://git.example/o/..\evil\r",
        "https://git.example/o/.\t./evil/r",
    ] {
        assert!(!matches("git.example/o/**", url), "`{url}`");
        assert!(!matches("git.example/o/*", url), "`{url}`");
        assert!(!matches("git.example/o/r", url), "`{url}`");
    }
    assert!(matches(
        "git.example/o/**",
        "https://git.example/o/..r/.r/r..%2e"
    ));
}
