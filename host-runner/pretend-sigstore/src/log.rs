//! Entries of transparency logs: bodies, promises, checkpoints and proofs of inclusion.

use serde_json::{Value, json};

use crate::base64;
use crate::instance::{Instance, Whose};
use crate::key::{Hash, PrivateKey};
use crate::signing::{Content, Subject};

/// An entry of a transparency log
#[derive(Debug, Clone)]
pub struct Entry {
    /// Version of the log
    pub log: Log,
    /// The log
    pub by: Whose,
    /// Kind of the body in Rekor v1, if not `hashedrekord` for messages and `dsse` for envelopes
    pub kind: Option<Kind>,
    /// Signature that the body describes
    pub about: About,
    /// Body, if not the one that describes the signature
    pub body: Option<Vec<u8>>,
    /// Integrated time of Rekor v1, in seconds since 1970; by default the time of signing
    pub time: Option<u64>,
    /// Promise of Rekor v1
    pub promise: Promise,
    /// Proof of inclusion
    pub proof: Proof,
    /// Position in the tree
    pub index: u64,
    /// Size of the tree
    pub size: u64,
    /// Checkpoint of the proof
    pub checkpoint: Checkpoint,
}

/// Version of a log
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Log {
    /// Signs promises with a time
    RekorV1,
    /// Signs only checkpoints, without a time
    RekorV2,
}

/// Kind of a body in Rekor v1
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `hashedrekord` 0.0.1, of messages
    HashedRekord,
    /// `dsse` 0.0.1, of envelopes
    Dsse,
    /// `intoto` 0.0.2, of envelopes, before `dsse`
    Intoto,
}

/// Signature that an entry describes
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum About {
    /// That of the bundle
    #[default]
    This,
    /// Another content and its signature by the same key
    OtherContent,
    /// The content with the signature of another content
    OtherSignature,
    /// Content and signature with another certificate for the same key
    OtherCertificate,
    /// Content and signature with the bare key in place of the certificate
    PublicKey,
}

/// The promise of Rekor v1: signed entry timestamp
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Promise {
    /// Good
    #[default]
    Signed,
    /// None
    Missing,
    /// Signed with another key
    Impostor,
    /// Signed for another body
    OtherBody,
    /// Signed for another index
    OtherIndex,
}

/// Presence of a proof of inclusion
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proof {
    /// With a checkpoint
    #[default]
    Complete,
    /// None
    Missing,
}

/// A checkpoint
#[derive(Debug, Clone, Default)]
pub struct Checkpoint {
    /// Owner of the key that signs it; a stranger's has its own key id
    pub by: Whose,
    /// First line, if not the log's origin
    pub origin: Option<String>,
    /// Name on the line of the signature, if not the log's
    pub signature_name: Option<String>,
    /// Size, if not that of the tree
    pub size: Option<u64>,
    /// Lines after the root, each with its line feed
    pub extensions: String,
    /// A witness with an unknown key signs first
    pub has_witness: bool,
}

/// First index of the shard of Rekor v1
const SHARD: u64 = 1_000;

impl Entry {
    /// A good entry, in a tree of several leaves
    #[must_use]
    pub fn new(log: Log) -> Self {
        Self {
            log,
            by: Whose::Own,
            kind: None,
            about: About::This,
            body: None,
            time: None,
            promise: Promise::Signed,
            proof: Proof::Complete,
            index: 5,
            size: 11,
            checkpoint: Checkpoint::default(),
        }
    }
}

impl Instance {
    /// An entry as bundles have it
    pub(crate) fn entry(&self, entry: &Entry, subject: &Subject<'_>, time: u64) -> Value {
        let (kind, body) = match entry.log {
            Log::RekorV1 => subject.body_v1(entry.kind),
            Log::RekorV2 => (("hashedrekord", "0.0.2"), subject.body_v2()),
        };
        let body = entry.body.clone().unwrap_or(body);
        let log = self.named(entry.by);
        let mut value = match entry.log {
            Log::RekorV1 => {
                let time = entry.time.unwrap_or(time);
                let index = SHARD.saturating_add(entry.index);
                let mut value = json!({
                    "logIndex": index.to_string(),
                    "logId": {"keyId": base64(&log.rekor_v1.id())},
                    "kindVersion": {"kind": kind.0, "version": kind.1},
                    "integratedTime": time.to_string(),
                });
                if let Some(promise) = self.signed_entry_timestamp(entry, &body, time, index) {
                    let promise = json!({"signedEntryTimestamp": base64(&promise)});
                    insert(&mut value, "inclusionPromise", promise);
                }
                value
            }
            Log::RekorV2 => json!({
                "logIndex": entry.index.to_string(),
                "logId": {"keyId": base64(&log.rekor_v2_id())},
                "kindVersion": {"kind": kind.0, "version": kind.1},
            }),
        };
        if entry.proof == Proof::Complete {
            let (root, hashes) = inclusion(&body, entry.index, entry.size);
            let hashes: Vec<_> = hashes.iter().map(|hash| base64(hash)).collect();
            let proof = json!({
                "logIndex": entry.index.to_string(), "rootHash": base64(&root),
                "treeSize": entry.size.to_string(), "hashes": hashes,
                "checkpoint": {"envelope": self.checkpoint(entry, &root)},
            });
            insert(&mut value, "inclusionProof", proof);
        }
        insert(&mut value, "canonicalizedBody", base64(&body).into());
        value
    }

