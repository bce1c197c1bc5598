//! Makes attestations: says something about an image, signs it, wraps it, and does to it what the suite
//! says was done.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_lint::suite::{Attestation, Claim, Finding, Format, Moment, Provenance, Source, Tamper};
use policy_wasm::attestation::media_type::{IN_TOTO, SIMPLE_SIGNING};
use policy_wasm::attestation::statement::predicate_type::{
    COSIGN_SCAN_V1, POLICY_VERIFICATION_V0_1, PROVENANCE_V1, UPLOAD_V1,
};
use policy_wasm::digest::Digest;
use policy_wasm::image::ImageReference;
use policy_wasm::time::Time;
use pretend_sigstore::Content;
use serde_json::{Map, Value, json};

use super::identity::{self, Keyless};
use super::signer::TestKey;
use super::stand_in::{KeyStandIn, StandIn};
use crate::attest::document::{Filing, Signed, filed_bundle};
use crate::attest::payload::{Form, Payload, simple_signing, statement};

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

/// Says nothing to any policy
const OTHER_TYPE: &str = "application/vnd.countersign.test+json";
pub(super) const OTHER_PREDICATE: &str = "https://countersign.dev/test/nothing/v1";
const OTHER_NOTE: &str = "projects/countersign-test/notes/other";

