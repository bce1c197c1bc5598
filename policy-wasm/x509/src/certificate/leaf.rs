//! Signing certificates as Fulcio issues them.

use alloc::vec::Vec;

use p256::pkcs8::ObjectIdentifier;

use super::super::Malformed;
use super::super::der;
use super::extension::{ExtKeyUsage, KeyUsage};
use super::{Certificate, Claim, SUBJECT_ALT_NAME, SubjectName};

/// Holder of a signing certificate (Fulcio, docs/certificate-specification.md)
///
/// It is no CA, may sign code, and has exactly one name. Nothing here says that a trusted authority issued it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// The name
    pub subject: SubjectName<'a>,
    /// The issuer of the identity token, which confirmed the name; GitHub's release attestations have none
    pub issuer: Option<&'a str>,
    claims: Vec<(Claim, &'a str)>,
}

impl<'a> Leaf<'a> {
    pub(super) fn read(certificate: &Certificate<'a>) -> Result<Self, Malformed> {
        if certificate.is_authority() {
            return Err(Malformed::new("basicConstraints: is a CA"));
        }
        if !certificate.key_usage.is_some_and(KeyUsage::signs) {
            return Err(Malformed::new("keyUsage: has no digitalSignature"));
        }
        let purposes = certificate.ext_key_usage.as_ref();
        if !purposes.is_some_and(|purposes| purposes.contains(ExtKeyUsage::CODE_SIGNING)) {
            return Err(Malformed::new("extKeyUsage: has no codeSigning"));
        }
        certificate.check_critical()?;
        let subject = certificate
            .tbs
            .extension(SUBJECT_ALT_NAME, SubjectName::read)?;
        Ok(Self {
            subject: subject.ok_or_else(|| Malformed::new("subjectAltName: is not there"))?,
            issuer: issuer(certificate)?,
            claims: claims(certificate)?,
        })
    }

    /// Returns what a certificate says that was read before.
    #[must_use]
    pub const fn of(
        subject: SubjectName<'a>,
        issuer: Option<&'a str>,
        claims: Vec<(Claim, &'a str)>,
    ) -> Self {
        Self {
            subject,
            issuer,
            claims,
        }
    }

    /// Returns what the certificate says about a claim; `None` if it does not have that extension.
    #[must_use]
    pub fn claim(&self, claim: Claim) -> Option<&'a str> {
        let found = self.claims.iter().find(|(known, _)| *known == claim);
        found.map(|(_, text)| *text)
    }
}

/// Reads the issuer: a `UTF8String` since Fulcio 1.0, and before that the bare text. Both must agree.
fn issuer<'a>(certificate: &Certificate<'a>) -> Result<Option<&'a str>, Malformed> {
    let old = certificate.tbs.extension(OLD_ISSUER, der::utf8)?;
    let new = certificate.tbs.extension(ISSUER, text)?;
    match (old, new) {
        (Some(old), Some(new)) if old != new => Err(Malformed::new(
            "extensions 1.3.6.1.4.1.57264.1.1 and .8 have different issuers",
        )),
        _ => Ok(new.or(old)),
    }
}

fn claims<'a>(certificate: &Certificate<'a>) -> Result<Vec<(Claim, &'a str)>, Malformed> {
    let mut claims = Vec::new();
    for extension in &certificate.tbs.extensions {
        // The numbers have one byte, as all arcs below 128.
        let Some([number]) = extension.oid.0.strip_prefix(FULCIO.as_bytes()) else {
            continue;
        };
        let known = Claim::ALL.iter().find(|(known, _, _)| known == number);
        if let Some((_, name, claim)) = known {
            claims.push((
                *claim,
                text(extension.value).map_err(|problem| problem.of(name))?,
            ));
        }
    }
    Ok(claims)
}

/// Reads the `UTF8String` that a value consists of.
fn text(value: &[u8]) -> Result<&str, Malformed> {
    der::only(value)?.text()
}

/// Extensions of Fulcio
const FULCIO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1");
pub(super) const OLD_ISSUER: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.1");
pub(super) const ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.8");
