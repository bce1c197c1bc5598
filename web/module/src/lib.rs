//! The module of the playground. Texts go in, JSON texts come out; nothing is kept between calls, and nothing is read
//! but the arguments.
//!
//! | to read about | go to |
//! | --- | --- |
//! | findings in settings, and pages of codes | `lint.rs` |
//! | objects and their Decisions | `answer.rs` |
//! | lookups answered from the evidence | `evidence.rs` |
//! | signing with a key of the browser | `sign.rs` |
//! | offsets as JavaScript counts them | `units.rs` |

extern crate alloc;

mod answer;
mod evidence;
mod lint;
mod sign;
mod units;

use policy_wasm::abi::{self, Host};
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::NO_CLOCK;
use serde::Serialize;
#[cfg(target_family = "wasm")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Evaluates a call, as the modules do, and returns the bytes of the Decision.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn decide(call: &str) -> String {
    let host = Host {
        clock: NO_CLOCK,
        lookup: &mut NoLookup,
    };
    text(abi::decide(call.as_bytes(), host))
}

/// Evaluates the objects of a text: a JSON of the texts, and of the answers.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn evaluate(question: &str) -> String {
    json(&answer::evaluate(question))
}

/// Lints settings as of a time in RFC 3339.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn lint(settings: &str, time: &str) -> String {
    json(&lint::lint(settings, time))
}

/// Returns the matrix of the demands of settings; `null` if the text has none.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn describe(settings: &str) -> String {
    json(&lint::describe(settings))
}

/// Returns the place of a path in settings, such as `policy.defaultAdmissionRule`; `null` if the text has none.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn place(settings: &str, path: &str) -> String {
    json(&lint::place(settings, path))
}

/// Returns the page of a code; `null` if the code is unknown.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn page(code: &str) -> String {
    json(&policy_lint::Entry::of(code).map(policy_lint::Entry::document))
}

/// Returns what is signed to attest an image.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn payload(image: &str) -> String {
    json(&sign::payload(image))
}

/// Returns an attestation as a document for the evidence: the image, the note, the public key in PEM, and a signature in
/// the form of `WebCrypto` in base64.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn occurrence(image: &str, note: &str, pem: &str, signature: &str) -> String {
    json(&sign::occurrence(image, note, pem, signature))
}

/// Returns the change that adds a P-256 key in PEM to an attestor of settings.
#[cfg_attr(target_family = "wasm", wasm_bindgen)]
#[must_use]
pub fn trust(settings: &str, attestor: &str, pem: &str) -> String {
    json(&sign::trust(settings, attestor, pem))
}

/// Serializes an answer. This cannot fail, because answers have string keys.
fn json(answer: &impl Serialize) -> String {
    serde_json::to_string(answer).unwrap_or_default()
}

/// An answer of the policy, which is JSON.
fn text(answer: Vec<u8>) -> String {
    String::from_utf8(answer).unwrap_or_default()
}
