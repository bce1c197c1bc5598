//! Conformance tables of the patterns of `imagePolicy`.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::str::Chars;

use super::*;
use crate::image::ImageReference;
use crate::pattern::tests::with_digests;

/// Rule, pattern, image, whether they match.
#[rustfmt::skip]
const MATCHING: &[(&str, &str, &str, bool)] = &[
    // Host and path
    ("name_covers_every_tag_and_digest", "registry.example/shop/app", "registry.example/shop/app", true),
    ("name_covers_every_tag_and_digest", "registry.example/shop/app", "registry.example/shop/app:v1", true),
    ("name_covers_every_tag_and_digest", "registry.example/shop/app", "registry.example/shop/app@sha256:{d0}", true),
    ("name_covers_every_tag_and_digest", "registry.example/shop/app", "registry.example/shop/app:v1@sha256:{d0}", true),
    ("name_is_complete", "registry.example/shop/app", "registry.example/shop/app2", false),
    ("name_is_complete", "registry.example/shop/app", "registry.example/shop/ap", false),
    ("name_is_complete", "registry.example/shop/app", "registry.example/shop/app/sub", false),
    ("name_is_complete", "registry.example/shop/app", "registry.example/shop", false),
    ("name_is_complete", "registry.example/shop/app", "mirror.example/registry.example/shop/app", false),
    ("star_is_one_segment", "registry.example/shop/*", "registry.example/shop/app:v1", true),
    ("star_is_one_segment", "registry.example/shop/*", "registry.example/shop/a/b", false),
    ("star_is_one_segment", "registry.example/shop/*", "registry.example/shop", false),
    ("star_is_one_segment", "registry.example/*", "registry.example/app", true),
    ("star_is_one_segment", "registry.example/*/app", "registry.example/shop/app", true),
    ("star_is_one_segment", "registry.example/*/app", "registry.example/shop/eu/app", false),
    ("star_is_one_segment", "registry.example/*/app", "registry.example/app", false),
    ("star_is_one_segment", "registry.example/*/*/app", "registry.example/a/b/app", true),
    ("star_is_text_in_a_segment", "registry.example/team-*/app", "registry.example/team-a/app", true),
    ("star_is_text_in_a_segment", "registry.example/team-*/app", "registry.example/team-a.b/app", true),
    ("star_is_text_in_a_segment", "registry.example/team-*/app", "registry.example/team/app", false),
    ("star_is_text_in_a_segment", "registry.example/team-*/app", "registry.example/team-a/x/app", false),
    ("star_is_text_in_a_segment", "registry.example/*-prod/app", "registry.example/shop-prod/app", true),
    ("star_is_text_in_a_segment", "registry.example/*-prod/app", "registry.example/shop-prod-x/app", false),
    ("star_is_text_in_a_segment", "registry.example/a*b", "registry.example/a-x-b", true),
    ("star_is_text_in_a_segment", "registry.example/a*b", "registry.example/a/b", false),
    ("star_may_be_empty", "registry.example/app*", "registry.example/app", true),
    ("star_may_be_empty", "registry.example/a*b", "registry.example/ab", true),
    ("star_may_be_empty", "registry.example/team*/app", "registry.example/team/app", true),
    ("star_does_not_overlap", "registry.example/ab*ba", "registry.example/aba", false),
    ("star_does_not_overlap", "registry.example/ab*ba", "registry.example/abba", true),
    ("double_star_is_one_or_more_segments", "registry.example/shop/**", "registry.example/shop/app", true),
    ("double_star_is_one_or_more_segments", "registry.example/shop/**", "registry.example/shop/a/b/c:v1", true),
    ("double_star_is_one_or_more_segments", "registry.example/shop/**", "registry.example/shop", false),
    ("double_star_is_one_or_more_segments", "registry.example/shop/**", "registry.example/shopping/app", false),
    ("double_star_is_one_or_more_segments", "registry.example/**", "registry.example/app", true),
    ("double_star_is_one_or_more_segments", "registry.example/*/tools/**", "registry.example/shop/tools/a/b", true),
    ("double_star_is_one_or_more_segments", "registry.example/*/tools/**", "registry.example/shop/tools", false),
    ("double_star_is_one_or_more_segments", "registry.example/*/tools/**", "registry.example/shop/app/tools/a", false),
    // Look-alike hosts
    ("host_is_complete", "registry.example/**", "registry.example.evil.example/app", false),
    ("host_is_complete", "registry.example/**", "my-registry.example/app", false),
    ("host_is_complete", "registry.example/**", "a.registry.example/app", false),
    ("host_is_complete", "registry.example/**", "registry.exampl/app", false),
    ("host_is_complete", "registry.example/**", "registryxexample.evil/app", false),
    ("host_is_complete", "registry.example/**", "evil.example/registry.example/app", false),
    ("host_is_complete", "registry.example/shop/**", "registry.example-shop.evil/shop/app", false),
    ("host_is_complete", "localhost/app", "localhost/app", true),
    ("host_is_complete", "localhost/app", "localhost.evil.example/app", false),
    ("host_case_is_ignored", "registry.example/shop/**", "REGISTRY.example/shop/app", true),
    ("host_case_is_ignored", "*.registry.example/shop/**", "EU.Registry.Example/shop/app", true),
    ("host_case_is_ignored", "docker.io/library/nginx", "INDEX.docker.io/library/nginx", true),
    ("host_case_is_ignored", "docker.io/library/nginx", "Index.Docker.IO/nginx", true),
    ("host_case_is_ignored", "docker.io/library/nginx", "DOCKER.IO/nginx", true),
    ("host_case_is_ignored", "docker.io/team/**", "INDEX.docker.io/team/app", true),
    ("host_with_underscore", "a_b.example/app", "a_b.example/app", true),
    ("punycode_is_another_host", "registry.example/**", "xn--registry-abc.example/app", false),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "eu.registry.example/app", true),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "registry.example/app", false),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "a.b.registry.example/app", false),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "evil.example/x.registry.example/app", false),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "evil-registry.example/app", false),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "eu.registry.example.evil/app", false),
    ("host_star_is_text_in_a_label", "*.registry.example/app", "eu.registry.example:5000/app", false),
    ("host_star_is_text_in_a_label", "*-docker.pkg.dev/project/**", "us-central1-docker.pkg.dev/project/repo/app", true),
    ("host_star_is_text_in_a_label", "*-docker.pkg.dev/project/**", "us-docker.pkg.dev.evil.example/project/repo/app", false),
    ("host_star_is_text_in_a_label", "*-docker.pkg.dev/project/**", "evil.us-docker.pkg.dev/project/repo/app", false),
    ("host_star_is_text_in_a_label", "*-docker.pkg.dev/project/**", "docker.pkg.dev/project/repo/app", false),
    ("host_star_is_text_in_a_label", "*-docker.pkg.dev/project/**", "us-docker.pkg.dev/other/project/app", false),
    ("host_stars_in_two_labels", "*.dkr.ecr.*.amazonaws.com/app", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:v1", true),
    ("host_stars_in_two_labels", "*.dkr.ecr.*.amazonaws.com/app", "1.dkr.ecr.evil.example.amazonaws.com/app", false),
    ("host_stars_in_two_labels", "*.dkr.ecr.*.amazonaws.com/app", "1.dkr.ecr.eu-west-1.amazonaws.com.evil.example/app", false),
    ("host_stars_in_two_labels", "*.dkr.ecr.*.amazonaws.com/app", "1.dkr.ecr.amazonaws.com/app", false),
    ("host_star_with_port", "*.registry.example:5000/app", "eu.registry.example:5000/app", true),
    ("host_star_with_port", "*.registry.example:5000/app", "eu.registry.example/app", false),
    // Ports and addresses
    ("port_belongs_to_the_host", "registry.example/app", "registry.example:5000/app", false),
    ("port_belongs_to_the_host", "registry.example/app", "registry.example:443/app", false),
    ("port_belongs_to_the_host", "registry.example/**", "registry.example:443/app", false),
    ("port_belongs_to_the_host", "registry.example:5000/app", "registry.example:5000/app:v1", true),
    ("port_belongs_to_the_host", "registry.example:5000/app", "registry.example:50000/app", false),
    ("port_belongs_to_the_host", "registry.example:5000/app", "registry.example/app", false),
    ("port_belongs_to_the_host", "localhost:5000/**", "localhost:5000/a/b", true),
    ("port_belongs_to_the_host", "localhost/**", "localhost:5000/a", false),
    ("port_belongs_to_the_host", "build:5000/**", "build:5000/a", true),
    ("port_is_a_number", "registry.example:5000/app", "registry.example:05000/app", true),
    ("port_is_a_number", "*.registry.example:5000/app", "EU.registry.example:0005000/app", true),
    ("port_is_a_number", "[::1]:5000/app", "[::1]:05000/app", true),
    ("port_is_a_number", "registry.example:5000/app", "registry.example:50000/app", false),
    ("port_is_a_number", "registry.example:0/app", "registry.example:00/app", true),
    ("port_is_a_number", "[::5]/app", "[::05]/app", false),
    ("address_is_a_host", "10.0.0.1:5000/**", "10.0.0.1:5000/app", true),
    ("address_is_a_host", "10.0.0.1/**", "10.0.0.11/app", false),
    ("address_is_a_host", "[::1]:5000/app", "[::1]:5000/app:v1", true),
    ("address_is_a_host", "[::1]:5000/app", "[::1]/app", false),
    ("address_is_a_host", "[2001:db8::1]/**", "[2001:db8::1]/a/b@sha256:{d0}", true),
    ("address_is_a_host", "[2001:db8::a]/**", "[2001:DB8::A]/app", true),
    ("address_is_a_host", "[2001:db8::1]/**", "[2001:db8::11]/app", false),
    ("address_is_compared_as_written", "[::1]/app", "[0:0:0:0:0:0:0:1]/app", false),
    // Docker Hub
    ("hub_names_are_completed", "docker.io/library/nginx", "nginx", true),
    ("hub_names_are_completed", "docker.io/library/nginx", "library/nginx:1.25", true),
    ("hub_names_are_completed", "docker.io/library/nginx", "docker.io/nginx", true),
    ("hub_names_are_completed", "docker.io/library/nginx", "docker.io/library/nginx", true),
    ("hub_names_are_completed", "docker.io/library/nginx", "index.docker.io/nginx", true),
    ("hub_names_are_completed", "docker.io/library/nginx", "index.docker.io/library/nginx", true),
    ("hub_names_are_completed", "docker.io/library/*", "nginx@sha256:{d0}", true),
    ("hub_names_are_completed", "docker.io/library/*", "team/nginx", false),
    ("hub_names_are_completed", "docker.io/team/**", "team/app", true),
    ("hub_names_are_completed", "docker.io/team/**", "teamevil/app", false),
    ("hub_names_are_completed", "docker.io/**", "trusted.example", true),
    ("hub_has_other_names_that_are_no_aliases", "docker.io/**", "registry-1.docker.io/library/nginx", false),
    ("hub_has_other_names_that_are_no_aliases", "docker.io/**", "docker.io:443/library/nginx", false),
    ("hub_has_other_names_that_are_no_aliases", "docker.io/library/nginx", "docker.io.evil.example/library/nginx", false),
    ("hub_has_other_names_that_are_no_aliases", "docker.io/library/nginx", "quay.example/library/nginx", false),
    // Tags
    ("tag_is_literal", "registry.example/app:v1", "registry.example/app:v1", true),
    ("tag_is_literal", "registry.example/app:v1", "registry.example/app:v1@sha256:{d0}", true),
    ("tag_is_literal", "registry.example/app:v1", "registry.example/app:v10", false),
    ("tag_is_literal", "registry.example/app:v1", "registry.example/app:V1", false),
    ("tag_is_literal", "registry.example/app:v1", "registry.example/app@sha256:{d0}", false),
    ("tag_is_literal", "registry.example/app:RC_1", "registry.example/app:RC_1", true),
    ("tag_star", "registry.example/app:v1.*", "registry.example/app:v1.2", true),
    ("tag_star", "registry.example/app:v1.*", "registry.example/app:v12", false),
    ("tag_star", "registry.example/app:*-rc", "registry.example/app:v1-rc", true),
    ("tag_star", "registry.example/app:*-rc", "registry.example/app:v1-rc2", false),
    ("tag_star", "registry.example/app:v*-rc", "registry.example/app:v-rc", true),
    ("tag_star", "registry.example/app:v1*1", "registry.example/app:v1", false),
    ("tag_star", "registry.example/*:v*", "registry.example/app:v1", true),
    ("tag_any", "registry.example/app:*", "registry.example/app:v1", true),
    ("tag_any", "registry.example/app:*", "registry.example/app", true),
    ("tag_any", "registry.example/app:*", "registry.example/app@sha256:{d0}", false),
    ("tag_none", "registry.example/app:-", "registry.example/app@sha256:{d0}", true),
    ("tag_none", "registry.example/app:-", "registry.example/app:v1@sha256:{d0}", false),
    ("tag_none", "registry.example/app:-", "registry.example/app", false),
    ("no_tag_and_no_digest_is_latest", "registry.example/app:latest", "registry.example/app", true),
    ("no_tag_and_no_digest_is_latest", "registry.example/app:latest", "registry.example/app:latest@sha256:{d0}", true),
    ("no_tag_and_no_digest_is_latest", "registry.example/app:latest", "registry.example/app@sha256:{d0}", false),
    ("no_tag_and_no_digest_is_latest", "registry.example/app:latest", "registry.example/app:v1", false),
    ("no_tag_and_no_digest_is_latest", "registry.example/app:l*", "registry.example/app", true),
    ("port_is_not_a_tag", "registry.example:5000/app:5000", "registry.example:5000/app", false),
    ("port_is_not_a_tag", "registry.example:5000/app:5000", "registry.example:5000/app:5000", true),
    // Digests
    ("digest_is_literal", "registry.example/app@sha256:{d0}", "registry.example/app:v1@sha256:{d0}", true),
    ("digest_is_literal", "registry.example/app@sha256:{d0}", "registry.example/app@sha256:{d1}", false),
    ("digest_is_literal", "registry.example/app@sha256:{d0}", "registry.example/app@sha512:{d0}{d0}", false),
    ("digest_is_literal", "registry.example/app@sha256:{d0}", "registry.example/app:v1", false),
    ("digest_any", "registry.example/app@*", "registry.example/app@sha256:{d0}", true),
    ("digest_any", "registry.example/app@*", "registry.example/app@sha512:{d0}{d0}", true),
    ("digest_any", "registry.example/app@*", "registry.example/app:v1", false),
    ("digest_none", "registry.example/app@-", "registry.example/app:v1", true),
    ("digest_none", "registry.example/app@-", "registry.example/app", true),
    ("digest_none", "registry.example/app@-", "registry.example/app:v1@sha256:{d0}", false),
    ("digest_none", "registry.example/app@-", "registry.example/app@sha512:{d0}{d0}", false),
    ("only_by_digest", "registry.example/app:-@*", "registry.example/app@sha256:{d0}", true),
    ("only_by_digest", "registry.example/app:-@*", "registry.example/app:v1@sha256:{d0}", false),
    ("every_part", "*.registry.example:5000/*/app:v*@sha256:{d0}", "eu.registry.example:5000/shop/app:v1@sha256:{d0}", true),
    ("every_part", "*.registry.example:5000/*/app:v*@sha256:{d0}", "eu.registry.example:5000/shop/app:v1@sha256:{d1}", false),
    // Every image
    ("every_image", "**", "nginx", true),
    ("every_image", "**", "[::1]:5000/a/b@sha256:{d0}", true),
    ("every_image", "**:latest@-", "nginx", true),
    ("every_image", "**:latest@-", "registry.example/app:latest", true),
    ("every_image", "**:latest@-", "registry.example/app:latest@sha256:{d0}", false),
    ("every_image", "**:latest@-", "registry.example/app:v1", false),
    ("every_image", "**@-", "registry.example/app:v1", true),
    ("every_image", "**@-", "nginx", true),
    ("every_image", "**@-", "nginx@sha256:{d0}", false),
    ("every_image", "**@sha256:{d0}", "nginx@sha256:{d0}", true),
];

