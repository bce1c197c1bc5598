//! Trusted roots: the keys and certificates of one Sigstore instance's services.
//!
//! Source: `sigstore_trustroot.proto` of [protobuf-specs](https://github.com/sigstore/protobuf-specs).

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Malformed;
use super::certificate::{Certificate, Purpose};
use super::moment::Moment;
use super::proto::{self, is_present};
use crate::crypto::{Hash, KeyKind, SubjectKey};
use crate::decision::Code;
use crate::json::{Dialect, Path, Problem, Raw, Report, Value};

/// A trusted root, of which every certificate is an anchor
///
/// The signatures between the certificates of a chain are not verified: the settings trust each of them by
/// itself, so a signature of one by another adds nothing. [`Self::broken_links`] verifies them, to find mistakes.
#[derive(Debug)]
pub struct TrustedRoot {
    /// Transparency logs (Rekor)
    pub(super) logs: Vec<Log>,
    /// Certificate transparency logs
    pub(super) ct_logs: Vec<Log>,
    /// Certificate authorities (Fulcio)
    pub(super) authorities: Vec<Authority>,
    /// Each begins with the certificate that signs timestamps
    pub(super) timestamp_authorities: Vec<Authority>,
}

/// A transparency log
#[derive(Debug)]
pub(super) struct Log {
    /// Operator, or the URL if the document names none
    pub(super) operator: String,
    /// URL, which may have no scheme
    url: String,
    id: Vec<u8>,
    checkpoint_id: Option<Vec<u8>>,
    /// `None` if the algorithm is not supported: then the log never matches
    pub(super) key: Option<LogKey>,
    pub(super) window: Window,
}

/// The key of a log and the hash with which it signs
#[derive(Debug)]
pub(super) struct LogKey {
    pub(super) key: SubjectKey,
    pub(super) hash: Hash,
    pub(super) spki: Vec<u8>,
}

/// An authority: its certificates in DER, each issued by the next
#[derive(Debug)]
pub(super) struct Authority {
    /// Operator, or the URI if the document names none
    pub(super) operator: String,
    chain: Vec<Vec<u8>>,
    window: Window,
}

/// The certificates of an authority, parsed
pub(super) struct Chain<'r> {
    window: Window,
    pub(super) certificates: Vec<Certificate<'r>>,
}

/// Period in which a key is trusted; both ends belong to it
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Window {
    start: Moment,
    end: Option<Moment>,
}

/// Maximum number of entries of each list
const MAX_ENTRIES: usize = 64;
/// Maximum number of certificates of one authority
const MAX_CHAIN: usize = 8;
/// Bytes of the key id of a note that a log's id has to have at least
const MIN_PREFIX: usize = 4;

const INVALID: Code = Code::SigstoreTrustedRootInvalid;
const ROOT: &Dialect = &proto::dialect(INVALID);

const MEDIA_TYPES: [&str; 3] = [
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
];

/// Values of `keyDetails` that are supported
#[rustfmt::skip]
const KEY_DETAILS: [(&str, KeyKind, Hash); 7] = [
    ("PKIX_ECDSA_P256_SHA_256", KeyKind::P256, Hash::Sha256),
    ("PKIX_ECDSA_P384_SHA_384", KeyKind::P384, Hash::Sha384),
    ("PKIX_ECDSA_P521_SHA_512", KeyKind::P521, Hash::Sha512),
    ("PKIX_ED25519", KeyKind::Ed25519, Hash::Sha512),
    ("PKIX_RSA_PKCS1V15_2048_SHA256", KeyKind::Rsa(2048), Hash::Sha256),
    ("PKIX_RSA_PKCS1V15_3072_SHA256", KeyKind::Rsa(3072), Hash::Sha256),
    ("PKIX_RSA_PKCS1V15_4096_SHA256", KeyKind::Rsa(4096), Hash::Sha256),
];

