//! The name of a signing certificate.

use core::fmt;

use p256::pkcs8::ObjectIdentifier;

use super::super::Malformed;
use super::super::der::{self, Element, Tag, constructed, primitive};
use super::extension;

/// The one `subjectAltName` of a signing certificate: the identity that Fulcio has seen
///
/// Its kind counts: an e-mail address that reads like a URI is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectName<'a> {
    /// A workflow, a service account, a SPIFFE id
    Uri(&'a str),
    /// A person
    Email(&'a str),
    /// `user!domain`, in an otherName of Fulcio's own type
    UserName(&'a str),
}

impl<'a> SubjectName<'a> {
    /// Reads the value of the extension.
    pub(super) fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut names = extension::sequence(value)?;
        let name = names.any()?;
        if !names.is_empty() {
            return Err(Malformed::new("more than one name"));
        }
        let name = if name.tag() == URI {
            Self::Uri(ascii(name)?)
        } else if name.tag() == EMAIL {
            Self::Email(ascii(name)?)
        } else if name.tag() == OTHER_NAME {
            Self::UserName(user_name(name)?)
        } else {
            return Err(Malformed::new(
                "the name is no URI, e-mail address or user name of Fulcio",
            ));
        };
        let text = name.as_str();
        if text.is_empty() {
            return Err(Malformed::new("the name is empty"));
        }
        if text.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            return Err(Malformed::new("the name has a space or control character"));
        }
        Ok(name)
    }

    /// The name without its kind.
    #[must_use]
    pub const fn as_str(self) -> &'a str {
        let (Self::Uri(name) | Self::Email(name) | Self::UserName(name)) = self;
        name
    }
}

impl fmt::Display for SubjectName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Reads an `IA5String`, which has an implicit tag.
fn ascii(name: Element<'_>) -> Result<&str, Malformed> {
    let text = core::str::from_utf8(name.contents).ok();
    let text = text.filter(|text| text.is_ascii());
    text.ok_or_else(|| Malformed::new("the name is not in ASCII"))
}

/// Reads the value of an otherName: `SEQUENCE { type-id, [0] EXPLICIT value }`, with an implicit tag.
fn user_name(name: Element<'_>) -> Result<&str, Malformed> {
    let mut fields = name.elements();
    if fields.any()?.oid()? != USER_NAME {
        return Err(Malformed::new(
            "an otherName of a type that is not Fulcio's",
        ));
    }
    let value = fields.take(constructed(0))?;
    fields.end()?;
    der::only(value.contents)?.text()
}

// RFC 5280, section 4.2.1.6
const OTHER_NAME: Tag = constructed(0);
const EMAIL: Tag = primitive(1);
const URI: Tag = primitive(6);

/// Type of user names (Fulcio, docs/oid-info.md)
const USER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.57264.1.7");
