//! DSSE envelopes (<https://github.com/secure-systems-lab/dsse>): a payload with its type, and
//! signatures over both.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use crate::json::Value;

/// An envelope, undecoded
///
/// Unknown fields are ignored: they are not signed and not used.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Envelope<'a> {
    pub(super) payload: Cow<'a, str>,
    pub(super) payload_type: Cow<'a, str>,
    /// Pairs of key id, which may be empty, and signature
    pub(super) signatures: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Envelope<'a> {
    /// Whether a field belongs to an envelope.
    pub(super) fn has(field: &str) -> bool {
        matches!(field, "payload" | "payloadType" | "signatures")
    }

    pub(super) fn read(value: Value<'_, 'a>) -> Self {
        let mut envelope = Self::default();
        value.object(|key, value| envelope.read_field(key, value));
        envelope
    }

    /// Reads one field of the object that is the envelope.
    pub(super) fn read_field(&mut self, key: &str, value: Value<'_, 'a>) {
        match key {
            "payload" => self.payload = value.text().unwrap_or_default(),
            "payloadType" => self.payload_type = value.text().unwrap_or_default(),
            "signatures" => {
                value.list(|_, item| {
                    let (mut id, mut signature) = (None, None);
                    item.object(|key, value| match key {
                        "keyid" => id = value.text(),
                        "sig" => signature = value.text(),
                        _ => value.skim(),
                    });
                    self.signatures
                        .push((id.unwrap_or_default(), signature.unwrap_or_default()));
                });
            }
            _ => value.skim(),
        }
    }
}

/// The bytes that a signature covers: DSSE's pre-authentication encoding, version 1.
///
/// They cannot be mistaken for a payload, since no JSON begins like this.
pub(crate) fn pae(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let head = alloc::format!(
        "DSSEv1 {} {payload_type} {} ",
        payload_type.len(),
        payload.len()
    );
    let mut bytes = head.into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pae_counts_bytes_in_decimal() {
        let simple_signing = "application/vnd.dev.cosign.simplesigning.v1+json";
        assert_eq!(
            pae(simple_signing, b"{}"),
            b"DSSEv1 48 application/vnd.dev.cosign.simplesigning.v1+json 2 {}"
        );
        assert_eq!(pae("é", "ü".as_bytes()), "DSSEv1 2 é 2 ü".as_bytes());
        assert_eq!(pae("", b""), b"DSSEv1 0  0 ");
    }
}
