//! Where our own code is `unsafe`: in the adapters that exchange bytes with a host, and in the cache of compiled modules.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Lines with the word, by file. Another one is something that a reviewer must see here.
const LINES: &[(&str, usize)] = &[
    ("host-runner/floor/src/lib.rs", 4),
    ("host-runner/src/engine/cache.rs", 1),
    ("policy-wasm/src/abi/bare.rs", 8),
    ("policy-wasm/src/abi/clock.rs", 1),
    ("policy-wasm/src/abi/host.rs", 6),
    ("policy-wasm/src/abi/wapc.rs", 6),
    ("policy-wasm/src/bin/countersign-wasi.rs", 5),
];

#[test]
fn unsafe_code_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = BTreeMap::new();
    for package in ["host-runner", "policy-lint", "policy-wasm", "release"] {
        count(root, &root.join(package), &mut found);
    }
    let listed = LINES
        .iter()
        .map(|(file, lines)| ((*file).to_owned(), *lines));
    assert_eq!(found, listed.collect());
}

fn count(root: &Path, path: &Path, found: &mut BTreeMap<String, usize>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            count(root, &entry.unwrap().path(), found);
        }
    } else if path.extension().is_some_and(|extension| extension == "rs") {
        let text = fs::read_to_string(path).unwrap();
        let code = text.lines().filter_map(|line| line.split("//").next());
        let lines = code.filter(|code| {
            let mut words = code.split(|one: char| !one.is_alphanumeric() && one != '_');
            words.any(|word| word == "unsafe")
        });
        let lines = lines.count();
        if lines > 0 {
            let name = path.strip_prefix(root).unwrap().display().to_string();
            found.insert(name, lines);
        }
    }
}
