//! Checkpoints: the size and root hash of a log's tree, in a signed note.
//!
//! Sources: C2SP's [signed-note](https://c2sp.org/signed-note) and [tlog-checkpoint](https://c2sp.org/tlog-checkpoint),
//! and Rekor's `CLIENTS.md`.

use alloc::vec::Vec;

use super::entry::Protocol;
use super::proto;
use super::root::{Log, LogKey};
use crate::crypto::Hash;
use crate::verification::{Exhausted, Meter};

/// A checkpoint, parsed and not verified
#[derive(Debug)]
pub(super) struct Checkpoint<'a> {
    origin: &'a str,
    pub(super) size: u64,
    pub(super) root_hash: [u8; 32],
    /// The signed text, with its last line break
    signed: &'a str,
    /// INVARIANT: at least one, and at most [`MAX_SIGNATURES`]
    signatures: Vec<Signature<'a>>,
}

/// One signature line
#[derive(Debug)]
struct Signature<'a> {
    name: &'a str,
    /// Start of the key id, which several keys may have
    hint: [u8; 4],
    bytes: Vec<u8>,
}

/// Maximum size; real ones have less than 1 KiB
const MAX_BYTES: usize = 16 << 10;
/// Maximum number of signatures: the log's, and those of witnesses
const MAX_SIGNATURES: usize = 32;
/// Maximum number of signatures with the hint of the log's key, which anyone can invent. Hints of two keys are rarely
/// equal by chance.
const MAX_TRIED: usize = 4;

impl<'a> Checkpoint<'a> {
    /// Parses a checkpoint.
    ///
    /// # Errors
    ///
    /// In words.
    pub(super) fn parse(text: &'a str) -> Result<Self, &'static str> {
        if text.len() > MAX_BYTES {
            return Err("it has more than 16 KiB");
        }
        if text.contains('\r') {
            return Err("it has a carriage return");
        }
        // With two blank lines, one reader could take another text for the signed one than the next reader.
        let (head, signatures) = text.split_once("\n\n").ok_or("it has no blank line")?;
        if signatures.contains("\n\n") || signatures.starts_with('\n') {
            return Err("it has more than one blank line");
        }
        let signatures = signatures
            .strip_suffix('\n')
            .ok_or("it does not end with a line break")?;
        let mut lines = head.split('\n');
        let [origin, size, root_hash] = [lines.next(), lines.next(), lines.next()];
        let origin = origin.filter(|origin| !origin.is_empty());
        let root_hash = proto::decode(root_hash.unwrap_or_default());
        Ok(Self {
            origin: origin.ok_or("it has no origin")?,
            size: size
                .and_then(decimal)
                .ok_or("its tree size is not a decimal number")?,
            root_hash: root_hash
                .ok()
                .and_then(|hash| hash.try_into().ok())
                .ok_or("its root hash is not 32 bytes in base64")?,
            signed: text.get(..head.len().saturating_add(1)).unwrap_or_default(),
            signatures: read_signatures(signatures)?,
        })
    }

    /// Verifies the signature of a log.
    ///
    /// # Errors
    ///
    /// No signature of the log verifies, or the budget is exhausted.
    pub(super) fn verify(
        &self,
        log: &Log,
        key: &LogKey,
        protocol: Protocol,
        meter: &Meter,
    ) -> Result<Result<(), &'static str>, Exhausted> {
        let key_id = match protocol {
            // The origin names the shard of the log; neither it nor the name identifies the log.
            Protocol::RekorV1 => Some(Hash::Sha256.digest(&key.spki)),
            Protocol::RekorV2 => log.key_id(key, self.origin),
        };
        let is_named = |signature: &&Signature<'_>| {
            let is_by_log = protocol == Protocol::RekorV1 || signature.name == self.origin;
            is_by_log && (key_id.as_ref()).is_some_and(|id| id.starts_with(&signature.hint))
        };
        let named = || self.signatures.iter().filter(is_named);
        if named().count() > MAX_TRIED {
            return Ok(Err("it has more than 4 signatures with the log's key hint"));
        }
        let mut why = "it has no signature of the log";
        for signature in named() {
            why = "the signature of the log does not verify";
            if !key.key.kind().may_have_made(&signature.bytes) {
                continue;
            }
            meter.verify(key.key.cost(), self.signed.len())?;
            let verified = key
                .key
                .verify(key.hash, self.signed.as_bytes(), &signature.bytes);
            if verified.is_ok() {
                return Ok(Ok(()));
            }
        }
        Ok(Err(why))
    }
}

/// Reads lines of the form `— name base64(hint ‖ signature)`.
fn read_signatures(text: &str) -> Result<Vec<Signature<'_>>, &'static str> {
    let mut signatures = Vec::new();
    for line in text.split('\n') {
        if signatures.len() >= MAX_SIGNATURES {
            return Err("it has more than 32 signatures");
        }
        let signature = Signature::read(line).ok_or("a signature line is malformed")?;
        signatures.push(signature);
    }
    Ok(signatures)
}

impl<'a> Signature<'a> {
    fn read(line: &'a str) -> Option<Self> {
        let (name, bytes) = line.strip_prefix("\u{2014} ")?.split_once(' ')?;
        let is_blank = |character: char| character.is_whitespace() || character.is_control();
        if name.is_empty() || name.contains(is_blank) {
            return None;
        }
        let bytes = proto::decode(bytes).ok()?;
        let (hint, signature) = bytes.split_first_chunk()?;
        if signature.is_empty() {
            return None;
        }
        Some(Self {
            name,
            hint: *hint,
            bytes: signature.to_vec(),
        })
    }
}

/// Parses a decimal number below 2^63 without a leading zero.
fn decimal(text: &str) -> Option<u64> {
    let is_plain = text == "0" || !text.starts_with('0');
    let is_decimal = is_plain && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_decimal);
    number.filter(|number| i64::try_from(*number).is_ok())
}

#[cfg(test)]
mod tests;
