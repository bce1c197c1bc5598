//! Bundles of `vectors/sigstore`, genuine ones and those of the cases, good and bad, with their certificates and
//! timestamp tokens, and the published trusted roots.

use std::collections::BTreeSet;
use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// The trusted roots that Sigstore and GitHub publish, by the names of their files
pub const PUBLISHED_ROOTS: [(&str, &str); 3] = [
    (
        "public-good",
        include_str!("../vectors/sigstore/published/public-good.json"),
    ),
    (
        "github",
        include_str!("../vectors/sigstore/published/github.json"),
    ),
    (
        "staging",
        include_str!("../vectors/sigstore/published/staging.json"),
    ),
];

/// Bundles under them
const GENUINE: [&str; 4] = [
    include_str!("../vectors/sigstore/genuine/cosign-v3-image.json"),
    include_str!("../vectors/sigstore/genuine/github-release.json"),
    include_str!("../vectors/sigstore/genuine/npm-provenance.json"),
    include_str!("../vectors/sigstore/genuine/staging-rekor-v2.json"),
];

const CASES: &str = include_str!("../vectors/sigstore/cases.jsonl");

/// The chains of a trusted root, in DER, each from the issuing or signing certificate to the anchor. `list` is
/// `certificateAuthorities` or `timestampAuthorities`.
pub fn chains(root: &str, list: &str) -> Vec<Vec<Vec<u8>>> {
    let root: Value = serde_json::from_str(root).unwrap();
    let authorities = root[list].as_array().cloned().unwrap_or_default();
    let certificates = |authority: &Value| {
        let chain = authority["certChain"]["certificates"].as_array().unwrap();
        chain
            .iter()
            .filter_map(|it| bytes(&it["rawBytes"]))
            .collect()
    };
    authorities.iter().map(certificates).collect()
}

/// Every certificate of the published roots and of the bundles, once.
pub fn certificates() -> BTreeSet<Vec<u8>> {
    let lists = ["certificateAuthorities", "timestampAuthorities"];
    let published = PUBLISHED_ROOTS.iter().flat_map(|(_, root)| {
        let chains = lists.into_iter().flat_map(|list| chains(root, list));
        chains.flatten()
    });
    let leaves = materials().filter_map(|material| {
        let chain = &material["x509CertificateChain"]["certificates"][0];
        bytes(&material["certificate"]["rawBytes"]).or_else(|| bytes(&chain["rawBytes"]))
    });
    published.chain(leaves).collect()
}

/// Every token of the bundles, once.
pub fn tokens() -> BTreeSet<Vec<u8>> {
    let tokens = materials().flat_map(|material| {
        let tokens = &material["timestampVerificationData"]["rfc3161Timestamps"];
        let tokens = tokens.as_array().cloned().unwrap_or_default();
        tokens
            .into_iter()
            .filter_map(|it| bytes(&it["signedTimestamp"]))
    });
    tokens.collect()
}

/// All cases; README.md beside them has their fields.
pub fn cases() -> impl Iterator<Item = Value> {
    CASES
        .lines()
        .map(|case| serde_json::from_str(case).unwrap())
}

/// The trusted root of a case.
pub fn root(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors/sigstore/roots");
    let text = fs::read_to_string(format!("{folder}/{name}.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The bundles, as they are stored.
pub fn bundles() -> impl Iterator<Item = String> {
    let cases = cases().filter_map(|case| Some(case["bundle"].as_str()?.to_owned()));
    cases.chain(GENUINE.map(str::to_owned))
}

/// The verification material of each bundle that is JSON.
fn materials() -> impl Iterator<Item = Value> {
    bundles().filter_map(|bundle| {
        let bundle: Value = serde_json::from_str(&bundle).ok()?;
        Some(bundle["verificationMaterial"].clone())
    })
}

fn bytes(base64: &Value) -> Option<Vec<u8>> {
    STANDARD.decode(base64.as_str()?).ok()
}