/// A signature of an image, as cosign makes it since version 3
const COSIGN_SIGN_V1: &str = "https://sigstore.dev/cosign/sign/v1";
/// The annotation of a layer with the signature of its payload
const COSIGN_SIGNATURE: &str = "dev.cosignproject.cosign/signature";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

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
        .map_err(|error| format!("`{}` is not an image reference: {error}", attestation.image))?;
    let digest = image
        .sha256()
        .ok_or_else(|| format!("`{}` has no sha256 digest", attestation.image))?;
    let is = |tamper| attestation.tampers.contains(&tamper);
    let note = attestation.note.clone();
    let note = note.or_else(|| signer.note().map(str::to_owned));
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
        digest,
    };
    let filing = Filing {
        note: named.as_deref(),
        resource: &attestation.image,
    };
    let document = if is(Tamper::Garbage) {
        garbage(attestation.format)
    } else {
        match signer {
            StandIn::Key(signer) => with_key(attestation, signer, &subject, filing, now)?,
            StandIn::Identity(signer) => with_identity(attestation, signer, &subject, now)?,
        }
    };
    let is_bundle = matches!(attestation.format, Format::Bundle | Format::BundleMessage);
    // As `attest import` stores it: lists in the cluster give each item a name, which bundles do not have.
    let is_bare = matches!(
        attestation.source,
        Source::PodAnnotation | Source::Referrers
    );
    let document = if is_bundle && !is_bare {
        filed_bundle(&document, &attestation.image)
    } else {
        document
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

/// Something in the place of an attestation that is none
fn garbage(format: Format) -> Value {
    match format {
        Format::Bundle | Format::BundleMessage => {
            json!({"mediaType": BUNDLE, "verificationMaterial": "garbage"})
        }
        _ => json!({"kind": "ATTESTATION", "attestation": "garbage"}),
    }
}

/// An attestation by a key
fn with_key(
    attestation: &Attestation,
    signer: &KeyStandIn,
    subject: &Subject,
    filing: Filing<'_>,
    now: Time,
) -> Result<Value, String> {
    if attestation.format == Format::BundleMessage {
        return Ok(message_by_key(attestation, signer, subject));
    }
    let said = say(attestation, subject, now)?;
    let payload_type = match said.form {
        Form::Bare => SIMPLE_SIGNING,
        Form::Envelope(payload_type) => payload_type,
    };
    let Stored {
        payload,
        signatures,
    } = sign(attestation, said, subject, signer, now)?;
    let signed = Signed {
        payload: &payload,
        payload_type,
        signatures: &signatures,
    };
    Ok(wrap(attestation.format, filing, signed))
}

/// A bundle by an identity, or a layer of cosign's signature manifest
fn with_identity(
    attestation: &Attestation,
    signer: &Keyless,
    subject: &Subject,
    now: Time,
) -> Result<Value, String> {
    let (tampers, is_swapped) = (
        &attestation.tampers,
        attestation.tampers.contains(&Tamper::SwapSubject),
    );
    let other = subject.of_another_image();
    let over = if is_swapped { &other } else { subject };
    let (content, stored) = if attestation.format == Format::BundleMessage {
        let is_wrong = tampers.contains(&Tamper::WrongDigest);
        let over = if is_wrong { &other } else { over };
        let stored = if is_swapped { subject } else { over };
        (
            Content::Message(over.digest.as_bytes().to_vec()),
            stored.digest.as_bytes().to_vec(),
        )
    } else if attestation.format == Format::Cosign {
        let signed = Digest::of(say(attestation, over, now)?.text.as_bytes());
        let stored = say(attestation, subject, now)?;
        (
            Content::Message(signed.as_bytes().to_vec()),
            stored.text.into_bytes(),
        )
    } else {
        let Payload { text, form } = say(attestation, over, now)?;
        let payload_type = match form {
            Form::Bare => SIMPLE_SIGNING,
            Form::Envelope(payload_type) => payload_type,
        };
        let content = Content::Envelope {
            payload_type: payload_type.to_owned(),
            payload: text.into_bytes(),
        };
        let stored = say(attestation, subject, now)?;
        (content, stored.text.into_bytes())
    };
    let mut bundle = signer.sign(attestation, content, now)?;
    identity::alter(&mut bundle, &stored, tampers);
    if attestation.format != Format::Cosign {
        return Ok(bundle.document);
    }
    let is_truncated = tampers.contains(&Tamper::Truncated);
    let length = if is_truncated {
        stored.len() / 2
    } else {
        stored.len()
    };
    let payload = stored.get(..length).unwrap_or_default();
    let mut annotations = bundle.annotations();
    let signature = bundle.document.pointer("/messageSignature/signature");
    annotations.extend(signature.map(|one| (COSIGN_SIGNATURE.to_owned(), one.clone())));
    Ok(cosign_layer(payload, &annotations))
}

/// The image of an attestation
#[derive(Debug, Clone)]
struct Subject {
    repository: String,
    digest: Digest,
}

/// A payload with its signatures, as they are stored
struct Stored {
    payload: Vec<u8>,
    /// None where it was not signed
    signatures: Vec<(String, Vec<u8>)>,
}

/// Returns the payload of an attestation, including intended defects.
fn say(attestation: &Attestation, subject: &Subject, now: Time) -> Result<Payload, String> {
    let is = |tamper| attestation.tampers.contains(&tamper);
    let subject = if is(Tamper::WrongDigest) {
        &subject.of_another_image()
    } else {
        subject
    };
    let digest = subject.digest.to_string();
    let predicate = match &attestation.claim {
        Claim::Approval => None,
        Claim::Scan { finished, findings } => {
            let finished = moment(*finished, &attestation.tampers, now)?;
            Some((COSIGN_SCAN_V1, scan(&finished, findings)))
        }
        Claim::Provenance(provenance) => Some((PROVENANCE_V1, self::provenance(provenance))),
        Claim::Upload(uploaded) => {
            let time = moment(*uploaded, &attestation.tampers, now)?;
            Some((UPLOAD_V1, json!({"uploadTime": time})))
        }
        Claim::Statement {
            predicate_type,
            predicate,
        } => Some((predicate_type.as_str(), predicate.clone())),
    };
    let predicate = match (attestation.format, predicate) {
        (Format::Bundle, None) => Some((COSIGN_SIGN_V1, json!({}))),
        (Format::PolicyVerification, None) => Some((POLICY_VERIFICATION_V0_1, json!({}))),
        (_, predicate) => predicate,
    };
    let wrong_type = is(Tamper::WrongType);
    let bare = |text| Payload {
        text,
        form: Form::Bare,
    };
    let envelope = |text, payload_type| Payload {
        text,
        form: Form::Envelope(payload_type),
    };
    Ok(match (predicate, attestation.format) {
        (Some((predicate_type, predicate)), _) => {
            let predicate_type = if wrong_type {
                OTHER_PREDICATE
            } else {
                predicate_type
            };
            let statement = statement(&subject.repository, &digest, predicate_type, &predicate);
            envelope(statement, IN_TOTO)
        }
        (None, Format::Dsse | Format::DsseOccurrence) => {
            let payload_type = if wrong_type {
                OTHER_TYPE
            } else {
                SIMPLE_SIGNING
            };
            envelope(simple_signing(&subject.repository, &digest), payload_type)
        }
        (None, Format::Cosign) => bare(subject.cosign()),
        (None, _) if wrong_type => bare(json!({"type": OTHER_TYPE}).to_string()),
        (None, _) => bare(simple_signing(&subject.repository, &digest)),
    })
}

/// Signs what is said, and changes afterwards what was changed afterwards.
fn sign(
    attestation: &Attestation,
    said: Payload,
    subject: &Subject,
    signer: &KeyStandIn,
    now: Time,
) -> Result<Stored, String> {
    let is = |tamper| attestation.tampers.contains(&tamper);
    let over = if is(Tamper::SwapSubject) {
        &say(attestation, &subject.of_another_image(), now)?
    } else {
        &said
    };
    let signature = signed_with(attestation, signer, |key| key.sign(&over.message()));
    let id = if is(Tamper::UnknownKeyId) {
        "ni:///sha-256;nobody".to_owned()
    } else {
        signer.key.id().to_owned()
    };
    let mut payload = said.text.into_bytes();
    if is(Tamper::Truncated) {
        payload.truncate(payload.len().div_euclid(2));
    }
    let signed = (!is(Tamper::Unsigned)).then_some((id, signature));
    Ok(Stored {
        payload,
        signatures: signed.into_iter().collect(),
    })
}

/// A signature with the signer's key or an impostor's, with one bit flipped or as it is
fn signed_with(
    attestation: &Attestation,
    signer: &KeyStandIn,
    sign: impl Fn(&TestKey) -> Vec<u8>,
) -> Vec<u8> {
    let is = |tamper| attestation.tampers.contains(&tamper);
    let impostor = is(Tamper::WrongKey)
        .then(|| signer.key.impostor(&attestation.by))
        .flatten();
    let mut signature = sign(impostor.as_ref().unwrap_or(&signer.key));
    if is(Tamper::FlipBit)
        && let Some(last) = signature.last_mut()
    {
        *last ^= 1;
    }
    signature
}

/// Wraps what is signed as a format has it.
fn wrap(format: Format, filing: Filing<'_>, signed: Signed<'_>) -> Value {
    match format {
        Format::Occurrence => filing.occurrence(signed),
        Format::OccurrenceV1Beta1 => filing.occurrence_v1beta1(signed),
        Format::Dsse | Format::PolicyVerification => signed.envelope(),
        Format::DsseOccurrence => filing.envelope_occurrence(signed),
        Format::Bundle => {
            let signatures = signed.signatures.iter();
            let signatures: Vec<_> = signatures
                .map(|(_, signature)| json!({"sig": STANDARD.encode(signature)}))
                .collect();
            let envelope = json!({
                "payload": STANDARD.encode(signed.payload), "payloadType": signed.payload_type,
                "signatures": signatures,
            });
            key_bundle("dsseEnvelope", &envelope)
        }
        Format::BundleMessage => Value::Null,
        Format::Cosign => {
            let signature = signed.signatures.iter().map(|(_, signature)| signature);
            let signature: String = signature.map(|bytes| STANDARD.encode(bytes)).collect();
            let annotations = [(COSIGN_SIGNATURE.to_owned(), signature.into())];
            cosign_layer(signed.payload, &annotations.into_iter().collect())
        }
    }
}

/// A layer of cosign's signature manifest
fn cosign_layer(payload: &[u8], annotations: &Map<String, Value>) -> Value {
    json!({
        "mediaType": SIMPLE_SIGNING, "digest": digest(payload), "size": payload.len(),
        "annotations": annotations,
    })
}

/// A bundle with a signature of a key over the image's digest
fn message_by_key(attestation: &Attestation, signer: &KeyStandIn, subject: &Subject) -> Value {
    let is = |tamper| attestation.tampers.contains(&tamper);
    let other = subject.of_another_image();
    let over = if is(Tamper::WrongDigest) || is(Tamper::SwapSubject) {
        &other
    } else {
        subject
    };
    let named = if is(Tamper::SwapSubject) {
        subject
    } else {
        over
    };
    let signature = signed_with(attestation, signer, |key| {
        key.sign_digest(over.digest.as_bytes())
    });
    let signature = if is(Tamper::Unsigned) {
        Vec::new()
    } else {
        signature
    };
    let digest =
        json!({"algorithm": "SHA2_256", "digest": STANDARD.encode(named.digest.as_bytes())});
    let message = json!({"messageDigest": digest, "signature": STANDARD.encode(signature)});
    key_bundle("messageSignature", &message)
}

/// A bundle whose signature a key without a certificate has made
fn key_bundle(name: &str, content: &Value) -> Value {
    json!({
        "mediaType": BUNDLE, "verificationMaterial": {"publicKey": {"hint": "test key"}}, name: content,
    })
}

impl Subject {
    fn of_another_image(&self) -> Self {
        Self {
            digest: Digest::of(self.digest.to_string().as_bytes()),
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
}

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
                .ok_or("its age reaches before 1970")?,
            Moment::At(time) => time.as_unix(),
        }
    };
    let time = Time::from_unix(seconds).map_err(|error| error.to_string())?;
    Ok(time.to_string())
}

fn digest(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()
}
