//! Attestations in the settings, in every shape that the policy reads, unverified.

use policy_wasm::attestation::media_type::SIGSTORE_BUNDLE;

use super::Settings;
use crate::source::{Entry, Node, Span, pointed_at};

/// One of `evidence.occurrences`
#[derive(Debug, Clone, Copy)]
pub(crate) struct Occurrence<'n>(&'n Node);

/// A Sigstore bundle
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bundle {
    /// Place of its media type
    pub(crate) span: Span,
    /// Whether an identity signed it, and not a key
    pub(crate) has_certificate: bool,
}

/// Paths of payload and signatures; empty for a bare envelope
const BODIES: [&[&str]; 6] = [
    &[],
    &["attestation"],
    &["attestation", "genericSignedAttestation"],
    &["attestation", "attestation", "genericSignedAttestation"],
    &["envelope"],
    &["dsseAttestation", "envelope"],
];

/// Paths of OpenPGP messages in the API's beta versions
const OPENPGP_MESSAGES: [&[&str]; 2] = [
    &["attestation", "pgpSignedAttestation"],
    &["attestation", "attestation", "pgpSignedAttestation"],
];

impl<'n> Settings<'n> {
    /// The attestations that stand in the settings; other kinds of occurrences are left out.
    #[must_use]
    pub(crate) fn occurrences(&self) -> Vec<Occurrence<'n>> {
        let list = self.setting(&["evidence", "occurrences"]).map(Node::items);
        let is_attestation = |node: &&Node| {
            match node.get("kind").and_then(Node::text) {
                None | Some("ATTESTATION" | "DSSE_ATTESTATION") => true,
                // Signed provenance
                Some("BUILD") => node.get("envelope").is_some(),
                Some(_) => false,
            }
        };
        let attestations = list.unwrap_or_default().iter().filter(is_attestation);
        attestations.map(Occurrence).collect()
    }

    /// The notes whose attestations the cluster stores.
    #[must_use]
    pub(crate) fn stored_notes(&self) -> &'n [Entry] {
        let notes = self.setting(&["evidence", "kubernetes", "notes"]);
        notes.map(Node::entries).unwrap_or_default()
    }
}

impl<'n> Occurrence<'n> {
    /// The note under which it is filed, with its place; none where it is for every attestor.
    #[must_use]
    pub(crate) fn note(&self) -> Option<(&'n str, Span)> {
        let note = self.0.get("noteName")?;
        Some((note.text()?, note.span))
    }

    /// The image under which it is filed; empty where it names none.
    #[must_use]
    pub(crate) fn resource(&self) -> &'n str {
        let resource = self.0.get("resourceUri");
        let resource = resource.or_else(|| self.0.at(&["resource", "uri"]));
        resource.and_then(Node::text).unwrap_or_default()
    }

    /// The Sigstore bundle that it is, or that it contains.
    #[must_use]
    pub(crate) fn bundle(&self) -> Option<Bundle> {
        let bundle = self.0.get("bundle").unwrap_or(self.0);
        let media_type = bundle.get("mediaType")?;
        let is_bundle = media_type.text()?.starts_with(SIGSTORE_BUNDLE);
        let key = bundle.at(&["verificationMaterial", "publicKey"]);
        is_bundle.then_some(Bundle {
            span: media_type.span,
            has_certificate: key.is_none(),
        })
    }

    /// Returns why the policy can read none of its bodies, with its place; `None` if it can read one.
    #[must_use]
    pub(crate) fn problem(&self) -> Option<(String, Span)> {
        let problem =
            policy_wasm::attestation::problem_of_occurrence(&self.0.to_json().to_string());
        Some((problem?.to_string(), pointed_at(self.0)))
    }

    /// Its payloads, in base64.
    #[must_use]
    pub(crate) fn payloads(&self) -> Vec<&'n Entry> {
        let payload = |body: &'n Node| {
            let payload = body.entry("serializedPayload");
            payload.or_else(|| body.entry("payload"))
        };
        self.bodies(&BODIES).filter_map(payload).collect()
    }

    /// The ids of the keys that signed it, as it says, with their places; blank for a signature that
    /// names none.
    #[must_use]
    pub(crate) fn key_ids(&self) -> Vec<(&'n str, Span)> {
        let named = |signature: &'n Node, fields: &[&str]| {
            // Tekton Chains stores a whole envelope as a signature, and in that is the id that counts.
            let is_envelope = signature
                .get("sig")
                .and_then(Node::text)
                .is_some_and(|text| text.starts_with("eyJ"));
            let fields = if is_envelope { &[] } else { fields };
            let id = fields.iter().find_map(|field| signature.get(field));
            let text = id.and_then(Node::text).unwrap_or_default();
            (text, pointed_at(id.unwrap_or(signature)))
        };
        let signatures = self.bodies(&BODIES);
        let signatures = signatures.flat_map(|body| body.items_of("signatures"));
        let messages = self.bodies(&OPENPGP_MESSAGES);
        signatures
            .map(|signature| named(signature, &["publicKeyId", "keyid"]))
            .chain(messages.map(|message| named(message, &["pgpKeyId"])))
            .collect()
    }

    fn bodies(&self, paths: &'static [&'static [&'static str]]) -> impl Iterator<Item = &'n Node> {
        let node = self.0;
        paths.iter().filter_map(move |path| node.at(path))
    }
}
