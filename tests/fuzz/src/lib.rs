//! Properties that hold for every input, one function a component.
//!
//! Each takes any bytes and panics where its property does not hold. `targets/` gives them to a
//! coverage-guided fuzzer; `tests/suites/fuzz.rs` replays them on stable. README.md has the table.

mod base;
mod bundle;
mod call;
mod certificate;
mod checkpoint;
mod image;
mod json;
mod manifest;
mod openpgp;
mod settings;
mod sigstore;
mod token;
mod trusted_root;
mod yaml;

pub use bundle::bundle;
pub use call::call;
pub use certificate::certificate;
pub use checkpoint::checkpoint;
pub use image::image;
pub use json::json;
pub use manifest::manifest;
pub use openpgp::openpgp;
pub use settings::settings;
pub use token::token;
pub use trusted_root::trusted_root;
pub use yaml::yaml;

use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;
use serde_json::Value;

/// A function that takes any bytes
pub type Target = fn(&[u8]);

/// Every target by its name, which is also that of its binary in `targets/`
pub const TARGETS: [(&str, Target); 12] = [
    ("bundle", bundle),
    ("call", call),
    ("certificate", certificate),
    ("checkpoint", checkpoint),
    ("image", image),
    ("json", json),
    ("manifest", manifest),
    ("openpgp", openpgp),
    ("settings", settings),
    ("token", token),
    ("trusted_root", trusted_root),
    ("yaml", yaml),
];

/// The Decision about a call, at a time between the making and the expiry of all test keys.
fn decide(call: &[u8]) -> Value {
    let answer = abi::decide(call, host(&mut NoLookup));
    parsed(&answer)
}

fn host(lookup: &mut NoLookup) -> abi::Host<'_> {
    abi::Host {
        clock: &|| policy_wasm::time::Time::parse("2024-02-02T00:00:00Z").ok(),
        lookup,
    }
}

#[track_caller]
fn parsed(answer: &[u8]) -> Value {
    match serde_json::from_slice(answer) {
        Ok(value) => value,
        Err(error) => panic!("the answer is not JSON: {error}"),
    }
}

fn text_of<'v>(value: &'v Value, key: &str) -> &'v str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn is_allowed(answer: &Value, key: &str) -> bool {
    answer.get(key) == Some(&Value::Bool(true))
}