    fn signed_entry_timestamp(
        &self,
        entry: &Entry,
        body: &[u8],
        time: u64,
        index: u64,
    ) -> Option<Vec<u8>> {
        let (whose, body, index) = match entry.promise {
            Promise::Missing => return None,
            Promise::Signed => (entry.by, body, index),
            Promise::Impostor => (Whose::Impostor, body, index),
            Promise::OtherBody => (entry.by, &b"{}"[..], index),
            Promise::OtherIndex => (entry.by, body, index.saturating_add(1)),
        };
        let id = hex(&self.named(entry.by).rekor_v1.id());
        let signed = format!(
            "{{\"body\":\"{}\",\"integratedTime\":{time},\"logID\":\"{id}\",\"logIndex\":{index}}}",
            base64(body)
        );
        let key = self.key_of(whose, |instance| &instance.rekor_v1);
        Some(key.sign(Hash::Sha256, signed.as_bytes()))
    }

    fn checkpoint(&self, entry: &Entry, root: &[u8]) -> String {
        let checkpoint = &entry.checkpoint;
        // An entry of another instance has a checkpoint of that instance.
        let whose = match checkpoint.by {
            Whose::Own => entry.by,
            other => other,
        };
        let log = self.named(whose);
        let (origin, name, key, id) = match entry.log {
            Log::RekorV1 => {
                let name = format!("rekor.{}", log.domain);
                let key = self.key_of(whose, |instance| &instance.rekor_v1);
                (format!("{name} - 42"), name, key, log.rekor_v1.id())
            }
            Log::RekorV2 => {
                let name = log.rekor_v2_origin();
                let key = self.key_of(whose, |instance| &instance.rekor_v2);
                (name.clone(), name, key, log.rekor_v2_id())
            }
        };
        let origin = checkpoint.origin.as_ref().unwrap_or(&origin);
        let name = checkpoint.signature_name.as_ref().unwrap_or(&name);
        let size = checkpoint.size.unwrap_or(entry.size);
        let text = format!(
            "{origin}\n{size}\n{}\n{}",
            base64(root),
            checkpoint.extensions
        );
        let line = |name: &str, id: &[u8], signature: &[u8]| {
            let hint = id.get(..4).unwrap_or_default();
            format!("\u{2014} {name} {}\n", base64(&[hint, signature].concat()))
        };
        let witness = checkpoint.has_witness.then(|| {
            let key = PrivateKey::derive(key.kind(), &self.name("witness"));
            line(
                "witness.example",
                &key.id(),
                &key.sign(Hash::Sha256, text.as_bytes()),
            )
        });
        let signature = line(name, &id, &key.sign(Hash::Sha256, text.as_bytes()));
        format!("{text}\n{}{signature}", witness.unwrap_or_default())
    }
}

