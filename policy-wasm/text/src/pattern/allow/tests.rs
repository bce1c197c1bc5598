//! Rows of the conformance tables of platform policies' allowlists.

use super::*;
use crate::pattern::tests::with_digests;

/// Row, pattern, image, whether they match.
#[rustfmt::skip]
const MATCHING: &[(&str, &str, &str, bool)] = &[
    ("B01", "us-central1.pkg.dev/my-project/my-image:latest@sha256:{dx}", "us-central1.pkg.dev/my-project/my-image:latest@sha256:{dx}", true),
    ("B02", "us-central1.pkg.dev/my-project/my-image:latest@sha256:{dx}", "us-central1.pkg.dev/my-project/my-image@sha256:{dx}", false),
    ("B03", "us-central1.pkg.dev/my-project/my-image:latest@sha256:{dx}", "us-central1.pkg.dev/my-project/my-image:latest", false),
    ("B04", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image:latest", true),
    ("B05", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image:latest@sha256:{d0}", true),
    ("B06", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image:v2", false),
    ("B07", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image", false),
    ("B08", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:foo", true),
    ("B09", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:foobar", true),
    ("B10", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:foobar@sha256:{d0}", true),
    ("B11", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:bar", false),
    ("B12", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image@sha256:{d0}", false),
    ("B13", "us-central1.pkg.dev/my-project/my-image@sha256:{dx}", "us-central1.pkg.dev/my-project/my-image@sha256:{dx}", true),
    ("B14", "us-central1.pkg.dev/my-project/my-image@sha256:{dx}", "us-central1.pkg.dev/my-project/my-image:any@sha256:{dx}", true),
    ("B15", "us-central1.pkg.dev/my-project/my-image@sha256:{dx}", "us-central1.pkg.dev/my-project/my-image@sha256:{d0}", false),
    ("B16", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image", true),
    ("B17", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image:v1", true),
    ("B18", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image@sha256:{d0}", true),
    ("B19", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image2", false),
    ("B20", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image", true),
    ("B21", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image1:v1", true),
    ("B22", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image2@sha256:{d0}", true),
    ("B23", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image/sub", false),
    ("B24", "us-central1.pkg.dev/my-project/**", "us-central1.pkg.dev/my-project/my-image", true),
    ("B25", "us-central1.pkg.dev/my-project/**", "us-central1.pkg.dev/my-project/some-directory/other-image:v1", true),
    ("B26", "us-central1.pkg.dev/my-project/**", "us-central1.pkg.dev/my-project-evil/x", false),
    ("B27", "us-central1.pkg.dev/my-project/*", "us-central1.pkg.dev/my-project/a:1", true),
    ("B28", "us-central1.pkg.dev/my-project/*", "us-central1.pkg.dev/my-project/a/b:1", false),
    ("B29", "gcr.io/my-images/not-built-by-GCB/**", "gcr.io/my-images/not-built-by-GCB/a/b:1", true),
    ("B30", "registry.example:5000/app", "registry.example:5000/app:1", true),
    ("B31", "docker.io/library/nginx", "nginx:1.25", false),
];

/// Row, pattern, whether it is valid.
#[rustfmt::skip]
const VALIDITY: &[(&str, &str, bool)] = &[
    ("BV01", "*", false),
    ("BV02", "**", false),
    ("BV03", "us-central1.pkg.dev/my-image:*", false),
    ("BV04", "gcr.io/p/nginx**", false),
    ("BV05", "gcr.io/p/i@sha256:*", false),
    ("BV06", "gcr.io/p/i@sha256:ab*", false),
    ("BV07", "gcr.io/p/i*:v1", false),
    ("BV08", "gcr.io/p/i:v*@sha256:{d0}", false),
    ("BV09", "gcr.io/p/i:foo**", false),
    ("BV10", "gcr.io/p/n*x", false),
    ("BV11", "gcr.io/p/i:foo*", true),
    ("BV12", "gcr.io/p/**", true),
    ("BV13", "gcr.io/p/i@sha256:abcd", false),
    ("BV14", "", false),
    ("BV15", "/**", false),
];

/// The image of row B29 is Google's, and in upper case no reference.
fn reference<'a>(row: &str, image: &'a str) -> ImageReference<'a> {
    if row != "B29" {
        return ImageReference::parse(image).unwrap_or_else(|error| panic!("{row}: {error}"));
    }
    assert!(ImageReference::parse(image).is_err());
    let (host, rest) = image.split_once('/').unwrap();
    let (path, tag) = rest.split_once(':').unwrap();
    ImageReference {
        host: Some(host),
        path,
        tag: Some(tag),
        digest: None,
    }
}

#[test]
fn every_row_of_the_matching_table_holds() {
    for (row, pattern, image, expected) in MATCHING {
        let (pattern, image) = (with_digests(pattern), with_digests(image));
        let parsed = AllowPattern::parse(&pattern).unwrap_or_else(|error| panic!("{row}: {error}"));
        assert_eq!(
            parsed.matches(reference(row, &image)),
            *expected,
            "{row}: `{pattern}` and `{image}`"
        );
    }
    assert_eq!(MATCHING.len(), 31);
}

#[test]
fn every_row_of_the_validity_table_holds() {
    for (row, pattern, expected) in VALIDITY {
        let pattern = with_digests(pattern);
        let parsed = AllowPattern::parse(&pattern);
        assert_eq!(parsed.is_ok(), *expected, "{row}: `{pattern}`");
    }
    assert_eq!(VALIDITY.len(), 15);
}

#[test]
fn errors_say_which_rule_was_broken() {
    for (pattern, error) in [
        ("", AllowPatternError::Empty),
        ("*", AllowPatternError::WildcardAlone),
        ("**", AllowPatternError::WildcardAlone),
        ("trusted.example*", AllowPatternError::WildcardAlone),
        ("trusted.example**", AllowPatternError::WildcardAlone),
        ("a.example/n*x", AllowPatternError::WildcardInside),
        ("a.example/n*:v1", AllowPatternError::WildcardInside),
        (
            "a.example/n:v*@sha256:{d0}",
            AllowPatternError::WildcardInside,
        ),
        ("a.example/***", AllowPatternError::WildcardInside),
        ("a.example/n**", AllowPatternError::DoubleWildcard),
        ("a.example/n:v**", AllowPatternError::DoubleWildcard),
        ("a.example/n:*", AllowPatternError::TagWildcardAlone),
        ("a.example/n@*", AllowPatternError::DigestWildcard),
        (
            "a.example/n@sha256:{d0}*",
            AllowPatternError::DigestWildcard,
        ),
        ("a.example/n[@:]*", AllowPatternError::CharacterClass),
        ("[::1]:5000/n", AllowPatternError::CharacterClass),
        ("a.example/n?", AllowPatternError::Character('?')),
        ("a.example/n ", AllowPatternError::Character(' ')),
        ("a.exаmple/n", AllowPatternError::Character('а')),
        ("/**", AllowPatternError::Name),
        ("/n", AllowPatternError::Name),
        ("a.example/", AllowPatternError::Name),
        ("a.example//n", AllowPatternError::Name),
        ("a.example//**", AllowPatternError::Name),
        ("a.example/n/:v1", AllowPatternError::Name),
        ("a.example/n:1/n", AllowPatternError::Name),
        ("n:1:2", AllowPatternError::Name),
        (":v1", AllowPatternError::Name),
        ("@sha256:{d0}", AllowPatternError::Name),
        ("a.example/n:", AllowPatternError::Tag),
        ("a.example/n:.1", AllowPatternError::Tag),
        ("a.example/n:-*", AllowPatternError::Tag),
        ("a.example/n:1+2", AllowPatternError::Tag),
        ("a.example/n@sha256:abcd", AllowPatternError::Digest),
        ("a.example/n@sha512:{d0}{d0}", AllowPatternError::Digest),
        (
            "a.example/n@sha256:{d0}@sha256:{d0}",
            AllowPatternError::Digest,
        ),
    ] {
        let pattern = with_digests(pattern);
        assert_eq!(AllowPattern::parse(&pattern), Err(error), "`{pattern}`");
    }
    let long = "a".repeat(513);
    assert_eq!(AllowPattern::parse(&long), Err(AllowPatternError::TooLong));
}

#[test]
fn names_without_a_registry_are_compared_as_they_are() {
    for (pattern, image, expected) in [
        ("nginx", "nginx:1.25", true),
        ("nginx", "library/nginx", false),
        ("nginx:1*", "nginx:1.25", true),
        ("library/*", "library/nginx", true),
        ("library/*", "docker.io/library/nginx", false),
        ("trusted.example", "trusted.example/app", false),
        // A port is none without a slash behind it, here as in references.
        ("trusted.example:5*", "trusted.example:5000", true),
        ("trusted.example:5*", "trusted.example:5000/app", false),
    ] {
        let parsed = AllowPattern::parse(pattern).unwrap();
        let image = ImageReference::parse(image).unwrap();
        assert_eq!(parsed.matches(image), expected, "`{pattern}` and {image:?}");
    }
}

#[test]
fn a_digest_of_another_algorithm_is_another_digest() {
    let image = with_digests("a.example/n@sha512:{d0}{d0}");
    let image = ImageReference::parse(&image).unwrap();
    let pattern = with_digests("a.example/n@sha256:{d0}");
    assert!(!AllowPattern::parse(&pattern).unwrap().matches(image));
    assert!(AllowPattern::parse("a.example/n").unwrap().matches(image));
}
