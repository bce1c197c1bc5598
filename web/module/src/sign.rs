//! Signing for a try-out: the browser has the private key and signs; this part makes what is signed, the attestation,
//! and the change that trusts the key.

use admission_requests::image::Image;
use admission_requests::occurrence::{Filing, Signed};
use admission_requests::payload::simple_signing;
use admission_requests::yaml;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use p256::ecdsa::Signature;
use policy_lint::SourceFile;
use policy_lint::source::{Entry, Node};
use policy_wasm::attestation::media_type::SIMPLE_SIGNING;
use policy_wasm::key::{Algorithm, PublicKey};
use serde::Serialize;
use serde_json::{Value, json};

use crate::lint::Change;
use crate::units::Units;

/// The payload to sign for an image
#[derive(Debug, Serialize)]
pub(crate) struct Payload {
    /// The bytes to sign, in base64
    payload: String,
}

/// A result, or what is wrong
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Made<T> {
    /// The result
    Done(T),
    /// The problem, and a way to solve it
    Problem(String),
}

impl<T> Made<T> {
    fn of(result: Result<T, String>) -> Self {
        match result {
            Ok(done) => Self::Done(done),
            Err(problem) => Self::Problem(problem),
        }
    }
}

/// Returns what is signed to attest an image.
pub(crate) fn payload(image: &str) -> Made<Payload> {
    Made::of(bytes(image).map(|bytes| Payload {
        payload: STANDARD.encode(bytes),
    }))
}

fn bytes(image: &str) -> Result<Vec<u8>, String> {
    let image = Image::parse(image).map_err(|error| error.to_string())?;
    let payload = simple_signing(&image.repository, &image.digest.to_string());
    Ok(payload.into_bytes())
}

/// Returns the occurrence of an image as YAML. A signature of `WebCrypto` is the two numbers, of 32 bytes each.
pub(crate) fn occurrence(image: &str, note: &str, pem: &str, signature: &str) -> Made<String> {
    Made::of(occurrence_of(image, note, pem, signature))
}

fn occurrence_of(image: &str, note: &str, pem: &str, signature: &str) -> Result<String, String> {
    let payload = bytes(image)?;
    let image = Image::parse(image).map_err(|error| error.to_string())?;
    let key = PublicKey::from_pem(pem, Algorithm::EcdsaP256Sha256, "");
    let key = key.map_err(|error| error.to_string())?;
    let numbers = STANDARD.decode(signature).unwrap_or_default();
    let signature = Signature::from_slice(&numbers).map_err(|error| error.to_string())?;
    let signatures = [(key.id().to_owned(), signature.to_der().as_bytes().to_vec())];
    let resource = image.reference();
    let filing = Filing {
        note: Some(note).filter(|note| !note.is_empty()),
        resource: &resource,
    };
    let occurrence = filing.occurrence(Signed {
        payload: &payload,
        payload_type: SIMPLE_SIGNING,
        signatures: &signatures,
    });
    Ok(yaml::document(&occurrence))
}

/// Returns the change of a text of settings that adds a key to an attestor, and the attestor's note.
pub(crate) fn trust(settings: &str, attestor: &str, pem: &str) -> Made<Trust> {
    Made::of(trust_in(settings, attestor, pem))
}

/// A change of settings that trusts a key
#[derive(Debug, Serialize)]
pub(crate) struct Trust {
    /// `None` if the attestor has the key
    change: Option<Change>,
    /// The note under which its attestations are filed
    note: String,
}

