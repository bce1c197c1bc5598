//! The body of an entry: which signature, by which key, over which content the log contains.
//!
//! Sources: the types of [Rekor](https://github.com/sigstore/rekor/tree/main/pkg/types) and the `CLIENTS.md` of
//! [rekor-tiles](https://github.com/sigstore/rekor-tiles).

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::{Entry, Kind};
use crate::crypto::{Hash, KeyKind};
use crate::decision::Code;
use crate::json::{Dialect, Path, Raw, Report, Value};
use crate::rejection::Rejection;
use crate::sigstore::proto;

/// A verified signature, which an entry has to be about
#[derive(Debug)]
pub(in crate::sigstore) struct SignedContent<'a> {
    pub(in crate::sigstore) content: SignedBytes<'a>,
    /// Payload and type of an envelope in DSSE's pre-authentication encoding; empty for a message
    pub(in crate::sigstore) pae: Vec<u8>,
    pub(in crate::sigstore) signature: &'a [u8],
    /// The certificate in DER
    pub(in crate::sigstore) certificate: &'a [u8],
    pub(in crate::sigstore) key: KeyKind,
    pub(in crate::sigstore) hash: Hash,
}

/// Content of a signature, as far as entries name it
#[derive(Debug)]
pub(in crate::sigstore) enum SignedBytes<'a> {
    Envelope {
        payload_type: &'a str,
        payload: &'a [u8],
    },
    /// The digest of the message by the hash of the signature
    Message(Vec<u8>),
}

const BODY: &Dialect = &proto::dialect(Code::SigstoreEntryInvalid);

impl Entry {
    /// Checks that the entry is about a signature. Signature, key and content are all compared: an entry that
    /// agrees in two of them is about something else.
    ///
    /// # Errors
    ///
    /// `sigstore-entry-unsupported`, `sigstore-entry-invalid`, `sigstore-entry-mismatch`
    pub(in crate::sigstore) fn check_body(
        &self,
        kind: Kind,
        signed: &SignedContent<'_>,
    ) -> Result<(), Rejection> {
        if kind == Kind::HashedRekordV0_0_2 {
            // The body is canonical, so it is compared as a whole.
            return match signed.hashed_rekord_v0_0_2() {
                Some(expected) if expected.as_bytes() == self.body => Ok(()),
                Some(_) => Err(mismatch("its signature, certificate or digest differs")),
                None => Err(mismatch("Rekor v2 logs no signatures by keys of this kind")),
            };
        }
        let body = Body::read(&self.body)?;
        if body.kind != self.kind || body.version != self.version {
            return Err(invalid("its body is of another kind or version"));
        }
        match (kind, &signed.content) {
            (Kind::HashedRekordV0_0_1, SignedBytes::Message(digest)) => {
                body.check_digest(signed.hash, digest)?;
                signed.check(&body.signature, &body.verifier)
            }
            (Kind::DsseV0_0_1, SignedBytes::Envelope { payload, .. }) => {
                body.check_digest(Hash::Sha256, &Hash::Sha256.digest(payload))?;
                body.check_count()?;
                signed.check(&body.signature, &body.verifier)
            }
            (
                Kind::IntotoV0_0_2,
                SignedBytes::Envelope {
                    payload,
                    payload_type,
                },
            ) => {
                body.check_digest(Hash::Sha256, &Hash::Sha256.digest(payload))?;
                if body.payload_type != *payload_type {
                    return Err(mismatch("its payload type differs"));
                }
                body.check_count()?;
                // Rekor encodes the signature, which is base64 already, once more.
                let signature = decode(&body.signature, "sig")?;
                let signature = String::from_utf8(signature).unwrap_or_default();
                signed.check(&signature, &body.verifier)
            }
            _ => Err(proto::rejection(
                Code::SigstoreEntryUnsupported,
                alloc::format!("{} for this kind of content", self.described()),
            )),
        }
    }
}

