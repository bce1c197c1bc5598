//! Certificates of signers, as Fulcio issues them, and the SCTs inside ([RFC 6962]).
//!
//! [RFC 6962]: https://www.rfc-editor.org/rfc/rfc6962

use crate::certificate::{
    CODE_SIGNING, Claim, DIGITAL_SIGNATURE, Extension, SubjectName, Template,
};
use crate::instance::{Authority, Instance, Whose};
use crate::key::{Hash, KeyKind, PrivateKey};

/// The certificate of a signer
#[derive(Debug, Clone)]
pub struct Leaf {
    /// Kind of its key
    pub key: KeyKind,
    /// Its names, of which a good certificate has one
    pub names: Vec<SubjectName>,
    /// Issuer of the identity token
    pub issuer: Option<String>,
    /// Older form of the issuer, which Fulcio writes as well
    pub old_issuer: Option<String>,
    /// Further claims of the identity token
    pub claims: Vec<(Claim, String)>,
    /// Begin of the validity, in seconds since 1970
    pub not_before: u64,
    /// End of the validity, ten minutes later
    pub not_after: u64,
    /// Its issuer
    pub issued_by: IssuedBy,
    /// Promises of the CT log
    pub scts: Vec<Sct>,
    /// Changes what is signed: all other fields and extensions
    pub edit: Option<fn(&mut Template)>,
}

/// Issuer of a leaf
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IssuedBy {
    /// The intermediate certificate
    #[default]
    Intermediate,
    /// The root, above it
    Root,
    /// Another key under the name and key identifier of the intermediate certificate
    Impostor,
    /// The intermediate certificate of another instance
    Stranger,
}

/// A promise of a CT log to publish a certificate
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sct {
    /// The log
    pub by: Whose,
    /// Time in seconds since 1970; by default the begin of the certificate's validity
    pub time: Option<u64>,
    /// `CtExtensions`
    pub extensions: Vec<u8>,
    /// Owner of the issuer's key that is signed; an impostor's is some other key
    pub issuer: Whose,
    /// `SignatureAlgorithm` of TLS 1.2: 3 is ECDSA
    pub signature_algorithm: u8,
}

impl Default for Sct {
    fn default() -> Self {
        Self {
            by: Whose::Own,
            time: None,
            extensions: Vec::new(),
            issuer: Whose::Own,
            signature_algorithm: 3,
        }
    }
}

impl Leaf {
    /// A good certificate: valid for ten minutes, from a minute before `time`
    #[must_use]
    pub fn new(subject: &str, issuer: &str, time: u64) -> Self {
        Self {
            key: KeyKind::P256,
            names: vec![SubjectName::of(subject)],
            issuer: Some(issuer.to_owned()),
            old_issuer: Some(issuer.to_owned()),
            claims: Vec::new(),
            not_before: time.saturating_sub(60),
            not_after: time.saturating_add(540),
            issued_by: IssuedBy::Intermediate,
            scts: vec![Sct::default()],
            edit: None,
        }
    }

    /// Extensions but for the SCTs, in the order of Fulcio
    fn extensions(&self, key: &PrivateKey, issuer: &Authority) -> Vec<Extension> {
        let mut extensions = vec![
            Extension::key_usage(DIGITAL_SIGNATURE),
            Extension::extended_key_usage(&[CODE_SIGNING]),
            Extension::subject_key_identifier(key),
            Extension::authority_key_identifier(&issuer.key.key_identifier()),
        ];
        if !self.names.is_empty() {
            extensions.push(Extension::subject_alt_name(&self.names));
        }
        extensions.extend(self.old_issuer.as_deref().map(Extension::old_issuer));
        extensions.extend(self.issuer.as_deref().map(Extension::issuer));
        let claims = self.claims.iter();
        extensions.extend(claims.map(|(claim, text)| Extension::claim(*claim, text)));
        extensions
    }
}

impl Instance {
    /// Issues a certificate for a key.
    #[must_use]
    pub fn issue(&self, leaf: &Leaf, key: &PrivateKey) -> Vec<u8> {
        let intermediate = |instance: &Self| instance.intermediate.clone();
        let (issuer, signer) = match leaf.issued_by {
            IssuedBy::Intermediate => (intermediate(self), self.intermediate.key.clone()),
            IssuedBy::Root => (self.root.clone(), self.root.key.clone()),
            IssuedBy::Impostor => {
                let key = self.key_of(Whose::Impostor, |instance| &instance.intermediate.key);
                (intermediate(self), key)
            }
            IssuedBy::Stranger => {
                let stranger = self.stranger();
                (intermediate(stranger), stranger.intermediate.key.clone())
            }
        };
        let mut serial =
            Hash::Sha256.of(&[key.public_key(), leaf.not_after.to_be_bytes().to_vec()].concat());
        serial.truncate(16);
        let mut template = Template {
            // An empty name: the subject is in the SubjectAltName.
            subject: vec![0x30, 0],
            issuer: issuer.template.subject.clone(),
            serial,
            not_before: leaf.not_before,
            not_after: leaf.not_after,
            public_key: key.public_key(),
            extensions: leaf.extensions(key, &issuer),
            hash: Hash::Sha384,
        };
        if let Some(edit) = leaf.edit {
            edit(&mut template);
        }
        if !leaf.scts.is_empty() {
            let precertificate = template.to_be_signed(&signer);
            let scts = leaf.scts.iter().flat_map(|sct| {
                let time = sct.time.unwrap_or(leaf.not_before);
                let issuer = match sct.issuer {
                    Whose::Own => signer.id(),
                    whose => {
                        let key = self.key_of(whose, |instance| &instance.intermediate.key);
                        key.id()
                    }
                };
                prefixed(&self.promise(sct, time, &issuer, &precertificate))
            });
            let scts: Vec<u8> = scts.collect();
            let list = Extension::sct_list(&prefixed(&scts));
            template.extensions.push(list);
        }
        template.sign(&signer)
    }

    /// A serialized SCT
    fn promise(&self, sct: &Sct, time: u64, issuer_id: &[u8], precertificate: &[u8]) -> Vec<u8> {
        let log = self.named(sct.by).certificate_log.id();
        let key = self.key_of(sct.by, |instance| &instance.certificate_log);
        let time = time.saturating_mul(1_000).to_be_bytes();
        let extensions = prefixed(&sct.extensions);
        let length = precertificate.len().to_be_bytes();
        let length = length.last_chunk::<3>().map_or(&[][..], |length| length);
        // Version 1, certificate_timestamp; the time; precert_entry
        let signed: [&[u8]; 7] = [
            &[0, 0],
            &time,
            &[0, 1],
            issuer_id,
            length,
            precertificate,
            &extensions,
        ];
        let signature = prefixed(&key.sign(Hash::Sha256, &signed.concat()));
        let parts: [&[u8]; 6] = [
            &[0],
            &log,
            &time,
            &extensions,
            &[4, sct.signature_algorithm],
            &signature,
        ];
        parts.concat()
    }
}

/// An opaque vector of TLS with two bytes of length
fn prefixed(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes(), bytes].concat()
}