#[test]
fn every_row_of_the_matching_table_holds() {
    for (row, pattern, image, expected) in MATCHING {
        let (pattern, image) = (with_digests(pattern), with_digests(image));
        let parsed = ImagePattern::parse(&pattern)
            .unwrap_or_else(|error| panic!("{row}: `{pattern}`: {error}"));
        assert_eq!(
            parsed.matches(&normalized(&image)),
            *expected,
            "{row}: `{pattern}` and `{image}`"
        );
    }
    assert!(MATCHING.len() >= 80, "{}", MATCHING.len());
}

#[test]
fn errors_say_which_rule_was_broken() {
    use ImagePatternError as Error;
    let long_path = |length: usize| format!("a.example/{}", "b".repeat(length));
    let long_tag = |length: usize, end: &str| format!("a.example/b:{}{end}", "c".repeat(length));
    for (pattern, error) in [
        ("", Error::Empty),
        (&*long_path(600), Error::TooLong),
        ("https://registry.example/app", Error::Scheme),
        ("docker://nginx", Error::Scheme),
        ("registry.example/a?", Error::Character('?')),
        ("registry.example/{a,b}", Error::Character('{')),
        ("registry.example/app ", Error::Character(' ')),
        ("!registry.example/app", Error::Character('!')),
        ("registry.exаmple/app", Error::Character('а')),
        ("registry.example/a+b", Error::Character('+')),
        ("*", Error::EveryImage),
        ("*:latest", Error::EveryImage),
        ("*@-", Error::EveryImage),
        ("***", Error::EveryImage),
        ("**/app", Error::EveryImage),
        ("**.example/app", Error::EveryImage),
        ("registry.*", Error::EveryImage),
        ("nginx", Error::NoHost),
        ("nginx:1.25", Error::NoHost),
        ("nginx@sha256:{d0}", Error::NoHost),
        ("library/nginx", Error::NoHost),
        ("team/app/**", Error::NoHost),
        ("/app", Error::NoHost),
        (":v1", Error::NoHost),
        ("@-", Error::NoHost),
        ("registry.example", Error::NoPath),
        ("registry.example/", Error::NoPath),
        ("registry.example:5000", Error::NoPath),
        ("registry.example:5000/", Error::NoPath),
        ("registry.example/:v1", Error::NoPath),
        ("localhost", Error::NoPath),
        ("[::1]:5000", Error::NoPath),
        ("index.docker.io/library/nginx", Error::HubAlias),
        ("docker.io/nginx", Error::HubPath),
        ("docker.io/nginx:1.25", Error::HubPath),
        ("docker.io/*", Error::HubPath),
        ("docker.io/n*x", Error::HubPath),
        ("Registry.example/app", Error::UpperCase),
        ("registry.example/App", Error::UpperCase),
        ("[::A]/app", Error::UpperCase),
        ("registry.example./app", Error::Host),
        (".registry.example/app", Error::Host),
        ("-a.example/app", Error::Host),
        ("registry.example:/app", Error::Host),
        ("registry.example:x/app", Error::Host),
        ("a_b.example:5000/app", Error::Host),
        ("a_b.*.registry.example/app", Error::Host),
        ("*.registry.example:/app", Error::Host),
        ("-*.registry.example/app", Error::Host),
        ("[::1/app", Error::Host),
        ("[]/app", Error::Host),
        ("[::1]x/app", Error::Host),
        ("*/app", Error::HostWildcard),
        ("team*/app", Error::HostWildcard),
        ("*.example/app", Error::HostWildcard),
        ("registry.*/app", Error::HostWildcard),
        ("a.registry.*/app", Error::HostWildcard),
        ("a.*.example/app", Error::HostWildcard),
        ("*:5000/app", Error::HostWildcard),
        ("*.example:5000/app", Error::HostWildcard),
        ("localhost*/app", Error::HostWildcard),
        ("a*b*.registry.example/app", Error::TwoWildcards),
        ("a**.registry.example/app", Error::TwoWildcards),
        ("registry.example:*/app", Error::AddressWildcard),
        ("registry.example:50*/app", Error::AddressWildcard),
        ("10.*.0.1/app", Error::AddressWildcard),
        ("*.0.0.1:5000/app", Error::AddressWildcard),
        ("[::*]/app", Error::AddressWildcard),
        ("registry.example:05000/app", Error::PortZeros),
        ("*.registry.example:05000/app", Error::PortZeros),
        ("[::1]:05000/app", Error::PortZeros),
        ("registry.example//app", Error::Path),
        ("registry.example/app/", Error::Path),
        ("registry.example//**", Error::Path),
        ("registry.example/a/../b", Error::Path),
        ("registry.example/a/./b", Error::Path),
        ("registry.example/_app", Error::Path),
        ("registry.example/app-", Error::Path),
        ("registry.example/a___b", Error::Path),
        ("registry.example/a..b", Error::Path),
        ("registry.example/-*", Error::Path),
        ("registry.example/[ab]", Error::Path),
        (&*long_path(256), Error::PathTooLong),
        (&*format!("{}/*", long_path(254)), Error::PathTooLong),
        (&*format!("{}/**", long_path(254)), Error::PathTooLong),
        ("registry.example/app**", Error::DoubleWildcard),
        ("registry.example/**/app", Error::DoubleWildcard),
        ("registry.example/***", Error::DoubleWildcard),
        ("registry.example/a*b*", Error::TwoWildcards),
        ("registry.example/*a*/b", Error::TwoWildcards),
        ("registry.example/app:", Error::Tag),
        ("registry.example/app:.1", Error::Tag),
        ("registry.example/app:-1", Error::Tag),
        ("registry.example/app:-*", Error::Tag),
        ("registry.example/app:1:2", Error::Tag),
        ("registry.example/app:1/b", Error::Tag),
        ("registry.example/app:[1]", Error::Tag),
        (&*long_tag(129, ""), Error::Tag),
        (&*long_tag(129, "*"), Error::Tag),
        (&*format!("a.example/b:*-{}", "c".repeat(127)), Error::Tag),
        ("**:", Error::Tag),
        ("registry.example/app:**", Error::TwoWildcards),
        ("registry.example/app:v*-*", Error::TwoWildcards),
        ("registry.example/app@", Error::Digest),
        ("registry.example/app@sha256:*", Error::Digest),
        ("registry.example/app@sha256:ab*", Error::Digest),
        ("registry.example/app@sha256:abcd", Error::Digest),
        ("registry.example/app@sha512:{d0}{d0}", Error::Digest),
        (
            "registry.example/app@sha256:{d0}@sha256:{d0}",
            Error::Digest,
        ),
        ("user@registry.example/app", Error::Digest),
        ("**@**", Error::Digest),
        ("registry.example/app:-@-", Error::NeitherTagNorDigest),
        ("**:-@-", Error::NeitherTagNorDigest),
    ] {
        let pattern = with_digests(pattern);
        assert_eq!(ImagePattern::parse(&pattern), Err(error), "`{pattern}`");
    }
    for pattern in [
        long_path(255),
        format!("{}*", long_path(255)),
        format!("{}/*", long_path(253)),
        format!("{}/**", long_path(253)),
        long_tag(128, ""),
        long_tag(128, "*"),
        format!("a.example/b:*-{}", "c".repeat(126)),
        String::from("docker.io/**"),
        String::from("registry-1.docker.io/*"),
        String::from("docker.iox/app"),
        String::from("registry.example/a__b/a---b/a.b_c"),
    ] {
        assert!(ImagePattern::parse(&pattern).is_ok(), "{pattern}");
    }
}

