//! Certificates: a template that is signed, and the extensions of authorities and of Fulcio's leaves.

use crate::der::{self, Oid};
use crate::key::{Hash, PrivateKey};

/// A certificate before it is signed
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Distinguished name of the subject, in DER
    pub subject: Vec<u8>,
    /// Distinguished name of the issuer, in DER
    pub issuer: Vec<u8>,
    /// Big-endian serial number
    pub serial: Vec<u8>,
    /// Begin of the validity, in seconds since 1970
    pub not_before: u64,
    /// End of the validity
    pub not_after: u64,
    /// `SubjectPublicKeyInfo`
    pub public_key: Vec<u8>,
    /// Extensions, in this order
    pub extensions: Vec<Extension>,
    /// Hash of the issuer's signature
    pub hash: Hash,
}

/// An extension
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extension {
    /// Its type
    pub oid: Oid,
    /// Criticality
    pub critical: bool,
    /// Content of the OCTET STRING
    pub value: Vec<u8>,
}

/// A name in a `SubjectAltName`
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SubjectName {
    /// Of workloads
    Uri(String),
    /// Of people
    Email(String),
    /// `user!domain`, as an otherName of Fulcio's own type
    UserName(String),
    /// Of no identity that Fulcio knows
    Dns(String),
}

/// A claim of the identity token, copied into the certificate as an extension from `.9` on
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    name: &'static str,
    oid: Oid,
}

/// `digitalSignature` of the key usage
pub const DIGITAL_SIGNATURE: u8 = 0x80;
/// `keyCertSign` and `cRLSign`
pub const CERTIFICATE_SIGNING: u8 = 0x06;
/// Extended key usage of leaves
pub const CODE_SIGNING: Oid = &[1, 3, 6, 1, 5, 5, 7, 3, 3];
/// Extended key usage of timestamp authorities
pub const TIME_STAMPING: Oid = &[1, 3, 6, 1, 5, 5, 7, 3, 8];

const OLD_ISSUER: Oid = &[1, 3, 6, 1, 4, 1, 57_264, 1, 1];
const USER_NAME: Oid = &[1, 3, 6, 1, 4, 1, 57_264, 1, 7];
const ISSUER: Oid = &[1, 3, 6, 1, 4, 1, 57_264, 1, 8];
const SCT_LIST: Oid = &[1, 3, 6, 1, 4, 1, 11_129, 2, 4, 2];

impl Template {
    /// The part that is signed
    #[must_use]
    pub fn to_be_signed(&self, issuer: &PrivateKey) -> Vec<u8> {
        let extensions: Vec<_> = self.extensions.iter().map(Extension::encode).collect();
        der::sequence(&[
            der::explicit(0, &der::integer(&[2])),
            der::integer(&self.serial),
            issuer.signature_algorithm(self.hash),
            self.issuer.clone(),
            der::sequence(&[der::time(self.not_before), der::time(self.not_after)]),
            self.subject.clone(),
            self.public_key.clone(),
            der::explicit(3, &der::sequence(&extensions)),
        ])
    }

    /// The certificate
    #[must_use]
    pub fn sign(&self, issuer: &PrivateKey) -> Vec<u8> {
        let signed = self.to_be_signed(issuer);
        let signature = issuer.sign(self.hash, &signed);
        der::sequence(&[
            signed,
            issuer.signature_algorithm(self.hash),
            der::bits(&signature),
        ])
    }
}

impl Extension {
    /// An extension that is not critical
    #[must_use]
    pub const fn new(oid: Oid, value: Vec<u8>) -> Self {
        Self {
            oid,
            critical: false,
            value,
        }
    }

    /// An extension that is critical
    #[must_use]
    pub const fn critical(oid: Oid, value: Vec<u8>) -> Self {
        Self {
            oid,
            critical: true,
            value,
        }
    }

    /// `basicConstraints`
    #[must_use]
    pub fn basic_constraints(is_authority: bool, path_length: Option<u8>) -> Self {
        let authority = is_authority.then(der::yes);
        let length = path_length.map(|length| der::integer(&[length]));
        let parts: Vec<_> = authority.into_iter().chain(length).collect();
        Self::critical(&[2, 5, 29, 19], der::sequence(&parts))
    }

    /// `keyUsage`, from its first eight bits
    #[must_use]
    pub fn key_usage(bits: u8) -> Self {
        let unused = u8::try_from(bits.trailing_zeros()).unwrap_or(7).min(7);
        Self::critical(&[2, 5, 29, 15], der::value(0x03, &[unused, bits]))
    }

    /// `extKeyUsage`
    #[must_use]
    pub fn extended_key_usage(purposes: &[Oid]) -> Self {
        let purposes: Vec<_> = purposes.iter().map(|purpose| der::oid(purpose)).collect();
        Self::new(&[2, 5, 29, 37], der::sequence(&purposes))
    }

    /// `subjectKeyIdentifier`
    #[must_use]
    pub fn subject_key_identifier(key: &PrivateKey) -> Self {
        Self::new(&[2, 5, 29, 14], der::octets(&key.key_identifier()))
    }