impl TrustedRoot {
    /// Parses a document.
    ///
    /// # Errors
    ///
    /// All problems, with the code `sigstore-trusted-root-invalid`.
    pub fn parse(text: &str) -> Result<Self, Vec<Problem>> {
        let report = Report::default();
        match Self::read(Raw::new(text), Path::Root(""), &report) {
            Some(root) if report.is_empty() => Ok(root),
            _ => Err(report.into_problems()),
        }
    }

    /// Reads a document at this path and reports problems. The result is usable only if there are none.
    pub(crate) fn read(document: Raw<'_>, path: Path<'_>, report: &Report) -> Option<Self> {
        let mut fields = Fields::default();
        let mut was_object = false;
        document.read(ROOT, path, report, |value| {
            was_object = value.object_unless_null(|key, value| fields.read_field(key, value));
        });
        if !was_object {
            return None;
        }
        if !fields.has_known_type {
            let expected = MEDIA_TYPES.join("`, `");
            let message =
                alloc::format!("expected the `mediaType` of a trusted root: `{expected}`");
            report.push(INVALID, path, message);
        }
        if fields.authorities.is_empty() {
            report.push(
                INVALID,
                path,
                "`certificateAuthorities` is empty, so no certificate is trusted",
            );
        }
        if fields.timestamp_authorities.is_empty() && !fields.logs.iter().any(Log::signs_times) {
            let message = "it has neither a timestamp authority nor a log with a P-256 key, so the time of a \
                           signature cannot be verified";
            report.push(INVALID, path, message);
        }
        Some(Self {
            logs: fields.logs,
            ct_logs: fields.ct_logs,
            authorities: fields.authorities,
            timestamp_authorities: fields.timestamp_authorities,
        })
    }

    /// Returns the number of operators of usable transparency logs.
    #[must_use]
    pub fn transparency_logs(&self) -> usize {
        operators(usable(&self.logs))
    }

    /// Returns the number of operators of usable certificate transparency logs.
    #[must_use]
    pub fn ct_logs(&self) -> usize {
        operators(usable(&self.ct_logs))
    }

    /// Returns the number of operators of timestamp authorities.
    #[must_use]
    pub fn timestamp_authorities(&self) -> usize {
        operators(self.timestamp_authorities.iter().map(|one| &*one.operator))
    }

    /// Whether a log signs the time at which it integrates an entry, as Rekor v1 does.
    #[must_use]
    pub fn has_integrated_times(&self) -> bool {
        self.logs.iter().any(Log::signs_times)
    }

    /// Verifies the signatures inside the chains, and returns the paths of certificates that the next one, or for
    /// the last one itself, has not signed.
    #[must_use]
    pub fn broken_links(&self) -> Vec<String> {
        let lists = [
            ("certificateAuthorities", &self.authorities),
            ("timestampAuthorities", &self.timestamp_authorities),
        ];
        let mut broken = Vec::new();
        for (list, authorities) in lists {
            for (index, authority) in authorities.iter().enumerate() {
                for place in authority.broken_links() {
                    broken.push(alloc::format!(
                        "{list}[{index}].certChain.certificates[{place}]"
                    ));
                }
            }
        }
        broken
    }

    /// Returns the paths of logs whose algorithm is not supported, which never match.
    #[must_use]
    pub fn unusable_logs(&self) -> Vec<String> {
        let lists = [("tlogs", &self.logs), ("ctlogs", &self.ct_logs)];
        let unusable = |(list, logs): (&str, &Vec<Log>)| {
            let logs = logs.iter().enumerate();
            let logs = logs.filter(|(_, log)| log.key.is_none());
            logs.map(|(index, _)| alloc::format!("{list}[{index}]"))
                .collect::<Vec<_>>()
        };
        lists.into_iter().flat_map(unusable).collect()
    }
}

fn usable(logs: &[Log]) -> impl Iterator<Item = &str> {
    let logs = logs.iter().filter(|log| log.key.is_some());
    logs.map(|log| &*log.operator)
}

