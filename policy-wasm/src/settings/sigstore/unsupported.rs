//! Stand-in for `sigstore` in a build without Sigstore, which refuses these settings.

use core::convert::Infallible;
use core::marker::PhantomData;

use crate::json::Report;
use crate::sigstore::Identities;

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
