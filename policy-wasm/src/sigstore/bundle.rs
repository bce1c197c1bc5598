//! Bundles: a signed payload or digest, and the material to verify its signature without a network.
//!
//! Source: `sigstore_bundle.proto` and `sigstore_common.proto` of
//! [protobuf-specs](https://github.com/sigstore/protobuf-specs), as ProtoJSON. Fields that the format does not
//! have are errors. The media type is not signed, so it selects only which fields may occur; what has to be
//! verified depends on the settings.

use alloc::borrow::Cow;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::entry::Entry;
use super::identity::Identity;
use super::proto::{self, is_present, rejection};
use super::verdicts::Verdicts;
use crate::Budget;
use crate::decision::Code;
use crate::json::{Dialect, Path, Raw, Report, Value};
use crate::rejection::Rejection;

/// A bundle, decoded and not verified
///
/// It owns its parts: bundles come from base64 and from answers of the host as well as from the call itself.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bundle {
    pub(crate) content: Content,
    /// The signature over the content, made by the key of the certificate or by the key itself
    pub(crate) signature: Vec<u8>,
    pub(crate) verifier: Verifier,
    /// INVARIANT: at most [`MAX_ENTRIES`], and none of them twice
    pub(super) entries: Vec<Entry>,
    /// Time-stamp responses (RFC 3161) in DER; at most [`MAX_TOKENS`]
    pub(super) tokens: Vec<Vec<u8>>,
    pub(super) verdicts: Verdicts,
}

/// Signed content of a bundle
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Content {
    /// A DSSE envelope: the payload and its type are signed
    Envelope {
        payload_type: String,
        payload: Vec<u8>,
    },
    /// A message, which the bundle does not contain, with its digest and the name of its algorithm. The digest is
    /// a hint, which is not signed.
    Message(Option<(String, Vec<u8>)>),
}

/// Key or certificate that verifies the signature over the content
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Verifier {
    /// The signing certificate in DER
    Certificate(Vec<u8>),
    /// A key of the signer. The hint in the bundle selects nothing: every key of the signer is tried.
    Key,
}

/// Why a text is not used as a bundle
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    Rejected(Rejection),
    /// Exceeds a limit of the request: the name of the limited thing, and the limit
    Excessive(&'static str, usize),
}

impl From<Rejection> for Unreadable {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

/// Maximum number of log entries. Bundles have one; sigstore-go allows 32.
const MAX_ENTRIES: usize = 8;
/// Maximum number of timestamps. Bundles have one; sigstore-go allows 32.
const MAX_TOKENS: usize = 8;
/// Maximum number of certificates in a chain
const MAX_CHAIN: usize = 8;
/// Maximum number of signatures in an envelope, of which all but one are an error
const MAX_SIGNATURES: usize = 16;

const BUNDLE: &Dialect = &proto::dialect(Code::SigstoreBundleInvalid);

/// A version of the format
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Version {
    V0_1,
    V0_2,
    V0_3,
}

/// Media types of the versions, compared as bytes
#[rustfmt::skip]
const MEDIA_TYPES: [(&str, Version); 4] = [
    ("application/vnd.dev.sigstore.bundle+json;version=0.1", Version::V0_1),
    ("application/vnd.dev.sigstore.bundle+json;version=0.2", Version::V0_2),
    ("application/vnd.dev.sigstore.bundle+json;version=0.3", Version::V0_3),
    ("application/vnd.dev.sigstore.bundle.v0.3+json", Version::V0_3),
];

impl Bundle {
    /// Reads a bundle and checks its shape, without verifying anything.
    ///
    /// # Errors
    ///
    /// `sigstore-bundle-version`, `sigstore-bundle-invalid`, `sigstore-inclusion-proof-missing`, or a payload
    /// above the limit of the request.
    #[cfg(test)]
    pub(super) fn read(raw: Raw<'_>, budget: &Budget) -> Result<Self, Unreadable> {
        Self::read_beside(None, raw, budget)
    }

