//! Stand-in for Sigstore in a build without it, which refuses settings with `sigstore`.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;
use core::marker::PhantomData;

use crate::json::Report;
use crate::rejection::Rejection;
use crate::time::Time;
use crate::verification::Exhausted;

/// `sigstore`, which no settings of this build have
#[derive(Debug)]
pub(crate) struct Sigstore<'a> {
    never: Infallible,
    _settings: PhantomData<&'a str>,
}

impl<'a> Sigstore<'a> {
    pub(crate) const fn of_attestor(&self, _: &str, _: &Report) -> Identities<'a> {
        match self.never {}
    }

    pub(crate) const fn of_authority(&self, _: &str, _: &Report) -> Identities<'a> {
        match self.never {}
    }

    pub(crate) const fn has_authority(&self, _: &str) -> bool {
        match self.never {}
    }

    pub(crate) const fn check(&self, _: &[&str], _: &[&str], _: &Report) {
        match self.never {}
    }
}

/// Trusted roots, of which there are none
#[derive(Debug)]
pub(crate) struct TrustedRoots<'s>(PhantomData<&'s str>);

impl<'s> TrustedRoots<'s> {
    pub(crate) const fn new(_: Option<&'s Sigstore<'s>>, _: &'s Report) -> Self {
        Self(PhantomData)
    }
}

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
    Rejected(Box<Rejection>),
    Exhausted(Exhausted),
    RootUnusable(String),
    ClockUnavailable(String),
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
