//! Results of reading and verifying one bundle, kept for the request: several attestors may name one identity, and
//! several containers may have one image.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::{OnceCell, RefCell};
use core::cmp::Ordering;

use super::Malformed;
use super::holder::Holder;
use super::verification::{Artifact, NotVerified, Times};
use crate::digest::Digest;
use crate::rejection::Rejection;

/// Times of a verified bundle, or the reason why it does not count
pub(super) type Verdict = Result<Times, Rejection>;

/// The verdicts on one bundle so far
///
/// They follow from the bundle, so they are no part of its value: bundles are equal whatever was verified.
#[derive(Debug, Default)]
pub(super) struct Verdicts {
    holder: OnceCell<Result<Holder, Malformed>>,
    known: RefCell<Vec<Known>>,
}

#[derive(Debug)]
struct Known {
    /// Name of the trusted root
    root: String,
    /// Whether the artifact was known by its digest, and the digest; `None` for an envelope
    artifact: Option<(bool, Digest)>,
    verdict: Verdict,
}

impl Verdicts {
    /// Returns the holder of the bundle's certificate, which is read the first time.
    ///
    /// # Errors
    ///
    /// It cannot be a signing certificate.
    pub(super) fn holder(&self, der: &[u8]) -> Result<&Holder, &Malformed> {
        self.holder.get_or_init(|| Holder::read(der)).as_ref()
    }

    /// Returns the verdict under a trusted root, by `verify` the first time.
    ///
    /// # Errors
    ///
    /// There is no verdict: the budget is exhausted, or the root is unusable.
    pub(super) fn under(
        &self,
        root: &str,
        artifact: Artifact<'_>,
        verify: impl FnOnce() -> Result<Times, NotVerified>,
    ) -> Result<Verdict, NotVerified> {
        let artifact = match artifact {
            Artifact::Digest(digest) => Some((true, digest)),
            Artifact::Message(digest, _) => Some((false, digest)),
            Artifact::Enveloped => None,
        };
        let find = |known: &&Known| known.root == root && known.artifact == artifact;
        if let Some(known) = self.known.borrow().iter().find(find) {
            return Ok(known.verdict.clone());
        }
        let verdict = match verify() {
            Ok(times) => Ok(times),
            Err(NotVerified::Rejected(rejection)) => Err(*rejection),
            Err(error) => return Err(error),
        };
        self.known.borrow_mut().push(Known {
            root: root.to_string(),
            artifact,
            verdict: verdict.clone(),
        });
        Ok(verdict)
    }
}

impl PartialEq for Verdicts {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Verdicts {}

impl PartialOrd for Verdicts {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Verdicts {
    fn cmp(&self, _: &Self) -> Ordering {
        Ordering::Equal
    }
}
