//! The attestor's side: keys, what is signed for an image, and the attestations that come of it.

pub(crate) mod attestor;
pub(crate) mod check_question;
pub(crate) mod decoded;
pub(crate) mod document;
pub(crate) mod evidence_file;
pub(crate) mod index;
pub(crate) mod jury;
pub(crate) mod key_file;
pub(crate) mod passphrase;
pub(crate) mod private_key;
pub(crate) mod public_key;
pub(crate) mod purpose;
pub(crate) mod signer;
pub(crate) mod store;
pub(crate) mod typed;
pub(crate) mod verification;

pub(crate) use admission_requests::{image, payload};
