//! The properties of `policy-fuzz` on stable: over its seeds, and over seeds that were damaged.

use policy_fuzz::{TARGETS, Target};
use policy_tests::seeds::seeds;
use proptest::prelude::*;
use proptest::sample::Index;

fn target(name: &str) -> Target {
    let found = TARGETS.iter().find(|(other, _)| *other == name);
    found
        .unwrap_or_else(|| panic!("no target is named {name}"))
        .1
}

#[test]
fn each_target_holds_for_its_seeds_and_has_a_binary() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz");
    let manifest = std::fs::read_to_string(format!("{folder}/targets/Cargo.toml")).unwrap();
    let table = std::fs::read_to_string(format!("{folder}/README.md")).unwrap();
    for (name, run) in TARGETS {
        let seeds = seeds(name);
        assert!(seeds.len() > 2, "{name} has {} seeds", seeds.len());
        seeds.iter().for_each(|seed| run(seed));
        let shim = std::fs::read_to_string(format!("{folder}/targets/{name}.rs")).unwrap();
        assert!(shim.contains(&format!("policy_fuzz::{name}(bytes)")));
        assert!(manifest.contains(&format!("name = \"{name}\"")));
        assert!(table.contains(&format!("| `{name}` |")), "{name}");
    }
}

/// One change of an input: at a place, some bytes go and others come.
#[derive(Debug, Clone)]
struct Damage {
    at: Index,
    removed: usize,
    added: Vec<u8>,
}

fn damage() -> impl Strategy<Value = Damage> {
    let token = prop::sample::select(TOKENS).prop_map(|token| token.as_bytes().to_vec());
    let added = prop_oneof![prop::collection::vec(any::<u8>(), 0..4), token];
    (any::<Index>(), 0_usize..8, added).prop_map(|(at, removed, added)| Damage {
        at,
        removed,
        added,
    })
}

/// What means something in JSON, YAML or a pattern
const TOKENS: &[&str] = &[
    "\"", "{", "}", "[", "]", "*", ":", "@", "\n", "- ", "\\u00", "0", "<<", "null",
];

fn damaged(mut input: Vec<u8>, damages: Vec<Damage>) -> Vec<u8> {
    for Damage { at, removed, added } in damages {
        let start = at.index(input.len() + 1);
        let end = input.len().min(start + removed);
        input.splice(start..end, added);
    }
    input
}

fn holds_for_damaged_seeds(name: &str) {
    let (seeds, run) = (seeds(name), target(name));
    let inputs = (
        prop::sample::select(seeds),
        prop::collection::vec(damage(), 1..6),
    );
    proptest!(|((seed, damages) in inputs)| run(&damaged(seed, damages)));
}

macro_rules! damaged_seeds {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            holds_for_damaged_seeds(stringify!($name));
        })*
    };
}

damaged_seeds! {
    bundle call certificate checkpoint image json manifest openpgp settings token trusted_root yaml
}
