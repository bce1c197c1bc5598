//! Inputs to begin fuzzing with, for each target of `policy-fuzz`: the calls of the corpus and what
//! they contain, the files of the ready-made policies, and the vectors of Sigstore.

use std::fs;
use std::path::Path;

use serde_json::Value;

use core_tests::{corpus, sigstore_vectors};

/// Inputs of a target; none where it has another name.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "bundle" => short_bundles().map(String::into_bytes).collect(),
        "call" => short_calls().cloned().collect(),
        "certificate" => sigstore_vectors::certificates().into_iter().collect(),
        "checkpoint" => short_bundles()
            .filter_map(|bundle| checkpoint(&bundle))
            .collect(),
        "image" => from_calls(image_and_pattern),
        "json" => [texts(JSON), from_calls(|call| vec![call.to_string()])].concat(),
        "manifest" => from_calls(manifests),
        "openpgp" => files("policy-wasm/src/openpgp/vectors", "asc"),
        "settings" => from_calls(|call| vec![call["settings"].to_string()]),
        "token" => sigstore_vectors::tokens().into_iter().collect(),
        "trusted_root" => files("tests/core/vectors/sigstore", "json"),
        "yaml" => [texts(YAML), files("policies", "yaml")].concat(),
        _ => Vec::new(),
    }
}

/// Longer calls are those of limits, which a fuzzer would only copy.
const LONGEST: usize = 16 << 10;

fn short_calls() -> impl Iterator<Item = &'static Vec<u8>> {
    let calls = corpus::all().iter().map(|case| &case.call);
    calls.filter(|call| call.len() < LONGEST)
}

/// Parts of the corpus' calls, each once.
fn from_calls(parts: impl Fn(&Value) -> Vec<String>) -> Vec<Vec<u8>> {
    let calls = short_calls().filter_map(|call| serde_json::from_slice::<Value>(call).ok());
    let mut found: Vec<_> = calls.flat_map(|call| parts(&call)).collect();
    found.sort();
    found.dedup();
    found.into_iter().map(String::into_bytes).collect()
}

fn image_and_pattern<'c>(call: &'c Value) -> Vec<String> {
    let image = &call["request"]["object"]["spec"]["containers"][0]["image"];
    let items = |value: &'c Value| value.as_array().into_iter().flatten();
    let settings = &call["settings"];
    let names = items(&settings["policy"]["admissionWhitelistPatterns"])
        .map(|pattern| &pattern["namePattern"]);
    let images = items(&settings["imagePolicy"]["rules"]).flat_map(|rule| items(&rule["images"]));
    let image = image.as_str().unwrap_or_default();
    let patterns = names.chain(images).filter_map(Value::as_str);
    patterns
        .map(|pattern| format!("{image}\n{pattern}"))
        .collect()
}

fn manifests(call: &Value) -> Vec<String> {
    let answers = call["evidence"].as_array().into_iter().flatten();
    let answers = answers.filter(|answer| answer["kind"] == "manifest");
    answers.map(|answer| answer["found"].to_string()).collect()
}

fn short_bundles() -> impl Iterator<Item = String> {
    sigstore_vectors::bundles().filter(|bundle| bundle.len() < LONGEST)
}

fn checkpoint(bundle: &str) -> Option<Vec<u8>> {
    let bundle: Value = serde_json::from_str(bundle).ok()?;
    let proof = &bundle["verificationMaterial"]["tlogEntries"][0]["inclusionProof"];
    let envelope = proof["checkpoint"]["envelope"].as_str()?;
    Some(envelope.as_bytes().to_vec())
}

fn texts(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

const JSON: &[&str] = &[
    r#"{"a": [1, -0.5e+3, true, null, "\u00e9\ud83d\ude00\n"]}"#,
    r#""\"\\\/\b\f\n\r\t""#,
    "[[[[]]], {}, {\"\": {}}]",
];

const YAML: &[&str] = &[
    "a: &x {b: [1, no, 0x1F, 012, 1e3, ~]}\nc: *x\nd:\n  <<: *x\n  e: |\n    text\n",
    "- 'one'\n- \"t\\u0077o\"\n- >-\n  three\n  four\n--- # next\n? [a]\n: b\n",
    "# countersign-ignore lint-dry-run: until March\nkind: List\nitems: [{kind: Pod}]\n",
];

/// The files with an extension in a folder of the project and below it.
fn files(folder: &str, extension: &str) -> Vec<Vec<u8>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut folders = vec![root.join(folder)];
    let mut paths = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == extension) {
                paths.push(path);
            }
        }
    }
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}
