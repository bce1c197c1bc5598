//! `trustedDirectoryCheck`: the directory that an image is in, and never what is only called alike.

use crate::case::{A, Case, one_container, pod};
use crate::platform::{checked, trusted_directory};

/// Id and name, pattern, image, whether it is in the directory. An image without a digest gets one:
/// without, no check passes.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, bool)] = &[
    ("t01_directory", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo/img:tag", true),
    ("t02_deeper_directory", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo/sub/img", false),
    ("t03_longer_name", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo-evil/img", false),
    ("t04_the_directory_itself", "gcr.io/my-project/my-repo", "gcr.io/my-project/my-repo", false),
    ("t05_star", "gcr.io/my-project/*", "gcr.io/my-project/a/img", true),
    ("t06_star_not_across_a_slash", "gcr.io/my-project/*", "gcr.io/my-project/a/b/img", false),
    ("t07_star_is_a_directory", "gcr.io/my-project/*", "gcr.io/my-project/img", false),
    ("t08_double_star", "gcr.io/my-project/**", "gcr.io/my-project/a/img", true),
    ("t09_double_star_across_slashes", "gcr.io/my-project/**", "gcr.io/my-project/a/b/c/img", true),
    ("t10_double_star_is_a_directory", "gcr.io/my-project/**", "gcr.io/my-project/img", false),
    ("t11_double_star_begins_at_the_slash", "gcr.io/my-project/**", "gcr.io/my-project-evil/a/img", false),
    ("t12_leading_star", "*-docker.pkg.dev/my-project/my-repo", "us-central1-docker.pkg.dev/my-project/my-repo/img", true),
    ("t13_leading_star_and_dot", "*.gcr.io/my-project", "eu.gcr.io/my-project/img", true),
    ("t14_the_dot_is_literal", "*.gcr.io/my-project", "gcr.io/my-project/img", false),
    ("t16_leading_star_is_one_label", "*.gcr.io/my-project", "a.b.gcr.io/my-project/img", false),
    ("t17_leading_star_not_across_a_slash", "*.gcr.io/my-project", "evil.example/x.gcr.io/my-project/img", false),
    ("t18_gcr_directory", "gcr.io/my-project/gcr-directory", "gcr.io/my-project/gcr-directory/app:v1", true),
    ("t19_ar_directory", "us-central1-docker.pkg.dev/my-project/ar-directory", "us-central1-docker.pkg.dev/my-project/ar-directory/app:v1", true),
    ("t20_beside_the_directory", "gcr.io/my-project/gcr-directory", "gcr.io/my-project/hello-app:latest", false),
    ("t21_varying_ending", "gcr.io/my-project/my-r*", "gcr.io/my-project/my-repo/img", true),
    ("t22_varying_ending_not_across_a_slash", "gcr.io/my-project/my-r*", "gcr.io/my-project/my-repo/sub/img", false),
    ("t23_image_in_no_directory", "gcr.io/my-project/my-repo", "nginx:1.25", false),
    ("t24_whole_registry", "gcr.io/**", "gcr.io/any/img", true),
    // Look-alikes.
    ("directory_sub_one_label", "*.trusted.example/org", "a.trusted.example/org/x", true),
    ("directory_sub_in_path", "*.trusted.example/org", "evil.example/x.trusted.example/org/e", false),
    ("directory_sub_glued", "*.trusted.example/org", "eviltrusted.example/org/e", false),
    ("directory_sub_none", "*.trusted.example/org", "trusted.example/org/e", false),
    ("directory_sub_two_labels", "*.trusted.example/org", "a.b.trusted.example/org/e", false),
    ("directory_sibling", "trusted.example/org/repo", "trusted.example/org/repo-evil/x", false),
    ("directory_itself", "trusted.example/org/repo", "trusted.example/org/repo", false),
    ("directory_deeper", "trusted.example/org/repo", "trusted.example/org/repo/sub/x", false),
    ("directory_of_another_port", "trusted.example/org", "trusted.example:5000/org/x", false),
    ("directory_in_other_letter_case", "trusted.example/org", "TRUSTED.example/org/x", false),
    ("directory_on_docker_hub_by_short_name", "docker.io/library", "nginx", false),
    ("directory_on_docker_hub", "docker.io/library", "docker.io/library/nginx", true),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = ROWS
        .iter()
        .map(|(name, pattern, image, is_inside)| {
            let expected = if *is_inside {
                "allow check-passed checks-passed !image-not-in-trusted-directory"
            } else {
                "deny image-not-in-trusted-directory !digest-required"
            };
            with(name, expected, &[pattern], &format!("{image}@{A}"))
        })
        .collect();
    let directory = "gcr.io/my-project/my-repo";
    cases.extend([
        with(
            "t15_leading_star_is_something",
            "deny image-reference-invalid",
            &["*-docker.pkg.dev/my-project/my-repo"],
            &format!("-docker.pkg.dev/my-project/my-repo/img@{A}"),
        ),
        with(
            "t01_directory_and_only_a_tag",
            "deny digest-required !image-not-in-trusted-directory",
            &[directory],
            "gcr.io/my-project/my-repo/img:tag",
        ),
        with(
            "t20_beside_the_directory_and_only_a_tag",
            "deny digest-required image-not-in-trusted-directory",
            &["gcr.io/my-project/gcr-directory"],
            "gcr.io/my-project/hello-app:latest",
        ),
        with(
            "directory_and_neither_tag_nor_digest",
            "deny digest-required !image-not-in-trusted-directory",
            &[directory],
            "gcr.io/my-project/my-repo/img",
        ),
        with(
            "directory_and_a_digest_of_another_algorithm",
            "deny digest-required !image-not-in-trusted-directory",
            &[directory],
            &format!("gcr.io/my-project/my-repo/img@sha512:{}", "a".repeat(128)),
        ),
        with(
            "directory_by_the_second_pattern",
            "allow checks-passed",
            &["gcr.io/other/repo", directory],
            &format!("gcr.io/my-project/my-repo/img@{A}"),
        ),
        with(
            "directory_by_no_pattern",
            "deny image-not-in-trusted-directory",
            &["gcr.io/other/repo", "gcr.io/my-project/other"],
            &format!("gcr.io/my-project/my-repo/img@{A}"),
        ),
        with(
            "directory_with_dot_segments",
            "deny image-reference-invalid",
            &["gcr.io/my-project/**"],
            &format!("gcr.io/my-project/a/../../evil/img@{A}"),
        ),
    ]);
    cases
}

fn with(name: &str, expected: &'static str, patterns: &[&str], image: &str) -> Case {
    checked(name, expected, &[trusted_directory(patterns)], |call| {
        call["request"] = pod(one_container(image));
    })
}