fn operators<'o>(names: impl Iterator<Item = &'o str>) -> usize {
    crate::set(names).len()
}

/// The fields of a document
#[derive(Default)]
struct Fields {
    has_known_type: bool,
    logs: Vec<Log>,
    ct_logs: Vec<Log>,
    authorities: Vec<Authority>,
    timestamp_authorities: Vec<Authority>,
}

impl Fields {
    fn read_field(&mut self, key: &str, value: Value<'_, '_>) {
        match key {
            "mediaType" => {
                let media_type = value.text();
                self.has_known_type = media_type.is_some_and(|one| MEDIA_TYPES.contains(&&*one));
            }
            "tlogs" => self.logs = read_logs(value),
            "ctlogs" => self.ct_logs = read_logs(value),
            "certificateAuthorities" => {
                self.authorities = read_authorities(value, Purpose::CodeSigning);
            }
            "timestampAuthorities" => {
                self.timestamp_authorities = read_authorities(value, Purpose::TimeStamping);
            }
            _ => value.unknown(),
        }
    }
}

fn read_logs(value: Value<'_, '_>) -> Vec<Log> {
    let (path, report) = (value.path(), value.report());
    let mut logs: Vec<Log> = Vec::new();
    value.list_within(MAX_ENTRIES, |index, item| {
        let Some(log) = Log::read(item) else {
            return;
        };
        if logs
            .iter()
            .any(|other| other.id == log.id && other.window == log.window)
        {
            let message = "another log has the same id and `validFor`";
            report.push(INVALID, Path::Index(&path, index), message);
        }
        logs.push(log);
    });
    logs
}

fn read_authorities(value: Value<'_, '_>, purpose: Purpose) -> Vec<Authority> {
    let mut authorities = Vec::new();
    value.list_within(MAX_ENTRIES, |_, item| {
        authorities.extend(Authority::read(item, purpose));
    });
    authorities
}

impl Log {
    /// Whether it signs the time at which it integrates an entry, as Rekor v1 does.
    fn signs_times(&self) -> bool {
        let kind = self.key.as_ref().map(|key| key.key.kind());
        kind == Some(KeyKind::P256)
    }

