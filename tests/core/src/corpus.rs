//! The corpus: every case that all builds must answer alike, by what it is about.

mod algorithms;
mod attestations;
mod break_glass;
mod envelopes;
mod image_policy;
mod images;
mod indexes;
mod keys;
mod limits;
mod malformed;
mod modes;
mod objects;
mod openpgp;
mod patterns;
mod platform;
mod predicate_types;
mod rules;
mod signers;
mod sigstore;
mod sigstore_vectors;
mod sources;
mod tags;
mod updates;

use std::sync::LazyLock;

use crate::case::Case;

/// The case of a name.
pub fn named(name: &str) -> &'static Case {
    let found = all().iter().find(|case| case.name == name);
    found.unwrap_or_else(|| panic!("no case is named {name}"))
}

/// All cases, in a fixed order.
pub fn all() -> &'static [Case] {
    static ALL: LazyLock<Vec<Case>> = LazyLock::new(make);
    &ALL
}

/// Signs and puts together all cases, which takes seconds.
fn make() -> Vec<Case> {
    [
        objects::cases(),
        images::cases(),
        patterns::cases(),
        rules::cases(),
        algorithms::cases(),
        attestations::cases(),
        envelopes::cases(),
        openpgp::cases(),
        keys::cases(),
        sources::cases(),
        sigstore::cases(),
        sigstore_vectors::cases(),
        tags::cases(),
        indexes::cases(),
        modes::cases(),
        platform::cases(),
        image_policy::cases(),
        signers::cases(),
        predicate_types::cases(),
        break_glass::cases(),
        updates::cases(),
        malformed::cases(),
        limits::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
