//! Stand-in for bundles in a build without Sigstore, which rejects all of them.

use alloc::rc::Rc;
use core::convert::Infallible;

use super::search::{By, Said, Signer};
use super::{Claimed, Content, Rejection, Source, Subject};
use crate::Budget;
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::Raw;
use crate::sigstore::{Identity, NotVerified};
use crate::verification::VerificationContext;

/// A bundle, of which there is none
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bundled(Infallible);

/// Verified content of a bundle
pub(super) struct Spoken(Infallible);

impl Spoken {
    pub(super) const fn said(&self) -> Said<'_> {
        match self.0 {}
    }
}

impl Bundled {
    pub(crate) fn read(_: Raw<'_>, _: Source, _: &Budget) -> Content<'static> {
        Content::Rejected(Rejection::Sigstore {
            code: Code::SigstoreUnsupported,
            message: const { Code::SigstoreUnsupported.meaning() }.into(),
        })
    }

    pub(super) const fn claimed(&self) -> Option<Rc<Claimed>> {
        match self.0 {}
    }

    pub(super) const fn statement(&self) -> Option<&[u8]> {
        match self.0 {}
    }

    pub(super) fn find_message<'m>(&mut self, _: &dyn Fn(Digest) -> Option<&'m str>) {
        match self.0 {}
    }

    pub(super) const fn is_of_digest(&self) -> bool {
        match self.0 {}
    }

    pub(super) fn names_one_of<'i, 'a: 'i>(
        &self,
        _: impl IntoIterator<Item = &'i Rc<Identity<'a>>>,
    ) -> bool {
        match self.0 {}
    }

    pub(super) const fn verify<'k>(
        &self,
        _: Signer<'k>,
        _: Option<Subject<'_>>,
        _: &VerificationContext,
    ) -> Result<(By<'k>, Spoken), NotVerified> {
        match self.0 {}
    }
}
