//! The commands that sign an image for an attestor or a check: a shell script that writes what is
//! signed, signs it, and prints the occurrence to add to the settings.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::key::{Algorithm, PublicKey};
use serde_json::{Value, json};

use super::yaml::{in_here_document, scalar};
use crate::attest::payload::{SIMPLE_SIGNING, simple_signing};
use crate::attest::public_key::KeyEntry;
use crate::fields::text;
use crate::terminal::printable;

/// Whose signature is asked for
pub(super) struct Signer<'a> {
    /// Under which note it is filed; a check asks for none
    pub(super) note: Option<&'a str>,
    /// Its name; a check has none
    pub(super) attestor: Option<&'a str>,
    pub(super) key: Key,
}

/// The key to sign with
pub(super) struct Key {
    id: String,
    tool: Tool,
}

/// The program that signs with a key
enum Tool {
    /// `openssl`, with these arguments
    OpenSsl(&'static str),
    /// OpenSSL, over the encoding of an envelope
    OpenSslEnvelope,
    Gpg,
}

impl Key {
    /// A `publicKeys[]` entry of an attestor.
    pub(super) fn of_attestor(entry: &Value) -> Option<Self> {
        let KeyEntry { algorithm, key, .. } = KeyEntry::listed(entry)?;
        Some(Self {
            id: key.id().to_owned(),
            tool: algorithm.map_or(Tool::Gpg, tool),
        })
    }

    /// A PKIX key of a check.
    pub(super) fn pkix(key: &Value) -> Option<Self> {
        Self::of_attestor(&json!({"pkixPublicKey": key}))
    }

    /// A key of a Sigstore authority.
    pub(super) fn sigstore(key: &Value) -> Option<Self> {
        let algorithm = Algorithm::EcdsaP256Sha256;
        let key = PublicKey::from_pem(text(key, "publicKeyPem"), algorithm, "").ok()?;
        Some(Self {
            id: key.id().to_owned(),
            tool: tool(algorithm),
        })
    }
}

const fn tool(algorithm: Algorithm) -> Tool {
    Tool::OpenSsl(match algorithm {
        Algorithm::EcdsaP256Sha256
        | Algorithm::RsaPkcs12048Sha256
        | Algorithm::RsaPkcs13072Sha256
        | Algorithm::RsaPkcs14096Sha256 => {
            "dgst -sha256 -sign KEY.pem -out payload.sig payload.json"
        }
        Algorithm::EcdsaP384Sha384 => "dgst -sha384 -sign KEY.pem -out payload.sig payload.json",
        Algorithm::EcdsaP521Sha512 | Algorithm::RsaPkcs14096Sha512 => {
            "dgst -sha512 -sign KEY.pem -out payload.sig payload.json"
        }
        Algorithm::RsaPss2048Sha256 | Algorithm::RsaPss3072Sha256 | Algorithm::RsaPss4096Sha256 => {
            "dgst -sha256 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
             -sign KEY.pem -out payload.sig payload.json"
        }
        Algorithm::RsaPss4096Sha512 => {
            "dgst -sha512 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:digest \
             -sign KEY.pem -out payload.sig payload.json"
        }
        Algorithm::MlDsa65 => {
            "pkeyutl -sign -rawin -inkey KEY.pem -in payload.json -out payload.sig"
        }
        Algorithm::Ed25519 => return Tool::OpenSslEnvelope,
    })
}

/// The script. `KEY.pem` in it is the private half of the signer's key.
pub(super) fn script(repository: &str, digest: &str, signer: &Signer<'_>) -> String {
    let Signer {
        note,
        attestor,
        key,
    } = signer;
    let payload = simple_signing(repository, digest);
    let in_one = match (attestor, &key.tool) {
        (Some(name), Tool::OpenSsl(_) | Tool::OpenSslEnvelope) => format!(
            "# or with one command: countersign attest sign --key KEY.pem --settings SETTINGS.yaml \
             --attestor {} {repository}@{digest}\n",
            printable(name)
        ),
        _ => String::new(),
    };
    let mut script = format!(
        "{in_one}set -eu\n# the payload to sign\ncat >payload.json <<'JSON'\n{payload}JSON\n\
         # sign with the private key of {}\n",
        // A comment ends with its line.
        scalar(&key.id)
    );
    let encoded = STANDARD.encode(&payload);
    let sign = match key.tool {
        Tool::OpenSsl(arguments) => format!("openssl {arguments}\n"),
        Tool::OpenSslEnvelope => format!(
            "printf 'DSSEv1 %d %s %d ' {} {SIMPLE_SIGNING} {} >payload.pae\n\
             cat payload.json >>payload.pae\n\
             openssl pkeyutl -sign -rawin -inkey KEY.pem -in payload.pae -out payload.sig\n",
            SIMPLE_SIGNING.len(),
            payload.len()
        ),
        // A signature that lies there from before would be taken for the new one.
        Tool::Gpg => format!(
            "gpg --yes --local-user {} --armor --output payload.sig --detach-sign payload.json\n",
            key.id
        ),
    };
    script.push_str(&sign);
    script.push_str("# add this to `evidence.occurrences` in the settings\ncat <<YAML\n");
    let id = in_here_document(&scalar(&key.id));
    let lines = if matches!(key.tool, Tool::OpenSslEnvelope) {
        envelope(&encoded, &id)
    } else {
        let note = note.map(|note| in_here_document(&scalar(note)));
        let image = format!("https://{repository}@{digest}");
        occurrence(note.as_deref(), &scalar(&image), &encoded, &id)
    };
    script.push_str(&lines);
    script.push_str("YAML\n");
    script
}

fn occurrence(note: Option<&str>, image: &str, payload: &str, key_id: &str) -> String {
    let note = note.map_or_else(String::new, |note| format!("  noteName: {note}\n"));
    format!(
        "- kind: ATTESTATION
{note}  resourceUri: {image}
  attestation:
    serializedPayload: {payload}
    signatures:
      - publicKeyId: {key_id}
        signature: {SIGNATURE}
"
    )
}

/// An envelope, because an occurrence in Google's form cannot contain a signed payload type.
fn envelope(payload: &str, key_id: &str) -> String {
    format!(
        "- payloadType: {SIMPLE_SIGNING}
  payload: {payload}
  signatures:
    - keyid: {key_id}
      sig: {SIGNATURE}
"
    )
}

const SIGNATURE: &str = "$(openssl base64 -A -in payload.sig)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_openpgp_key_is_named_by_its_fingerprint() {
        let armor = include_str!("../../../policy-wasm/src/openpgp/vectors/ed25519.key.asc");
        let key = Key::of_attestor(&json!({"id": "0xDEADBEEF", "asciiArmoredPgpPublicKey": armor}));
        let key = key.unwrap();
        let id = key.id.clone();
        let is_hex = |c: char| c.is_ascii_digit() || ('A'..='F').contains(&c);
        assert!(id.len() == 40 && id.chars().all(is_hex), "{id}");
        let signer = Signer {
            note: None,
            attestor: None,
            key,
        };
        let script = script(
            "r.example/a",
            &format!("sha256:{}", "1".repeat(64)),
            &signer,
        );
        assert!(script.starts_with("set -eu\n"), "{script}");
        assert!(
            script.contains(&format!("gpg --yes --local-user {id} ")),
            "{script}"
        );
    }
}