fn trust_in(settings: &str, attestor: &str, pem: &str) -> Result<Trust, String> {
    let file = SourceFile::new(crate::lint::NAME, settings);
    let documents = file.parse(0).map_err(|error| error.to_string())?;
    let document = documents.first().ok_or("the settings are empty")?;
    let found = find(document, attestor);
    let note =
        found.ok_or_else(|| format!("the settings have no attestor `{attestor}` with a note"))?;
    let reference = note.value.text_of("noteReference").to_owned();
    let is_own = |key: &Node| {
        let written = key
            .at(&["pkixPublicKey", "publicKeyPem"])
            .and_then(Node::text);
        written.is_some_and(|written| written.trim() == pem.trim())
    };
    if note.value.items_of("publicKeys").iter().any(is_own) {
        return Ok(Trust {
            change: None,
            note: reference,
        });
    }
    let entry =
        json!({"pkixPublicKey": {"signatureAlgorithm": "ECDSA_P256_SHA256", "publicKeyPem": pem}});
    let (at, insert) = insertion(settings, &note.value, &entry).ok_or(BY_HAND)?;
    let mut changed = settings.to_owned();
    changed.insert_str(at, &insert);
    // A change that cannot be read back as expected is not offered.
    let again = SourceFile::new("", changed).parse(0);
    let again = again.map_err(|_| BY_HAND)?;
    let keys = again.first().and_then(|document| find(document, attestor));
    let keys = keys.map(|note| note.value.items_of("publicKeys").to_vec());
    let expected = note.value.items_of("publicKeys").len().checked_add(1);
    if keys.is_none_or(|keys| Some(keys.len()) != expected || !keys.iter().any(is_own)) {
        return Err(BY_HAND.to_owned());
    }
    let place = Units::of(settings, &(at..at));
    Ok(Trust {
        change: Some(Change { place, insert }),
        note: reference,
    })
}

const BY_HAND: &str = "the key cannot be added to this notation of the attestor; write `publicKeys` as a list of lines";

/// The note of an attestor, in settings or in a manifest with settings.
fn find<'n>(document: &'n Node, attestor: &str) -> Option<&'n Entry> {
    let settings = document.at(&["spec", "settings"]).unwrap_or(document);
    let mut attestors = settings.items_of("attestors").iter();
    let found = attestors.find(|one| one.text_of("name") == attestor)?;
    NOTES.iter().find_map(|field| found.entry(field))
}

/// The field with the note of an attestor; the second is that of Google's beta versions.
const NOTES: [&str; 2] = ["userOwnedGrafeasNote", "userOwnedDrydockNote"];

/// The place of a new first key, and the text to insert there.
fn insertion(text: &str, note: &Node, entry: &Value) -> Option<(usize, String)> {
    let Some(keys) = note.get("publicKeys") else {
        let (before, column) = line_of(text, note.entries().first()?.key_span.start)?;
        let lines = yaml::document(&json!({"publicKeys": [entry]}));
        return column
            .trim()
            .is_empty()
            .then(|| (before, indented(&lines, column)));
    };
    let Some(first) = keys.items().first() else {
        let is_flow = text.get(keys.span.range())?.starts_with('[');
        return is_flow.then(|| (keys.span.start.saturating_add(1), entry.to_string()));
    };
    let (before, marked) = line_of(text, first.span.start)?;
    match marked.trim_end().strip_suffix('-') {
        Some(column) if column.trim().is_empty() => {
            Some((before, indented(&yaml::document(&json!([entry])), column)))
        }
        _ => Some((first.span.start, format!("{entry}, "))),
    }
}

/// The beginning of the line of a byte, and its text up to there.
fn line_of(text: &str, at: usize) -> Option<(usize, &str)> {
    let before = text.get(..at)?;
    let start = before.rfind('\n').map_or(0, |line| line.saturating_add(1));
    Some((start, before.get(start..)?))
}

fn indented(lines: &str, column: &str) -> String {
    lines
        .lines()
        .map(|line| format!("{column}{line}\n"))
        .collect()
}

#[cfg(test)]
mod tests {
    use p256::SecretKey;
    use p256::ecdsa::SigningKey;
    use p256::ecdsa::signature::Signer as _;
    use p256::pkcs8::{EncodePublicKey as _, LineEnding};
    use policy_wasm::abi::{self, Host};
    use policy_wasm::evidence::NoLookup;
    use policy_wasm::time::NO_CLOCK;

    use super::*;

    const BLOCK: &str = "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/p/attestors/a]
attestors:
  # é🙂
  - name: projects/p/attestors/a
    userOwnedGrafeasNote:
      noteReference: projects/p/notes/a
";

    fn key() -> SigningKey {
        SecretKey::from_slice(&[7; 32]).unwrap().into()
    }

    fn pem() -> String {
        key()
            .verifying_key()
            .to_public_key_pem(LineEnding::LF)
            .unwrap()
    }

