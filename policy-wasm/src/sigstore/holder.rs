//! The holder of a bundle's certificate, kept for the request: each attestor asks whether it is one of its own.

use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Malformed;
use super::certificate::{Certificate, Claim, Leaf, SubjectName};
use super::identity::Identity;

/// The texts of a signing certificate, unverified
#[derive(Debug)]
pub(super) struct Holder {
    /// Makes the subject a name of its kind
    name: fn(&str) -> SubjectName<'_>,
    subject: String,
    issuer: Option<String>,
    claims: Vec<(Claim, String)>,
}

impl Holder {
    /// Reads a certificate in DER.
    ///
    /// # Errors
    ///
    /// It cannot be a signing certificate.
    pub(super) fn read(der: &[u8]) -> Result<Self, Malformed> {
        let leaf = Certificate::read(der)?.leaf()?;
        let claims = Claim::ALL.iter().filter_map(|(_, _, claim)| {
            let text = leaf.claim(*claim)?;
            Some((*claim, text.to_string()))
        });
        Ok(Self {
            name: match leaf.subject {
                SubjectName::Uri(_) => |text| SubjectName::Uri(text),
                SubjectName::Email(_) => |text| SubjectName::Email(text),
                SubjectName::UserName(_) => |text| SubjectName::UserName(text),
            },
            subject: leaf.subject.as_str().to_string(),
            issuer: leaf.issuer.map(String::from),
            claims: claims.collect(),
        })
    }

    pub(super) fn leaf(&self) -> Leaf<'_> {
        let claims = self.claims.iter().map(|(claim, text)| (*claim, &**text));
        let subject = (self.name)(&self.subject);
        Leaf::of(subject, self.issuer.as_deref(), claims.collect())
    }

    /// Whether it is one of these identities.
    pub(super) fn is_one_of<'i, 'a: 'i>(
        &self,
        identities: impl IntoIterator<Item = &'i Rc<Identity<'a>>>,
    ) -> bool {
        let leaf = self.leaf();
        let mut identities = identities.into_iter();
        identities.any(|one| one.matches(&leaf).is_ok())
    }
}
