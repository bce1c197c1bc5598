//! Short names of predicate types, which cosign and policy-controller take in place of URIs.

const NAMES: &[(&str, &str)] = &[
    ("custom", "https://cosign.sigstore.dev/attestation/v1"),
    ("cyclonedx", "https://cyclonedx.org/bom"),
    ("link", "https://in-toto.io/Link/v1"),
    ("openvex", "https://openvex.dev/ns"),
    ("slsaprovenance", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance02", "https://slsa.dev/provenance/v0.2"),
    ("slsaprovenance1", "https://slsa.dev/provenance/v1"),
    ("spdx", "https://spdx.dev/Document"),
    ("spdxjson", "https://spdx.dev/Document"),
    ("vuln", "https://cosign.sigstore.dev/attestation/vuln/v1"),
];

/// Maximum length in the settings
const MAX_LENGTH: usize = 200;

/// Returns the URI that a short name stands for.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static str> {
    let found = NAMES.iter().find(|(known, _)| *known == name);
    found.map(|(_, uri)| *uri)
}

/// The short names, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().map(|(name, _)| *name)
}

/// Whether settings can have the type.
#[must_use]
pub fn is_valid(uri: &str) -> bool {
    uri.len() <= MAX_LENGTH
        && uri.contains([':', '/'])
        && uri.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use policy_wasm::Budget;
    use serde_json::json;

    use super::*;

    /// Whether the policy takes the type.
    fn is_taken(uri: &str) -> bool {
        let requirement = json!({"attestors": ["a"], "predicateTypes": [uri]});
        let rules = json!([{"name": "a", "images": ["**"], "require": [requirement]}]);
        let settings = json!({"imagePolicy": {"unmatchedImages": "deny", "rules": rules}});
        let problems =
            policy_wasm::validate_settings(settings.to_string().as_bytes(), &Budget::DEFAULT);
        let mut problems = problems.iter().map(ToString::to_string);
        !problems.any(|problem| problem.contains("predicateTypes"))
    }

    #[test]
    fn types_are_valid_as_in_settings() {
        let (long, too_long) = (
            format!("urn:{}", "x".repeat(196)),
            format!("urn:{}", "x".repeat(197)),
        );
        for uri in [
            "",
            "cyclonedx",
            "urn:a",
            "a/b",
            "urn:a b",
            "urn:ä",
            &long,
            &too_long,
        ] {
            assert_eq!(is_valid(uri), is_taken(uri), "{uri}");
        }
        assert!(NAMES.iter().all(|(_, uri)| is_valid(uri)));
        assert!(names().is_sorted() && names().all(|name| !is_valid(name)));
    }
}
