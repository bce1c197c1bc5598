//! Directions between the modules of a crate: each imports only modules of later rows, so that a reader can begin
//! at the last row.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The source folder of a crate, and its modules; a row imports later rows only
const CRATES: &[(&str, &[&str])] = &[
    (
        "policy-wasm/src",
        &[
            "abi bin",
            "evaluate validation",
            "oci",
            "evidence",
            "request",
            "settings",
            "policy built_in_kinds",
            "attestation",
            "sigstore",
            "dsse",
            "rejection",
            "json key",
            "openpgp",
            "crypto verification",
            "decision",
            "base64 budget printable",
        ],
    ),
    (
        "policy-lint/src",
        &[
            "editor",
            "apart entry fix misspelled validation",
            "sink",
            "config directive schema",
            "rule",
            "describe needs",
            "document",
            "suite",
            "read",
            "diagnostic public_key",
            "help predicate_type source spelling",
        ],
    ),
    (
        "host-runner/src",
        &[
            "cli",
            "commands",
            "args",
            "emit",
            "scaffold",
            "foreign lsp",
            "audit bench comparison export import suite why_not",
            "attest no_result",
            "judge",
            "offline_host problems",
            "engine",
            "files lint_config",
            "inputs",
            "terminal",
            "clock decision exit measure parallel repository settings_view",
            "fields",
        ],
    ),
];

#[test]
fn modules_import_only_those_below_them() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut found = Vec::new();
    for (folder, rows) in CRATES {
        let row_of = |module: &str| {
            rows.iter()
                .position(|row| row.split(' ').any(|one| one == module))
        };
        let mut seen = BTreeSet::new();
        visit(&root.join(folder), &mut |path| {
            let place = path.strip_prefix(root.join(folder)).unwrap();
            let place = place.with_extension("");
            let module = place.iter().next().unwrap().to_str().unwrap();
            if ["lib", "main"].contains(&module) {
                return;
            }
            seen.insert(module.to_owned());
            let row = row_of(module).unwrap_or_else(|| panic!("{folder}: no row has `{module}`"));
            for import in imports(&fs::read_to_string(path).unwrap()) {
                let is_upward = row_of(&import).is_some_and(|other| other <= row);
                if import != module && is_upward {
                    found.push(format!("{folder}/{}: imports `{import}`", place.display()));
                }
            }
        });
        let listed = rows.iter().flat_map(|row| row.split(' '));
        assert_eq!(seen, listed.map(str::to_owned).collect(), "{folder}");
    }
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

#[test]
fn imports_are_found_in_every_notation() {
    let text = "
        use crate::one::One;
        pub(in crate::two) use crate::{Root, three, four::{Five, crates::Six}};
        fn f() -> crate::seven::Seven { crate::eight() } // crate::nine
        #[cfg(test)]
        mod tests { use crate::ten::Ten; }";
    let found: Vec<_> = imports(text).collect();
    assert_eq!(
        found,
        ["one", "two", "Root", "three", "four", "seven", "eight"]
    );
}

/// The first names of all paths from the crate's root, without those of tests.
fn imports(text: &str) -> impl Iterator<Item = String> {
    const TEST: &str = "#[cfg(test)]";
    let is_module = |at: usize| {
        let rest = text.get(at + TEST.len()..).unwrap();
        rest.trim_start().starts_with("mod tests {")
    };
    let mut tests = text.match_indices(TEST).map(|(at, _)| at);
    let end = tests.find(|at| is_module(*at)).unwrap_or(text.len());
    let code = text.get(..end).unwrap().lines();
    let code: String = code.map(|line| line.split("//").next().unwrap()).collect();
    let mut names = Vec::new();
    for (at, mark) in code.match_indices("crate::") {
        let rest = code.get(at + mark.len()..).unwrap();
        let Some(group) = rest.strip_prefix('{') else {
            names.push(first_name(rest));
            continue;
        };
        let mut depth = 0_usize;
        let mut begins = true;
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => begins = true,
                _ if begins && !character.is_whitespace() => {
                    names.push(first_name(group.get(at..).unwrap()));
                    begins = false;
                }
                _ => {}
            }
        }
    }
    names.into_iter()
}

fn first_name(text: &str) -> String {
    text.chars()
        .take_while(|one| one.is_alphanumeric() || *one == '_')
        .collect()
}

fn visit(folder: &Path, each: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if ["tests", "tests.rs"].contains(&name) {
            continue;
        }
        if path.is_dir() {
            visit(&path, each);
        } else if name.ends_with(".rs") {
            each(&path);
        }
    }
}
