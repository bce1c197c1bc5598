//! Commands that sign an image for an attestor or a check, and store the attestation where the settings read it. If they
//! read only themselves, a shell script prints the occurrence to add.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::attestation::media_type::SIMPLE_SIGNING;
use policy_wasm::key::{Algorithm, PublicKey};
use serde_json::{Value, json};

use super::yaml::{in_here_document, scalar};
use crate::attest::payload::simple_signing;
use crate::attest::public_key::KeyEntry;
use crate::fields::text;
use crate::settings_view::SettingsView;
use crate::terminal::shell_word;

/// Whose signature is asked for
pub(super) struct Signer<'a> {
    /// Under which note it is filed; a check asks for none
    pub(super) note: Option<&'a str>,
    /// Its name; a check has none
    pub(super) attestor: Option<&'a str>,
    pub(super) key: Key,
}

/// A source of attestations that the settings read
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'s> {
    /// In the cluster, in this namespace of the note
    Kubernetes(&'s str),
    Registry,
    PodAnnotation,
    /// Only in the settings themselves
    Settings,
}

impl<'s> Source<'s> {
    /// The source to store an attestation of this note in.
    pub(super) fn of(settings: SettingsView<'s>, note: &str) -> Self {
        let notes = settings.0.pointer("/evidence/kubernetes/notes");
        let namespace = notes.and_then(|notes| notes.get(note)?.as_str());
        if let Some(namespace) = namespace {
            Self::Kubernetes(namespace)
        } else if settings.is_on("/evidence/registry") {
            Self::Registry
        } else if settings.is_on("/evidence/podAnnotation") {
            Self::PodAnnotation
        } else {
            Self::Settings
        }
    }
}

/// Files that the commands name
#[derive(Debug, Clone, Copy)]
pub(crate) struct Files<'f> {
    /// The settings
    pub(crate) settings: &'f str,
    /// The manifest with the image
    pub(crate) manifest: &'f str,
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

/// The commands that sign and store an attestation of an attestor outside of the settings. `KEY.pem` in them is the
/// private half of the attestor's key.
pub(super) fn commands(
    repository: &str,
    digest: &str,
    attestor: &str,
    key: &Key,
    source: Source<'_>,
    files: Files<'_>,
) -> String {
    let image = shell_word(&format!("{repository}@{digest}"));
    let last = attestor.rsplit('/').next().unwrap_or(attestor);
    let (name, manager) = (shell_word(attestor), shell_word(last));
    let (settings, manifest) = (shell_word(files.settings), shell_word(files.manifest));
    let (place, deliver) = match source {
        Source::Kubernetes(namespace) => (
            "--kubernetes attestations".to_owned(),
            format!(
                "kubectl apply --server-side --field-manager={manager} -f {}\n",
                shell_word(&format!("attestations/{namespace}"))
            ),
        ),
        Source::Registry => {
            let tag = digest.replace(':', "-");
            let tag = shell_word(&format!("{repository}:{tag}.countersign"));
            (
                "--registry layout".to_owned(),
                format!("skopeo copy oci:layout:{tag} docker://{tag}\n"),
            )
        }
        Source::PodAnnotation => (
            format!("--manifest {manifest}"),
            format!("kubectl apply -f {manifest}\n"),
        ),
        Source::Settings => (String::new(), String::new()),
    };
    let envelope = match source {
        Source::PodAnnotation => " --envelope",
        _ => "",
    };
    let with = match key.tool {
        Tool::OpenSsl(_) | Tool::OpenSslEnvelope => "--key KEY.pem",
        Tool::Gpg => "--signature-file payload.sig",
    };
    let prepare = match key.tool {
        Tool::OpenSsl(_) | Tool::OpenSslEnvelope => String::new(),
        Tool::Gpg => format!(
            "countersign attest payload{envelope} {image} > payload.json\n\
             gpg --yes --local-user {} --armor --output payload.sig --detach-sign payload.json\n",
            key.id
        ),
    };
    format!(
        "# with the private key of {}\n{prepare}countersign attest sign {with} --settings {settings} --attestor \
         {name} \\\n  {place} {image}\n{deliver}",
        scalar(&key.id)
    )
}

/// The script. `KEY.pem` in it is the private half of the signer's key.
pub(super) fn script(
    repository: &str,
    digest: &str,
    signer: &Signer<'_>,
    files: Files<'_>,
) -> String {
    let Signer {
        note,
        attestor,
        key,
    } = signer;
    let payload = simple_signing(repository, digest);
    let in_one = match (attestor, &key.tool) {
        (Some(name), Tool::OpenSsl(_) | Tool::OpenSslEnvelope) => format!(
            "# or with one command: countersign attest sign --key KEY.pem --settings {} --attestor {} {}\n",
            shell_word(files.settings),
            shell_word(name),
            shell_word(&format!("{repository}@{digest}"))
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
            Files {
                settings: "policy.yaml",
                manifest: "pod.yaml",
            },
        );
        assert!(script.starts_with("set -eu\n"), "{script}");
        assert!(
            script.contains(&format!("gpg --yes --local-user {id} ")),
            "{script}"
        );
    }

    #[test]
    fn each_source_has_commands_that_store_the_attestation_there() {
        let armor = include_str!("../../../policy-wasm/src/openpgp/vectors/ed25519.key.asc");
        let gpg = Key::of_attestor(&json!({"asciiArmoredPgpPublicKey": armor})).unwrap();
        let pem = include_str!("../../../policy-wasm/src/openpgp/vectors/nistp256.pkix.pem");
        let pkix = json!({"publicKeyPem": pem, "signatureAlgorithm": "ECDSA_P256_SHA256"});
        let pem = Key::pkix(&pkix).unwrap();
        let files = Files {
            settings: "my policy.yaml",
            manifest: "pod.yaml",
        };
        let printed = |key: &Key, source| {
            let name = "projects/p/attestors/a";
            commands("r.example/a", "sha256:11", name, key, source, files)
        };
        let sign = "countersign attest sign --key KEY.pem --settings 'my policy.yaml' --attestor projects/p/attestors/a \\\n  ";
        for (source, place, deliver) in [
            (
                Source::Kubernetes("attest-a"),
                "--kubernetes attestations",
                "kubectl apply --server-side --field-manager=a -f attestations/attest-a",
            ),
            (
                Source::Registry,
                "--registry layout",
                "skopeo copy oci:layout:r.example/a:sha256-11.countersign docker://r.example/a:sha256-11.countersign",
            ),
            (
                Source::PodAnnotation,
                "--manifest pod.yaml",
                "kubectl apply -f pod.yaml",
            ),
        ] {
            let printed = printed(&pem, source);
            let expected = format!("{sign}{place} r.example/a@sha256:11\n{deliver}\n");
            assert!(printed.ends_with(&expected), "{printed}");
        }
        let printed = printed(&gpg, Source::PodAnnotation);
        assert!(
            printed.contains(
                "countersign attest payload --envelope r.example/a@sha256:11 > payload.json\ngpg "
            ) && printed.contains(" --signature-file payload.sig "),
            "{printed}"
        );
    }
}
