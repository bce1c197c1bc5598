//! Public keys of attestors: PEM or OpenPGP armour in, a key that verifies out. [`SubjectKey`] is a key of a
//! certificate.

mod pkix;
mod standing;
mod window;

use alloc::borrow::Cow;
#[cfg(feature = "openpgp")]
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use pkix::{PkixKey, named_information};
pub use window::NotValid;
pub(crate) use window::Window;

use crate::Budget;
pub use crate::crypto::{Algorithm, BadSignature, Hash, KeyError, KeyKind, SubjectKey};
#[cfg(feature = "openpgp")]
use crate::openpgp::{Certificate, CertificateError, NotBound, OpenPgpError};
use crate::verification::{Exhausted, Meter, VerificationContext};

/// A key that can verify, with the id under which attestations name it
///
/// ```
/// use base64::prelude::{BASE64_STANDARD, Engine as _};
/// use policy_wasm::key::{Algorithm, PublicKey};
///
/// let pem = "-----BEGIN PUBLIC KEY-----\n\
///     MCowBQYDK2VwAyEAhDHEwxDobkaTFn318D8iQ1swOefdMo3qnY+BzzXWkAI=\n\
///     -----END PUBLIC KEY-----\n";
/// let key = PublicKey::from_pem(pem, Algorithm::Ed25519, "").unwrap();
/// assert!(key.id().starts_with("ni:///sha-256;"));
/// let signature = BASE64_STANDARD.decode(
///     "CvhQxCT/BT5NCcRdVJgJoDJQiN63yVgOZqOTPtL9WHFs\
///     d9yJzaBx8ufb9N4RTFlE1TxeWIikiSr4VKD7FlchCA==",
/// );
/// let signature = signature.unwrap();
/// assert!(key.verify(b"release 1.0", &signature).is_ok());
/// assert!(key.verify(b"release 2.0", &signature).is_err());
/// ```
pub struct PublicKey {
    id: String,
    kind: Kind,
    /// When its signatures count, from the settings; usually none
    windows: Vec<Window>,
}

enum Kind {
    Pkix(PkixKey),
    #[cfg(feature = "openpgp")]
    OpenPgp(Box<Certificate>),
}

#[cfg(feature = "openpgp")]
impl From<CertificateError> for KeyError {
    fn from(error: CertificateError) -> Self {
        match error {
            CertificateError::Malformed(why) => Self::Malformed(why),
            CertificateError::Unsupported(why) => Self::OpenPgpUnsupported(why),
        }
    }
}

impl PublicKey {
    /// Reads a PKIX key as an attestor carries it; a blank `id` is computed from the key.
    ///
    /// # Errors
    ///
    /// The key is damaged, or not of the declared algorithm.
    pub fn from_pem(pem: &str, algorithm: Algorithm, id: &str) -> Result<Self, KeyError> {
        let key = PkixKey::read(pem, algorithm)?;
        let id = if id.is_empty() {
            key.computed_id.clone()
        } else {
            id.into()
        };
        Ok(Self {
            id,
            kind: Kind::Pkix(key),
            windows: Vec::new(),
        })
    }

    /// Reads an armoured OpenPGP key. Its id is its fingerprint, whatever anybody calls it. Its own
    /// signatures are verified later, see [`Self::check`].
    ///
    /// # Errors
    ///
    /// Not one key, or not one that this build verifies.
    #[cfg(feature = "openpgp")]
    pub fn from_openpgp(armor: &str) -> Result<Self, KeyError> {
        let certificate = Certificate::from_armor(armor)?;
        Ok(Self {
            id: certificate.id().into(),
            kind: Kind::OpenPgp(Box::new(certificate)),
            windows: Vec::new(),
        })
    }

    /// Refuses every OpenPGP key: this build verifies none.
    ///
    /// # Errors
    ///
    /// Always.
    #[cfg(not(feature = "openpgp"))]
    pub fn from_openpgp(_: &str) -> Result<Self, KeyError> {
        Err(KeyError::OpenPgpUnsupported("this build verifies none"))
    }

    /// Verifies what an OpenPGP key says of itself; a PKIX key says nothing.
    ///
    /// # Errors
    ///
    /// One of its own signatures is damaged, none stands, or there are too many of them.
    pub fn check(&self) -> Result<(), KeyError> {
        // A budget of its own: no key may cost as much.
        let meter = Meter::new(&Budget::DEFAULT);
        self.check_within(&meter)
            .unwrap_or(Err(KeyError::Malformed("it costs too much to verify")))
    }