impl Subject<'_> {
    /// Kind, version and body of an entry in Rekor v1
    fn body_v1(&self, kind: Option<Kind>) -> ((&'static str, &'static str), Vec<u8>) {
        let usual = match self.content {
            Content::Message(_) => Kind::HashedRekord,
            Content::Envelope { .. } => Kind::Dsse,
        };
        let (signature, verifier) = (
            base64(self.signature),
            base64(self.verifier_pem().as_bytes()),
        );
        let (payload_type, payload) = match self.content {
            Content::Envelope {
                payload_type,
                payload,
            } => (payload_type.as_str(), payload.as_slice()),
            Content::Message(_) => ("", &[][..]),
        };
        let payload_hash = json!({"algorithm": "sha256", "value": hex(&Hash::Sha256.of(payload))});
        match kind.unwrap_or(usual) {
            Kind::HashedRekord => {
                let hash = json!({"algorithm": self.hash.short_name(), "value": hex(&self.digest)});
                let body = json!({
                    "apiVersion": "0.0.1", "kind": "hashedrekord",
                    "spec": {
                        "data": {"hash": hash},
                        "signature": {"content": signature, "publicKey": {"content": verifier}},
                    },
                });
                (("hashedrekord", "0.0.1"), body.to_string().into_bytes())
            }
            Kind::Dsse => {
                let envelope = json!({
                    "payload": base64(payload), "payloadType": payload_type,
                    "signatures": [{"sig": signature}],
                });
                let hash = hex(&Hash::Sha256.of(envelope.to_string().as_bytes()));
                let body = json!({
                    "apiVersion": "0.0.1", "kind": "dsse",
                    "spec": {
                        "envelopeHash": {"algorithm": "sha256", "value": hash},
                        "payloadHash": payload_hash,
                        "signatures": [{"signature": signature, "verifier": verifier}],
                    },
                });
                (("dsse", "0.0.1"), body.to_string().into_bytes())
            }
            Kind::Intoto => {
                let envelope = json!({
                    "payloadType": payload_type,
                    "signatures": [{"publicKey": verifier, "sig": base64(signature.as_bytes())}],
                });
                let hash = hex(&Hash::Sha256.of(envelope.to_string().as_bytes()));
                let body = json!({
                    "apiVersion": "0.0.2", "kind": "intoto",
                    "spec": {"content": {
                        "envelope": envelope, "hash": {"algorithm": "sha256", "value": hash},
                        "payloadHash": payload_hash,
                    }},
                });
                (("intoto", "0.0.2"), body.to_string().into_bytes())
            }
        }
    }

    /// Body of an entry in Rekor v2: canonical JSON
    fn body_v2(&self) -> Vec<u8> {
        let verifier = base64(self.verifier);
        let verifier = if self.is_certificate {
            format!("\"x509Certificate\":{{\"rawBytes\":\"{verifier}\"}}")
        } else {
            format!("\"publicKey\":{{\"rawBytes\":\"{verifier}\"}}")
        };
        let body = format!(
            "{{\"apiVersion\":\"0.0.2\",\"kind\":\"hashedrekord\",\"spec\":{{\"hashedRekordV002\":{{\
             \"data\":{{\"algorithm\":\"{}\",\"digest\":\"{}\"}},\
             \"signature\":{{\"content\":\"{}\",\"verifier\":{{\"keyDetails\":\"{}\",{verifier}}}}}}}}}}}",
            self.hash.name(),
            base64(&self.digest),
            base64(self.signature),
            self.key.details(),
        );
        body.into_bytes()
    }

    fn verifier_pem(&self) -> String {
        let label = if self.is_certificate {
            "CERTIFICATE"
        } else {
            "PUBLIC KEY"
        };
        pem(label, self.verifier)
    }
}

/// DER in PEM
pub(crate) fn pem(label: &str, der: &[u8]) -> String {
    let text = base64(der);
    let mut rest = text.as_str();
    let mut pem = format!("-----BEGIN {label}-----\n");
    while let Some((line, next)) = rest.split_at_checked(64) {
        pem.push_str(line);
        pem.push('\n');
        rest = next;
    }
    if !rest.is_empty() {
        pem.push_str(rest);
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {label}-----\n"));
    pem
}

/// Root and path of a body in a tree of other leaves ([RFC 9162, 2.1])
///
/// [RFC 9162, 2.1]: https://www.rfc-editor.org/rfc/rfc9162#section-2.1
fn inclusion(body: &[u8], index: u64, size: u64) -> (Vec<u8>, Vec<Vec<u8>>) {
    let leaf = |content: &[u8]| Hash::Sha256.of(&[&[0], content].concat());
    let leaves = (0..size).map(|other| {
        if other == index {
            leaf(body)
        } else {
            leaf(format!("leaf {other}").as_bytes())
        }
    });
    let leaves: Vec<_> = leaves.collect();
    let index = usize::try_from(index).unwrap_or(usize::MAX);
    (root(&leaves), path(index, &leaves))
}

fn root(leaves: &[Vec<u8>]) -> Vec<u8> {
    match (leaves, halves(leaves)) {
        ([], _) => Hash::Sha256.of(&[]),
        ([leaf], _) => leaf.clone(),
        (_, (left, right)) => {
            let parts: [&[u8]; 3] = [&[1], &root(left), &root(right)];
            Hash::Sha256.of(&parts.concat())
        }
    }
}

/// From the leaf upwards
fn path(index: usize, leaves: &[Vec<u8>]) -> Vec<Vec<u8>> {
    if leaves.len() < 2 {
        return Vec::new();
    }
    let (left, right) = halves(leaves);
    let (mut path, sibling) = match index.checked_sub(left.len()) {
        None => (path(index, left), right),
        Some(index) => (path(index, right), left),
    };
    path.push(root(sibling));
    path
}

/// Splits at the largest power of two that is smaller than the number of leaves.
fn halves(leaves: &[Vec<u8>]) -> (&[Vec<u8>], &[Vec<u8>]) {
    let middle = leaves.len().next_power_of_two() / 2;
    leaves.split_at_checked(middle).unwrap_or((leaves, &[]))
}

fn insert(object: &mut Value, key: &str, value: Value) {
    if let Some(object) = object.as_object_mut() {
        object.insert(key.to_owned(), value);
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
