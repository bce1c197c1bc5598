//! Signatures in cosign's format before bundles, which is equivalent to bundles of version 0.1: the certificate, the
//! log's promise and a timestamp are annotations of the signature's layer.
//!
//! Source: cosign's [SIGNATURE_SPEC.md](https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md).

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::bundle::{Bundle, Content, Verifier};
use super::entry::{self, Entry};
use super::proto::{self, rejection};
use super::verdicts::Verdicts;
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Dialect, Path, Raw, Report, Value};
use crate::rejection::Rejection;

/// Annotation with the signing certificate in PEM
pub(crate) const CERTIFICATE: &str = "dev.sigstore.cosign/certificate";
/// Annotation with a log entry and the log's promise to include it
pub(crate) const BUNDLE: &str = "dev.sigstore.cosign/bundle";
/// Annotation with a timestamp (RFC 3161)
pub(crate) const TIMESTAMP: &str = "dev.sigstore.cosign/rfc3161timestamp";

/// The annotations of one layer, unparsed. `dev.sigstore.cosign/chain` is not used.
#[derive(Debug, Default)]
pub(crate) struct Annotations<'a> {
    pub(crate) certificate: Cow<'a, str>,
    pub(crate) bundle: Option<Cow<'a, str>>,
    pub(crate) timestamp: Option<Cow<'a, str>>,
}

const ANNOTATION: &Dialect = &proto::dialect(Code::SigstoreBundleInvalid);

impl Annotations<'_> {
    /// Returns the bundle, whose signature is over the payload of the layer itself.
    ///
    /// # Errors
    ///
    /// `sigstore-bundle-invalid`, or `sigstore-entry-invalid` for the body of the entry.
    pub(crate) fn into_bundle(self, signature: Vec<u8>) -> Result<Bundle, Rejection> {
        let certificate = entry::pem_certificate(&self.certificate);
        let certificate = certificate.ok_or_else(|| {
            rejection(
                Code::SigstoreBundleInvalid,
                alloc::format!("`{CERTIFICATE}` is not one certificate in PEM"),
            )
        })?;
        let entry = self.bundle.as_deref().map(read_entry).transpose()?;
        let token = self.timestamp.as_deref().map(read_timestamp).transpose()?;
        Ok(Bundle {
            content: Content::Message(None),
            signature,
            verifier: Verifier::Certificate(certificate),
            entries: entry.into_iter().collect(),
            tokens: token.into_iter().collect(),
            verdicts: Verdicts::default(),
        })
    }
}

fn read_entry(text: &str) -> Result<Entry, Rejection> {
    let mut promise = Vec::new();
    let (mut body, mut integrated_time, mut index, mut log_id) = (Vec::new(), 0, 0, None);
    read(text, BUNDLE, |key, value| match key {
        "SignedEntryTimestamp" => promise = proto::bytes(value),
        "Payload" => {
            value.object(|key, value| match key {
                "body" => body = proto::bytes(value),
                "integratedTime" => integrated_time = proto::int64(value),
                "logIndex" => index = proto::int64(value),
                "logID" => log_id = value.text().and_then(|id| Digest::from_hex(&id).ok()),
                _ => value.unknown(),
            });
        }
        _ => value.unknown(),
    })?;
    let log_id = log_id.ok_or_else(|| {
        let why = alloc::format!("`{BUNDLE}`: expected 64 hexadecimal digits in `Payload.logID`");
        rejection(Code::SigstoreBundleInvalid, why)
    })?;
    Entry::promised_only(
        index,
        log_id.as_bytes().to_vec(),
        integrated_time,
        promise,
        body,
    )
}

fn read_timestamp(text: &str) -> Result<Vec<u8>, Rejection> {
    let mut token = Vec::new();
    read(text, TIMESTAMP, |key, value| match key {
        "SignedRFC3161Timestamp" => token = proto::bytes(value),
        _ => value.unknown(),
    })?;
    Ok(token)
}

fn read<'a>(
    text: &'a str,
    name: &str,
    mut each: impl FnMut(&str, Value<'_, 'a>),
) -> Result<(), Rejection> {
    let report = Report::default();
    Raw::new(text).read(ANNOTATION, Path::Root(name), &report, |value| {
        value.object(|key, value| each(key, value));
    });
    if report.is_empty() {
        return Ok(());
    }
    let why = proto::problems(report);
    Err(rejection(Code::SigstoreBundleInvalid, why))
}
