//! The parties of an instance, and the trusted root that names them.

use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::base64;
use crate::certificate::{
    CERTIFICATE_SIGNING, CODE_SIGNING, DIGITAL_SIGNATURE, Extension, TIME_STAMPING, Template,
    distinguished_name,
};
use crate::key::{Hash, KeyKind, PrivateKey};

/// 2000-01-01, from when everything of an instance is valid
pub const BEGIN: u64 = 946_684_800;
/// 2099-12-31, the last second
pub const END: u64 = 4_102_444_799;

/// A Sigstore instance: certificate authority, CT log, transparency logs and timestamp authorities
#[derive(Debug)]
pub struct Instance {
    pub(crate) domain: String,
    /// Anchor of the certificate authority
    pub root: Authority,
    /// Issuer of leaves, below [`Self::root`]
    pub intermediate: Authority,
    /// Anchor of both timestamp authorities
    pub timestamp_root: Authority,
    /// Signs tokens with P-384, as the public instance does
    pub timestamp_p384: Authority,
    /// Signs tokens with P-256
    pub timestamp_p256: Authority,
    /// Log of certificates
    pub certificate_log: PrivateKey,
    /// Log of signatures that signs promises
    pub rekor_v1: PrivateKey,
    /// Log of signatures that signs checkpoints only
    pub rekor_v2: PrivateKey,
    stranger: OnceLock<Box<Self>>,
}

/// A certificate with its key
#[derive(Debug, Clone)]
pub struct Authority {
    /// The private key
    pub key: PrivateKey,
    /// Template of the certificate
    pub template: Template,
    /// The certificate, in DER
    pub certificate: Vec<u8>,
}

/// Owner of a key that signs
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Whose {
    /// The instance's own
    #[default]
    Own,
    /// Another, under the name and the id of the instance's own
    Impostor,
    /// That of another instance, under its own name and id
    Stranger,
}

impl Instance {
    /// The instance of a domain; another domain has other keys.
    #[must_use]
    pub fn new(domain: &str) -> Self {
        let maker = Maker { domain };
        let root = maker.anchor("root", 1);
        let intermediate = maker.authority("intermediate", 2, &root);
        let timestamp_root = maker.anchor("timestamp root", 3);
        let timestamp = |name, serial, kind| maker.timestamp(name, serial, kind, &timestamp_root);
        Self {
            domain: domain.to_owned(),
            timestamp_p384: timestamp("timestamp", 4, KeyKind::P384),
            timestamp_p256: timestamp("timestamp-p256", 5, KeyKind::P256),
            certificate_log: maker.key(KeyKind::P256, "certificate log"),
            rekor_v1: maker.key(KeyKind::P256, "rekor v1"),
            rekor_v2: maker.key(KeyKind::Ed25519, "rekor v2"),
            stranger: OnceLock::new(),
            root,
            intermediate,
            timestamp_root,
        }
    }

    /// The instance that [`Whose::Stranger`] means
    #[must_use]
    pub fn stranger(&self) -> &Self {
        self.stranger
            .get_or_init(|| Box::new(Self::new(&format!("stranger.{}", self.domain))))
    }

