//! Makes attestations: says something about an image, signs it, wraps it, and does to it what the suite
//! says was done.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_lint::suite::{Attestation, Claim, Finding, Format, Moment, Provenance, Tamper};
use policy_wasm::digest::Digest;
use policy_wasm::image::ImageReference;
use policy_wasm::time::Time;
use serde_json::{Value, json};

use super::stand_in::StandIn;
use crate::payload::{SIMPLE_SIGNING, simple_signing};

/// An attestation as it is stored, and where it belongs
#[derive(Debug)]
pub(super) struct Made {
    /// The attestation; for [`Format::Cosign`] a layer of a manifest
    pub(super) document: Value,
    /// `sha256:…`
    pub(super) digest: String,
    /// The image's repository as registries are asked for it
    pub(super) repository: String,
    /// Of the attestor that the signer stands for, or what the suite says
    pub(super) note: Option<String>,
}

const IN_TOTO: &str = "application/vnd.in-toto+json";
/// What Google's own evaluation signs
const POLICY_VERIFICATION: &str =
    "https://binaryauthorization.googleapis.com/policy_verification/v0.1";
/// Says nothing to any policy
const OTHER_TYPE: &str = "application/vnd.countersign.test+json";
const OTHER_PREDICATE: &str = "https://countersign.dev/test/nothing/v1";
const OTHER_NOTE: &str = "projects/countersign-test/notes/other";

/// Older than any limit on the age of evidence can be wanted.
const EXPIRED: u64 = 100 * 365 * 86_400;

/// The attestation of a case: once, or twice where it is doubled.
///
/// # Errors
///
/// Says what is wrong with it.
pub(super) fn make(
    attestation: &Attestation,
    signer: &StandIn,
    now: Time,
) -> Result<Vec<Made>, String> {
    let image = ImageReference::parse(&attestation.image)
        .map_err(|error| format!("`{}` is no image reference: {error}", attestation.image))?;
    let digest = image
        .sha256()
        .ok_or_else(|| format!("`{}` has no sha256 digest", attestation.image))?;
    let is = |tamper| attestation.tampers.contains(&tamper);
    let note = attestation.note.clone().or_else(|| signer.note.clone());
    let named = if is(Tamper::WrongNote) {
        Some(OTHER_NOTE.to_owned())
    } else {
        note.clone()
    };
    let subject = Subject {
        repository: match &attestation.repository {
            Some(repository) => repository.clone(),
            None => image.repository().into_owned(),
        },
        digest: digest.to_string(),
    };
    let envelope = Envelope {
        note: named,
        resource: attestation.image.clone(),
    };
    let document = if is(Tamper::Garbage) {
        json!({"kind": "ATTESTATION", "attestation": "garbage"})
    } else {
        let said = say(attestation, &subject, now)?;
        envelope.wrap(
            attestation.format,
            &sign(attestation, said, &subject, signer, now)?,
        )
    };
    let times = if is(Tamper::DuplicateSigner) { 2 } else { 1 };
    let made = || Made {
        document: document.clone(),
        digest: digest.to_string(),
        repository: image.normalized_repository(),
        note: note.clone(),
    };
    Ok((0..times).map(|_| made()).collect())
}

/// What an attestation is about
#[derive(Debug, Clone)]
struct Subject {
    repository: String,
    digest: String,
}

/// A payload and what it is
struct Said {
    payload: String,
    /// Of the envelope; none where the payload's own bytes are signed
    payload_type: Option<&'static str>,
}

/// A payload with its signature, as they are stored
struct Signed {
    payload: Vec<u8>,
    payload_type: &'static str,
    /// None where there is no signature
    signature: Option<(String, Vec<u8>)>,
}

