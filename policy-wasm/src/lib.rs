//! Countersign's policy: decides whether the images of an admission request may run.
//!
//! The crate is pure. [`decide`] takes one [`Call`] (the request and the settings) and returns one
//! [`Decision`]; there is no clock, file, network, environment or global state, and no `std` outside
//! [`abi`]. Whoever called is asked what time it is ([`time::Clock`]) where evidence is judged, and what
//! has to be looked up elsewhere ([`evidence::Lookup`]). What carries bytes in and out of a WebAssembly
//! host is in [`abi`].
//!
//! | to read about | go to |
//! | --- | --- |
//! | the order in which a request is judged | [`mod@evaluate`] |
//! | what the settings may say | [`settings`], [`policy`] |
//! | where a Kubernetes object keeps its images | [`request`] |
//! | what makes an attestation count | [`attestation`], [`key`], `crypto` |
//! | where attestations come from | [`evidence`] |
//! | names and patterns of images | [`image`], [`pattern`] |
//! | points in time | [`time`] |
//! | what an answer looks like | [`decision`] |

#![no_std]

extern crate alloc;

#[cfg(any(feature = "wapc", feature = "web"))]
extern crate std as _; // the guest's allocator and panic handler; only `abi` may name it

pub mod abi;
pub mod attestation;
pub mod budget;
mod crypto;
pub mod decision;
pub mod evaluate;
pub mod evidence;
mod json;
pub mod key;
#[cfg(feature = "openpgp")]
mod openpgp;
pub mod policy;
mod printable;
pub mod request;
pub mod settings;
pub mod time;

pub use budget::Budget;
pub use decision::{Code, Decision};
pub use evaluate::{Call, Extras, decide};
pub use policy_text::{digest, image, pattern};
pub use printable::is_printable;
pub(crate) use printable::{Escaped, quote};
pub use settings::validate as validate_settings;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

/// The items in order, each once.
///
/// Collecting them would sort them first, which is a sorting algorithm more in the module for each type.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(items);
    set
}

/// Adds an item that mostly stays the only one. A list by itself makes room for four.
pub(crate) fn push_sole<T>(list: &mut Vec<T>, item: T) {
    if list.is_empty() {
        list.reserve_exact(1);
    }
    list.push(item);
}