/// What errors tell to write is a pattern.
#[test]
fn errors_show_valid_patterns() {
    let texts = [
        "",
        "*",
        "nginx",
        "a.example",
        "docker.io/a",
        "*/a",
        "a.a/**a",
        "https://a",
    ];
    for text in texts {
        let message = format!("{}", ImagePattern::parse(text).unwrap_err());
        let shown = message.split('`').skip(1).step_by(2);
        let shown: Vec<_> = shown.filter(|shown| shown.contains("example/")).collect();
        for pattern in &shown {
            assert!(ImagePattern::parse(pattern).is_ok(), "{pattern}: {message}");
        }
        let is_of_hub = message.contains("`docker.io/library/nginx`");
        let is_of_host = message.contains("`*.registry.example`");
        assert!(!shown.is_empty() || is_of_hub || is_of_host, "{message}");
    }
}

/// The one pass over plain patterns accepts no more than the reader of parts, and reads the same from it. What
/// matches is what the definition says, for every short pattern.
#[test]
fn every_short_pattern_is_read_alike_in_both_ways_and_matches_by_its_definition() {
    let images = [
        "a",
        "a/a",
        "a.a/a",
        "a.a/aa",
        "a.a/a/a",
        "a.a/a/a/a",
        "a.a.a/a",
        "a.a.a/a:a",
        "a.a/a:aa",
        "a.a/a-a",
        "a.a/a.a",
        "a:1/a",
        "a.a:1/a",
        "aa.a.a/a",
        "A.a/a",
        "docker.io/a",
        "docker.io/a/a",
        "a-a.a/a",
    ];
    let images = images.map(|image| (image, normalized(image)));
    let (mut plain_patterns, mut patterns, mut matched) = (0, 0, 0);
    let mut check = |pattern: &str| {
        let plain = PlainImagePatterns::default().read(pattern.as_bytes());
        let parts = ImagePattern::parse_parts(pattern);
        if plain.is_some() {
            plain_patterns += 1;
            assert_eq!(parts.map(|parts| parts.plain()), Ok(plain), "{pattern}");
        }
        assert_eq!(ImagePattern::parse(pattern), parts, "{pattern}");
        let Ok(parts) = parts else {
            return;
        };
        patterns += 1;
        for (text, image) in &images {
            let expected = covers(pattern, image);
            assert_eq!(parts.matches(image), expected, "`{pattern}` and `{text}`");
            if let Some(plain) = parts.plain() {
                assert_eq!(plain.matches(image), expected, "`{pattern}` and `{text}`");
            }
            matched += usize::from(expected);
        }
    };
    for begin in ["", "a.a/", "a.a.a/a", "*.a.a"] {
        each_text(4, &mut String::from(begin), &mut check);
    }
    assert!(
        plain_patterns > 100 && patterns > 1000 && matched > 250,
        "{plain_patterns} {patterns} {matched}"
    );
}

