//! `imageAllowlist.allowPattern`: parts of the parsed reference, on three levels.

use serde_json::{Value, json};

use crate::case::{A, Case, one_container, pod};
use crate::platform::{
    allowlist, always_deny, checked, gke_policy, passing, platform_case, policy, policy_of,
    settings, trusted_directory,
};

const DX: &str = "sha256:dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";
const D0: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// Id and name, pattern, image, whether the image is exempt; `{dx}` and `{d0}` are digests.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, bool)] = &[
    ("b01_all_three_parts", "us-central1.pkg.dev/my-project/my-image:latest@{dx}", "us-central1.pkg.dev/my-project/my-image:latest@{dx}", true),
    ("b02_all_three_parts_and_no_tag", "us-central1.pkg.dev/my-project/my-image:latest@{dx}", "us-central1.pkg.dev/my-project/my-image@{dx}", false),
    ("b03_all_three_parts_and_no_digest", "us-central1.pkg.dev/my-project/my-image:latest@{dx}", "us-central1.pkg.dev/my-project/my-image:latest", false),
    ("b04_tag", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image:latest", true),
    ("b05_tag_with_any_digest", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image:latest@{d0}", true),
    ("b06_another_tag", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image:v2", false),
    ("b07_no_tag_is_not_latest", "us-central1.pkg.dev/my-project/my-image:latest", "us-central1.pkg.dev/my-project/my-image", false),
    ("b08_tag_prefix_alone", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:foo", true),
    ("b09_tag_prefix", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:foobar", true),
    ("b10_tag_prefix_with_any_digest", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:foobar@{d0}", true),
    ("b11_tag_without_the_prefix", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image:bar", false),
    ("b12_tag_prefix_and_no_tag", "us-central1.pkg.dev/my-image:foo*", "us-central1.pkg.dev/my-image@{d0}", false),
    ("b13_digest", "us-central1.pkg.dev/my-project/my-image@{dx}", "us-central1.pkg.dev/my-project/my-image@{dx}", true),
    ("b14_digest_with_any_tag", "us-central1.pkg.dev/my-project/my-image@{dx}", "us-central1.pkg.dev/my-project/my-image:any@{dx}", true),
    ("b15_another_digest", "us-central1.pkg.dev/my-project/my-image@{dx}", "us-central1.pkg.dev/my-project/my-image@{d0}", false),
    ("b16_name", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image", true),
    ("b17_name_with_any_tag", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image:v1", true),
    ("b18_name_with_any_digest", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image@{d0}", true),
    ("b19_longer_name", "us-central1.pkg.dev/my-project/my-image", "us-central1.pkg.dev/my-project/my-image2", false),
    ("b20_name_prefix_alone", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image", true),
    ("b21_name_prefix_with_tag", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image1:v1", true),
    ("b22_name_prefix_with_digest", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image2@{d0}", true),
    ("b23_name_prefix_not_across_a_slash", "us-central1.pkg.dev/my-project/my-image*", "us-central1.pkg.dev/my-project/my-image/sub", false),
    ("b24_double_star", "us-central1.pkg.dev/my-project/**", "us-central1.pkg.dev/my-project/my-image", true),
    ("b25_double_star_across_slashes", "us-central1.pkg.dev/my-project/**", "us-central1.pkg.dev/my-project/some-directory/other-image:v1", true),
    ("b26_double_star_begins_at_the_slash", "us-central1.pkg.dev/my-project/**", "us-central1.pkg.dev/my-project-evil/x", false),
    ("b27_star", "us-central1.pkg.dev/my-project/*", "us-central1.pkg.dev/my-project/a:1", true),
    ("b28_star_not_across_a_slash", "us-central1.pkg.dev/my-project/*", "us-central1.pkg.dev/my-project/a/b:1", false),
    ("b29_double_star_below_a_directory", "gcr.io/my-images/not-built-by-gcb/**", "gcr.io/my-images/not-built-by-gcb/a/b:1", true),
    ("b30_port_is_no_tag", "registry.example:5000/app", "registry.example:5000/app:1", true),
    ("b31_names_are_not_normalised", "docker.io/library/nginx", "nginx:1.25", false),
    // Look-alikes.
    ("look_alike_org_prefix", "docker.io/openpolicyagent/**", "docker.io/openpolicyagentnotreally/x", false),
    ("look_alike_org_prefix_star", "docker.io/openpolicyagent*", "docker.io/openpolicyagentnotreally/x", false),
    ("look_alike_host_suffix", "trusted.example/**", "trusted.example.evil.example/x", false),
    ("look_alike_host_in_path", "trusted.example/org/*", "evil.example/trusted.example/org/e", false),
    ("look_alike_sibling", "trusted.example/app*", "trusted.example/app-evil", true),
    ("look_alike_port", "trusted.example/*", "trusted.example:5000/app", false),
    ("look_alike_default_port", "trusted.example/*", "trusted.example:443/x", false),
    ("look_alike_upper_host", "trusted.example/*", "TRUSTED.example/app", false),
    ("look_alike_bare_host", "trusted.example/**", "trusted.example", false),
    ("look_alike_hub_short", "docker.io/library/*", "nginx", false),
    ("look_alike_hub_host_short", "docker.io/library/*", "docker.io/nginx", false),
    ("look_alike_hub_alias", "docker.io/library/*", "index.docker.io/library/nginx", false),
];

pub(super) fn cases() -> Vec<Case> {
    let mut cases: Vec<_> = ROWS
        .iter()
        .map(|(name, pattern, image, is_exempt)| {
            let [pattern, image] =
                [pattern, image].map(|text| text.replace("{dx}", DX).replace("{d0}", D0));
            let expected = if *is_exempt {
                "allow exempt-allowlist !always-deny"
            } else {
                "deny always-deny !exempt-allowlist"
            };
            checked(name, expected, &[always_deny()], |call| {
                gke_policy(call)["imageAllowlist"] = allowlist(&[&pattern]);
                call["request"] = pod(one_container(&image));
            })
        })
        .collect();
    cases.extend(levels());
    cases
}

/// An entry exempts exactly what it names, at its own level.
fn levels() -> Vec<Case> {
    let with = |mut check: Value, pattern: &str| {
        check["imageAllowlist"] = allowlist(&[pattern]);
        check
    };
    let (ours, other) = ("trusted.example/app", "trusted.example/other");
    let denied = || json!([{"checks": [always_deny()], "imageAllowlist": allowlist(&[ours])}]);
    let two_sets = json!([
        {"scope": {"kubernetesNamespace": "elsewhere"}, "checks": [always_deny()],
         "imageAllowlist": allowlist(&[ours])},
        {"checks": [always_deny()]},
    ]);
    let of_sets =
        |name, expected, sets| platform_case(name, expected, settings(policy_of(sets)), |_| {});
    let mut by_policy = policy(&[always_deny()]);
    by_policy["gkePolicy"]["imageAllowlist"] = allowlist(&[other, ours]);
    vec![
        platform_case(
            "allowlist_of_the_policy",
            "allow exempt-allowlist !always-deny",
            settings(by_policy),
            |_| {},
        ),
        of_sets(
            "allowlist_of_the_check_set",
            "allow exempt-allowlist !always-deny",
            denied(),
        ),
        of_sets(
            "allowlist_of_a_check_set_that_does_not_apply",
            "deny always-deny !exempt-allowlist",
            two_sets,
        ),
        checked(
            "check_allowlist_exempts_one_check",
            "deny always-deny exempt-allowlist !image-not-in-trusted-directory",
            &[
                with(trusted_directory(&["gcr.io/p/r"]), ours),
                always_deny(),
            ],
            |_| {},
        ),
        checked(
            "check_allowlist_exempts_no_check_before_it",
            "deny always-deny exempt-allowlist !image-not-in-trusted-directory",
            &[
                always_deny(),
                with(trusted_directory(&["gcr.io/p/r"]), ours),
            ],
            |_| {},
        ),
        checked(
            "check_allowlist_of_the_only_check",
            "allow exempt-allowlist !always-deny",
            &[with(always_deny(), ours)],
            |_| {},
        ),
        checked(
            "check_allowlist_of_every_check",
            "allow exempt-allowlist !always-deny !digest-required",
            &[with(always_deny(), ours), with(passing(), ours)],
            |call| call["request"] = pod(one_container("trusted.example/app:1")),
        ),
        checked(
            "check_allowlist_of_another_image",
            "deny always-deny !exempt-allowlist",
            &[with(always_deny(), other)],
            |_| {},
        ),
        checked(
            "allowlist_exempts_one_image_of_two",
            "deny always-deny exempt-allowlist",
            &[always_deny()],
            |call| {
                gke_policy(call)["imageAllowlist"] = allowlist(&[ours]);
                call["request"] = pod(json!({"containers": [
                    {"name": "ours", "image": format!("{ours}@{A}")},
                    {"name": "other", "image": format!("{other}@{A}")},
                ]}));
            },
        ),
        checked(
            "allowlist_does_not_exempt_a_revoked_digest",
            "deny digest-denied !exempt-allowlist",
            &[always_deny()],
            |call| {
                gke_policy(call)["imageAllowlist"] = allowlist(&[ours]);
                call["settings"]["deniedDigests"] = json!([A]);
            },
        ),
        checked(
            "allowlist_does_not_exempt_what_is_no_reference",
            "deny image-reference-invalid !exempt-allowlist",
            &[always_deny()],
            |call| {
                gke_policy(call)["imageAllowlist"] = allowlist(&["trusted.example/ok/**"]);
                call["request"] = pod(one_container("trusted.example/ok/../evil"));
            },
        ),
        // As the manual spells it. No registry has such a repository, and no runtime pulls from it.
        checked(
            "b29_upper_case_is_in_no_reference",
            "deny image-reference-invalid !exempt-allowlist",
            &[always_deny()],
            |call| {
                gke_policy(call)["imageAllowlist"] =
                    allowlist(&["gcr.io/my-images/not-built-by-GCB/**"]);
                let image = "gcr.io/my-images/not-built-by-GCB/a/b:1";
                call["request"] = pod(one_container(image));
            },
        ),
        checked(
            "allowlist_pattern_that_is_invalid",
            "error settings-invalid",
            &[passing()],
            |call| gke_policy(call)["imageAllowlist"] = allowlist(&["trusted.example/a*b"]),
        ),
    ]
}
