//! Signers of a suite: test keys in place of production keys, and identities whose certificates a pretend Sigstore
//! instance issues.

use alloc::collections::BTreeMap;

use policy_wasm::sigstore::certificate::Claim;

use super::each_entry;
use crate::read::{Fields, Reader};
use crate::source::{Entry, Node, Span};

/// A signer of attestations
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Its place: the keys that it stands for, or its trusted root if it names one, else its subject
    pub span: Span,
    /// Credential with which it signs
    pub credential: Credential,
}

/// Credential of a signer
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A test key, which stands in for production keys while the suite runs
    Key(TestKey),
    /// A certificate for an identity, under a trusted root that stands in for one of the settings
    Identity(Identity),
}

/// A test key, and whose keys it stands in for
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestKey {
    /// The name of an attestor, or the path of a part of the settings that holds keys
    pub stands_for: String,
    /// Its algorithm
    pub algorithm: SignerAlgorithm,
}

/// Algorithms of test keys
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignerAlgorithm {
    /// `ECDSA_P256_SHA256`, where nothing else is said
    EcdsaP256,
    /// `ED25519`, for envelopes only
    Ed25519,
}

/// An identity, as certificates have it
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `subjectAltName`
    pub subject: String,
    /// Issuer of the identity token
    pub issuer: String,
    /// Further claims, by the names of the settings
    pub claims: BTreeMap<String, String>,
    /// Name of the trusted root that it is under; `None` for the only one of the settings
    pub trusted_root: Option<String>,
}

/// Parts of an identity that are others in one attestation
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OtherIdentity {
    /// In place of the signer's subject
    pub subject: Option<String>,
    /// In place of the signer's issuer
    pub issuer: Option<String>,
    /// In place of the signer's claims of these names, or besides them
    pub claims: BTreeMap<String, String>,
}

impl OtherIdentity {
    pub(super) fn read(fields: &Fields<'_, '_>, reader: &Reader) -> Self {
        Self {
            subject: fields.text("subject").map(str::to_owned),
            issuer: fields.text("issuer").map(str::to_owned),
            claims: read_claims(fields.get("claims"), reader),
        }
    }
}

impl Identity {
    /// The identity with other parts.
    #[must_use]
    pub fn with(&self, other: &OtherIdentity) -> Self {
        let mut identity = self.clone();
        if let Some(subject) = &other.subject {
            identity.subject.clone_from(subject);
        }
        if let Some(issuer) = &other.issuer {
            identity.issuer.clone_from(issuer);
        }
        identity.claims.extend(other.claims.clone());
        identity
    }
}

impl Signer {
    const fn key(&self) -> Option<&TestKey> {
        match &self.credential {
            Credential::Key(key) => Some(key),
            Credential::Identity(_) => None,
        }
    }

    /// Whether it signs with a certificate.
    #[must_use]
    pub const fn is_identity(&self) -> bool {
        matches!(self.credential, Credential::Identity(_))
    }

    /// Whether its key signs only envelopes.
    pub(super) fn signs_envelopes_only(&self) -> bool {
        let key = self.key();
        key.is_some_and(|key| key.algorithm == SignerAlgorithm::Ed25519)
    }

    fn read(entry: &Entry, reader: &Reader) -> Option<Self> {
        let fields = reader.fields(&entry.value)?;
        let of_identity = ["subject", "issuer", "claims", "trustedRoot"].map(|key| fields.get(key));
        let of_identity = of_identity.into_iter().flatten().next();
        let signer = match (fields.get("standsFor"), of_identity) {
            (None, Some(_)) => Self::read_identity(&fields, reader),
            (Some(_), Some(part)) => {
                let message = "a signer has either a test key (`standsFor`) or an identity (`subject`, `issuer`)";
                reader.invalid(crate::source::pointed_at(part), message);
                None
            }
            (_, None) => Self::read_key(&fields, reader),
        };
        fields.finish();
        signer
    }

    fn read_key(fields: &Fields<'_, '_>, reader: &Reader) -> Option<Self> {
        const ALGORITHMS: &[(&str, SignerAlgorithm)] = &[
            ("ECDSA_P256_SHA256", SignerAlgorithm::EcdsaP256),
            ("ED25519", SignerAlgorithm::Ed25519),
        ];
        let stands_for = fields.require("standsFor");
        let algorithm = fields.get("algorithm");
        let algorithm = algorithm.and_then(|node| reader.choice(node, ALGORITHMS));
        let node = stands_for?;
        let key = TestKey {
            stands_for: reader.text(node)?.to_owned(),
            algorithm: algorithm.unwrap_or(SignerAlgorithm::EcdsaP256),
        };
        Some(Self {
            span: node.span,
            credential: Credential::Key(key),
        })
    }

    fn read_identity(fields: &Fields<'_, '_>, reader: &Reader) -> Option<Self> {
        let subject = fields.require("subject");
        let issuer = fields.require("issuer");
        let issuer = issuer.and_then(|node| reader.text(node));
        let claims = read_claims(fields.get("claims"), reader);
        let trusted_root = fields.text("trustedRoot").map(str::to_owned);
        let span = ["trustedRoot", "subject"].map(|key| fields.get(key));
        let span = span.into_iter().flatten().next()?.span;
        let identity = Identity {
            subject: reader.text(subject?)?.to_owned(),
            issuer: issuer?.to_owned(),
            claims,
            trusted_root,
        };
        Some(Self {
            span,
            credential: Credential::Identity(identity),
        })
    }
}

fn read_claims(node: Option<&Node>, reader: &Reader) -> BTreeMap<String, String> {
    let mut claims = BTreeMap::new();
    each_entry(node, reader, |entry| {
        if Claim::by_name(&entry.key).is_none() {
            let known: Vec<_> = Claim::ALL.iter().map(|(_, name, _)| *name).collect();
            reader.unknown_name(entry.key_span, "claim", &entry.key, &known);
        }
        if let Some(text) = reader.text(&entry.value) {
            claims.insert(entry.key.clone(), text.to_owned());
        }
    });
    claims
}

/// The signers by name; `None` for one that is wrong, so that its attestations are no further problems.
pub(super) fn read_all(node: Option<&Node>, reader: &Reader) -> BTreeMap<String, Option<Signer>> {
    let mut signers: BTreeMap<String, Option<Signer>> = BTreeMap::new();
    each_entry(node, reader, |entry| {
        let signer = Signer::read(entry, reader);
        let stands_for = |signer: &Signer| signer.key().map(|key| key.stands_for.clone());
        if let Some(signer) = &signer
            && let Some(name) = stands_for(signer)
            && signers
                .values()
                .flatten()
                .any(|other| stands_for(other).as_ref() == Some(&name))
        {
            let message = format!("another signer already stands for `{name}`");
            reader.invalid(signer.span, message);
        }
        signers.insert(entry.key.clone(), signer);
    });
    signers
}