    /// Trusted root in the version 0.1, which all clients read. To change it, change the JSON.
    #[must_use]
    pub fn trusted_root(&self) -> Value {
        let valid = || json!({"start": "2000-01-01T00:00:00Z"});
        let log = |name: &str, key: &PrivateKey, id: &[u8]| {
            json!({
                "baseUrl": self.url(name), "hashAlgorithm": "SHA2_256",
                "publicKey": {
                    "rawBytes": base64(&key.public_key()), "keyDetails": key.kind().details(),
                    "validFor": valid(),
                },
                "logId": {"keyId": base64(id)},
            })
        };
        let authority = |name: &str, chain: [&Authority; 2]| {
            let certificates = chain.map(|one| json!({"rawBytes": base64(&one.certificate)}));
            json!({
                "subject": {"organization": self.domain, "commonName": name},
                "uri": self.url(name), "certChain": {"certificates": certificates},
                "validFor": valid(),
            })
        };
        json!({
            "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "tlogs": [
                log("rekor", &self.rekor_v1, &self.rekor_v1.id()),
                log("rekor-v2", &self.rekor_v2, &self.rekor_v2_id()),
            ],
            "certificateAuthorities": [authority("fulcio", [&self.intermediate, &self.root])],
            "ctlogs": [log("ct", &self.certificate_log, &self.certificate_log.id())],
            "timestampAuthorities": [
                authority("timestamp", [&self.timestamp_p384, &self.timestamp_root]),
                authority("timestamp-p256", [&self.timestamp_p256, &self.timestamp_root]),
            ],
        })
    }

    /// Origin of the checkpoints of Rekor v2
    #[must_use]
    pub fn rekor_v2_origin(&self) -> String {
        format!("rekor-v2.{}", self.domain)
    }

    /// Key id of the checkpoints of Rekor v2 ([C2SP signed-note])
    ///
    /// [C2SP signed-note]: https://github.com/C2SP/C2SP/blob/main/signed-note.md
    pub(crate) fn rekor_v2_id(&self) -> Vec<u8> {
        let key = self.rekor_v2.public_key();
        // An Ed25519 key is the last 32 bytes of its SubjectPublicKeyInfo.
        let key = key.last_chunk::<32>().map_or(&[][..], |key| key);
        let named = [self.rekor_v2_origin().as_bytes(), b"\n\x01", key].concat();
        Hash::Sha256.of(&named)
    }

    /// The instance by whose name and id something goes
    pub(crate) fn named(&self, whose: Whose) -> &Self {
        match whose {
            Whose::Own | Whose::Impostor => self,
            Whose::Stranger => self.stranger(),
        }
    }

    /// The key that signs in place of one of the instance's
    pub(crate) fn key_of(&self, whose: Whose, key: impl Fn(&Self) -> &PrivateKey) -> PrivateKey {
        match whose {
            Whose::Own => key(self).clone(),
            Whose::Impostor => PrivateKey::derive(key(self).kind(), &self.name("impostor")),
            Whose::Stranger => key(self.stranger()).clone(),
        }
    }

    /// A name that only this instance uses
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{} {name}", self.domain)
    }

    fn url(&self, name: &str) -> String {
        format!("https://{name}.{}", self.domain)
    }
}

impl Authority {
    /// Signs a template with the key of its issuer.
    #[must_use]
    pub fn new(key: PrivateKey, template: Template, issuer: &PrivateKey) -> Self {
        Self {
            certificate: template.sign(issuer),
            key,
            template,
        }
    }
}

/// Makes the parties of a domain
#[derive(Clone, Copy)]
struct Maker<'d> {
    domain: &'d str,
}

impl Maker<'_> {
    fn key(self, kind: KeyKind, name: &str) -> PrivateKey {
        PrivateKey::derive(kind, &format!("{} {name}", self.domain))
    }

    fn anchor(self, name: &str, serial: u8) -> Authority {
        let key = self.key(KeyKind::P384, name);
        let subject = distinguished_name(self.domain, name);
        let extensions = vec![
            Extension::key_usage(CERTIFICATE_SIGNING),
            Extension::basic_constraints(true, None),
            Extension::subject_key_identifier(&key),
        ];
        let template = template(&key, serial, (subject.clone(), subject), extensions);
        let issuer = key.clone();
        Authority::new(key, template, &issuer)
    }

    fn authority(self, name: &str, serial: u8, root: &Authority) -> Authority {
        let key = self.key(KeyKind::P384, name);
        let constraints = Extension::basic_constraints(true, Some(0));
        let usage = Extension::extended_key_usage(&[CODE_SIGNING]);
        let extensions = vec![
            Extension::key_usage(CERTIFICATE_SIGNING),
            usage,
            constraints,
        ];
        self.below(root, name, serial, key, extensions)
    }

    fn timestamp(self, name: &str, serial: u8, kind: KeyKind, root: &Authority) -> Authority {
        let key = self.key(kind, name);
        let usage = Extension::extended_key_usage(&[TIME_STAMPING]);
        let usage = Extension::critical(usage.oid, usage.value);
        let extensions = vec![Extension::key_usage(DIGITAL_SIGNATURE), usage];
        self.below(root, name, serial, key, extensions)
    }

    /// A certificate that an anchor issues
    fn below(
        self,
        root: &Authority,
        name: &str,
        serial: u8,
        key: PrivateKey,
        mut extensions: Vec<Extension>,
    ) -> Authority {
        extensions.push(Extension::subject_key_identifier(&key));
        let issuer = root.key.key_identifier();
        extensions.push(Extension::authority_key_identifier(&issuer));
        let names = (
            distinguished_name(self.domain, name),
            root.template.subject.clone(),
        );
        let template = template(&key, serial, names, extensions);
        Authority::new(key, template, &root.key)
    }
}

fn template(
    key: &PrivateKey,
    serial: u8,
    (subject, issuer): (Vec<u8>, Vec<u8>),
    extensions: Vec<Extension>,
) -> Template {
    Template {
        subject,
        issuer,
        serial: vec![serial],
        not_before: BEGIN,
        not_after: END,
        public_key: key.public_key(),
        extensions,
        hash: Hash::Sha384,
    }
}
