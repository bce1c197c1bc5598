//! Patterns: three languages, each in its place.

use core_tests::platform::{allowlist, always_deny, policy, settings, slsa, trusted_directory};
use core_tests::validity::{assert_problems, problems};
use serde_json::json;

use super::{CHECK, GKE, SETS};

/// Patterns of each language that are invalid, and some that look so and are not.
#[rustfmt::skip]
const PATTERNS: &[(&str, &str, bool)] = &[
    ("BV01", "*", false), ("BV02", "**", false), ("BV03", "us-central1.pkg.dev/my-image:*", false),
    ("BV04", "gcr.io/p/nginx**", false), ("BV05", "gcr.io/p/i@sha256:*", false),
    ("BV06", "gcr.io/p/i@sha256:ab*", false), ("BV07", "gcr.io/p/i*:v1", false),
    ("BV08", "gcr.io/p/i:v*@{d0}", false), ("BV09", "gcr.io/p/i:foo**", false),
    ("BV10", "gcr.io/p/n*x", false), ("BV11", "gcr.io/p/i:foo*", true), ("BV12", "gcr.io/p/**", true),
    ("BV13", "gcr.io/p/i@sha256:abcd", false), ("BV14", "", false), ("BV15", "/**", false),
    ("host_open_end", "trusted.example*", false), ("wildcard_inside", "trusted.example/a*b", false),
    ("wildcard_first", "*/app", false), ("metacharacter", "trusted.example/a?", false),
    ("class", "trusted.example/[ab]", false), ("negation", "!trusted.example/a", false),
    ("TV01", "gcr.io/my-project/my-repo", true), ("TV02", "*-docker.pkg.dev/my-project/my-repo", true),
    ("TV03", "*.gcr.io/my-project", true), ("TV04", "gcr.io/my-project/*", true),
    ("TV05", "gcr.io/my-project/**", true), ("TV06", "gcr.i*", false),
    ("TV07", "sub*domain.gcr.io/nginx", false), ("TV08", "*pkg.dev/my-project/my-repo", false),
    ("TV09", "**-docker.pkg.dev", false), ("TV10", "gcr.io", false), ("TV11", "gcr.io/my-project/", false),
    ("TV12", "localhost/p/r", false), ("TV13", "gcr.io/a*b/c", false), ("TV14", "*.io/p", false),
    ("SV01", "https://github.com/p/r", false), ("SV02", "github.com/p/*", true),
    ("SV03", "github.com/**", true), ("SV04", "github.com/p/r*x", false), ("SV05", "github.com/p/r*", false),
    ("SV06", "*", false), ("SV07", "github.com/*/r", false), ("SV08", "", false),
];

#[test]
fn patterns_are_of_the_language_of_their_place() {
    let d0 = format!("sha256:{}", "0".repeat(64));
    for (id, pattern, is_valid) in PATTERNS {
        let pattern = pattern.replace("{d0}", &d0);
        let (settings, path) = if id.starts_with("TV") {
            let check = trusted_directory(&["gcr.io/p/r", &pattern]);
            (
                settings(policy(&[check])),
                "checkSets[0].checks[0].trustedDirectoryCheck.trustedDirPatterns",
            )
        } else if id.starts_with("SV") {
            let mut rule = json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"});
            rule["trustedSourceRepoPatterns"] = json!(["github.com/p/r", pattern]);
            let path = "checkSets[0].checks[0].slsaCheck.rules[0].trustedSourceRepoPatterns";
            (settings(policy(&[slsa(&[rule])])), path)
        } else {
            let mut document = policy(&[]);
            document["gkePolicy"]["imageAllowlist"] = allowlist(&["gcr.io/p/r", &pattern]);
            (settings(document), "imageAllowlist.allowPattern")
        };
        let expected = format!("{GKE}.{path}[1] pattern-invalid");
        let expected: &[&str] = if *is_valid { &[] } else { &[&expected] };
        assert_problems(&settings, expected);
    }
}

#[test]
fn patterns_are_checked_at_every_level() {
    let mut document = policy(&[always_deny()]);
    let bad = allowlist(&["*"]);
    document["gkePolicy"]["imageAllowlist"] = bad.clone();
    document["gkePolicy"]["checkSets"][0]["imageAllowlist"] = bad.clone();
    document["gkePolicy"]["checkSets"][0]["checks"][0]["imageAllowlist"] = bad;
    let mut found = problems(settings(document).to_string().as_bytes());
    found.sort();
    let expected = [
        format!("{CHECK}.imageAllowlist.allowPattern[0] pattern-invalid"),
        format!("{SETS}[0].imageAllowlist.allowPattern[0] pattern-invalid"),
        format!("{GKE}.imageAllowlist.allowPattern[0] pattern-invalid"),
    ];
    assert_eq!(found, expected);
}
