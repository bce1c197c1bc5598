//! A signature by an identity, and the bundle that proves it.

use core::fmt;

use serde_json::{Map, Value, json};

use crate::instance::{Instance, Whose};
use crate::key::{Hash, KeyKind, PrivateKey};
use crate::leaf::Leaf;
use crate::log::{About, Entry, Log, hex, pem};
use crate::token::Token;
use crate::{base64, unbase64};

/// Input of a bundle. [`Self::new`] makes a good one; every field may be changed.
#[derive(Debug, Clone)]
pub struct Signing {
    /// When it is signed, in seconds since 1970
    pub time: u64,
    /// Signed content
    pub content: Content,
    /// Hash of the content, if not that of the key's kind
    pub hash: Option<Hash>,
    /// Owner of the key that signs the content: the certificate's subject, or an impostor
    pub signer: Whose,
    /// The certificate
    pub leaf: Leaf,
    /// Verification material for the signer
    pub material: Material,
    /// Version of the bundle
    pub version: Version,
    /// Entries of transparency logs
    pub entries: Vec<Entry>,
    /// Signed timestamps
    pub tokens: Vec<Token>,
}

/// Signed content
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A DSSE envelope
    Envelope {
        /// `payloadType`
        payload_type: String,
        /// The payload itself
        payload: Vec<u8>,
    },
    /// A message by its digest, whose hash is that of the content
    Message(Vec<u8>),
}

/// Verification material for the signer
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Material {
    /// The certificate, as the version of the bundle has it
    #[default]
    Certificate,
    /// A hint of a bare key
    PublicKey,
}

/// Version of a bundle
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Version {
    /// 0.1
    V0_1,
    /// 0.2
    V0_2,
    /// 0.3
    #[default]
    V0_3,
}

/// A bundle with its parts. To change it further, change the JSON.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// The bundle
    pub document: Value,
    /// The certificate, in DER
    pub leaf: Vec<u8>,
    /// The key of the certificate, a `SubjectPublicKeyInfo`
    pub public_key: Vec<u8>,
    /// Signature of the content
    pub signature: Vec<u8>,
}

/// Signature that an entry describes
pub(crate) struct Subject<'s> {
    pub(crate) content: &'s Content,
    pub(crate) hash: Hash,
    /// Of the message, or of the envelope's pre-authentication encoding
    pub(crate) digest: Vec<u8>,
    pub(crate) signature: &'s [u8],
    /// Certificate or public key
    pub(crate) verifier: &'s [u8],
    pub(crate) is_certificate: bool,
    pub(crate) key: KeyKind,
}

impl Signing {
    /// A good signature, with an entry of Rekor v1
    #[must_use]
    pub fn new(subject: &str, issuer: &str, content: Content, time: u64) -> Self {
        Self {
            time,
            content,
            hash: None,
            signer: Whose::Own,
            leaf: Leaf::new(subject, issuer, time),
            material: Material::Certificate,
            version: Version::V0_3,
            entries: vec![Entry::new(Log::RekorV1)],
            tokens: Vec::new(),
        }
    }

    /// Logs in Rekor v2 instead, whose entries have no time, and adds a timestamp.
    #[must_use]
    pub fn in_rekor_v2(self) -> Self {
        Self {
            entries: vec![Entry::new(Log::RekorV2)],
            tokens: vec![Token::default()],
            ..self
        }
    }

    /// The member of the verification material that is about the signer
    fn material_of(&self, key: &PrivateKey, leaf: &[u8]) -> (&'static str, Value) {
        let certificate = json!({"rawBytes": base64(leaf)});
        match (self.material, self.version) {
            (Material::PublicKey, _) => ("publicKey", json!({"hint": base64(&key.id())})),
            (Material::Certificate, Version::V0_3) => ("certificate", certificate),
            (Material::Certificate, _) => {
                let chain = json!({"certificates": [certificate]});
                ("x509CertificateChain", chain)
            }
        }
    }
}

impl Content {
    /// An in-toto statement in an envelope
    #[must_use]
    pub fn statement(statement: &Value) -> Self {
        Self::Envelope {
            payload_type: "application/vnd.in-toto+json".to_owned(),
            payload: statement.to_string().into_bytes(),
        }
    }

    fn digest(&self, hash: Hash) -> Vec<u8> {
        match self {
            Self::Message(digest) => digest.clone(),
            Self::Envelope { .. } => hash.of(&self.encoded()),
        }
    }

    /// The DSSE pre-authentication encoding
    fn encoded(&self) -> Vec<u8> {
        match self {
            Self::Message(digest) => digest.clone(),
            Self::Envelope {
                payload_type,
                payload,
            } => {
                let (kind, length) = (payload_type.len(), payload.len());
                let head = format!("DSSEv1 {kind} {payload_type} {length} ");
                [head.as_bytes(), payload].concat()
            }
        }
    }