    /// Like [`Self::read`], for a bundle to which its store adds a field, which is not used.
    pub(crate) fn read_beside(
        field: Option<&str>,
        raw: Raw<'_>,
        budget: &Budget,
    ) -> Result<Self, Unreadable> {
        let (report, mut fields) = (Report::default(), Fields::default());
        raw.read(BUNDLE, Path::Root(""), &report, |value| {
            value.object(|key, value| {
                if field != Some(key) {
                    fields.read_field(key, value, budget);
                }
            });
        });
        let media_type = fields.media_type.take();
        let known = MEDIA_TYPES
            .iter()
            .find(|(name, _)| media_type.as_deref() == Some(name));
        match (known, media_type) {
            // Fields of a newer version are no fault of the bundle.
            (None, Some(media_type)) => {
                let why = alloc::format!("it is {}", crate::quote(&media_type));
                Err(rejection(Code::SigstoreBundleVersion, why).into())
            }
            (_, _) if !report.is_empty() => Err(invalid(proto::problems(report)).into()),
            (None, None) => Err(rejection(Code::SigstoreBundleVersion, "it has none").into()),
            (Some((_, version)), _) => fields.into_bundle(*version, budget),
        }
    }
}

/// The fields of a bundle
#[derive(Debug, Default)]
struct Fields<'a> {
    media_type: Option<Cow<'a, str>>,
    has_key: bool,
    chain: Option<Vec<Vec<u8>>>,
    certificate: Option<Vec<u8>>,
    entries: Vec<Entry>,
    tokens: Vec<Vec<u8>>,
    message: Option<MessageSignature>,
    envelope: Option<Envelope<'a>>,
}

impl<'a> Fields<'a> {
    fn read_field(&mut self, key: &str, value: Value<'_, 'a>, budget: &Budget) {
        match key {
            "mediaType" => self.media_type = value.text(),
            "verificationMaterial" => {
                value.object(|key, value| self.read_material(key, value, budget));
            }
            "messageSignature" => {
                if is_present(&value) {
                    self.message = Some(MessageSignature::read(value));
                }
            }
            "dsseEnvelope" => {
                if is_present(&value) {
                    self.envelope = Some(Envelope::read(value));
                }
            }
            _ => value.unknown(),
        }
    }

    fn read_material(&mut self, key: &str, value: Value<'_, 'a>, budget: &Budget) {
        match key {
            "publicKey" => {
                self.has_key = is_present(&value);
                value.object(|key, value| match key {
                    "hint" => drop(value.text()),
                    _ => value.unknown(),
                });
            }
            "x509CertificateChain" => {
                if is_present(&value) {
                    self.chain = Some(read_list(value, "certificates", MAX_CHAIN, "rawBytes"));
                }
            }
            "certificate" => {
                if is_present(&value) {
                    self.certificate = Some(proto::sole_bytes(value, "rawBytes"));
                }
            }
            "tlogEntries" => {
                value.list_within(MAX_ENTRIES, |_, item| {
                    self.entries.push(Entry::read(item, budget));
                });
            }
            "timestampVerificationData" => {
                self.tokens = read_list(value, "rfc3161Timestamps", MAX_TOKENS, "signedTimestamp");
            }
            _ => value.unknown(),
        }
    }

    /// Checks the shape that a version demands.
    fn into_bundle(self, version: Version, budget: &Budget) -> Result<Bundle, Unreadable> {
        check_entries(&self.entries, version)?;
        let (content, signature) = match (self.envelope, self.message) {
            (Some(envelope), None) => envelope.decode(budget)?,
            (None, Some(message)) => (Content::Message(message.digest), message.signature),
            _ => {
                return Err(invalid("expected one of `messageSignature`, `dsseEnvelope`").into());
            }
        };
        if signature.is_empty() {
            return Err(invalid("it has no signature").into());
        }
        Ok(Bundle {
            content,
            signature,
            verifier: verifier(self.has_key, self.chain, self.certificate, version)?,
            entries: self.entries,
            tokens: self.tokens,
            verdicts: Verdicts::default(),
        })
    }
}

impl Bundle {
    /// Whether the certificate is for one of these identities. It is not verified.
    pub(crate) fn names_one_of<'i, 'a: 'i>(
        &self,
        identities: impl IntoIterator<Item = &'i Rc<Identity<'a>>>,
    ) -> bool {
        let Verifier::Certificate(der) = &self.verifier else {
            return false;
        };
        let holder = self.verdicts.holder(der);
        holder.is_ok_and(|holder| holder.is_one_of(identities))
    }
}

/// Reads an object with one field, a list of objects with one field each, of bytes.
fn read_list(value: Value<'_, '_>, list: &str, limit: usize, field: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    value.object(|key, value| {
        if key == list {
            value.list_within(limit, |_, item| found.push(proto::sole_bytes(item, field)));
        } else {
            value.unknown();
        }
    });
    found
}

