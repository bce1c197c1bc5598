//! Manifests of registries: what an image's digest stands for.
//!
//! The digest of an image is that of its manifest, or of an index that lists one manifest for each platform. Registries
//! are not trusted: a manifest counts only if its text has the digest. Hosts may parse a manifest and write it anew,
//! which changes its text; `spelling` restores it.
//! Container engines take fields in another letter case for the same fields, so `index` accepts none.

mod index;
mod node;
mod spelling;

pub(crate) use index::Listed;

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::ANSWER;
use crate::json::{Path, Raw, Report};
use node::Node;

/// Nesting of an index: its entries, their platforms, and lists in these
const MAX_DEPTH: usize = 8;

/// Returns the images that the index with this digest lists; none if it is the manifest of an image.
///
/// # Errors
///
/// `index-unverified`: the answer has another digest in every known form. `index-invalid`
pub(crate) fn listed(answer: Raw<'_>, digest: Digest) -> Result<Vec<Listed>, Reason> {
    let invalid = |problem: &str| {
        let message = alloc::format!("The image's manifest is not usable: {problem}");
        Reason::new(Code::IndexInvalid, message)
    };
    if answer.depth() > MAX_DEPTH {
        return Err(invalid("it is nested too deeply"));
    }
    let report = Report::default();
    let mut manifest = None;
    answer.read(ANSWER, Path::Root(""), &report, |value| {
        manifest = Some(Node::read(value));
    });
    let manifest = manifest.filter(|_| report.is_empty());
    let is_verified = Digest::of(answer.text().as_bytes()) == digest
        || manifest
            .as_ref()
            .is_some_and(|manifest| spelling::has_digest(manifest, digest));
    if !is_verified {
        let message =
            "The host's answer is not the image's manifest, in any form that the policy knows";
        return Err(Reason::new(Code::IndexUnverified, message));
    }
    match manifest {
        Some(manifest) => index::read(&manifest).map_err(|problem| invalid(&problem)),
        None => Err(invalid(&report.to_string())),
    }
}