    fn sign(&self, key: &PrivateKey, hash: Hash) -> Vec<u8> {
        match self {
            Self::Message(digest) => key.sign_digest(digest),
            Self::Envelope { .. } => key.sign(hash, &self.encoded()),
        }
    }

    /// The member of the bundle with the content and its signature
    fn document(&self, hash: Hash, signature: &[u8]) -> (&'static str, Value) {
        let signature = base64(signature);
        match self {
            Self::Message(digest) => {
                let digest = json!({"algorithm": hash.name(), "digest": base64(digest)});
                let message = json!({"messageDigest": digest, "signature": signature});
                ("messageSignature", message)
            }
            Self::Envelope {
                payload_type,
                payload,
            } => {
                let envelope = json!({
                    "payload": base64(payload), "payloadType": payload_type,
                    "signatures": [{"sig": signature}],
                });
                ("dsseEnvelope", envelope)
            }
        }
    }

    fn of_another(&self) -> Self {
        match self {
            Self::Message(digest) => {
                let mut other = digest.clone();
                other.reverse();
                Self::Message(other)
            }
            Self::Envelope {
                payload_type,
                payload,
            } => Self::Envelope {
                payload_type: payload_type.clone(),
                payload: [payload, &b" "[..]].concat(),
            },
        }
    }
}

impl Instance {
    /// Signs, and has the signature logged and stamped.
    #[must_use]
    pub fn sign(&self, signing: &Signing) -> Bundle {
        let kind = signing.leaf.key;
        let name = format!("{} {:?} {}", self.domain, signing.leaf.names, signing.time);
        let key = PrivateKey::derive(kind, &name);
        let leaf = self.issue(&signing.leaf, &key);
        let hash = signing.hash.unwrap_or_else(|| kind.hash());
        let signer = match signing.signer {
            Whose::Own => key.clone(),
            _ => PrivateKey::derive(kind, &self.name("impostor")),
        };
        let signature = signing.content.sign(&signer, hash);
        let signed = Signed {
            key: &key,
            leaf: &leaf,
            signature: &signature,
            hash,
        };
        let entries = signing.entries.iter();
        let entries: Vec<_> = entries
            .map(|entry| self.log(entry, signing, signed))
            .collect();
        let tokens = signing.tokens.iter().map(|token| {
            let token = self.stamp(token, &signature, signing.time);
            json!({"signedTimestamp": base64(&token)})
        });
        let tokens: Vec<_> = tokens.collect();

        let (name, value) = signing.material_of(&key, &leaf);
        let mut material = Map::new();
        material.insert(name.to_owned(), value);
        material.insert("tlogEntries".to_owned(), entries.into());
        if !tokens.is_empty() {
            let tokens = json!({"rfc3161Timestamps": tokens});
            material.insert("timestampVerificationData".to_owned(), tokens);
        }
        let (name, value) = signing.content.document(hash, &signature);
        let document = json!({
            "mediaType": signing.version.media_type(), "verificationMaterial": material, name: value,
        });
        Bundle {
            document,
            leaf,
            public_key: key.public_key(),
            signature,
        }
    }

    /// An entry about a signature, or about what the entry says instead
    fn log(&self, entry: &Entry, signing: &Signing, signed: Signed<'_>) -> Value {
        let Signed {
            key,
            leaf,
            signature,
            hash,
        } = signed;
        let other_content = signing.content.of_another();
        let other_signature = other_content.sign(key, hash);
        let other_leaf = Leaf {
            not_after: signing.leaf.not_after.saturating_add(1),
            ..signing.leaf.clone()
        };
        let public_key = key.public_key();
        let other_certificate;
        let is_certificate = signing.material == Material::Certificate;
        let verifier = match entry.about {
            About::PublicKey => &public_key,
            _ if !is_certificate => &public_key,
            About::OtherCertificate => {
                other_certificate = self.issue(&other_leaf, key);
                &other_certificate
            }
            _ => leaf,
        };
        let (content, signature) = match entry.about {
            About::OtherContent => (&other_content, other_signature.as_slice()),
            About::OtherSignature => (&signing.content, other_signature.as_slice()),
            _ => (&signing.content, signature),
        };
        let subject = Subject {
            content,
            hash,
            digest: content.digest(hash),
            signature,
            verifier,
            is_certificate: is_certificate && entry.about != About::PublicKey,
            key: key.kind(),
        };
        self.entry(entry, &subject, signing.time)
    }
}

/// A signature with the certificate of its key
#[derive(Clone, Copy)]
struct Signed<'s> {
    key: &'s PrivateKey,
    leaf: &'s [u8],
    signature: &'s [u8],
    hash: Hash,
}