    fn read(value: Value<'_, '_>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut url, mut operator, mut id) = (String::new(), String::new(), Vec::new());
        let (mut checkpoint_id, mut hash, mut key) = (None, None, None);
        value.object(|name, value| match name {
            "baseUrl" => url = proto::owned_text(value),
            "hashAlgorithm" => hash = value.text(),
            "publicKey" => key = Some(PublicKey::read(value)),
            "logId" => id = proto::sole_bytes(value, "keyId"),
            "checkpointKeyId" => {
                checkpoint_id = is_present(&value).then(|| proto::sole_bytes(value, "keyId"));
            }
            "operator" => operator = proto::owned_text(value),
            _ => value.unknown(),
        });
        let PublicKey {
            spki,
            details,
            window,
        } = key.unwrap_or_default();
        if window.is_none() {
            report.push(INVALID, path, "`publicKey.validFor.start` is required");
        }
        // Trees of other hashes are not supported, so such a log never matches.
        let is_sha256 = hash.is_none_or(|hash| hash == "SHA2_256");
        let known = KEY_DETAILS.iter().find(|(name, ..)| *name == details);
        let mut log_key = None;
        if let Some((_, kind, hash)) = known.filter(|_| is_sha256) {
            match SubjectKey::from_der(&spki) {
                Ok(key) if key.kind() == *kind => {
                    log_key = Some(LogKey {
                        key,
                        hash: *hash,
                        spki,
                    });
                }
                Ok(_) => {
                    let message =
                        "`publicKey.rawBytes` is a key of another algorithm than `keyDetails`";
                    report.push(INVALID, path, message);
                }
                Err(error) => {
                    report.push(
                        INVALID,
                        path,
                        alloc::format!("`publicKey.rawBytes`: {error}"),
                    );
                }
            }
            if id.len() != 32 {
                report.push(INVALID, path, "`logId.keyId` is not 32 bytes long");
            }
        }
        if operator.is_empty() {
            operator.clone_from(&url);
        }
        Some(Self {
            operator,
            url,
            id,
            checkpoint_id: checkpoint_id.filter(|id| !id.is_empty()),
            key: log_key,
            window: window?,
        })
    }

    /// Whether an entry or promise names this log. A log of an unsupported algorithm never matches.
    pub(super) fn has_id(&self, id: &[u8]) -> bool {
        self.key.is_some() && (self.id == id || self.checkpoint_id.as_deref() == Some(id))
    }

    /// Whether another entry of the document is this log with this key, in another period.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let spki = |log: &Self| log.key.as_ref().map(|key| key.spki.clone());
        self.id == other.id && spki(self) == spki(other)
    }

    /// Returns the id under which this log's key signs checkpoints of an origin (Rekor v2), or `None` if the log has
    /// another origin.
    pub(super) fn key_id(&self, key: &LogKey, origin: &str) -> Option<Vec<u8>> {
        let named = |parts: &[&[u8]]| {
            let id = Hash::Sha256.digest(&[&[origin.as_bytes(), b"\n"], parts].concat().concat());
            let is_prefix = |known: &[u8]| known.len() >= MIN_PREFIX && id.starts_with(known);
            let is_own =
                is_prefix(&self.id) || self.checkpoint_id.as_deref().is_some_and(is_prefix);
            is_own.then_some(id)
        };
        match key.key.kind() {
            // The id covers the origin.
            KeyKind::Ed25519 => named(&[&[1], key.spki.last_chunk::<32>()?]),
            KeyKind::Rsa(_) => named(&[&[0xff], b"PKIX-RSA-PKCS#1v1.5", &key.spki]),
            KeyKind::P256 | KeyKind::P384 | KeyKind::P521 => {
                self.is_at(origin).then(|| Hash::Sha256.digest(&key.spki))
            }
        }
    }

    /// Whether an origin is the host of the log's URL, with or without its port.
    fn is_at(&self, origin: &str) -> bool {
        let url = &*self.url;
        let url = url
            .strip_prefix("https://")
            .or_else(|| url.strip_prefix("http://"))
            .unwrap_or(url);
        let host = url.split('/').next().unwrap_or_default();
        let name = host.split(':').next().unwrap_or_default();
        !name.is_empty() && (origin == host || origin == name)
    }
}

/// `publicKey` of a log
#[derive(Default)]
struct PublicKey {
    spki: Vec<u8>,
    details: String,
    window: Option<Window>,
}

impl PublicKey {
    fn read(value: Value<'_, '_>) -> Self {
        let mut key = Self::default();
        value.object(|name, value| match name {
            "rawBytes" => key.spki = proto::bytes(value),
            "keyDetails" => key.details = proto::owned_text(value),
            "validFor" => key.window = Window::read(value),
            _ => value.unknown(),
        });
        key
    }
}

