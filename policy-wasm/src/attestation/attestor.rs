//! Attestors whose attestations are verified.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::key::PublicKey;

/// An attestor with loaded keys
#[derive(Debug)]
pub(crate) struct Attestor<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) note: Cow<'a, str>,
    /// Keys; an attestor without keys is never satisfied
    pub(crate) keys: Vec<PublicKey>,
}