impl Version {
    const fn media_type(self) -> &'static str {
        match self {
            Self::V0_1 => "application/vnd.dev.sigstore.bundle+json;version=0.1",
            Self::V0_2 => "application/vnd.dev.sigstore.bundle+json;version=0.2",
            Self::V0_3 => "application/vnd.dev.sigstore.bundle.v0.3+json",
        }
    }
}

impl Bundle {
    /// The first entry, to be changed
    pub fn entry_mut(&mut self) -> Option<&mut Value> {
        self.document.pointer_mut(ENTRY)
    }

    /// The annotations of a signature in cosign's format before bundles: the certificate, the first entry if its log
    /// promised to include it, and the first timestamp.
    ///
    /// Source: [cosign's signatures](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md).
    #[must_use]
    pub fn annotations(&self) -> Map<String, Value> {
        let token = self.document.pointer(TOKEN);
        let token = token.map(|token| json!({"SignedRFC3161Timestamp": token}).to_string());
        let all = [
            ("certificate", Some(pem("CERTIFICATE", &self.leaf))),
            ("bundle", self.document.pointer(ENTRY).and_then(promise)),
            ("rfc3161timestamp", token),
        ];
        let all = all.into_iter();
        all.filter_map(|(name, text)| Some((format!("dev.sigstore.cosign/{name}"), text?.into())))
            .collect()
    }
}

/// The first entry
const ENTRY: &str = "/verificationMaterial/tlogEntries/0";
/// The first timestamp
const TOKEN: &str =
    "/verificationMaterial/timestampVerificationData/rfc3161Timestamps/0/signedTimestamp";

/// An entry with its promise, as cosign annotates them
fn promise(entry: &Value) -> Option<String> {
    let promise = entry.pointer("/inclusionPromise/signedEntryTimestamp")?;
    let number = |field: &str| entry.get(field)?.as_str()?.parse::<u64>().ok();
    let log_id = unbase64(entry.pointer("/logId/keyId")?.as_str()?)?;
    let payload = json!({
        "body": entry.get("canonicalizedBody"), "logID": hex(&log_id),
        "integratedTime": number("integratedTime"), "logIndex": number("logIndex"),
    });
    Some(json!({"SignedEntryTimestamp": promise, "Payload": payload}).to_string())
}

/// The bundle's JSON, on one line
impl fmt::Display for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.document.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: u64 = 1_772_366_400;

    fn signing() -> Signing {
        let content = Content::statement(&json!({"_type": "https://in-toto.io/Statement/v1"}));
        Signing::new(
            "https://ci.example/build",
            "https://issuer.example",
            content,
            TIME,
        )
    }

    /// Fixtures of other suites change with these bytes.
    #[test]
    fn the_same_input_gives_the_same_bytes() {
        let (first, second) = (Instance::new("a.example"), Instance::new("a.example"));
        let both = signing().in_rekor_v2();
        let both = Signing {
            entries: vec![Entry::new(Log::RekorV1), Entry::new(Log::RekorV2)],
            ..both
        };
        let text = first.sign(&both).to_string();
        assert_eq!(text, second.sign(&both).to_string());
        assert_eq!(first.trusted_root(), second.trusted_root());
        assert_ne!(text, Instance::new("b.example").sign(&both).to_string());
    }

    #[test]
    fn an_entry_contains_the_certificate_of_the_bundle() {
        let instance = Instance::new("a.example");
        for (version, place) in [
            (
                Version::V0_1,
                "/verificationMaterial/x509CertificateChain/certificates/0/rawBytes",
            ),
            (Version::V0_3, "/verificationMaterial/certificate/rawBytes"),
        ] {
            let bundle = instance.sign(&Signing {
                version,
                ..signing().in_rekor_v2()
            });
            let leaf = base64(&bundle.leaf);
            assert_eq!(bundle.document.pointer(place), Some(&json!(leaf)));
            let body =
                bundle.document["verificationMaterial"]["tlogEntries"][0]["canonicalizedBody"]
                    .as_str()
                    .map(|body| {
                        ::base64::Engine::decode(&::base64::engine::general_purpose::STANDARD, body)
                    });
            let body: Value = serde_json::from_slice(&body.unwrap().unwrap()).unwrap();
            let verifier = "/spec/hashedRekordV002/signature/verifier/x509Certificate/rawBytes";
            assert_eq!(body.pointer(verifier), Some(&json!(leaf)));
        }
    }

    #[test]
    fn a_tampered_signing_differs_only_where_it_is_tampered_with() {
        let instance = Instance::new("a.example");
        let good = instance.sign(&signing());
        let mut other = signing();
        other.entries[0].promise = crate::log::Promise::Impostor;
        let mut other = instance.sign(&other);
        assert_ne!(good.document, other.document);
        let promise =
            good.document["verificationMaterial"]["tlogEntries"][0]["inclusionPromise"].clone();
        other.entry_mut().unwrap()["inclusionPromise"] = promise;
        assert_eq!(good.document, other.document);
    }
}
