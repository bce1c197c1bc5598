//! Stand-in for identities in a build without Sigstore, whose settings have none.

use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::marker::PhantomData;

use crate::attestation::Rejection;
use crate::time::Time;
use crate::verification::Exhausted;

/// Identities, which are always empty
pub(crate) type Identities<'a> = Vec<Rc<Identity<'a>>>;

/// An identity, of which there is none
#[derive(Debug)]
pub(crate) struct Identity<'a> {
    never: Infallible,
    _settings: PhantomData<&'a str>,
}

impl Identity<'_> {
    pub(crate) const fn is_same(&self, _: &Self) -> bool {
        match self.never {}
    }
}

/// A verified signer with a certificate, of which there is none
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signatory(Infallible);

/// Why a bundle does not count
#[derive(Debug)]
#[expect(dead_code, reason = "without bundles, nothing is the reason")]
pub(crate) enum NotVerified {
    Rejected(Rejection),
    Exhausted(Exhausted),
    RootUnusable(String),
}

impl Signatory {
    pub(crate) const fn subject(&self) -> &str {
        match self.0 {}
    }

    pub(crate) const fn issuer(&self) -> &str {
        match self.0 {}
    }

    pub(crate) const fn description(&self) -> &str {
        match self.0 {}
    }

    pub(crate) const fn claim(&self, _: &str) -> Option<&str> {
        match self.0 {}
    }

    pub(crate) const fn signed_before(&self, _: Time) -> bool {
        match self.0 {}
    }

    pub(crate) const fn latest(&self) -> Time {
        match self.0 {}
    }
}
