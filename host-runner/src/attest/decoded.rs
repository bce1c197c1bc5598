//! Attestations decoded for people: what they say, and who says so. Nothing here is verified.

use policy_wasm::Purpose;
use policy_wasm::attestation::media_type::SIMPLE_SIGNING;
use policy_wasm::sigstore::certificate::{Certificate, Claim, SubjectName};
use policy_wasm::sigstore::token::Token;
use policy_wasm::time::Time;
use serde_json::{Map, Value, json};

use super::evidence_file::bundle_of;
use super::image::Image;
use super::purpose;
use super::store::identity::{bodies, decode};
use crate::fields::{list, text};

/// In the place of a repository that an attestation does not name
const REPOSITORY: &str = "registry.invalid/image";

/// A decoded attestation
#[derive(Debug)]
pub(crate) struct Decoded {
    /// Its format: a media type of bundles, or Google's kind of an occurrence
    pub(crate) format: String,
    pub(crate) note: Option<String>,
    pub(crate) signers: Vec<Signer>,
    pub(crate) contents: Vec<Content>,
    pub(crate) entries: Vec<LogEntry>,
    pub(crate) timestamps: Vec<Result<Time, String>>,
}

/// A signer by its own word
#[derive(Debug)]
pub(crate) enum Signer {
    /// Id of a key
    Key(String),
    Certificate(Identity),
    /// A certificate that cannot be read, and why
    Unreadable(String),
}

/// An identity, as a certificate has it
#[derive(Debug)]
pub(crate) struct Identity {
    pub(crate) subject: String,
    /// `URI`, `e-mail` or `user name`
    pub(crate) kind: &'static str,
    pub(crate) issuer: Option<String>,
    /// Names and texts of its claims
    pub(crate) claims: Vec<(&'static str, String)>,
    pub(crate) not_before: Time,
    pub(crate) not_after: Time,
}

/// Signed content
#[derive(Debug)]
pub(crate) enum Content {
    /// An in-toto statement
    Statement {
        predicate_type: String,
        /// Names and digests, such as `sha256:…`
        subjects: Vec<(String, Vec<String>)>,
    },
    /// A payload of cosign's or gcloud's
    SimpleSigning { reference: String, digest: String },
    /// A digest
    Message(String),
    /// Something else, by the type of the payload
    Other(String),
}

/// An entry of a transparency log by its own word
#[derive(Debug)]
pub(crate) struct LogEntry {
    /// Such as `dsse 0.0.1`
    pub(crate) kind: String,
    pub(crate) index: String,
    /// Origin of the checkpoint
    pub(crate) log: Option<String>,
    pub(crate) integrated: Option<Time>,
    pub(crate) has_promise: bool,
    pub(crate) has_proof: bool,
}

impl Decoded {
    /// Decodes an attestation in any shape that a policy reads.
    pub(crate) fn of(document: &Value) -> Self {
        if let Some(inner) = document.get("bundle").filter(|one| one.is_object()) {
            return Self::of_bundle(inner);
        }
        if bundle_of(document).is_some() {
            return Self::of_bundle(document);
        }
        let bodies = document.as_object().and_then(bodies).unwrap_or_default();
        let format = match text(document, "kind") {
            "" if document.get("payloadType").is_some() => "DSSE envelope",
            "" => "occurrence",
            kind => kind,
        };
        let mut decoded = Self {
            format: format.to_owned(),
            note: document
                .get("noteName")
                .and_then(Value::as_str)
                .map(str::to_owned),
            signers: Vec::new(),
            contents: Vec::new(),
            entries: Vec::new(),
            timestamps: Vec::new(),
        };
        for (form, payload, signers) in bodies {
            decoded.signers.extend(signers.into_iter().map(Signer::Key));
            let payload_type = form.payload_type().unwrap_or(SIMPLE_SIGNING);
            decoded.contents.push(Content::of(payload_type, &payload));
        }
        decoded
    }

    fn of_bundle(bundle: &Value) -> Self {
        let material = bundle.get("verificationMaterial").unwrap_or(&Value::Null);
        let tokens = material.get("timestampVerificationData");
        let tokens = tokens.map_or(&[][..], |data| list(data, "rfc3161Timestamps"));
        let entries = list(material, "tlogEntries").iter();
        Self {
            format: text(bundle, "mediaType").to_owned(),
            note: None,
            signers: vec![signer(material)],
            contents: content(bundle).into_iter().collect(),
            entries: entries.map(LogEntry::of).collect(),
            timestamps: tokens.iter().map(time_of).collect(),
        }
    }

    /// The purpose of its statement, if it is for checks
    pub(crate) fn purpose(&self) -> Option<Purpose> {
        self.predicate_types().find_map(purpose::of)
    }

