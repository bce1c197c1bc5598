//! Entries of a transparency log (Rekor), as bundles contain them.
//!
//! Source: `sigstore_rekor.proto` of [protobuf-specs](https://github.com/sigstore/protobuf-specs).

mod body;
mod proof;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

pub(super) use self::body::{SignedBytes, SignedContent, pem_certificate};
use super::proto::{self, is_present};
use crate::Budget;
use crate::json::Value;
use crate::rejection::Rejection;

/// One entry, decoded and not verified
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entry {
    /// Rekor v1: the index over all shards of the log, which the promise covers. Rekor v2: the index in this log.
    pub(super) index: u64,
    pub(super) log_id: Vec<u8>,
    pub(super) kind: String,
    pub(super) version: String,
    /// Seconds since 1970, which only a promise proves. Rekor v2 has no such time.
    pub(super) integrated_time: u64,
    /// Signed entry timestamp (SET), by which Rekor v1 promises to include the entry
    pub(super) promise: Option<Vec<u8>>,
    pub(super) proof: Option<InclusionProof>,
    /// The entry as the log has it: the leaf of its tree
    pub(super) body: Vec<u8>,
}

/// A Merkle inclusion proof, and the checkpoint with the signed root hash
#[derive(Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct InclusionProof {
    /// Index in the tree of the shard
    pub(super) index: u64,
    pub(super) tree_size: u64,
    pub(super) root_hash: Vec<u8>,
    /// INVARIANT: at most [`MAX_HASHES`]
    pub(super) hashes: Vec<[u8; 32]>,
    pub(super) checkpoint: String,
}

/// Kinds of entries that are supported, of the many that exist
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    HashedRekordV0_0_1,
    DsseV0_0_1,
    IntotoV0_0_2,
    HashedRekordV0_0_2,
}

/// The interface of a log, which differs in what it signs
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    RekorV1,
    RekorV2,
}

impl Kind {
    pub(super) const fn protocol(self) -> Protocol {
        match self {
            Self::HashedRekordV0_0_1 | Self::DsseV0_0_1 | Self::IntotoV0_0_2 => Protocol::RekorV1,
            Self::HashedRekordV0_0_2 => Protocol::RekorV2,
        }
    }
}

/// Maximum number of hashes in a proof: the depth of a tree of 2^64 leaves
const MAX_HASHES: usize = 64;
/// Maximum size of an entry's body; real ones have less than 5 KiB
const MAX_BODY: usize = 64 << 10;

impl Entry {
    pub(super) fn read(value: Value<'_, '_>, budget: &Budget) -> Self {
        let (path, report, code) = (value.path(), value.report(), value.dialect().wrong_type);
        let (mut index, mut integrated_time, mut log_id) = (0, 0, Vec::new());
        let (mut kind, mut version) = (Cow::default(), Cow::default());
        let (mut promise, mut proof, mut body) = (None, None, Cow::default());
        value.object(|key, value| match key {
            "logIndex" => index = proto::int64(value),
            "logId" => log_id = proto::sole_bytes(value, "keyId"),
            "kindVersion" => {
                value.object(|key, value| match key {
                    "kind" => kind = proto::text(value),
                    "version" => version = proto::text(value),
                    _ => value.unknown(),
                });
            }
            "integratedTime" => integrated_time = proto::int64(value),
            "inclusionPromise" => {
                promise =
                    is_present(&value).then(|| proto::sole_bytes(value, "signedEntryTimestamp"));
            }
            "inclusionProof" => proof = is_present(&value).then(|| InclusionProof::read(value)),
            "canonicalizedBody" => body = proto::text(value),
            _ => value.unknown(),
        });
        // `intoto` entries may contain the payload.
        let limit = if kind == "intoto" {
            budget.payload_bytes
        } else {
            MAX_BODY
        };
        if body.len() / 4 > limit / 3 {
            report.push(
                code,
                path,
                alloc::format!("a body of more than {limit} bytes"),
            );
            body = Cow::default();
        }
        let body = proto::decode(&body).unwrap_or_else(|error| {
            report.push(code, path, alloc::format!("`canonicalizedBody`: {error}"));
            Vec::new()
        });
        Self {
            index,
            log_id,
            kind: kind.into_owned(),
            version: version.into_owned(),
            integrated_time,
            promise,
            proof,
            body,
        }
    }

    /// Returns an entry of Rekor v1 without a proof, whose kind only its body names.
    ///
    /// # Errors
    ///
    /// `sigstore-entry-invalid`: the body is malformed.
    pub(super) fn promised_only(
        index: u64,
        log_id: Vec<u8>,
        integrated_time: u64,
        promise: Vec<u8>,
        body: Vec<u8>,
    ) -> Result<Self, Rejection> {
        let (kind, version) = body::kind(&body)?;
        Ok(Self {
            index,
            log_id,
            kind,
            version,
            integrated_time,
            promise: Some(promise),
            proof: None,
            body,
        })
    }

    /// Returns the kind, if it is supported.
    pub(super) fn supported_kind(&self) -> Option<Kind> {
        match (&*self.kind, &*self.version) {
            ("hashedrekord", "0.0.1") => Some(Kind::HashedRekordV0_0_1),
            ("dsse", "0.0.1") => Some(Kind::DsseV0_0_1),
            ("intoto", "0.0.2") => Some(Kind::IntotoV0_0_2),
            ("hashedrekord", "0.0.2") => Some(Kind::HashedRekordV0_0_2),
            _ => None,
        }
    }

    /// The kind and version for messages.
    pub(super) fn described(&self) -> String {
        crate::brief(&alloc::format!("{} {}", self.kind, self.version), 60)
    }

    /// Whether two entries are one entry of one log. Only a promise makes the index of Rekor v1 sure; without one,
    /// entries are told apart by what their proofs are about.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        let place = |entry: &Self| entry.proof.as_ref().map(|proof| proof.index);
        let is_promised = self.promise.is_some() && other.promise.is_some();
        let is_at_same_place = place(self).is_some() && place(self) == place(other);
        let has_same_proof = !is_promised && (self.body == other.body || is_at_same_place);
        self.log_id == other.log_id && (self.index == other.index || has_same_proof)
    }
}

impl InclusionProof {
    fn read(value: Value<'_, '_>) -> Self {
        let (path, report, code) = (value.path(), value.report(), value.dialect().wrong_type);
        let mut proof = Self::default();
        value.object(|key, value| match key {
            "logIndex" => proof.index = proto::int64(value),
            "treeSize" => proof.tree_size = proto::int64(value),
            "rootHash" => proof.root_hash = proto::bytes(value),
            "hashes" => {
                value.list_within(MAX_HASHES, |_, item| proof.hashes.extend(read_hash(item)));
            }
            "checkpoint" => {
                value.object(|key, value| match key {
                    "envelope" => proof.checkpoint = proto::owned_text(value),
                    _ => value.unknown(),
                });
            }
            _ => value.unknown(),
        });
        if proof.checkpoint.is_empty() {
            report.push(code, path, "an inclusion proof without a `checkpoint`");
        }
        proof
    }
}

fn read_hash(value: Value<'_, '_>) -> Option<[u8; 32]> {
    let (path, report, code) = (value.path(), value.report(), value.dialect().wrong_type);
    let hash = proto::bytes(value).try_into();
    hash.map_err(|_| report.push(code, path, "expected a hash of 32 bytes"))
        .ok()
}
