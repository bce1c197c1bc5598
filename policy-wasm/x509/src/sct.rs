//! Promises of Certificate Transparency logs to publish a certificate (RFC 6962).

use alloc::vec::Vec;

use super::Malformed;
use super::moment::Moment;
use crate::{BadSignature, Hash, Key, KeyKind};

/// Most promises of one certificate; Fulcio's have one
const MAX_SCTS: usize = 8;

/// A signed certificate timestamp of version 1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sct<'a> {
    log_id: &'a [u8],
    timestamp: u64,
    extensions: &'a [u8],
    /// The hash and the algorithm of the signature (RFC 5246, section 7.4.1.4.1)
    algorithm: (u8, u8),
    signature: &'a [u8],
}

impl<'a> Sct<'a> {
    /// Reads a list of promises (RFC 6962, section 3.3), and leaves out those of other versions than 1.
    ///
    /// # Errors
    ///
    /// [`Malformed`]: a length does not fit, or the list has none or more than eight.
    pub(super) fn read_list(list: &'a [u8]) -> Result<Vec<Self>, Malformed> {
        let mut reader = Reader(list);
        let mut list = Reader(reader.vector()?);
        reader.end()?;
        let mut scts = Vec::new();
        let mut count = 0_usize;
        while !list.0.is_empty() {
            count = count.saturating_add(1);
            if count > MAX_SCTS {
                return Err(Malformed::new("more than 8 promises"));
            }
            scts.extend(Self::read(list.vector()?)?);
        }
        if count == 0 {
            return Err(Malformed::new("an empty list"));
        }
        Ok(scts)
    }

    /// Reads one promise; `None` if it is of another version.
    fn read(sct: &'a [u8]) -> Result<Option<Self>, Malformed> {
        let mut reader = Reader(sct);
        if reader.bytes::<1>()? != [VERSION_1] {
            return Ok(None);
        }
        let log_id = reader.take(32)?;
        let timestamp = u64::from_be_bytes(reader.bytes()?);
        let extensions = reader.vector()?;
        let [hash, signature] = reader.bytes()?;
        let algorithm = (hash, signature);
        let signature = reader.vector()?;
        reader.end()?;
        Ok(Some(Self {
            log_id,
            timestamp,
            extensions,
            algorithm,
            signature,
        }))
    }

    /// The id of the log: the SHA-256 of its key, 32 bytes.
    #[must_use]
    pub const fn log_id(&self) -> &'a [u8] {
        self.log_id
    }

    /// The time of the promise; `None` after the year 9999.
    #[must_use]
    #[inline(never)]
    pub fn moment(&self) -> Option<Moment> {
        Moment::from_unix_milliseconds(self.timestamp)
    }

    /// Verifies the log's signature over a certificate (RFC 6962, section 3.2).
    ///
    /// `issuer_spki` is the key whose signature of the certificate has been verified, and `precertificate` the
    /// certificate's [`precertificate_tbs`](super::certificate::Certificate::precertificate_tbs).
    ///
    /// # Errors
    ///
    /// [`BadSignature`]; also if the promise names another algorithm than the key's.
    #[inline(never)]
    pub fn is_signed_by(
        &self,
        log: &dyn Key,
        issuer_spki: &[u8],
        precertificate: &[u8],
    ) -> Result<(), BadSignature> {
        match (self.algorithm, log.kind()) {
            ((SHA256, ECDSA), KeyKind::P256 | KeyKind::P384 | KeyKind::P521)
            | ((SHA256, RSA), KeyKind::Rsa(_)) => {}
            _ => return Err(BadSignature),
        }
        let signed = self
            .signed(issuer_spki, precertificate)
            .ok_or(BadSignature)?;
        log.verify(Hash::Sha256, &signed, self.signature)
    }

    /// Writes the bytes that the log has signed.
    fn signed(&self, issuer_spki: &[u8], precertificate: &[u8]) -> Option<Vec<u8>> {
        let [0, length @ ..] = u32::try_from(precertificate.len()).ok()?.to_be_bytes() else {
            return None;
        };
        let extensions = u16::try_from(self.extensions.len()).ok()?.to_be_bytes();
        let signed = [
            &[VERSION_1, CERTIFICATE_TIMESTAMP][..],
            &self.timestamp.to_be_bytes(),
            &PRECERT_ENTRY,
            &Hash::Sha256.digest(issuer_spki),
            &length,
            precertificate,
            &extensions,
            self.extensions,
        ];
        Some(signed.concat())
    }
}

// RFC 6962, sections 3.1 and 3.2
const VERSION_1: u8 = 0;
const CERTIFICATE_TIMESTAMP: u8 = 0;
const PRECERT_ENTRY: [u8; 2] = [0, 1];
// RFC 5246, section 7.4.1.4.1
const SHA256: u8 = 4;
const RSA: u8 = 1;
const ECDSA: u8 = 3;

/// Reads the structures of TLS (RFC 5246, section 4)
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Malformed> {
        let split = self.0.split_at_checked(length);
        let (bytes, rest) = split.ok_or_else(|| Malformed::new("ends early"))?;
        self.0 = rest;
        Ok(bytes)
    }

    fn bytes<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let bytes = self.take(N)?.try_into();
        bytes.map_err(|_| Malformed::new("ends early"))
    }

    /// Reads a length in two bytes and that many bytes.
    fn vector(&mut self) -> Result<&'a [u8], Malformed> {
        let length = u16::from_be_bytes(self.bytes()?);
        self.take(length.into())
    }

    fn end(&self) -> Result<(), Malformed> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Malformed::new("has bytes after its end"))
        }
    }
}

#[cfg(test)]
mod tests;
