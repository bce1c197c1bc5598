//! Rows of the conformance tables of trusted directories.

use super::*;
use crate::pattern::tests::with_digests;

/// Row, pattern, image, whether they match.
#[rustfmt::skip]
const MATCHING: &[(&str, &str, &str, bool)] = &[
    ("T01", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo/img:tag", true),
    ("T02", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo/sub/img", false),
    ("T03", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo-evil/img", false),
    ("T04", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo", false),
    ("T05", "gcr.io/my-project/*", "gcr.io/my-project/a/img", true),
    ("T06", "gcr.io/my-project/*", "gcr.io/my-project/a/b/img", false),
    ("T07", "gcr.io/my-project/*", "gcr.io/my-project/img", false),
    ("T08", "gcr.io/my-project/**", "gcr.io/my-project/a/img", true),
    ("T09", "gcr.io/my-project/**", "gcr.io/my-project/a/b/c/img@sha256:{d0}", true),
    ("T10", "gcr.io/my-project/**", "gcr.io/my-project/img", false),
    ("T11", "gcr.io/my-project/**", "gcr.io/my-project-evil/a/img", false),
    ("T12", "*-docker.pkg.dev/my-project/my-repo", "us-central1-docker.pkg.dev/my-project/my-repo/img", true),
    ("T13", "*.gcr.io/my-project", "eu.gcr.io/my-project/img", true),
    ("T14", "*.gcr.io/my-project", "gcr.io/my-project/img", false),
    ("T15", "*-docker.pkg.dev/my-project/my-repo", "-docker.pkg.dev/my-project/my-repo/img", false),
    ("T16", "*.gcr.io/my-project", "a.b.gcr.io/my-project/img", false),
    ("T17", "*.gcr.io/my-project", "evil.example/x.gcr.io/my-project/img", false),
    ("T18", "gcr.io/my-project/gcr-directory", "gcr.io/my-project/gcr-directory/app:v1", true),
    ("T19", "us-central1-docker.pkg.dev/my-project/ar-directory", "us-central1-docker.pkg.dev/my-project/ar-directory/app:v1", true),
    ("T20", "gcr.io/my-project/gcr-directory", "gcr.io/my-project/hello-app:latest", false),
    ("T21", "gcr.io/my-project/my-r*", "gcr.io/my-project/my-repo/img", true),
    ("T22", "gcr.io/my-project/my-r*", "gcr.io/my-project/my-repo/sub/img", false),
    ("T23", "gcr.io/my-project/my-repo", "nginx:1.25", false),
    ("T24", "gcr.io/**", "gcr.io/any/img", true),
    ("sub_one_label", "*.trusted.example/org", "a.trusted.example/org/x", true),
    ("sub_in_path", "*.trusted.example/org", "evil.example/x.trusted.example/org/e", false),
    ("sub_glued", "*.trusted.example/org", "eviltrusted.example/org/e", false),
    ("sub_none", "*.trusted.example/org", "trusted.example/org/e", false),
    ("sub_two_labels", "*.trusted.example/org", "a.b.trusted.example/org/e", false),
    ("dir_sibling", "trusted.example/org/repo", "trusted.example/org/repo-evil/x", false),
    ("dir_itself", "trusted.example/org/repo", "trusted.example/org/repo", false),
    ("dir_deeper", "trusted.example/org/repo", "trusted.example/org/repo/sub/x", false),
];

/// Row, pattern, whether it is valid.
#[rustfmt::skip]
const VALIDITY: &[(&str, &str, bool)] = &[
    ("TV01", "gcr.io/my-project/my-repo", true),
    ("TV02", "*-docker.pkg.dev/my-project/my-repo", true),
    ("TV03", "*.gcr.io/my-project", true),
    ("TV04", "gcr.io/my-project/*", true),
    ("TV05", "gcr.io/my-project/**", true),
    ("TV06", "gcr.i*", false),
    ("TV07", "sub*domain.gcr.io/nginx", false),
    ("TV08", "*pkg.dev/my-project/my-repo", false),
    ("TV09", "**-docker.pkg.dev", false),
    ("TV10", "gcr.io", false),
    ("TV11", "gcr.io/my-project/", false),
    ("TV12", "localhost/p/r", false),
    ("TV13", "gcr.io/a*b/c", false),
    ("TV14", "*.io/p", false),
];

#[test]
fn every_row_of_the_matching_table_holds() {
    for (row, pattern, image, expected) in MATCHING {
        let image = with_digests(image);
        let parsed =
            TrustedDirectory::parse(pattern).unwrap_or_else(|error| panic!("{row}: {error}"));
        // A host does not begin with a dash: what is to match nothing is not even a reference.
        let Ok(reference) = ImageReference::parse(&image) else {
            assert_eq!((*row, *expected), ("T15", false));
            continue;
        };
        assert_eq!(
            parsed.matches(reference),
            *expected,
            "{row}: `{pattern}` and `{image}`"
        );
    }
    assert_eq!(MATCHING.len(), 24 + 8);
}

#[test]
fn every_row_of_the_validity_table_holds() {
    for (row, pattern, expected) in VALIDITY {
        let pattern = with_digests(pattern);
        let parsed = TrustedDirectory::parse(&pattern);
        assert_eq!(parsed.is_ok(), *expected, "{row}: `{pattern}`");
    }
    assert_eq!(VALIDITY.len(), 14);
}

#[test]
fn errors_say_which_rule_was_broken() {
    for (pattern, error) in [
        ("", TrustedDirectoryError::Empty),
        ("gcr.io", TrustedDirectoryError::NoDirectory),
        ("gcr.io/", TrustedDirectoryError::NoDirectory),
        ("*.gcr.io", TrustedDirectoryError::NoDirectory),
        ("/p", TrustedDirectoryError::Registry),
        ("localhost/p", TrustedDirectoryError::Registry),
        ("localhost:5000/p", TrustedDirectoryError::Registry),
        ("gcr./p", TrustedDirectoryError::Registry),
        ("a_b.example/p", TrustedDirectoryError::Registry),
        ("[::1]:5000/p", TrustedDirectoryError::Registry),
        ("gcr.io:/p", TrustedDirectoryError::Registry),
        ("https://gcr.io/p", TrustedDirectoryError::Registry),
        (
            "**-docker.pkg.dev/p",
            TrustedDirectoryError::RegistryWildcard,
        ),
        (
            "sub*domain.gcr.io/p",
            TrustedDirectoryError::RegistryWildcard,
        ),
        ("gcr.i*", TrustedDirectoryError::RegistryWildcard),
        ("*/p", TrustedDirectoryError::DomainWildcard),
        ("*.io/p", TrustedDirectoryError::DomainWildcard),
        ("*pkg.dev/p", TrustedDirectoryError::DomainWildcard),
        ("*.io:5000/p", TrustedDirectoryError::DomainWildcard),
        ("*:5.gcr.io/p", TrustedDirectoryError::DomainWildcard),
        ("*x-.gcr.io/p", TrustedDirectoryError::DomainWildcard),
        ("gcr.io/a*b/c", TrustedDirectoryError::WildcardInside),
        ("gcr.io/*/c", TrustedDirectoryError::WildcardInside),
        ("gcr.io/***", TrustedDirectoryError::WildcardInside),
        ("gcr.io/p/", TrustedDirectoryError::Slashes),
        ("gcr.io//p", TrustedDirectoryError::Slashes),
        ("gcr.io//**", TrustedDirectoryError::Slashes),
        ("gcr.io/p//*", TrustedDirectoryError::Slashes),
        ("gcr.io/p:v1", TrustedDirectoryError::Character(':')),
        ("gcr.io/p@sha256:*", TrustedDirectoryError::Character('@')),
        ("gcr.io/p[ab]", TrustedDirectoryError::Character('[')),
        ("gcr.io/p r", TrustedDirectoryError::Character(' ')),
    ] {
        assert_eq!(TrustedDirectory::parse(pattern), Err(error), "`{pattern}`");
    }
    let long = "a".repeat(513);
    assert_eq!(
        TrustedDirectory::parse(&long),
        Err(TrustedDirectoryError::TooLong)
    );
}

#[test]
fn a_port_belongs_to_the_registry() {
    for (pattern, image, expected) in [
        (
            "trusted.example:5000/org",
            "trusted.example:5000/org/x",
            true,
        ),
        ("trusted.example:5000/org", "trusted.example/org/x", false),
        ("trusted.example/org", "trusted.example:5000/org/x", false),
        (
            "*.trusted.example:5000/org",
            "a.trusted.example:5000/org/x",
            true,
        ),
        (
            "*.trusted.example/org",
            "a.trusted.example:5000/org/x",
            false,
        ),
    ] {
        let parsed = TrustedDirectory::parse(pattern).unwrap();
        let image = ImageReference::parse(image).unwrap();
        assert_eq!(parsed.matches(image), expected, "`{pattern}` and {image:?}");
    }
}
