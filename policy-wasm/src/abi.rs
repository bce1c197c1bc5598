//! Bytes in, bytes out: what every adapter offers to its host. Nothing here judges.
//!
//! | host | adapter |
//! | --- | --- |
//! | Kubewarden and other waPC hosts | `abi/wapc.rs` |
//! | any WASI runtime | `bin/countersign-wasi.rs` |
//! | browsers and Node | `abi/web.rs` |

pub mod metadata;
#[cfg(feature = "wapc")]
mod wapc;
#[cfg(feature = "web")]
pub mod web;

use alloc::vec::Vec;

use serde::Serialize;

use crate::decision::{AdmissionResponse, Decision, SettingsResponse};
use crate::{Budget, Call};

/// The version of Kubewarden's protocol that `validate` speaks, as JSON
pub const PROTOCOL_VERSION: &[u8] = br#""v1""#;

/// Answers a call with the full [`Decision`].
#[must_use]
pub fn decide(call: &[u8]) -> Vec<u8> {
    to_json(&decision(call))
}

/// Answers a call as Kubewarden expects.
#[must_use]
pub fn validate(call: &[u8]) -> Vec<u8> {
    to_json(&AdmissionResponse::from(decision(call)))
}

/// Answers whether settings can be used, and everything that is wrong with them.
#[must_use]
pub fn validate_settings(settings: &[u8]) -> Vec<u8> {
    to_json(&SettingsResponse::from(crate::validate_settings(
        settings,
        &Budget::DEFAULT,
    )))
}

fn decision(call: &[u8]) -> Decision {
    match Call::parse(call, &Budget::DEFAULT) {
        Ok(call) => crate::decide(call, &Budget::DEFAULT),
        Err(reason) => Decision::refused(reason),
    }
}

/// Our own answers have string keys and no floating-point numbers, so this cannot fail; an empty
/// answer would be refused by every host.
fn to_json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_default()
}
