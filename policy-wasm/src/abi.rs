//! Bytes in, bytes out: what every adapter offers to its host. Nothing here judges.
//!
//! | host | adapter |
//! | --- | --- |
//! | Kubewarden and other waPC hosts | `abi/wapc.rs` |
//! | any WASI runtime | `bin/countersign-wasi.rs` |
//! | browsers and Node | `abi/web.rs` |

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

use crate::decision::{AdmissionResponse, Decision, SettingsResponse};
use crate::evaluate::Extras;
use crate::evidence::Lookup;
use crate::time::Clock;
use crate::{Budget, Call};

/// What an adapter's host has to offer to a decision
pub struct Host<'h> {
    /// Its clock; [`NO_CLOCK`](crate::time::NO_CLOCK) where it has none
    pub clock: Clock<'h>,
    /// Whoever answers lookups; [`NoLookup`](crate::evidence::NoLookup) where nobody does
    pub lookup: &'h mut dyn Lookup,
}

impl core::fmt::Debug for Host<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}

/// The version of Kubewarden's protocol that `validate` speaks, as JSON
pub const PROTOCOL_VERSION: &[u8] = br#""v1""#;

/// Answers a call with the full [`Decision`]. The call may bring its own time and evidence.
pub fn decide(call: &[u8], host: Host<'_>) -> Vec<u8> {
    to_json(&decision(call, Extras::Allowed, host))
}

/// Answers a call as Kubewarden expects.
pub fn validate(call: &[u8], host: Host<'_>) -> Vec<u8> {
    let response = AdmissionResponse::from(decision(call, Extras::Refused, host));
    if response.is_plain_yes() {
        return AdmissionResponse::PLAIN_YES.to_vec();
    }
    to_json(&response)
}

/// Answers whether settings can be used, and everything that is wrong with them.
#[must_use]
pub fn validate_settings(settings: &[u8]) -> Vec<u8> {
    to_json(&SettingsResponse::from(crate::validate_settings(
        settings,
        &Budget::DEFAULT,
    )))
}

fn decision(call: &[u8], extras: Extras, Host { clock, lookup }: Host<'_>) -> Decision {
    match Call::parse(call, extras, &Budget::DEFAULT) {
        Ok(call) => crate::decide(&call, clock, lookup, &Budget::DEFAULT),
        Err(reason) => Decision::refused(reason),
    }
}

/// Our own answers have string keys and no floating-point numbers, so this cannot fail; an empty
/// answer would be refused by every host.
fn to_json(answer: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(answer).unwrap_or_default()
}
