//! Whether a key may sign at a time.

#[cfg(feature = "openpgp")]
use super::Kind;
use super::PublicKey;
use crate::time::Time;

impl PublicKey {
    /// Whether a signature that is made at this time could count.
    ///
    /// # Errors
    ///
    /// An OpenPGP key is expired, revoked, not valid yet, or not for signing: in words, after "the
    /// key". PKIX keys say nothing about time.
    #[cfg_attr(
        not(feature = "openpgp"),
        expect(unused_variables, reason = "only OpenPGP knows of time")
    )]
    pub fn may_sign_at(&self, time: Time) -> Result<(), &'static str> {
        #[cfg(feature = "openpgp")]
        if let Kind::OpenPgp(certificate) = &self.kind {
            return certificate.may_sign_at(time.as_unix());
        }
        Ok(())
    }
}