fn verifier(
    has_key: bool,
    chain: Option<Vec<Vec<u8>>>,
    certificate: Option<Vec<u8>>,
    version: Version,
) -> Result<Verifier, Rejection> {
    match (has_key, chain, certificate) {
        (true, None, None) => Ok(Verifier::Key),
        (false, Some(_), None) if version >= Version::V0_3 => Err(invalid(
            "version 0.3 has no `x509CertificateChain`; cosign writes one for a certificate of your own: \
             add its chain to the trusted root and use `cosign bundle upgrade`",
        )),
        // The rest of the chain is not used: no certificate of a bundle is trusted.
        (false, Some(chain), None) => match chain.into_iter().next() {
            Some(leaf) => Ok(Verifier::Certificate(leaf)),
            None => Err(invalid("its certificate chain is empty")),
        },
        (false, None, Some(_)) if version < Version::V0_3 => {
            Err(invalid("only version 0.3 has a single `certificate`"))
        }
        (false, None, Some(certificate)) => Ok(Verifier::Certificate(certificate)),
        _ => Err(invalid(
            "expected one of `publicKey`, `x509CertificateChain`, `certificate`",
        )),
    }
}

fn check_entries(entries: &[Entry], version: Version) -> Result<(), Rejection> {
    for (index, entry) in entries.iter().enumerate() {
        // Any number of copies would be verified, each like the entry itself.
        if entries.iter().take(index).any(|other| other.is_same(entry)) {
            return Err(invalid("two log entries are the same entry of one log"));
        }
        if entry.body.is_empty() {
            return Err(invalid("a log entry has no `canonicalizedBody`"));
        }
        match version {
            Version::V0_1 if entry.promise.is_none() => {
                return Err(invalid(
                    "version 0.1 requires an `inclusionPromise` in each log entry",
                ));
            }
            Version::V0_2 | Version::V0_3 if entry.proof.is_none() => {
                let why = "versions 0.2 and 0.3 require one in each log entry";
                return Err(rejection(Code::SigstoreInclusionProofMissing, why));
            }
            Version::V0_1 | Version::V0_2 | Version::V0_3 => {}
        }
    }
    Ok(())
}

#[derive(Debug, Default)]
struct MessageSignature {
    digest: Option<(String, Vec<u8>)>,
    signature: Vec<u8>,
}

impl MessageSignature {
    fn read(value: Value<'_, '_>) -> Self {
        let mut message = Self::default();
        value.object(|key, value| match key {
            "messageDigest" => {
                let (mut algorithm, mut digest) = (None, None);
                value.object(|key, value| match key {
                    "algorithm" => algorithm = value.text(),
                    "digest" => digest = is_present(&value).then(|| proto::bytes(value)),
                    _ => value.unknown(),
                });
                let algorithm = algorithm.unwrap_or_default().to_string();
                message.digest = digest.map(|digest| (algorithm, digest));
            }
            "signature" => message.signature = proto::bytes(value),
            _ => value.unknown(),
        });
        message
    }
}

#[derive(Debug, Default)]
struct Envelope<'a> {
    payload: Cow<'a, str>,
    payload_type: Cow<'a, str>,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Envelope<'a> {
    fn read(value: Value<'_, 'a>) -> Self {
        let mut envelope = Self::default();
        value.object(|key, value| match key {
            "payload" => envelope.payload = proto::text(value),
            "payloadType" => envelope.payload_type = proto::text(value),
            "signatures" => {
                value.list_within(MAX_SIGNATURES, |_, item| {
                    let mut signature = Vec::new();
                    item.object(|key, value| match key {
                        "sig" => signature = proto::bytes(value),
                        // protobuf-specs asks for the hint of the key, and most clients leave it empty.
                        "keyid" => drop(value.text()),
                        _ => value.unknown(),
                    });
                    envelope.signatures.push(signature);
                });
            }
            _ => value.unknown(),
        });
        envelope
    }

    /// Returns the content and its signature.
    fn decode(self, budget: &Budget) -> Result<(Content, Vec<u8>), Unreadable> {
        let count = self.signatures.len();
        // A bundle has one signer (protobuf-specs): of two signatures, the log may contain only the other one.
        let Ok([signature]) = <[_; 1]>::try_from(self.signatures) else {
            let why = alloc::format!("expected one signature in `dsseEnvelope`, got {count}");
            return Err(invalid(why).into());
        };
        let limit = budget.payload_bytes;
        if self.payload.len() / 4 > limit / 3 {
            return Err(Unreadable::Excessive("bytes in one payload", limit));
        }
        let payload = proto::decode(&self.payload);
        let payload =
            payload.map_err(|error| invalid(alloc::format!("dsseEnvelope.payload: {error}")))?;
        let content = Content::Envelope {
            payload_type: self.payload_type.into_owned(),
            payload,
        };
        Ok((content, signature))
    }
}

fn invalid(why: impl Into<String>) -> Rejection {
    rejection(Code::SigstoreBundleInvalid, why)
}
