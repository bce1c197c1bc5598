//! Good bundles, damaged in one place each.

use super::*;
use crate::sigstore::token::Token;

/// Bundles of both kinds of content and of log
const GOOD: [&str; 3] = [
    "must-pass/rekor-v1-intoto",
    "must-pass/rekor-v1-message",
    "must-pass/rekor-v2-envelope",
];

/// Fields in base64
const BYTES: [&str; 10] = [
    "canonicalizedBody",
    "digest",
    "hashes",
    "keyId",
    "payload",
    "rawBytes",
    "rootHash",
    "sig",
    "signature",
    "signedEntryTimestamp",
];

/// Each byte of each value, with its lowest bit flipped.
#[test]
fn no_bundle_verifies_with_another_byte() {
    let mut flips = 0;
    for name in GOOD {
        let case = case(name);
        let bundle: Json = serde_json::from_str(text(&case, "bundle")).unwrap();
        let verifier = Verifiers::new();
        for (pointer, value) in values(&bundle) {
            let field = field(&pointer);
            let bytes = match () {
                () if field == "signedTimestamp" || BYTES.contains(&field) => {
                    STANDARD.decode(&value).unwrap()
                }
                () => value.clone().into_bytes(),
            };
            for index in 0..bytes.len() {
                let mut flipped = bytes.clone();
                flipped[index] ^= 1;
                if is_ignored(&pointer, &value, index, name) {
                    continue;
                }
                if field == "signedTimestamp" && is_same_token(&bytes, &flipped) {
                    continue;
                }
                let encoded = if field == "signedTimestamp" || BYTES.contains(&field) {
                    STANDARD.encode(&flipped)
                } else {
                    match String::from_utf8(flipped) {
                        Ok(text) => text,
                        Err(_) => continue,
                    }
                };
                let mut damaged = bundle.clone();
                *damaged.pointer_mut(&pointer).unwrap() = encoded.into();
                let outcome = verifier.outcome(&damaged.to_string());
                assert!(outcome.is_err(), "{name}: {pointer} at byte {index}");
                flips += 1;
            }
        }
    }
    assert!(flips > 6_000, "{flips}");
}

/// The trusted root, parsed once
struct Verifiers(TrustedRoot, Vec<Rc<Identity<'static>>>);

impl Verifiers {
    fn new() -> Self {
        let root = TrustedRoot::parse(&file("roots/instance.json")).unwrap();
        Self(root, identities(""))
    }

    fn outcome(&self, bundle: &str) -> Result<(), String> {
        let bundle = read(bundle).map_err(|rejection| rejection.code().to_string())?;
        let Self(root, identities) = self;
        let requirements = requirements(root, &Json::Null);
        let roots = OneRoot(Trust { root, requirements });
        let artifact = Artifact::Digest(Digest::of(ARTIFACT));
        let times = verify(&bundle, artifact, identities, &roots, &context(NOW));
        times.map(drop).map_err(|error| code(&error))
    }
}

/// Places that verification ignores on purpose.
fn is_ignored(pointer: &str, value: &str, index: usize, name: &str) -> bool {
    let is_v2 = name.contains("rekor-v2");
    match pointer.rsplit_once('/').unwrap_or_default() {
        // The origin and the key id identify a log of Rekor v1, and the line's name does not.
        (parent, "envelope") if !is_v2 && parent.ends_with("/checkpoint") => {
            let (before, line) = value.split_once("\u{2014} ").unwrap();
            let (name, _) = line.split_once(' ').unwrap();
            let start = before.len().strict_add("\u{2014} ".len());
            (start..start.strict_add(name.len())).contains(&index)
        }
        // Rekor v2 has no integrated time, and its proof's index and tree are those of entry and checkpoint.
        (_, "integratedTime") => is_v2,
        (parent, "logIndex" | "rootHash" | "treeSize") => {
            is_v2 && parent.ends_with("/inclusionProof")
        }
        // Digests of unknown algorithms are no hints.
        (parent, "algorithm") => parent.ends_with("/messageDigest"),
        _ => false,
    }
}

/// Whether a token states the same: versions and the list of digest algorithms are not compared with anything.
fn is_same_token(token: &[u8], other: &[u8]) -> bool {
    let stated = |token: &[u8]| {
        let token = Token::read(token).ok()?;
        Some(format!("{token:?}"))
    };
    stated(token) == stated(other)
}

/// All texts of a document with their pointers.
fn values(document: &Json) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open = alloc::vec![(String::new(), document)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Json::Object(fields) => {
                open.extend(
                    fields
                        .iter()
                        .map(|(key, value)| (format!("{pointer}/{key}"), value)),
                );
            }
            Json::Array(items) => {
                let items = items.iter().enumerate();
                open.extend(items.map(|(index, value)| (format!("{pointer}/{index}"), value)));
            }
            Json::String(text) => found.push((pointer, text.clone())),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
    }
    found
}

/// The name of the field that a pointer leads to, or into.
fn field(pointer: &str) -> &str {
    let mut names = pointer.rsplit('/');
    names.find(|name| name.parse::<u8>().is_err()).unwrap()
}

#[test]
fn no_prefix_of_a_bundle_or_root_is_one() {
    let bundle = case("must-pass/rekor-v1-and-timestamp");
    let bundle = text(&bundle, "bundle");
    assert!(read(bundle).is_ok());
    for (end, _) in bundle.char_indices() {
        let (prefix, _) = bundle.split_at(end);
        let code = read(prefix).unwrap_err().code();
        // A part of the media type is none.
        let is_expected = matches!(
            code,
            Code::SigstoreBundleInvalid | Code::SigstoreBundleVersion
        );
        assert!(is_expected, "{end}: {code}");
    }
    let root = file("roots/instance.json");
    let root = root.trim_end();
    for (end, _) in root.char_indices() {
        let (prefix, _) = root.split_at(end);
        assert!(TrustedRoot::parse(prefix).is_err(), "{end}");
    }
}
