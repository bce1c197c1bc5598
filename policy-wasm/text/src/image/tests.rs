use alloc::string::ToString as _;

use super::*;

const HEX: &str = "77b0b75136b9bd0fd36fb50f4c92ae0dbdbbe164ab67885e736fa4374e0cbb8c";

/// The parts of a reference that parses: host, path, tag, whether it has a SHA-256 digest.
fn parts(text: &str) -> (Option<&str>, &str, Option<&str>, bool) {
    let image = ImageReference::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    (image.host, image.path, image.tag, image.sha256().is_some())
}

#[test]
fn the_first_segment_is_a_host_only_when_it_looks_like_one() {
    for (text, host, path) in [
        ("localhost/x", Some("localhost"), "x"),
        ("localhost:5000/x", Some("localhost:5000"), "x"),
        ("a/b", None, "a/b"),
        ("trusted.example", None, "trusted.example"),
        ("trusted.example:443/x", Some("trusted.example:443"), "x"),
        ("[::1]:5000/x", Some("[::1]:5000"), "x"),
        ("[::1]/x", Some("[::1]"), "x"),
        ("TRUSTED.example/app", Some("TRUSTED.example"), "app"),
        (
            "xn--trusted-abc.example/app",
            Some("xn--trusted-abc.example"),
            "app",
        ),
        ("a_b.example/app", Some("a_b.example"), "app"),
        ("a__b.example/c/d", Some("a__b.example"), "c/d"),
        ("a_b/app", None, "a_b/app"),
        ("auto", None, "auto"),
        ("nginx", None, "nginx"),
    ] {
        let (found_host, found_path, ..) = parts(text);
        assert_eq!((found_host, found_path), (host, path), "{text}");
    }
}

#[test]
fn tag_and_digest_are_split_off() {
    let with_digest = alloc::format!("trusted.example/app:1@sha256:{HEX}");
    assert_eq!(
        parts(&with_digest),
        (Some("trusted.example"), "app", Some("1"), true)
    );
    assert_eq!(
        parts("app:v1.2-rc_3"),
        (None, "app", Some("v1.2-rc_3"), false)
    );
}

#[test]
fn another_digest_algorithm_parses_and_is_not_sha256() {
    let text = alloc::format!("trusted.example/app@sha512:{}", "0".repeat(128));
    assert!(!parts(&text).3);
}

#[test]
fn a_malformed_digest_is_told_apart_from_a_malformed_name() {
    for digest in [
        "sha256:ab",
        "sha256:",
        "sha256",
        "",
        &alloc::format!("sha256:{}", "zz".repeat(32)),
        &alloc::format!("sha256:{}", "AB".repeat(32)),
        &alloc::format!("sha512:{HEX}"),
    ] {
        let text = alloc::format!("trusted.example/app@{digest}");
        assert_eq!(
            ImageReference::parse(&text),
            Err(ReferenceError::Digest),
            "{text}"
        );
    }
}

#[test]
fn malformed_references_are_refused_and_never_repaired() {
    let two_digests = alloc::format!("a@sha256:{HEX}@sha256:{HEX}");
    for text in [
        "",
        " trusted.example/a",
        "trusted.example/a ",
        "trusted.example/a\n",
        "trusted.example/a\0",
        "trusted.example/App",
        "trusted.example/a/../b",
        "trusted.example/./b",
        "trusted.example//b",
        "/trusted.example/a",
        "trusted.example/a/",
        "https://trusted.example/a",
        "user@trusted.example/a",
        "trusted.example/a?x",
        "trusted.example/a%2fb",
        "ORG/app",
        "trusted.example./app",
        "trusteԁ.example/app",
        "a:1:2",
        "a:",
        "a:-1",
        &two_digests,
        "trusted.example:/a",
        "trusted.example:x/a",
        "a_b.example:5000/app",
        "A_b.example/app",
        "a_.example/app",
        "[::1/x",
        "[]/x",
        "-a.example/x",
        "a..b/x",
        "a/b___c",
        "a/_b",
        "a/b_",
        "a/b.-c",
        "trusted.example/",
        "ok/i mage",
    ] {
        let result = ImageReference::parse(text);
        assert!(
            matches!(result, Err(ref error) if *error != ReferenceError::TooLong),
            "{text:?}: {result:?}"
        );
    }
}

#[test]
fn what_runtimes_take_for_an_image_id_is_refused() {
    for text in [HEX, &alloc::format!("sha256:{HEX}")] {
        assert_eq!(
            ImageReference::parse(text),
            Err(ReferenceError::ImageId),
            "{text}"
        );
    }
    for text in [
        alloc::format!("a/{HEX}"),
        alloc::format!("sha256:{HEX}0"),
        alloc::format!("{HEX}:1"),
        alloc::format!("{HEX}@sha256:{HEX}"),
        alloc::format!("sha256:{HEX}@sha256:{HEX}"),
    ] {
        assert!(ImageReference::parse(&text).is_ok(), "{text}");
    }
}

#[test]
fn lengths_are_bounded() {
    let long = "a".repeat(4096);
    assert_eq!(ImageReference::parse(&long), Err(ReferenceError::TooLong));
    // The path alone counts, as it is at the registry.
    let too_long = Err(ReferenceError::RepositoryTooLong);
    let of = |length| "a".repeat(length);
    for (before, longest) in [
        ("registry.example:5000/", 255),
        ("localhost/", 255),
        ("", 247),
        ("docker.io/", 247),
        ("index.docker.io/", 247),
        ("team/", 250),
        ("docker.io/team/", 250),
    ] {
        let text = alloc::format!("{before}{}", of(longest));
        assert!(ImageReference::parse(&text).is_ok(), "{text}");
        let text = alloc::format!("{text}a");
        assert_eq!(ImageReference::parse(&text), too_long, "{text}");
    }
    // A whole reference may be longer than 512 bytes.
    let host = [of(60), of(60), of(60), of(60)].join(".");
    let text = alloc::format!("{host}:5000/{}:{}@sha256:{HEX}", of(255), of(128));
    assert!(text.len() > 512);
    assert!(ImageReference::parse(&text).is_ok(), "{text}");
    let tag = alloc::format!("a:{}", "1".repeat(129));
    assert_eq!(ImageReference::parse(&tag), Err(ReferenceError::Tag));
}

#[test]
fn docker_hub_has_several_spellings_of_one_repository() {
    for text in [
        "nginx",
        "library/nginx:1",
        "docker.io/nginx",
        "index.docker.io/library/nginx",
    ] {
        let image = ImageReference::parse(text).unwrap();
        assert_eq!(
            image.normalized_repository(),
            "docker.io/library/nginx",
            "{text}"
        );
    }
    let api_host = ImageReference::parse("registry-1.docker.io/library/nginx").unwrap();
    assert_eq!(
        api_host.normalized_repository(),
        "registry-1.docker.io/library/nginx"
    );
    let other = ImageReference::parse("gcr.io/nginx@sha512:abc");
    assert_eq!(
        other.unwrap_err().to_string(),
        ReferenceError::Digest.to_string()
    );
}

#[test]
fn the_repository_is_printed_as_written() {
    assert_eq!(ImageReference::parse("a/b:1").unwrap().repository(), "a/b");
    assert_eq!(
        ImageReference::parse("h.example:1/b:1")
            .unwrap()
            .repository(),
        "h.example:1/b"
    );
}
