//! Countersign's policy: decides whether the images of an admission request may run.
//!
//! The crate is pure. [`decide`] takes one [`Call`] (the request and the settings) and returns one
//! [`Decision`]; there is no clock, file, network, environment or global state, and no `std` outside
//! [`abi`]. The caller supplies the time ([`time::Clock`]) and answers lookups ([`evidence::Lookup`]). The
//! adapters for WebAssembly hosts are in [`abi`].
//!
//! ```
//! use policy_wasm::evidence::NoLookup;
//! use policy_wasm::{Budget, Call, Extras, decide, time::NO_CLOCK};
//!
//! let call = br#"{
//!     "request": {
//!         "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE", "namespace": "shop",
//!         "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
//!                    "spec": {"containers": [{"name": "web", "image": "registry.example/shop/web:1"}]}}
//!     },
//!     "settings": {"policy": {"defaultAdmissionRule": {
//!         "evaluationMode": "ALWAYS_DENY", "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}}}
//! }"#;
//! let budget = Budget::DEFAULT;
//! let call = Call::parse(call, Extras::Refused, &budget)?;
//! let decision = decide(&call, NO_CLOCK, &mut NoLookup, &budget);
//! assert!(!decision.allowed);
//! # Ok::<(), policy_wasm::decision::Reason>(())
//! ```
//!
//! | to read about | go to |
//! | --- | --- |
//! | the steps of an evaluation | [`mod@evaluate`] |
//! | settings and policies | `settings`, `policy` |
//! | image fields of Kubernetes objects | [`request`] |
//! | verification of attestations | [`attestation`], [`key`], `crypto` |
//! | sources of attestations | [`evidence`] |
//! | manifests and indexes of images | `oci` |
//! | names and patterns of images | [`image`], [`pattern`] |
//! | points in time | [`time`] |
//! | the Decision | [`decision`] |

#![no_std]

extern crate alloc;

#[cfg(any(all(feature = "wapc", not(feature = "bare")), feature = "web"))]
extern crate std as _; // the guest's allocator and panic handler; only `abi` may name it

pub mod abi;
pub mod attestation;
mod base64;
pub mod budget;
mod built_in_kinds;
mod crypto;
pub mod decision;
mod dsse;
pub mod evaluate;
pub mod evidence;
mod json;
pub mod key;
mod oci;
#[cfg(feature = "openpgp")]
mod openpgp;
mod policy;
mod printable;
mod rejection;
pub mod request;
mod settings;
#[cfg(feature = "sigstore")]
pub mod sigstore;
#[cfg(not(feature = "sigstore"))]
#[path = "sigstore/unsupported.rs"]
mod sigstore;
pub mod validation;
mod verification;

pub use budget::Budget;
pub use decision::{Code, Decision};
pub use evaluate::{Call, Extras, decide};
pub use policy::{CheckEvidence, CheckType, Purpose, RuleKind};
pub use policy_text::{digest, image, pattern};
pub use policy_x509::{date_or_time, time};
pub use printable::is_printable;
pub(crate) use printable::{Escaped, brief, quote};
pub use validation::validate as validate_settings;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// Returns the items as a set.
///
/// Inserts them one by one: `collect` would add a sorting algorithm to the module for each type.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Adds an item to a list that usually has only one. `push` would allocate room for four.
pub(crate) fn push_sole<T>(list: &mut Vec<T>, item: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(item);
}