impl Authority {
    fn read(value: Value<'_, '_>, purpose: Purpose) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut uri, mut operator) = (String::new(), String::new());
        let (mut chain, mut window) = (Vec::new(), None);
        value.object(|key, value| match key {
            // The names in the certificates are not compared with it.
            "subject" => {
                value.object(|key, value| match key {
                    "organization" | "commonName" => drop(value.text()),
                    _ => value.unknown(),
                });
            }
            "uri" => uri = proto::owned_text(value),
            "certChain" => {
                value.object(|key, value| match key {
                    "certificates" => {
                        value.list_within(MAX_CHAIN, |_, item| {
                            chain.push(proto::sole_bytes(item, "rawBytes"));
                        });
                    }
                    _ => value.unknown(),
                });
            }
            "validFor" => window = Window::read(value),
            "operator" => operator = proto::owned_text(value),
            _ => value.unknown(),
        });
        if window.is_none() {
            report.push(INVALID, path, "`validFor.start` is required");
        }
        check_chain(&chain, purpose, path, report);
        if operator.is_empty() {
            operator = uri;
        }
        Some(Self {
            operator,
            chain,
            window: window?,
        })
    }

    /// Parses the certificates.
    pub(super) fn parsed(&self) -> Chain<'_> {
        // INVARIANT: each was parsed when the root was read.
        let certificates = self.chain.iter().map(|der| Certificate::read(der));
        Chain {
            window: self.window,
            certificates: certificates.filter_map(Result::ok).collect(),
        }
    }

    fn broken_links(&self) -> Vec<usize> {
        let certificates = self.parsed().certificates;
        let is_broken = |(place, certificate): (usize, &Certificate<'_>)| {
            let next = certificates.get(place.saturating_add(1));
            let is_self_issued = certificate.issuer() == certificate.subject();
            let issuer = next.or_else(|| is_self_issued.then_some(certificate))?;
            let key = SubjectKey::from_der(issuer.spki());
            let is_signed = key.is_ok_and(|key| certificate.is_signed_by(&key).is_ok());
            (!is_signed).then_some(place)
        };
        certificates
            .iter()
            .enumerate()
            .filter_map(is_broken)
            .collect()
    }
}

impl Chain<'_> {
    /// Whether the authority, and its certificates from one of them up, are valid at a time.
    pub(super) fn is_valid_at(&self, moment: Moment, from: usize) -> bool {
        let mut certificates = self.certificates.iter().skip(from);
        self.window.contains(moment) && certificates.all(|one| one.is_valid_at(moment))
    }
}

/// Checks the certificates of an authority, but not their signatures.
fn check_chain(chain: &[Vec<u8>], purpose: Purpose, path: Path<'_>, report: &Report) {
    let refuse = |index: usize, problem: &Malformed| {
        let message = alloc::format!("`certChain.certificates[{index}]`: {problem}");
        report.push(INVALID, path, message);
    };
    if chain.is_empty() {
        report.push(INVALID, path, "`certChain.certificates` is empty");
    }
    let mut below: Option<Certificate<'_>> = None;
    for (index, der) in chain.iter().enumerate() {
        let certificate = match Certificate::read(der) {
            Ok(certificate) => certificate,
            Err(problem) => {
                refuse(index, &problem);
                below = None;
                continue;
            }
        };
        let checked = match (purpose, index.checked_sub(1)) {
            (Purpose::CodeSigning, _) => certificate.check_authority(purpose, index),
            // Its extended key usage is checked with each timestamp.
            (Purpose::TimeStamping, None) => certificate.check_end_entity(),
            (Purpose::TimeStamping, Some(authorities)) => {
                certificate.check_authority(purpose, authorities)
            }
        };
        if let Err(problem) = checked {
            refuse(index, &problem);
        }
        if below.is_some_and(|below| !below.names_issuer(&certificate)) {
            refuse(
                index,
                &Malformed::new("is not the issuer of the certificate before it"),
            );
        }
        below = Some(certificate);
    }
}

impl Window {
    fn read(value: Value<'_, '_>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut start, mut end) = (None, None);
        value.object(|key, value| match key {
            "start" => start = read_moment(value),
            "end" => end = read_moment(value),
            _ => value.unknown(),
        });
        let window = Self { start: start?, end };
        if end.is_some_and(|end| end < window.start) {
            report.push(INVALID, path, "it ends before it starts");
        }
        Some(window)
    }

    pub(super) fn contains(&self, moment: Moment) -> bool {
        self.start <= moment && self.end.is_none_or(|end| moment <= end)
    }
}

fn read_moment(value: Value<'_, '_>) -> Option<Moment> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    Moment::parse(&text)
        .map_err(|error| report.push(INVALID, path, error.to_string()))
        .ok()
}

#[cfg(test)]
mod tests;