/// The reader of plain patterns keeps the first eight bytes of the last one.
#[test]
fn a_plain_pattern_is_read_alike_after_any_other() {
    let patterns = [
        "",
        "a.a/a",
        "a.a/a/a",
        "a.a/a/a/*",
        "a.a/a/a*",
        "a.a/a/a-",
        "a.a/a/a/**",
        "a.a/a/**",
        "a.a/a/***",
        "a.a/a/.a",
        "registry.example/**",
        "registry.example/",
        "registry/app",
        "registry-eu.example/app",
        "Registry.example/app",
        "docker.io/library/app",
        "docker.example/app",
        "index.docker.io/app",
        "**",
        "\0\0\0\0\0\0\0\0",
        "\0\0\0\0\0\0\0\0a.a/a",
        "r\u{e9}gistre.example/app",
    ];
    let mut read = 0;
    for before in patterns {
        for pattern in patterns {
            let mut reader = PlainImagePatterns::default();
            reader.read(before.as_bytes());
            let found = reader.read(pattern.as_bytes());
            let alone = PlainImagePatterns::default().read(pattern.as_bytes());
            assert_eq!(found, alone, "`{pattern}` after `{before}`");
            read += usize::from(found.is_some());
        }
    }
    assert_eq!(read, 9 * patterns.len());
}