    /// `authorityKeyIdentifier`
    #[must_use]
    pub fn authority_key_identifier(id: &[u8]) -> Self {
        let id = der::implicit(0, id);
        Self::new(&[2, 5, 29, 35], der::sequence(&[id]))
    }

    /// `subjectAltName`
    #[must_use]
    pub fn subject_alt_name(names: &[SubjectName]) -> Self {
        let names: Vec<_> = names.iter().map(SubjectName::encode).collect();
        Self::critical(&[2, 5, 29, 17], der::sequence(&names))
    }

    /// Issuer of the identity token: `.8`
    #[must_use]
    pub fn issuer(text: &str) -> Self {
        Self::new(ISSUER, der::utf8(text))
    }

    /// Issuer of the identity token in its older form, the bare text: `.1`
    #[must_use]
    pub fn old_issuer(text: &str) -> Self {
        Self::new(OLD_ISSUER, text.as_bytes().to_vec())
    }

    /// A claim
    #[must_use]
    pub fn claim(claim: Claim, text: &str) -> Self {
        Self::new(claim.oid, der::utf8(text))
    }

    /// SCTs, as they are serialized with their lengths
    #[must_use]
    pub fn sct_list(list: &[u8]) -> Self {
        Self::new(SCT_LIST, der::octets(list))
    }

    fn encode(&self) -> Vec<u8> {
        let mut parts = vec![der::oid(self.oid)];
        parts.extend(self.critical.then(der::yes));
        parts.push(der::octets(&self.value));
        der::sequence(&parts)
    }
}

impl SubjectName {
    /// The name that a text is: a URI has `://`, a user name `!`; anything else is an e-mail address.
    #[must_use]
    pub fn of(text: &str) -> Self {
        if text.contains("://") {
            Self::Uri(text.to_owned())
        } else if text.contains('!') {
            Self::UserName(text.to_owned())
        } else {
            Self::Email(text.to_owned())
        }
    }

    fn encode(&self) -> Vec<u8> {
        match self {
            Self::Email(text) => der::implicit(1, text.as_bytes()),
            Self::Dns(text) => der::implicit(2, text.as_bytes()),
            Self::Uri(text) => der::implicit(6, text.as_bytes()),
            Self::UserName(text) => {
                let name = [der::oid(USER_NAME), der::explicit(0, &der::utf8(text))];
                der::explicit(0, &name.concat())
            }
        }
    }
}

impl Claim {
    /// All claims, by the names of `docs/oid-info.md` of Fulcio in lower camel case
    pub const ALL: [Self; 16] = [
        Self::new("buildSignerURI", &[1, 3, 6, 1, 4, 1, 57_264, 1, 9]),
        Self::new("buildSignerDigest", &[1, 3, 6, 1, 4, 1, 57_264, 1, 10]),
        Self::new("runnerEnvironment", &[1, 3, 6, 1, 4, 1, 57_264, 1, 11]),
        Self::new("sourceRepositoryURI", &[1, 3, 6, 1, 4, 1, 57_264, 1, 12]),
        Self::new("sourceRepositoryDigest", &[1, 3, 6, 1, 4, 1, 57_264, 1, 13]),
        Self::new("sourceRepositoryRef", &[1, 3, 6, 1, 4, 1, 57_264, 1, 14]),
        Self::new(
            "sourceRepositoryIdentifier",
            &[1, 3, 6, 1, 4, 1, 57_264, 1, 15],
        ),
        Self::new(
            "sourceRepositoryOwnerURI",
            &[1, 3, 6, 1, 4, 1, 57_264, 1, 16],
        ),
        Self::new(
            "sourceRepositoryOwnerIdentifier",
            &[1, 3, 6, 1, 4, 1, 57_264, 1, 17],
        ),
        Self::new("buildConfigURI", &[1, 3, 6, 1, 4, 1, 57_264, 1, 18]),
        Self::new("buildConfigDigest", &[1, 3, 6, 1, 4, 1, 57_264, 1, 19]),
        Self::new("buildTrigger", &[1, 3, 6, 1, 4, 1, 57_264, 1, 20]),
        Self::new("runInvocationURI", &[1, 3, 6, 1, 4, 1, 57_264, 1, 21]),
        Self::new(
            "sourceRepositoryVisibilityAtSigning",
            &[1, 3, 6, 1, 4, 1, 57_264, 1, 22],
        ),
        Self::new("deploymentEnvironment", &[1, 3, 6, 1, 4, 1, 57_264, 1, 23]),
        Self::new("tokenSubject", &[1, 3, 6, 1, 4, 1, 57_264, 1, 24]),
    ];

    const fn new(name: &'static str, oid: Oid) -> Self {
        Self { name, oid }
    }

    /// The claim of a name
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.name == name)
    }

    /// Its name
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.name
    }
}

/// A distinguished name of the instance: an organization, which tells instances apart, and a common name
pub(crate) fn distinguished_name(organization: &str, common_name: &str) -> Vec<u8> {
    let part =
        |oid: Oid, text: &str| der::set(vec![der::sequence(&[der::oid(oid), der::utf8(text)])]);
    der::sequence(&[
        part(&[2, 5, 4, 10], organization),
        part(&[2, 5, 4, 3], common_name),
    ])
}
