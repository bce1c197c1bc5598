//! Certificates of a trusted root: CAs and timestamp authorities.

use p256::pkcs8::ObjectIdentifier;

use super::super::Malformed;
use super::extension::{ExtKeyUsage, KeyUsage};
use super::{Certificate, NAME_CONSTRAINTS};

/// Purpose of the certificates that a CA issues
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Signing of artifacts: `codeSigning`
    CodeSigning,
    /// Timestamps: `timeStamping`
    TimeStamping,
}

impl Certificate<'_> {
    /// Checks that it may issue certificates for a purpose, with this number of CA certificates between it and them.
    ///
    /// # Errors
    ///
    /// [`Malformed`]: it is no CA, its key may not sign certificates, its `pathLenConstraint` is too small, it is for
    /// other purposes, or it has an extension that restricts it in a way that is not supported.
    #[inline(never)]
    pub fn check_authority(&self, purpose: Purpose, below: usize) -> Result<(), Malformed> {
        self.check_restrictions()?;
        let constraints = self.basic_constraints.filter(|it| it.is_authority);
        let Some(constraints) = constraints else {
            return Err(Malformed::new("basicConstraints: is no CA"));
        };
        if !self.key_usage.is_some_and(KeyUsage::signs_certificates) {
            return Err(Malformed::new("keyUsage: has no keyCertSign"));
        }
        let path_length = constraints.path_length.map(usize::try_from);
        if path_length.is_some_and(|most| most.is_ok_and(|most| most < below)) {
            return Err(Malformed::new(
                "basicConstraints: pathLenConstraint is less than the number of CA certificates below",
            ));
        }
        let (wanted, problem) = match purpose {
            Purpose::CodeSigning => (
                ExtKeyUsage::CODE_SIGNING,
                Malformed::new("extKeyUsage: has no codeSigning"),
            ),
            Purpose::TimeStamping => (
                ExtKeyUsage::TIME_STAMPING,
                Malformed::new("extKeyUsage: has no timeStamping"),
            ),
        };
        match &self.ext_key_usage {
            Some(purposes)
                if !purposes.contains(wanted) && !purposes.contains(ExtKeyUsage::ANY) =>
            {
                Err(problem)
            }
            _ => Ok(()),
        }
    }

    /// Checks that it may sign timestamps (RFC 3161, section 2.3): it is no CA, and `timeStamping` is its only purpose.
    ///
    /// # Errors
    ///
    /// [`Malformed`]
    #[inline(never)]
    pub fn check_timestamp_signer(&self) -> Result<(), Malformed> {
        self.check_end_entity()?;
        self.check_time_stamping()
    }

    /// Checks that it is no CA.
    ///
    /// # Errors
    ///
    /// [`Malformed`]; also if it has an extension that restricts it in a way that is not supported.
    #[inline(never)]
    pub fn check_end_entity(&self) -> Result<(), Malformed> {
        self.check_restrictions()?;
        if self.is_authority() {
            return Err(Malformed::new("basicConstraints: is a CA"));
        }
        Ok(())
    }

    /// Checks that `timeStamping` is the only purpose, and critical.
    pub(crate) fn check_time_stamping(&self) -> Result<(), Malformed> {
        let extension = self
            .tbs
            .extensions
            .iter()
            .find(|it| it.oid == ExtKeyUsage::OID);
        let is_critical = extension.is_some_and(|it| it.is_critical);
        let is_only = self.ext_key_usage.as_ref();
        let is_only = is_only.is_some_and(|it| it.is_only(ExtKeyUsage::TIME_STAMPING));
        if is_only && is_critical {
            return Ok(());
        }
        Err(Malformed::new(
            "extKeyUsage: is not timeStamping alone and critical",
        ))
    }

    /// Checks that no extension restricts what it may issue in a way that is not supported.
    fn check_restrictions(&self) -> Result<(), Malformed> {
        self.check_critical()?;
        if self
            .tbs
            .extensions
            .iter()
            .any(|it| it.oid == NAME_CONSTRAINTS)
        {
            return Err(Malformed::new("nameConstraints: is not supported"));
        }
        Ok(())
    }
}

// RFC 5280, section 4.2.1.12
impl ExtKeyUsage<'_> {
    pub(super) const ANY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37.0");
    pub(super) const CODE_SIGNING: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3");
    pub(super) const TIME_STAMPING: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
}