    /// Like [`Self::check`], paid for by `meter`.
    #[cfg_attr(
        not(feature = "openpgp"),
        expect(unused_variables, reason = "only OpenPGP keys sign themselves")
    )]
    pub(crate) fn check_within(&self, meter: &Meter) -> Result<Result<(), KeyError>, Exhausted> {
        match &self.kind {
            Kind::Pkix(_) => Ok(Ok(())),
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(certificate) => match certificate.check(meter) {
                Ok(()) => Ok(Ok(())),
                Err(NotBound::Certificate(error)) => Ok(Err(error.into())),
                Err(NotBound::Exhausted(exhausted)) => Err(exhausted),
            },
        }
    }

    /// The id that a signature must name, byte for byte.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether a signature under this id may be by the key. The documented forms of one digest are alike:
    /// `openpgp4fpr:` before a fingerprint, `nih:` with hexadecimal digits for `ni:` with base64.
    pub(crate) fn has_id(&self, id: &str) -> bool {
        match &self.kind {
            Kind::Pkix(_) => is_same_digest(&self.id, id),
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(_) => id.strip_prefix(FINGERPRINT).unwrap_or(id) == self.id,
        }
    }

    /// Whether an id in the settings names the key: [its own](Self::has_id), or the one that is computed from it.
    pub(crate) fn is_named(&self, id: &str) -> bool {
        let is_computed = match &self.kind {
            Kind::Pkix(key) => is_same_digest(&key.computed_id, id),
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(_) => false,
        };
        is_computed || self.has_id(id)
    }

    /// The algorithm that is for envelopes only, if this key's is.
    pub(crate) fn envelope_algorithm(&self) -> Option<Algorithm> {
        match &self.kind {
            Kind::Pkix(key) => Some(key.algorithm).filter(|one| one.is_for_envelopes_only()),
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(_) => None,
        }
    }

    /// Whether two keys are one, whatever their ids.
    #[must_use]
    pub fn is_same_key(&self, other: &Self) -> bool {
        self.materials() == other.materials()
    }

    /// The key without its id, equal for two encodings of one key. An OpenPGP key has one for
    /// itself and one for each subkey that can sign.
    pub(crate) fn materials(&self) -> Vec<Vec<u8>> {
        match &self.kind {
            Kind::Pkix(key) => alloc::vec![key.verifier.material()],
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(certificate) => certificate.materials().collect(),
        }
    }

    /// Verifies a signature over `message`, which is hashed here where the algorithm hashes.
    ///
    /// # Errors
    ///
    /// The signature is malformed, or not by this key over this message. OpenPGP signatures, which
    /// depend on the time, are never verified here.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), BadSignature> {
        match &self.kind {
            Kind::Pkix(key) => key.verifier.verify(message, signature),
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(_) => Err(BadSignature),
        }
    }

    /// Verifies a signature over `message`, and returns the bytes that were verified: the message,
    /// or for an OpenPGP message without one what was signed inside it. The work is paid for before it is
    /// done. A signature of a key that is not valid now is told apart from a bad one.
    pub(crate) fn authenticate<'m>(
        &self,
        message: &'m [u8],
        signature: &[u8],
        context: &VerificationContext,
    ) -> Result<Cow<'m, [u8]>, VerifyError> {
        let verified = self.authenticate_at_any_time(message, signature, context)?;
        self.check_windows(context.now)?;
        Ok(verified)
    }

    /// Like [`Self::authenticate`], whatever the settings say of the key.
    fn authenticate_at_any_time<'m>(
        &self,
        message: &'m [u8],
        signature: &[u8],
        context: &VerificationContext,
    ) -> Result<Cow<'m, [u8]>, VerifyError> {
        match &self.kind {
            Kind::Pkix(key) => {
                let meter = &context.meter;
                meter
                    .verify(key.verifier.cost(), message.len())
                    .map_err(VerifyError::Exhausted)?;
                match key.verifier.verify(message, signature) {
                    Ok(()) => Ok(Cow::Borrowed(message)),
                    Err(BadSignature) if meter.explain() => {
                        let why = key.verifier.diagnose(message, signature);
                        Err(VerifyError::BadSignature(why))
                    }
                    Err(BadSignature) => Err(VerifyError::BadSignature("")),
                }
            }
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(certificate) => Ok(certificate.verify(message, signature, context)?),
        }
    }

    /// Verifies a signature over a message of which only the SHA-256 digest is known. Only PKIX keys whose algorithm
    /// signs that digest verify it: P-256, and RSA with SHA-256. For any other key it is a bad signature, without
    /// words about it. The work is paid for before it is done.
    #[cfg(feature = "sigstore")]
    pub(crate) fn authenticate_digest(
        &self,
        sha256: &[u8],
        signature: &[u8],
        context: &VerificationContext,
    ) -> Result<(), VerifyError> {
        match &self.kind {
            Kind::Pkix(key) => {
                let paid = context.meter.verify(key.verifier.cost(), 0);
                paid.map_err(VerifyError::Exhausted)?;
                key.verifier
                    .verify_digest(Hash::Sha256, sha256, signature)
                    .map_err(|BadSignature| VerifyError::BadSignature(""))?;
                self.check_windows(context.now)
            }
            #[cfg(feature = "openpgp")]
            Kind::OpenPgp(_) => Err(VerifyError::BadSignature("")),
        }
    }
}

