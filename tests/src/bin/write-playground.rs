//! Writes what the module in the program answers, for the tests of the playground: `write-playground FILE`.
//!
//! The file has the Decision, byte for byte, on every fixture of the ready-made policies and on the cases of the corpus.

use std::fs;
use std::path::Path;

use core_tests::corpus;
use host_runner::engine::{Abi, Operation, embedded};
use host_runner::inputs;
use policy_tests::modules;
use serde_json::{Value, json};

/// Longer calls are about limits, and would make up most of the file.
const MAX_CALL: usize = 64 << 10;

fn main() {
    let file = std::env::args()
        .nth(1)
        .expect("usage: write-playground FILE");
    let module = modules::engine().load(embedded(Abi::Wapc)).unwrap();
    let decide = |call: &str| {
        let decision = module.call(Operation::Decide, call.as_bytes()).unwrap();
        String::from_utf8(decision).unwrap()
    };
    let cases = corpus::all()
        .iter()
        .filter(|case| case.call.len() <= MAX_CALL);
    let cases: Vec<_> = cases
        .filter_map(|case| {
            let call = std::str::from_utf8(&case.call).ok()?;
            Some(json!({"name": case.name, "call": call, "decision": decide(call)}))
        })
        .collect();
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).join("../policies");
    let mut examples = Vec::new();
    for policy in sorted(&policies) {
        let path = policies.join(&policy);
        let Ok(settings) = inputs::settings(&path.join("policy.yaml")) else {
            continue;
        };
        let suite = fs::read_to_string(path.join("tests.yaml")).unwrap();
        let time = suite.lines().find_map(|line| line.strip_prefix("time: "));
        for fixture in sorted(&path.join("fixtures")) {
            let requests = inputs::requests(&path.join("fixtures").join(&fixture), None).unwrap();
            let decisions: Vec<_> = requests
                .iter()
                .map(|request| {
                    let request = &request.request;
                    let call = json!({"request": request, "settings": settings, "time": time});
                    decide(&call.to_string())
                })
                .collect();
            examples.push(json!({"policy": policy, "fixture": fixture, "decisions": decisions}));
        }
    }
    let expected = json!({"cases": cases, "examples": examples});
    fs::write(&file, expected.to_string()).unwrap();
    println!(
        "{file}: {} cases, {} examples",
        cases.len(),
        count(&expected)
    );
}

fn count(expected: &Value) -> usize {
    expected["examples"].as_array().map_or(0, Vec::len)
}

/// The names in a folder.
fn sorted(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> = names.map(|name| name.into_string().unwrap()).collect();
    names.sort();
    names
}
