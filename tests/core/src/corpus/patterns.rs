//! The allowlist in front of a rule that denies everything: look-alikes, boundaries, spellings.

use serde_json::{Value, json};

use crate::case::{A, B, Case, case, one_container, pod, rule};

/// Name, pattern, image, whether the image is exempt.
#[rustfmt::skip]
const ROWS: &[(&str, &str, &str, bool)] = &[
    ("org_prefix", "docker.io/openpolicyagent/**", "docker.io/openpolicyagentnotreally/x", false),
    ("org_prefix_open", "docker.io/openpolicyagent**", "docker.io/openpolicyagentnotreally/x", true),
    ("org_prefix_star", "docker.io/openpolicyagent*", "docker.io/openpolicyagentnotreally/x", false),
    ("host_suffix", "trusted.example/**", "trusted.example.evil.example/x", false),
    ("host_in_path", "trusted.example/org/*", "evil.example/trusted.example/org/e", false),
    ("star_one_segment", "trusted.example/*", "trusted.example/a", true),
    ("star_not_across_slash", "trusted.example/*", "trusted.example/a/b", false),
    ("double_star", "trusted.example/**", "trusted.example/a/b", true),
    ("star_covers_tag", "trusted.example/app*", "trusted.example/app:1", true),
    ("star_covers_sibling", "trusted.example/app*", "trusted.example/app-evil", true),
    ("bare_name_and_tag", "trusted.example/app", "trusted.example/app:1", false),
    ("tag_star", "trusted.example/app:1*", "trusted.example/app:10", true),
    ("tag_star_other_name", "trusted.example/app:*", "trusted.example/app-evil:1", false),
    ("port_is_not_a_suffix", "trusted.example/*", "trusted.example:5000/app", false),
    ("default_port", "trusted.example/*", "trusted.example:443/x", false),
    ("upper_host", "trusted.example/*", "TRUSTED.example/app", false),
    ("localhost", "localhost/*", "localhost:5000/x", false),
    ("ipv6_host", "trusted.example/*", "[::1]:5000/x", false),
    ("bare_host", "trusted.example/**", "trusted.example", false),
    ("punycode_host", "trusted.example/*", "xn--truste-8cf.example/app", false),
    ("hub_short", "docker.io/library/*", "nginx", false),
    ("hub_library", "docker.io/library/*", "library/nginx", false),
    ("hub_host_short", "docker.io/library/*", "docker.io/nginx", false),
    ("hub_legacy_alias", "docker.io/library/*", "index.docker.io/library/nginx", false),
    ("hub_api_host", "docker.io/library/*", "registry-1.docker.io/library/nginx", false),
    ("hub_full", "docker.io/library/*", "docker.io/library/nginx", true),
];

fn allowlist(settings: &mut Value, pattern: &str) {
    settings["policy"]["admissionWhitelistPatterns"] = json!([{"namePattern": pattern}]);
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, pattern, image, is_exempt) in ROWS {
        let expected = if *is_exempt {
            "allow exempt-allowlist !always-deny"
        } else {
            "deny always-deny !exempt-allowlist"
        };
        cases.push(case(&format!("pattern_{name}"), expected, |s, r| {
            allowlist(s, pattern);
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
            *r = pod(one_container(image));
        }));
    }
    cases.push(case(
        "decorative_tag_exact",
        "deny no-valid-attestation",
        |s, r| {
            allowlist(s, "trusted.example/app:prod");
            *r = pod(one_container(&format!("trusted.example/app:prod@{B}")));
        },
    ));
    cases.push(case(
        "decorative_tag_wildcard",
        "allow exempt-allowlist",
        |s, r| {
            allowlist(s, "trusted.example/app:prod*");
            *r = pod(one_container(&format!("trusted.example/app:prod@{B}")));
        },
    ));
    cases.push(case(
        "allowlist_pattern_is_invalid",
        "error settings-invalid",
        |s, _| {
            allowlist(s, "trusted.example/a*b");
        },
    ));
    let longest = format!("trusted.example/{}", "a".repeat(230));
    cases.push(case(
        "near_miss_pattern_input",
        "deny always-deny",
        |s, r| {
            let patterns: Vec<_> = (0..1000)
                .map(|n| json!({"namePattern": format!("{longest}{n}**")}))
                .collect();
            s["policy"]["admissionWhitelistPatterns"] = patterns.into();
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
            *r = pod(one_container(&format!("{longest}@{A}")));
        },
    ));
    let system = |mode: Option<&str>, with_system_policy: bool| {
        let mode = mode.map(str::to_owned);
        move |s: &mut Value, r: &mut Value| {
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
            if let Some(mode) = mode {
                s["policy"]["globalPolicyEvaluationMode"] = mode.into();
            }
            if with_system_policy {
                s["systemPolicy"] = json!({
                    "name": "locations/global/policy",
                    "admissionWhitelistPatterns": [{"namePattern": "registry.k8s.io/**"}],
                });
            }
            *r = pod(one_container("registry.k8s.io/pause:3.10"));
        }
    };
    for (name, expected, change) in [
        (
            "enabled",
            "allow exempt-system-policy",
            system(Some("ENABLE"), true),
        ),
        (
            "disabled",
            "deny always-deny !system-policy-missing",
            system(Some("DISABLE"), true),
        ),
        (
            "omitted_means_disabled",
            "deny always-deny",
            system(None, true),
        ),
        (
            "enabled_and_missing",
            "deny always-deny system-policy-missing",
            system(Some("ENABLE"), false),
        ),
    ] {
        cases.push(case(&format!("system_policy_{name}"), expected, change));
    }
    cases
}