    fn trusted(settings: &str) -> String {
        let Trust { change, note } = trust_in(settings, "projects/p/attestors/a", &pem()).unwrap();
        assert_eq!(note, "projects/p/notes/a");
        let Some(Change { place, insert }) = change else {
            return settings.to_owned();
        };
        let mut units: Vec<_> = settings.encode_utf16().collect();
        units.splice(place.from..place.to, insert.encode_utf16());
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn a_signature_of_the_browser_satisfies_the_attestor_that_trusts_its_key() {
        let image = format!("registry.example/a@sha256:{}", "1".repeat(64));
        let signature: Signature = key().sign(&bytes(&image).unwrap());
        let signature = STANDARD.encode(signature.to_bytes());
        let occurrence = occurrence_of(&image, "projects/p/notes/a", &pem(), &signature).unwrap();
        let occurrence = &admission_requests::parse(&occurrence).unwrap()[0];
        let more = "      publicKeys:\n        - id: other\n          pkixPublicKey: {signatureAlgorithm: ECDSA_P256_SHA256, publicKeyPem: x}\n";
        for settings in [
            BLOCK.to_owned(),
            format!("{BLOCK}      publicKeys: []\n"),
            format!("{BLOCK}{more}"),
            format!("{BLOCK}      publicKeys: [{{asciiArmoredPgpPublicKey: x}}]\n"),
        ] {
            let settings = trusted(&settings);
            assert_eq!(trusted(&settings), settings, "the key is there");
            let mut settings = admission_requests::parse(&settings).unwrap().remove(0);
            settings["attestors"][0]["userOwnedGrafeasNote"]["publicKeys"]
                .as_array_mut()
                .unwrap()
                .truncate(1);
            settings["evidence"] = json!({"occurrences": [occurrence]});
            let call = json!({"settings": settings, "request": {
                "kind": {"group": "", "version": "v1", "kind": "Pod"}, "operation": "CREATE",
                "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
                    "spec": {"containers": [{"name": "c", "image": image}]}}}});
            let host = Host {
                clock: NO_CLOCK,
                lookup: &mut NoLookup,
            };
            let decision = abi::decide(call.to_string().as_bytes(), host);
            let decision: Value = serde_json::from_slice(&decision).unwrap();
            assert_eq!(decision["allowed"], true, "{decision:#}");
        }
    }

    #[test]
    fn an_attestation_of_the_cluster_is_found_by_note_and_digest() {
        let hex = "1".repeat(64);
        let image = format!("registry.example/a@sha256:{hex}");
        let signature: Signature = key().sign(&bytes(&image).unwrap());
        let signature = STANDARD.encode(signature.to_bytes());
        let occurrence = occurrence_of(&image, "projects/p/notes/a", &pem(), &signature).unwrap();
        let occurrence = &admission_requests::parse(&occurrence).unwrap()[0];
        let notes = "evidence: {kubernetes: {notes: {projects/p/notes/a: attest-a}}}\n";
        let resource = json!({
            "apiVersion": "countersign.dev/v1", "kind": "Attestation",
            "metadata": {"namespace": "attest-a", "name": format!("sha256-{hex}")},
            "spec": {"attestations": [occurrence]},
        });
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "c", "image": image}]},
        });
        for (evidence, verdict) in [
            (resource.to_string(), "CONFORMANT"),
            (String::new(), "NON_CONFORMANT"),
        ] {
            let question = json!({
                "settings": format!("{}{notes}", trusted(BLOCK)), "objects": pod.to_string(), "evidence": evidence,
            });
            let answer: Value =
                serde_json::from_str(&crate::evaluate(&question.to_string())).unwrap();
            assert_eq!(
                answer["objects"][0]["decision"]["verdict"], verdict,
                "{answer:#}"
            );
        }
    }

    #[test]
    fn what_cannot_be_done_has_its_reason() {
        assert!(bytes("nginx").unwrap_err().contains("no sha256 digest"));
        assert!(
            trust_in(BLOCK, "b", "x")
                .unwrap_err()
                .contains("no attestor `b`")
        );
        assert!(trust_in("a: [", "b", "x").is_err());
        assert!(occurrence_of("nginx", "", "", "").is_err());
    }
}