impl SignedContent<'_> {
    /// Writes the body of an entry of Rekor v2: JSON without blanks, its members sorted.
    fn hashed_rekord_v0_0_2(&self) -> Option<String> {
        let (algorithm, details) = match (self.key, self.hash) {
            (KeyKind::P256, Hash::Sha256) => ("SHA2_256", "PKIX_ECDSA_P256_SHA_256"),
            (KeyKind::P384, Hash::Sha384) => ("SHA2_384", "PKIX_ECDSA_P384_SHA_384"),
            (KeyKind::P521, Hash::Sha512) => ("SHA2_512", "PKIX_ECDSA_P521_SHA_512"),
            (KeyKind::Rsa(2048), Hash::Sha256) => ("SHA2_256", "PKIX_RSA_PKCS1V15_2048_SHA256"),
            (KeyKind::Rsa(3072), Hash::Sha256) => ("SHA2_256", "PKIX_RSA_PKCS1V15_3072_SHA256"),
            (KeyKind::Rsa(4096), Hash::Sha256) => ("SHA2_256", "PKIX_RSA_PKCS1V15_4096_SHA256"),
            _ => return None,
        };
        let digest = match &self.content {
            SignedBytes::Envelope { .. } => Cow::Owned(self.hash.digest(&self.pae)),
            SignedBytes::Message(digest) => Cow::Borrowed(digest),
        };
        Some(alloc::format!(
            concat!(
                r#"{{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{{"hashedRekordV002":"#,
                r#"{{"data":{{"algorithm":"{}","digest":"{}"}},"#,
                r#""signature":{{"content":"{}","verifier":"#,
                r#"{{"keyDetails":"{}","x509Certificate":{{"rawBytes":"{}"}}}}}}}}}}}}"#,
            ),
            algorithm,
            BASE64_STANDARD.encode(&*digest),
            BASE64_STANDARD.encode(self.signature),
            details,
            BASE64_STANDARD.encode(self.certificate),
        ))
    }

    /// Compares signature and verifier of an entry of Rekor v1, both in base64.
    fn check(&self, signature: &str, verifier: &str) -> Result<(), Rejection> {
        if decode(signature, "signature")? != self.signature {
            return Err(mismatch("its signature differs"));
        }
        let pem = decode(verifier, "verifier")?;
        let pem = core::str::from_utf8(&pem).ok().and_then(Pem::read);
        match pem.ok_or_else(|| invalid("its verifier is not one PEM block"))? {
            // Byte for byte: the log's key would not be enough, since other certificates may have the same key.
            Pem::Certificate(der) if der == self.certificate => Ok(()),
            Pem::Certificate(_) => Err(mismatch("its certificate differs")),
            Pem::PublicKey => Err(mismatch("it has a key instead of the certificate")),
        }
    }
}

/// Returns the kind and version that a body of Rekor v1 names.
///
/// # Errors
///
/// `sigstore-entry-invalid`
pub(super) fn kind(body: &[u8]) -> Result<(String, String), Rejection> {
    let Body { kind, version, .. } = Body::read(body)?;
    Ok((kind.into_owned(), version.into_owned()))
}

/// Returns the certificate in a PEM block, with nothing but white space around it.
pub(in crate::sigstore) fn pem_certificate(text: &str) -> Option<Vec<u8>> {
    match Pem::read(text)? {
        Pem::Certificate(der) => Some(der),
        Pem::PublicKey => None,
    }
}

/// The parts of a body of Rekor v1 that are compared; the others are skipped
#[derive(Debug, Default)]
struct Body<'a> {
    kind: Cow<'a, str>,
    version: Cow<'a, str>,
    hash: Cow<'a, str>,
    /// Hexadecimal
    digest: Cow<'a, str>,
    payload_type: Cow<'a, str>,
    signature: Cow<'a, str>,
    verifier: Cow<'a, str>,
    signatures: usize,
}

