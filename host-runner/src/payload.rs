//! What is signed for an image, to the byte: for suites that sign it, and for advice on how to.

use serde_json::Value;

/// The payload type of simple signing in an envelope
pub(crate) const SIMPLE_SIGNING: &str = "application/vnd.dev.cosign.simplesigning.v1+json";

/// The bytes that `gcloud container binauthz create-signature-payload` prints.
pub(crate) fn simple_signing(repository: &str, digest: &str) -> String {
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

#[cfg(test)]
mod tests {
    use policy_wasm::digest::Digest;

    use super::simple_signing;

    /// As gcloud itself has printed them.
    #[test]
    fn the_bytes_are_those_of_gcloud() {
        let payload = simple_signing("gcr.io/p/i", &format!("sha256:{}", "ab".repeat(32)));
        assert_eq!(payload.len(), 272);
        assert_eq!(
            Digest::of(payload.as_bytes()).to_string(),
            "sha256:766dcb896ff78b67ab0a78e5cdc0d02d1a780075321dfa24bf24fb2a7f9f6d2e"
        );
    }
}