/// Before the fingerprint of an OpenPGP key
const FINGERPRINT: &str = "openpgp4fpr:";

/// Whether two ids are of one key, of either kind; see [`PublicKey::has_id`].
pub(crate) fn is_same_id(one: &str, other: &str) -> bool {
    let [bare_one, bare_other] = [one, other].map(|id| id.strip_prefix(FINGERPRINT).unwrap_or(id));
    bare_one == bare_other || is_same_digest(one, other)
}

/// Whether two ids of PKIX keys are equal, or name one digest. Each digest has one form of `ni:`.
fn is_same_digest(one: &str, other: &str) -> bool {
    let is_hexadecimal = |id: &str| id.starts_with("nih:");
    let digest = named_information;
    one == other
        || (is_hexadecimal(one) || is_hexadecimal(other))
            && digest(one).is_some_and(|one| digest(other) == Some(one))
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

/// Why a signature does not count
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(
    not(feature = "openpgp"),
    expect(dead_code, reason = "all but two are OpenPGP's")
)]
pub(crate) enum VerifyError {
    /// Malformed, or not by this key over this message; in words where there is more to say
    BadSignature(&'static str),
    /// The key, or the signature that it made, is expired, revoked or from the future, or the key is outside its
    /// window in the settings
    KeyNotValid(NotValid),
    /// The key's own signatures are damaged, so that the settings are not valid
    KeyNotUsable(&'static str),
    /// The key has a limited life, and nobody says what time it is
    ClockUnavailable,
    /// The message inside the signature is not the one beside it
    PayloadMismatch,
    /// A form of signature that is never accepted
    FormatUnsupported(&'static str),
    /// The message inside the signature is longer than anybody should read
    TooLong,
    /// There is no work left for it
    Exhausted(Exhausted),
}

#[cfg(feature = "openpgp")]
impl From<OpenPgpError> for VerifyError {
    fn from(error: OpenPgpError) -> Self {
        match error {
            OpenPgpError::Malformed(why) | OpenPgpError::SignatureUnsupported(why) => {
                Self::BadSignature(why)
            }
            OpenPgpError::BadSignature => Self::BadSignature(""),
            OpenPgpError::KeyNotValid(why) => Self::KeyNotValid(NotValid::Itself(why)),
            OpenPgpError::SignatureNotValid(why) => Self::KeyNotValid(NotValid::Signature(why)),
            OpenPgpError::ClockUnavailable => Self::ClockUnavailable,
            OpenPgpError::PayloadMismatch => Self::PayloadMismatch,
            OpenPgpError::FormatUnsupported(format) => Self::FormatUnsupported(format),
            OpenPgpError::TooLong(_) => Self::TooLong,
            OpenPgpError::Certificate(
                CertificateError::Malformed(why) | CertificateError::Unsupported(why),
            ) => Self::KeyNotUsable(why),
            OpenPgpError::Exhausted(exhausted) => Self::Exhausted(exhausted),
        }
    }
}

#[cfg(test)]
mod tests;
