//! Payloads: the exact bytes that are signed for an image.

use alloc::borrow::Cow;

use serde_json::{Value, json};

/// A payload and the bytes that its signature covers
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    /// The payload
    pub text: String,
    /// The bytes that are signed
    pub form: Form,
}

/// The bytes that a signature covers
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// The payload itself
    Bare,
    /// The payload with this type, in DSSE's pre-authentication encoding
    Envelope(&'static str),
}

impl Payload {
    /// Returns the bytes that are signed.
    #[must_use]
    pub fn message(&self) -> Cow<'_, [u8]> {
        match self.form {
            Form::Bare => Cow::Borrowed(self.text.as_bytes()),
            Form::Envelope(payload_type) => Cow::Owned(pae(payload_type, &self.text).into_bytes()),
        }
    }
}

/// The payload that `gcloud container binauthz create-signature-payload` prints.
#[must_use]
pub fn simple_signing(repository: &str, digest: &str) -> String {
    let repository = Value::from(repository);
    format!(
        r#"{{
  "critical": {{
    "identity": {{
      "docker-reference": {repository}
    }},
    "image": {{
      "docker-manifest-digest": "{digest}"
    }},
    "type": "Google cloud binauthz container signature"
  }}
}}
"#
    )
}

/// An in-toto statement about an image, on one line.
#[must_use]
pub fn statement(
    repository: &str,
    digest: &str,
    predicate_type: &str,
    predicate: &Value,
) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": repository, "digest": {"sha256": hex}}],
        "predicateType": predicate_type,
        "predicate": predicate,
    });
    statement.to_string()
}

/// DSSE's pre-authentication encoding: the bytes that are signed for an envelope.
fn pae(payload_type: &str, payload: &str) -> String {
    let (type_length, length) = (payload_type.len(), payload.len());
    format!("DSSEv1 {type_length} {payload_type} {length} {payload}")
}

#[cfg(test)]
mod tests {
    use policy_wasm::digest::Digest;

    use policy_wasm::attestation::media_type::SIMPLE_SIGNING;

    use super::*;

    fn digest_of(text: &str) -> String {
        Digest::of(text.as_bytes()).to_string()
    }

    /// Payloads that gcloud printed.
    #[test]
    fn the_bytes_are_those_of_gcloud() {
        let payload = simple_signing("gcr.io/p/i", &format!("sha256:{}", "ab".repeat(32)));
        assert_eq!(payload.len(), 272);
        assert_eq!(
            digest_of(&payload),
            "sha256:766dcb896ff78b67ab0a78e5cdc0d02d1a780075321dfa24bf24fb2a7f9f6d2e"
        );
    }

    /// The encoding of `gcloud … attestations sign-and-create --pae-encode-payload`.
    #[test]
    fn the_encoding_for_an_envelope_is_that_of_gcloud() {
        assert_eq!(
            pae(SIMPLE_SIGNING, "{}"),
            "DSSEv1 48 application/vnd.dev.cosign.simplesigning.v1+json 2 {}"
        );
        let text = simple_signing("gcr.io/p/i", &format!("sha256:{}", "ab".repeat(32)));
        let form = Form::Envelope(SIMPLE_SIGNING);
        let message = Payload { text, form }.message().into_owned();
        assert_eq!(message.len(), 335);
        assert_eq!(
            Digest::of(&message).to_string(),
            "sha256:b6e4d39c639992a4525a9fc92015c0851fb7a1d209bdf1daa6660770f3bbd92b"
        );
    }
}
