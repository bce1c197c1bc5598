//! Platform policies: which check set applies, and what each kind of check finds.

mod allowlist;
mod builds;
mod check_sets;
mod directories;
mod documents;
mod enforcement;
mod excess;
mod folds;
mod freshness;
mod grafeas;
mod keys;
mod provenance;
mod repositories;
mod scanners;
mod scans;
mod signatures;
mod sigstore;
mod verification;
mod vulnerabilities;

pub(super) use verification::verified as verified_by_host;

use crate::case::Case;

pub(super) fn cases() -> Vec<Case> {
    [
        allowlist::cases(),
        directories::cases(),
        repositories::cases(),
        provenance::cases(),
        builds::cases(),
        vulnerabilities::cases(),
        scans::cases(),
        scanners::cases(),
        grafeas::cases(),
        freshness::cases(),
        signatures::cases(),
        keys::cases(),
        sigstore::cases(),
        verification::cases(),
        check_sets::cases(),
        folds::cases(),
        documents::cases(),
        enforcement::cases(),
        excess::cases(),
    ]
    .concat()
}