    /// The predicate types of its statements
    pub(crate) fn predicate_types(&self) -> impl Iterator<Item = &str> {
        self.contents.iter().filter_map(|content| match content {
            Content::Statement { predicate_type, .. } => Some(predicate_type.as_str()),
            Content::SimpleSigning { .. } | Content::Message(_) | Content::Other(_) => None,
        })
    }

    /// Digests of the images that it is about, such as `sha256:…`
    pub(crate) fn digests(&self) -> Vec<String> {
        let images = self.contents.iter().flat_map(Content::images);
        images.map(|(_, digest)| digest.to_owned()).collect()
    }

    /// The first image that it is about. Its repository is made up unless the content names one.
    pub(crate) fn image(&self) -> Option<Image> {
        let mut images = self.contents.iter().flat_map(Content::images);
        images.find_map(|(repository, digest)| {
            let image = Image::parse(&format!("{repository}@{digest}"));
            let image = image.or_else(|_| Image::parse(&format!("{REPOSITORY}@{digest}")));
            image.ok()
        })
    }

    /// The signers in a few words: subjects of certificates, and ids of keys
    pub(crate) fn signed_by(&self) -> String {
        let signers = self.signers.iter().map(|signer| match signer {
            Signer::Key(id) if id.is_empty() => "a key".to_owned(),
            Signer::Key(id) => format!("key {id}"),
            Signer::Certificate(identity) => identity.subject.clone(),
            Signer::Unreadable(_) => "an unreadable certificate".to_owned(),
        });
        signers.collect::<Vec<_>>().join(", ")
    }

    /// Returns everything as JSON.
    pub(crate) fn json(&self) -> Value {
        let signers = self.signers.iter().map(Signer::json);
        let contents = self.contents.iter().map(Content::json);
        let timestamps = self.timestamps.iter().map(|time| match time {
            Ok(time) => json!({"time": time.to_string()}),
            Err(problem) => json!({"problem": problem}),
        });
        let mut fields = Map::new();
        let mut add = |key: &str, value: Value| {
            if !value.as_array().is_some_and(Vec::is_empty) {
                fields.insert(key.to_owned(), value);
            }
        };
        add("format", self.format.as_str().into());
        if let Some(note) = &self.note {
            add("note", note.as_str().into());
        }
        add("signers", signers.collect());
        add("contents", contents.collect());
        add(
            "logEntries",
            self.entries.iter().map(LogEntry::json).collect(),
        );
        add("timestamps", timestamps.collect());
        Value::Object(fields)
    }
}

impl Signer {
    fn json(&self) -> Value {
        match self {
            Self::Key(id) => json!({"keyId": id}),
            Self::Unreadable(problem) => json!({"certificate": {"problem": problem}}),
            Self::Certificate(identity) => {
                let claims = identity.claims.iter();
                let claims = claims.map(|(name, text)| ((*name).to_owned(), text.as_str().into()));
                json!({"certificate": {
                    "subject": identity.subject, "subjectKind": identity.kind, "issuer": identity.issuer,
                    "claims": Value::Object(claims.collect()),
                    "notBefore": identity.not_before.to_string(),
                    "notAfter": identity.not_after.to_string(),
                }})
            }
        }
    }
}

impl Content {
    /// Repositories and digests of the images that it is about
    fn images(&self) -> Vec<(&str, &str)> {
        match self {
            Self::Statement { subjects, .. } => {
                let digests = subjects.iter().flat_map(|(_, digests)| digests);
                digests
                    .map(|digest| (REPOSITORY, digest.as_str()))
                    .collect()
            }
            Self::SimpleSigning { reference, digest } => vec![(reference, digest)],
            Self::Message(digest) => vec![(REPOSITORY, digest)],
            Self::Other(_) => Vec::new(),
        }
    }

    fn of(payload_type: &str, payload: &[u8]) -> Self {
        let document: Value = serde_json::from_slice(payload).unwrap_or_default();
        if document.get("predicateType").is_some() {
            let subjects = list(&document, "subject").iter().map(|subject| {
                let digests = subject.get("digest").and_then(Value::as_object);
                let digests = digests.into_iter().flatten();
                let digests = digests.map(|(name, digest)| {
                    format!("{name}:{}", digest.as_str().unwrap_or_default())
                });
                (text(subject, "name").to_owned(), digests.collect())
            });
            return Self::Statement {
                predicate_type: text(&document, "predicateType").to_owned(),
                subjects: subjects.collect(),
            };
        }
        let critical = |pointer: &str| {
            let value = document.pointer(&format!("/critical/{pointer}"));
            value.and_then(Value::as_str)
        };
        match critical("image/docker-manifest-digest") {
            Some(digest) => Self::SimpleSigning {
                reference: critical("identity/docker-reference")
                    .unwrap_or_default()
                    .to_owned(),
                digest: digest.to_owned(),
            },
            None => Self::Other(payload_type.to_owned()),
        }
    }

