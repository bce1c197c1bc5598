//! Settings that trust a pretend Sigstore instance, and bundles of that instance.

use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::base::{self, NOTE};

/// The trusted root of the instance
pub(crate) const ROOT: &str = include_str!("../../core/vectors/sigstore/roots/instance.json");
/// Bundles of the instance, one a line
const CASES: &str = include_str!("../../core/vectors/sigstore/cases.jsonl");

/// The digest that the bundles attest
pub(crate) const SIGNED: &str =
    "sha256:c7c5c1d70c5dec4416ab6158afd0b223ef40c29b1dc1f97ed9428b94d4cadb1c";

/// A time after that of every signature
const NOW: &str = "2026-11-29T12:00:00Z";

/// The bundle of a case.
pub(crate) fn bundle(name: &str) -> Value {
    let cases = CASES
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let case = cases.into_iter().find(|case| case["name"] == name);
    let text = case.as_ref().and_then(|case| case["bundle"].as_str());
    match text.map(serde_json::from_str) {
        Some(Ok(bundle)) => bundle,
        _ => panic!("there is no bundle {name}"),
    }
}

/// A call with one occurrence, under settings in which the identity of the bundles may sign. The root and the
/// occurrence are texts, because their values may have a key twice.
pub(crate) fn call(root: &RawValue, occurrence: &RawValue, digest: &str) -> String {
    let attestor = "projects/p/attestors/a";
    let mut settings = base::settings(&json!({}), &json!({}));
    settings["attestors"] =
        json!([{"name": attestor, "userOwnedGrafeasNote": {"noteReference": NOTE}}]);
    let settings = settings.to_string();
    let settings = settings.strip_suffix('}').unwrap_or_default();
    let identity = json!({
        "trustedRoot": "instance", "issuer": "https://issuer.example.test",
        "subject": "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1",
    });
    let settings = settings.replace(
        r#""evidence":{}"#,
        &format!(r#""evidence":{{"occurrences":[{occurrence}]}}"#),
    );
    let request = base::request().to_string().replace(base::UNSIGNED, digest);
    format!(
        r#"{{"time": "{NOW}", "request": {request}, "settings": {settings}, "sigstore": {{
            "trustedRoots": {{"instance": {{"document": {root}}}}},
            "identities": {{"release": [{identity}]}},
            "attestors": {{"{attestor}": ["release"]}}
        }}}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use serde_json::value::to_raw_value;

    use super::*;
    use crate::{decide, is_allowed};

    /// Otherwise the targets would hold for a call that is denied for another reason.
    #[test]
    fn a_good_bundle_is_admitted_for_its_digest() {
        let bundle = to_raw_value(&bundle("must-pass/rekor-v1-and-timestamp")).unwrap();
        let root = serde_json::from_str(ROOT).unwrap();
        for (digest, expected) in [(SIGNED, true), (base::UNSIGNED, false)] {
            let decision = decide(call(root, &bundle, digest).as_bytes());
            assert_eq!(is_allowed(&decision, "allowed"), expected, "{decision:#}");
        }
    }
}
