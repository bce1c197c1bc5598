//! Entry points of all adapters, from bytes to bytes. Decisions are made in [`crate::evaluate`].
//!
//! | host | adapter |
//! | --- | --- |
//! | Kubewarden and other waPC hosts | `abi/wapc.rs` |
//! | any WASI runtime | `bin/countersign-wasi.rs` |
//! | browsers and Node | `abi/web.rs` |

#[cfg(feature = "bare")]
mod bare;
#[cfg(any(feature = "wapc", feature = "wasi"))]
pub mod clock;
#[cfg(feature = "wapc")]
mod host;
#[cfg(any(feature = "wapc", test))]
mod kubewarden;
pub mod metadata;
#[cfg(feature = "wapc")]
mod wapc;
#[cfg(feature = "web")]
pub mod web;

use alloc::vec::Vec;

use serde::Serialize;

use crate::decision::{AdmissionResponse, Decision};
use crate::evaluate::Extras;
use crate::evidence::Lookup;
use crate::time::Clock;
use crate::validation::SettingsResponse;
use crate::{Budget, Call};

/// The host's services for a decision
pub struct Host<'h> {
    /// Its clock; [`NO_CLOCK`](crate::time::NO_CLOCK) if it has none
    pub clock: Clock<'h>,
    /// Answers lookups; [`NoLookup`](crate::evidence::NoLookup) if the host cannot
    pub lookup: &'h mut dyn Lookup,
}

impl core::fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// The version of Kubewarden's protocol that `validate` implements, as JSON
pub const PROTOCOL_VERSION: &[u8] = br#""v1""#;

/// Answers a call with the full [`Decision`]. The call may contain a time and evidence.
pub fn decide(call: &[u8], host: Host<'_>) -> Vec<u8> {
    to_json(&decision(call, Extras::Allowed, host))
}

/// Answers a call in Kubewarden's protocol.
pub fn validate(call: &[u8], host: Host<'_>) -> Vec<u8> {
    let response = AdmissionResponse::from(decision(call, Extras::Refused, host));
    if response.is_plain_yes() {
        return AdmissionResponse::PLAIN_YES.to_vec();
    }
    to_json(&response)
}

/// Validates settings and returns all problems.
#[must_use]
pub fn validate_settings(settings: &[u8]) -> Vec<u8> {
    to_json(&SettingsResponse::from(crate::validate_settings(
        settings,
        &Budget::DEFAULT,
    )))
}

/// Evaluates a call and returns the [`Decision`] as a value.
pub fn decision(call: &[u8], extras: Extras, Host { clock, lookup }: Host<'_>) -> Decision {
    match Call::parse(call, extras, &Budget::DEFAULT) {
        Ok(call) => crate::decide(&call, clock, lookup, &Budget::DEFAULT),
        Err(reason) => Decision::refused(reason, None),
    }
}

/// Serializes an answer. This cannot fail, because answers have string keys and no floating-point numbers;
/// every host would reject an empty answer.
fn to_json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_default()
}