impl<'a> Body<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Rejection> {
        let text = core::str::from_utf8(bytes);
        let text = text.map_err(|_| invalid("its body is not UTF-8"))?;
        let (report, mut body) = (Report::default(), Self::default());
        Raw::new(text).read(BODY, Path::Root("body"), &report, |value| {
            value.object(|key, value| match key {
                "kind" => body.kind = proto::text(value),
                "apiVersion" => body.version = proto::text(value),
                "spec" => body.read_spec(value),
                _ => value.skim(),
            });
        });
        if report.is_empty() {
            Ok(body)
        } else {
            Err(invalid(proto::problems(report)))
        }
    }

    /// Reads the fields of all kinds: their names differ where their forms do.
    fn read_spec(&mut self, value: Value<'_, 'a>) {
        value.object(|key, value| match key {
            // hashedrekord
            "data" => {
                value.object(|key, value| match key {
                    "hash" => self.read_hash(value),
                    _ => value.skim(),
                });
            }
            "signature" => {
                value.object(|key, value| match key {
                    "content" => self.signature = proto::text(value),
                    "publicKey" => {
                        value.object(|key, value| match key {
                            "content" => self.verifier = proto::text(value),
                            _ => value.skim(),
                        });
                    }
                    _ => value.skim(),
                });
            }
            // dsse; `envelopeHash` covers a spelling of the envelope that is not kept
            "payloadHash" => self.read_hash(value),
            "signatures" => self.read_signatures(value, "signature", "verifier"),
            // intoto
            "content" => {
                value.object(|key, value| match key {
                    "payloadHash" => self.read_hash(value),
                    "envelope" => {
                        value.object(|key, value| match key {
                            "payloadType" => self.payload_type = proto::text(value),
                            "signatures" => self.read_signatures(value, "sig", "publicKey"),
                            _ => value.skim(),
                        });
                    }
                    _ => value.skim(),
                });
            }
            _ => value.skim(),
        });
    }

    fn read_hash(&mut self, value: Value<'_, 'a>) {
        value.object(|key, value| match key {
            "algorithm" => self.hash = proto::text(value),
            "value" => self.digest = proto::text(value),
            _ => value.skim(),
        });
    }

    fn read_signatures(&mut self, value: Value<'_, 'a>, signature: &str, verifier: &str) {
        value.list(|_, item| {
            self.signatures = self.signatures.saturating_add(1);
            item.object(|key, value| {
                if key == signature {
                    self.signature = proto::text(value);
                } else if key == verifier {
                    self.verifier = proto::text(value);
                } else {
                    value.skim();
                }
            });
        });
    }

    fn check_digest(&self, hash: Hash, digest: &[u8]) -> Result<(), Rejection> {
        let (name, length) = match &*self.hash {
            "sha256" => (Hash::Sha256, 64),
            "sha384" => (Hash::Sha384, 96),
            "sha512" => (Hash::Sha512, 128),
            _ => return Err(invalid("its hash algorithm is not supported")),
        };
        let is_hex = self.digest.bytes().all(|digit| digit.is_ascii_hexdigit());
        if !is_hex || self.digest.len() != length {
            return Err(invalid(
                "its digest is not hexadecimal, or not of its algorithm",
            ));
        }
        if name == hash && self.digest.eq_ignore_ascii_case(&proto::hex(digest)) {
            Ok(())
        } else {
            Err(mismatch("its digest differs"))
        }
    }

    /// With several signatures, the entry would not say which one was checked.
    fn check_count(&self) -> Result<(), Rejection> {
        match self.signatures {
            1 => Ok(()),
            count => Err(mismatch(alloc::format!("it has {count} signatures"))),
        }
    }
}

/// A PEM block (RFC 7468)
enum Pem {
    Certificate(Vec<u8>),
    PublicKey,
}

impl Pem {
    /// Reads one block, with nothing but white space around it.
    fn read(text: &str) -> Option<Self> {
        let block = |label: &str| {
            let inner = text
                .trim_ascii()
                .strip_prefix("-----BEGIN ")?
                .strip_prefix(label)?
                .strip_prefix("-----")?
                .strip_suffix("-----")?
                .strip_suffix(label)?
                .strip_suffix("-----END ")?;
            let is_line = inner.starts_with(['\r', '\n']) && inner.ends_with('\n');
            let joined: String = inner.split(['\r', '\n']).collect();
            BASE64_STANDARD.decode(joined).ok().filter(|_| is_line)
        };
        let certificate = block("CERTIFICATE").map(Self::Certificate);
        certificate.or_else(|| block("PUBLIC KEY").map(|_| Self::PublicKey))
    }
}

fn decode(text: &str, field: &str) -> Result<Vec<u8>, Rejection> {
    proto::decode(text).map_err(|error| invalid(alloc::format!("`{field}`: {error}")))
}

fn invalid(why: impl Into<String>) -> Rejection {
    proto::rejection(Code::SigstoreEntryInvalid, why)
}

fn mismatch(why: impl Into<String>) -> Rejection {
    proto::rejection(Code::SigstoreEntryMismatch, why)
}