/// What an attestation says, with whatever is wrong with it from the beginning.
fn say(attestation: &Attestation, subject: &Subject, now: Time) -> Result<Said, String> {
    let is = |tamper| attestation.tampers.contains(&tamper);
    let subject = if is(Tamper::WrongDigest) {
        &subject.of_another_image()
    } else {
        subject
    };
    let predicate = match &attestation.claim {
        Claim::Approval => None,
        Claim::Scan { finished, findings } => {
            let finished = moment(*finished, &attestation.tampers, now)?;
            Some((SCAN, scan(&finished, findings)))
        }
        Claim::Provenance(provenance) => Some((PROVENANCE, self::provenance(provenance))),
        Claim::Upload(uploaded) => {
            let time = moment(*uploaded, &attestation.tampers, now)?;
            Some((UPLOAD, json!({"uploadTime": time})))
        }
        Claim::Statement {
            predicate_type,
            predicate,
        } => Some((predicate_type.as_str(), predicate.clone())),
    };
    let predicate = match (attestation.format, predicate) {
        (Format::PolicyVerification, None) => Some((POLICY_VERIFICATION, json!({}))),
        (_, predicate) => predicate,
    };
    let wrong_type = is(Tamper::WrongType);
    let said = |payload, payload_type| Said {
        payload,
        payload_type,
    };
    Ok(match (predicate, attestation.format) {
        (Some((predicate_type, predicate)), _) => {
            let predicate_type = if wrong_type {
                OTHER_PREDICATE
            } else {
                predicate_type
            };
            let statement = subject.statement(predicate_type, &predicate);
            said(statement, Some(IN_TOTO))
        }
        (None, Format::Dsse | Format::DsseOccurrence) => {
            let payload_type = if wrong_type {
                OTHER_TYPE
            } else {
                SIMPLE_SIGNING
            };
            said(
                simple_signing(&subject.repository, &subject.digest),
                Some(payload_type),
            )
        }
        (None, Format::Cosign) => said(subject.cosign(), None),
        (None, _) if wrong_type => said(json!({"type": OTHER_TYPE}).to_string(), None),
        (None, _) => said(simple_signing(&subject.repository, &subject.digest), None),
    })
}

/// Signs what is said, and changes afterwards what was changed afterwards.
fn sign(
    attestation: &Attestation,
    said: Said,
    subject: &Subject,
    signer: &StandIn,
    now: Time,
) -> Result<Signed, String> {
    let is = |tamper| attestation.tampers.contains(&tamper);
    let over = if is(Tamper::SwapSubject) {
        say(attestation, &subject.of_another_image(), now)?.payload
    } else {
        said.payload.clone()
    };
    let message = match said.payload_type {
        Some(payload_type) => pae(payload_type, &over),
        None => over,
    };
    let impostor = is(Tamper::WrongKey)
        .then(|| signer.key.impostor(&attestation.by))
        .flatten();
    let mut signature = impostor
        .as_ref()
        .unwrap_or(&signer.key)
        .sign(message.as_bytes());
    if is(Tamper::FlipBit)
        && let Some(last) = signature.last_mut()
    {
        *last ^= 1;
    }
    let id = if is(Tamper::UnknownKeyId) {
        "ni:///sha-256;nobody".to_owned()
    } else {
        signer.key.id().to_owned()
    };
    let mut payload = said.payload.into_bytes();
    if is(Tamper::Truncated) {
        payload.truncate(payload.len().div_euclid(2));
    }
    Ok(Signed {
        payload,
        payload_type: said.payload_type.unwrap_or(SIMPLE_SIGNING),
        signature: (!is(Tamper::Unsigned)).then_some((id, signature)),
    })
}

/// What nobody signs, around an attestation
struct Envelope {
    note: Option<String>,
    resource: String,
}

impl Envelope {
    fn wrap(&self, format: Format, signed: &Signed) -> Value {
        let payload = STANDARD.encode(&signed.payload);
        let signatures = |id_key: &str, signature_key: &str| -> Value {
            let entries = signed.signature.iter().map(
                |(id, signature)| json!({id_key: id, signature_key: STANDARD.encode(signature)}),
            );
            entries.collect()
        };
        let generic = || json!({"serializedPayload": payload, "signatures": signatures("publicKeyId", "signature")});
        let dsse = || {
            json!({
                "payloadType": signed.payload_type, "payload": payload,
                "signatures": signatures("keyid", "sig"),
            })
        };
        match format {
            Format::Occurrence => self.filed("resourceUri", json!(self.uri()), generic()),
            Format::OccurrenceV1Beta1 => {
                let mut generic = generic();
                if let Some(fields) = generic.as_object_mut() {
                    fields.insert("contentType".into(), "SIMPLE_SIGNING_JSON".into());
                }
                let inner = json!({"attestation": {"genericSignedAttestation": generic}});
                self.filed("resource", json!({"uri": self.uri()}), inner)
            }
            Format::Dsse | Format::PolicyVerification => dsse(),
            Format::DsseOccurrence => {
                let mut occurrence = self.filed("resourceUri", json!(self.uri()), Value::Null);
                if let Some(fields) = occurrence.as_object_mut() {
                    fields.shift_remove("attestation");
                    fields.insert("kind".into(), "DSSE_ATTESTATION".into());
                    fields.insert("dsseAttestation".into(), json!({"envelope": dsse()}));
                }
                occurrence
            }
            Format::Cosign => {
                let signature = signed.signature.iter().map(|(_, signature)| signature);
                let signature: String = signature.map(|bytes| STANDARD.encode(bytes)).collect();
                json!({
                    "mediaType": SIMPLE_SIGNING,
                    "digest": digest(&signed.payload), "size": signed.payload.len(),
                    "annotations": {"dev.cosignproject.cosign/signature": signature},
                })
            }
        }
    }

