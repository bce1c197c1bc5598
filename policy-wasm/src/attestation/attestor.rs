//! Attestors whose attestations are verified.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::key::PublicKey;
use crate::sigstore::Identities;

/// An attestor with loaded keys
#[derive(Debug)]
pub(crate) struct Attestor<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) note: Cow<'a, str>,
    /// Keys; an attestor without keys and identities is never satisfied
    pub(crate) keys: Vec<PublicKey>,
    /// Identities that may sign in place of a key
    pub(crate) identities: Identities<'a>,
}