    fn json(&self) -> Value {
        match self {
            Self::Statement {
                predicate_type,
                subjects,
            } => {
                let subjects = subjects.iter();
                let subjects: Vec<_> = subjects
                    .map(|(name, digests)| json!({"name": name, "digests": digests}))
                    .collect();
                json!({"predicateType": predicate_type, "subjects": subjects})
            }
            Self::SimpleSigning { reference, digest } => {
                json!({"dockerReference": reference, "dockerManifestDigest": digest})
            }
            Self::Message(digest) => json!({"messageDigest": digest}),
            Self::Other(payload_type) => json!({"payloadType": payload_type}),
        }
    }
}

impl LogEntry {
    fn of(entry: &Value) -> Self {
        let kind = entry.get("kindVersion").unwrap_or(&Value::Null);
        let (kind, version) = (text(kind, "kind"), text(kind, "version"));
        let proof = entry
            .get("inclusionProof")
            .filter(|proof| proof.is_object());
        let checkpoint = proof.and_then(|proof| proof.pointer("/checkpoint/envelope")?.as_str());
        let integrated = number(entry, "integratedTime").parse().ok();
        let integrated = integrated.filter(|seconds| *seconds != 0);
        Self {
            kind: format!("{kind} {version}"),
            index: number(entry, "logIndex"),
            log: checkpoint
                .and_then(|text| text.lines().next())
                .map(str::to_owned),
            integrated: integrated.and_then(|seconds| Time::from_unix(seconds).ok()),
            has_promise: entry.get("inclusionPromise").is_some_and(Value::is_object),
            has_proof: proof.is_some(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "kindVersion": self.kind, "logIndex": self.index, "log": self.log,
            "integratedTime": self.integrated.map(|time| time.to_string()),
            "inclusionPromise": self.has_promise, "inclusionProof": self.has_proof,
        })
    }
}

/// The signer of a bundle: the certificate, or the hint of a key
fn signer(material: &Value) -> Signer {
    if let Some(key) = material.get("publicKey") {
        return Signer::Key(text(key, "hint").to_owned());
    }
    let certificate = material.get("certificate");
    let certificate =
        certificate.or_else(|| material.pointer("/x509CertificateChain/certificates/0"));
    let Some(certificate) = certificate else {
        return Signer::Unreadable("there is none".to_owned());
    };
    let bytes = decode(text(certificate, "rawBytes")).unwrap_or_default();
    let read = Certificate::read(&bytes).and_then(|certificate| {
        let leaf = certificate.leaf()?;
        let claims = Claim::ALL.iter().filter_map(|(_, name, claim)| {
            let text = leaf.claim(*claim)?;
            Some((*name, text.to_owned()))
        });
        Ok(Identity {
            subject: leaf.subject.to_string(),
            kind: match leaf.subject {
                SubjectName::Uri(_) => "URI",
                SubjectName::Email(_) => "e-mail",
                SubjectName::UserName(_) => "user name",
            },
            issuer: leaf.issuer.map(str::to_owned),
            claims: claims.collect(),
            not_before: certificate.not_before(),
            not_after: certificate.not_after(),
        })
    });
    match read {
        Ok(identity) => Signer::Certificate(identity),
        Err(malformed) => Signer::Unreadable(malformed.to_string()),
    }
}

fn content(bundle: &Value) -> Option<Content> {
    if let Some(envelope) = bundle.get("dsseEnvelope") {
        let payload = decode(text(envelope, "payload")).unwrap_or_default();
        return Some(Content::of(text(envelope, "payloadType"), &payload));
    }
    let message = bundle.get("messageSignature")?;
    let digest = message.get("messageDigest").unwrap_or(&Value::Null);
    let bytes = decode(text(digest, "digest")).unwrap_or_default();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let algorithm = match text(digest, "algorithm") {
        "SHA2_256" => "sha256",
        "SHA2_384" => "sha384",
        "SHA2_512" => "sha512",
        other => other,
    };
    Some(Content::Message(format!("{algorithm}:{hex}")))
}

fn time_of(timestamp: &Value) -> Result<Time, String> {
    let bytes = decode(text(timestamp, "signedTimestamp")).unwrap_or_default();
    let token = Token::read(&bytes).map_err(|malformed| malformed.to_string())?;
    Ok(token.moment().to_time())
}

/// An int64 of ProtoJSON: a text or a number, and zero where it is left out
fn number(value: &Value, key: &str) -> String {
    match value.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => "0".to_owned(),
    }
}
