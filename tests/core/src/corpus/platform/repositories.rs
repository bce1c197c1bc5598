//! `trustedSourceRepoPatterns`: which repository a build was configured from.

use serde_json::json;

use crate::case::Case;
use crate::platform::statements::cloud_build;
use crate::platform::{checked, slsa};

/// Id and name, pattern, address in the provenance, whether it is trusted.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, bool)] = &[
    ("s01_no_scheme", "source.cloud.google.com/my-project/my-repo-name", "source.cloud.google.com/my-project/my-repo-name", true),
    ("s02_git_over_ssh", "source.cloud.google.com/my-project/my-repo-name", "git+ssh://source.cloud.google.com/my-project/my-repo-name", true),
    ("s03_https", "source.cloud.google.com/my-project/my-repo-name", "https://source.cloud.google.com/my-project/my-repo-name", true),
    ("s04_repository", "github.com/my-project/my-repo", "https://github.com/my-project/my-repo", true),
    ("s05_longer_name", "github.com/my-project/my-repo", "https://github.com/my-project/my-repo2", false),
    ("s06_star", "github.com/my-project/*", "https://github.com/my-project/my-repo", true),
    ("s07_star_not_across_a_slash", "github.com/my-project/*", "https://github.com/my-project/group/my-repo", false),
    ("s08_double_star", "github.com/**", "https://github.com/my-project/group/my-repo", true),
    ("s09_star_begins_at_the_slash", "github.com/my-project/*", "https://github.com/my-project-evil/my-repo", false),
    ("s10_star_of_a_user", "github.com/my-github-user/*", "https://github.com/my-github-user/repo", true),
    ("s11_star_is_not_empty", "github.com/my-project/*", "https://github.com/my-project/", false),
    ("s12_dot_git_is_part_of_the_name", "github.com/my-project/my-repo", "https://github.com/my-project/my-repo.git", false),
    ("s13_host_suffix", "github.com/**", "https://github.com.evil.example/p/r", false),
    // Look-alikes, and what else an address may carry.
    ("source_pattern_not_anchored", "forge.example/org/*", "https://evil.example/?https://forge.example/org/repo", false),
    ("source_in_a_path", "forge.example/org/*", "https://evil.example/forge.example/org/repo", false),
    ("source_with_a_user_name", "forge.example/org/*", "https://forge.example@evil.example/org/repo", false),
    ("source_with_two_schemes", "forge.example/org/*", "git+https://https://forge.example/org/repo", false),
    ("source_in_other_letter_case", "forge.example/org/*", "https://FORGE.example/org/repo", false),
    ("source_of_another_port", "forge.example/org/*", "https://forge.example:8443/org/repo", false),
    ("source_with_its_branch", "forge.example/org/repo", "git+https://forge.example/org/repo@refs/heads/main", true),
    ("source_with_its_branch_under_a_star", "forge.example/org/*", "git+https://forge.example/org/repo@refs/heads/main", true),
    ("source_with_a_branch_that_is_called_alike", "forge.example/org/repo", "git+https://evil.example/x@refs/heads/forge.example/org/repo", false),
    ("source_with_an_at_sign_that_is_no_branch", "forge.example/org/repo", "https://forge.example/org/repo@main", false),
    ("source_that_is_only_a_scheme", "forge.example/**", "https://", false),
];

pub(super) fn cases() -> Vec<Case> {
    ROWS.iter()
        .map(|(name, pattern, address, is_trusted)| {
            let expected = if *is_trusted {
                "allow check-passed checks-passed !no-matching-provenance"
            } else {
                "deny no-matching-provenance provenance-source-not-trusted"
            };
            let rule = json!({
                "trustedBuilder": "GOOGLE_CLOUD_BUILD",
                "configBasedBuildRequired": true,
                "trustedSourceRepoPatterns": [pattern],
            });
            checked(name, expected, &[slsa(&[rule])], |call| {
                call["settings"]["evidence"] = json!({"statements": [cloud_build(address)]});
            })
        })
        .collect()
}