/// The definition, written another way: from left to right, one character at a time.
fn covers(pattern: &str, image: &NormalizedReference<'_>) -> bool {
    let (pattern, digest) = pattern.split_once('@').unwrap_or((pattern, ""));
    // A colon after the last slash begins a tag, since no port is without a path.
    let (parents, last) = match pattern.rfind('/') {
        Some(slash) => pattern.split_at(slash),
        None => ("", pattern),
    };
    let (last, tag) = last.split_once(':').unwrap_or((last, ""));
    let name = format!("{parents}{last}");
    let is_name = name == "**" || is_like(name.chars(), image.name.chars(), true);
    let is_tag = match (tag, image.tag) {
        ("", _) | ("-", None) => true,
        ("-", Some(_)) | (_, None) => false,
        (tag, Some(text)) => is_like(tag.chars(), text.chars(), false),
    };
    let is_digest = match digest {
        "" => true,
        "-" => image.digest.is_none(),
        _ => image.digest.is_some(),
    };
    is_name && is_tag && is_digest
}

fn is_like(mut pattern: Chars<'_>, mut text: Chars<'_>, in_host: bool) -> bool {
    if pattern.as_str() == "**" {
        return true;
    }
    let whole = pattern.clone();
    match pattern.next() {
        None => text.next().is_none(),
        Some('*') => {
            let is_inside = |c: char| c != '/' && !(in_host && matches!(c, '.' | ':'));
            is_like(pattern, text.clone(), in_host)
                || text.next().is_some_and(is_inside) && is_like(whole, text, in_host)
        }
        Some(c) => text.next() == Some(c) && is_like(pattern, text, in_host && c != '/'),
    }
}

/// Every text of up to `length` of these words.
fn each_text(length: usize, text: &mut String, each: &mut impl FnMut(&str)) {
    each(text);
    let Some(length) = length.checked_sub(1) else {
        return;
    };
    for word in ["a", "a.a/", ".", "/", ":", "*", "-", "@", "docker.io"] {
        let end = text.len();
        text.push_str(word);
        each_text(length, text, each);
        text.truncate(end);
    }
}

fn normalized(image: &str) -> NormalizedReference<'_> {
    let reference = ImageReference::parse(image).unwrap_or_else(|error| panic!("{image}: {error}"));
    NormalizedReference::from(reference)
}