    fn filed(&self, resource_key: &str, resource: Value, attestation: Value) -> Value {
        let mut occurrence = json!({"kind": "ATTESTATION"});
        if let Some(fields) = occurrence.as_object_mut() {
            if let Some(note) = &self.note {
                fields.insert("noteName".into(), note.as_str().into());
            }
            fields.insert(resource_key.into(), resource);
            fields.insert("attestation".into(), attestation);
        }
        occurrence
    }

    fn uri(&self) -> String {
        format!("https://{}", self.resource)
    }
}

impl Subject {
    fn of_another_image(&self) -> Self {
        Self {
            digest: digest(self.digest.as_bytes()),
            ..self.clone()
        }
    }

    /// The bytes that cosign signs.
    fn cosign(&self) -> String {
        let Self { repository, digest } = self;
        format!(
            "{{\"critical\":{{\"identity\":{{\"docker-reference\":{}}},\"image\":{{\"docker-manifest-digest\":\"{digest}\"}},\
             \"type\":\"cosign container image signature\"}},\"optional\":null}}",
            Value::from(repository.as_str())
        )
    }

    fn statement(&self, predicate_type: &str, predicate: &Value) -> String {
        let hex = self.digest.strip_prefix("sha256:").unwrap_or(&self.digest);
        let statement = json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{"name": self.repository, "digest": {"sha256": hex}}],
            "predicateType": predicate_type,
            "predicate": predicate,
        });
        statement.to_string()
    }
}

const SCAN: &str = "https://cosign.sigstore.dev/attestation/vuln/v1";
const PROVENANCE: &str = "https://slsa.dev/provenance/v1";
const UPLOAD: &str = "https://countersign.dev/upload/v1";

/// A scan as cosign attests it, with a report of Grype: it says for each finding whether there is a fix.
fn scan(finished: &str, findings: &[Finding]) -> Value {
    let matches = findings.iter().map(|finding| {
        let state = if finding.fixable {
            "fixed"
        } else {
            "not-fixed"
        };
        json!({
            "vulnerability": {
                "id": finding.id, "severity": finding.severity,
                "fix": {"versions": [], "state": state},
            },
            "artifact": {"name": "example", "version": "1.0"},
        })
    });
    let matches: Value = matches.collect();
    json!({
        "scanner": {
            "uri": "pkg:github/anchore/grype", "version": "1",
            "result": {"matches": matches, "descriptor": {"name": "grype"}},
        },
        "metadata": {"scanStartedOn": finished, "scanFinishedOn": finished},
    })
}

/// SLSA provenance v1 of a build that began with a file in a repository, or without one.
fn provenance(Provenance { builder, source }: &Provenance) -> Value {
    let parameters = match source {
        Some(repository) => json!({"buildConfigSource": {
            "path": "build.yaml", "ref": "refs/heads/main", "repository": repository,
        }}),
        None => json!({"buildConfig": {"steps": []}}),
    };
    json!({
        "buildDefinition": {
            "buildType": "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1",
            "externalParameters": parameters,
        },
        "runDetails": {"builder": {"id": builder}},
    })
}

fn moment(moment: Moment, tampers: &[Tamper], now: Time) -> Result<String, String> {
    let now = now.as_unix();
    let seconds = if tampers.contains(&Tamper::Expired) {
        now.saturating_sub(EXPIRED)
    } else if tampers.contains(&Tamper::NotYetValid) {
        now.saturating_add(86_400)
    } else {
        match moment {
            Moment::Ago(seconds) => now
                .checked_sub(seconds)
                .ok_or("its age reaches back before 1970")?,
            Moment::At(time) => time.as_unix(),
        }
    };
    let time = Time::from_unix(seconds).map_err(|error| error.to_string())?;
    Ok(time.to_string())
}

/// The bytes that are signed for an envelope (DSSE's pre-authentication encoding).
fn pae(payload_type: &str, payload: &str) -> String {
    let (type_length, length) = (payload_type.len(), payload.len());
    format!("DSSEv1 {type_length} {payload_type} {length} {payload}")
}

fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}
