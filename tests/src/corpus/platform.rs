//! Platform policies: which check set applies, and what each kind of check finds.

mod allowlist;
mod check_sets;
mod directories;
mod documents;
mod freshness;
mod grafeas;
mod provenance;
mod repositories;
mod scans;
mod signatures;
mod sigstore;
mod vulnerabilities;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        allowlist::cases(),
        directories::cases(),
        repositories::cases(),
        provenance::cases(),
        vulnerabilities::cases(),
        scans::cases(),
        grafeas::cases(),
        freshness::cases(),
        signatures::cases(),
        sigstore::cases(),
        check_sets::cases(),
        documents::cases(),
    ]
    .concat()
}
