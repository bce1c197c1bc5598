//! A verified signer with a certificate, as Decisions and checks see it.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::bundle::{Bundle, Verifier};
use super::certificate::{Certificate, Claim};
use super::identity;
use super::moment::Moment;
use super::proto::rejection;
use crate::decision::Code;
use crate::rejection::Rejection;
use crate::time::Time;

/// The identity in a verified certificate, and when it signed
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Signatory {
    subject: String,
    issuer: String,
    claims: Vec<(Claim, String)>,
    /// The latest time at which the signature is known to exist
    latest: Time,
    description: String,
}

impl Signatory {
    /// Reads the certificate of a bundle that was verified with these signed times.
    ///
    /// # Errors
    ///
    /// `sigstore-certificate-invalid`, which verification has ruled out.
    pub(crate) fn read(bundle: &Bundle, times: &[Moment]) -> Result<Self, Rejection> {
        let invalid = || rejection(Code::SigstoreCertificateInvalid, "");
        let Verifier::Certificate(der) = &bundle.verifier else {
            return Err(invalid());
        };
        let certificate = Certificate::read(der).map_err(|_| invalid())?;
        let leaf = certificate.leaf().map_err(|_| invalid())?;
        let claims = Claim::ALL.iter().filter_map(|(_, _, claim)| {
            let value = leaf.claim(*claim)?;
            Some((*claim, value.to_string()))
        });
        let latest = times.iter().max().ok_or_else(invalid)?;
        Ok(Self {
            subject: leaf.subject.to_string(),
            issuer: leaf.issuer.unwrap_or_default().to_string(),
            claims: claims.collect(),
            latest: latest.to_time(),
            description: identity::describe(&leaf),
        })
    }

    /// The subject alternative name
    pub(crate) fn subject(&self) -> &str {
        &self.subject
    }

    /// The OIDC issuer
    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Subject and issuer for messages
    pub(crate) fn description(&self) -> &str {
        &self.description
    }

    /// Returns a claim by its name in the settings.
    pub(crate) fn claim(&self, name: &str) -> Option<&str> {
        let claim = Claim::by_name(name)?;
        let (_, value) = self.claims.iter().find(|(known, _)| *known == claim)?;
        Some(value)
    }

    /// Whether a time is later than the signature, by more than clocks differ.
    pub(crate) fn signed_before(&self, time: Time) -> bool {
        time.as_unix().saturating_sub(self.latest.as_unix()) > SKEW
    }

    /// The latest time at which the signature is known to exist
    pub(crate) const fn latest(&self) -> Time {
        self.latest
    }
}

/// Seconds by which a statement's time may be after the signed time: five minutes
const SKEW: u64 = 5 * 60;
