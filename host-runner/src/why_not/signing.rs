//! Commands that sign an image for an attestor or a check, and store the attestation where the settings read it. If they
//! read only themselves, a shell script prints the occurrence to add.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::attestation::media_type::SIMPLE_SIGNING;
use policy_wasm::key::{Algorithm, PublicKey};
use policy_wasm::{CheckEvidence, CheckType};
use serde_json::{Value, json};

use super::yaml::{in_here_document, scalar};
use crate::attest::payload::simple_signing;
use crate::attest::public_key::KeyEntry;
use crate::fields::text;
use crate::settings_view::SettingsView;
use crate::terminal::{shell_quoted, shell_word, shown};

/// Whose signature is asked for
pub(super) struct Signer<'a> {
    asker: Asker<'a>,
    key: Key,
    /// The type of the statement to sign, in place of an approval
    predicate_type: Option<&'a str>,
}

/// The file with the predicate in printed commands
pub(super) const PREDICATE: &str = "predicate.json";

/// The part of the settings that requires the signature
enum Asker<'a> {
    Attestor {
        name: &'a str,
        note: &'a str,
    },
    /// A check of a platform policy, which accepts any note
    Check,
}

impl<'a> Signer<'a> {
    /// An attestor, with its note.
    pub(super) const fn attestor(
        name: &'a str,
        note: &'a str,
        key: Key,
        predicate_type: Option<&'a str>,
    ) -> Self {
        Self {
            asker: Asker::Attestor { name, note },
            key,
            predicate_type,
        }
    }

    /// The owner of a key of a check.
    pub(super) const fn check(key: Key) -> Self {
        Self {
            asker: Asker::Check,
            key,
            predicate_type: None,
        }
    }

    /// Whether `attest sign` takes the private key, and can sign several images.
    pub(super) const fn has_private_key(&self) -> bool {
        !matches!(self.key.tool, Tool::Gpg)
    }

    /// The options of `attest sign` and `attest payload` for a statement; empty for an approval.
    fn statement(&self) -> String {
        self.predicate_type.map_or_else(String::new, |uri| {
            let uri = shell_word(uri);
            format!(" --predicate {PREDICATE} --predicate-type {uri}")
        })
    }

    /// The options of `attest sign` that name the key, its owner, and what the key alone does not say.
    fn options(&self, source: Source<'_>, files: &Files) -> String {
        let with = match self.key.tool {
            Tool::OpenSsl(_) | Tool::OpenSslEnvelope => "--key KEY.pem",
            Tool::Gpg => "--signature-file payload.sig",
        };
        match (&self.asker, source) {
            (Asker::Attestor { name, .. }, _) => {
                let (settings, name) = (shell_word(&files.settings), shell_word(name));
                format!("{with} --settings {settings} --attestor {name}")
            }
            (Asker::Check, Source::Kubernetes { note, namespace }) => {
                let (note, namespace) = (shell_word(note), shell_word(namespace));
                let key = &self.key.options;
                format!("{with}{key} --note {note} --namespace {namespace}")
            }
            (Asker::Check, _) => format!("{with}{}", self.key.options),
        }
    }

    /// The name under which `kubectl` owns the attestation.
    fn manager(&self) -> Option<&str> {
        match self.asker {
            Asker::Attestor { name, .. } => name.rsplit('/').next(),
            Asker::Check => None,
        }
    }
}

/// A source of attestations that the settings read
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source<'s> {
    /// In the cluster
    Kubernetes {
        note: &'s str,
        /// The namespace of the note
        namespace: &'s str,
    },
    Registry,
    PodAnnotation,
    /// Only in the settings themselves
    Settings,
}

impl<'s> Source<'s> {
    /// The source to store an attestation of this note in.
    pub(super) fn of(settings: SettingsView<'s>, note: &'s str) -> Self {
        let notes = settings.0.pointer(NOTES);
        let namespace = notes.and_then(|notes| notes.get(note)?.as_str());
        if let Some(namespace) = namespace {
            Self::Kubernetes { note, namespace }
        } else if settings.is_on("/evidence/registry") {
            Self::Registry
        } else if settings.is_on("/evidence/podAnnotation") {
            Self::PodAnnotation
        } else {
            Self::Settings
        }
    }

    /// The source to store an attestation for a check in. The cluster comes last, because its namespaces belong to
    /// attestors.
    pub(super) fn of_check(settings: SettingsView<'s>, check: CheckType) -> Self {
        // Annotations hold envelopes, which are no signatures of cosign.
        let reads_envelopes = check.evidence() != CheckEvidence::Signatures;
        if settings.is_on("/evidence/registry") {
            Self::Registry
        } else if reads_envelopes && settings.is_on("/evidence/podAnnotation") {
            Self::PodAnnotation
        } else {
            let notes = settings.0.pointer(NOTES).and_then(Value::as_object);
            let first = notes.and_then(|notes| notes.iter().next());
            first
                .and_then(|(note, namespace)| {
                    let namespace = namespace.as_str()?;
                    Some(Self::Kubernetes { note, namespace })
                })
                .unwrap_or(Self::Settings)
        }
    }
}

const NOTES: &str = "/evidence/kubernetes/notes";

/// Files and folders that the command was given
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Given<'p> {
    pub(crate) settings: &'p Path,
    /// The folder of `--kubernetes`
    pub(crate) kubernetes: Option<&'p Path>,
    /// The folder of `--registry`
    pub(crate) registry: Option<&'p Path>,
}

/// Files and folders that the printed commands name
#[derive(Debug)]
pub(crate) struct Files {
    settings: String,
    /// The manifest with the image
    manifest: String,
    /// The folder for objects of the kind `Attestation`
    kubernetes: String,
    /// The OCI image layout
    registry: String,
}

impl Files {
    /// The given files; folders that were not given have a name to begin with.
    pub(super) fn of(given: Given<'_>, manifest: &str) -> Self {
        let or = |path: Option<&Path>, name: &str| path.map_or_else(|| name.to_owned(), shown);
        Self {
            settings: shown(given.settings),
            manifest: manifest.to_owned(),
            kubernetes: or(given.kubernetes, "attestations"),
            registry: or(given.registry, "layout"),
        }
    }

    /// The file with the settings
    pub(super) fn settings(&self) -> &str {
        &self.settings
    }
}

/// The way of an attestation to its source
pub(super) struct Delivery {
    /// Option of `attest sign` and `attest import` for the file to write; empty for the settings
    pub(super) option: String,
    /// Commands that bring the file to the source
    pub(super) commands: String,
}

impl Delivery {
    /// `manager` is the name under which `kubectl` owns the attestation.
    pub(super) fn of(
        source: Source<'_>,
        repository: &str,
        digest: &str,
        manager: Option<&str>,
        files: &Files,
    ) -> Self {
        let (option, commands) = match source {
            Source::Kubernetes { namespace, .. } => {
                let folder = Path::new(&files.kubernetes).join(namespace);
                (
                    format!("--kubernetes {}", shell_word(&files.kubernetes)),
                    format!(
                        "kubectl apply --server-side --field-manager={} -f {}\n",
                        shell_word(manager.unwrap_or("countersign")),
                        shell_quoted(&folder)
                    ),
                )
            }
            Source::Registry => {
                let tag = format!("{repository}:{}.countersign", digest.replace(':', "-"));
                let layout = shell_word(&format!("oci:{}:{tag}", files.registry));
                let there = shell_word(&format!("docker://{tag}"));
                (
                    format!("--registry {}", shell_word(&files.registry)),
                    format!("skopeo copy {layout} {there}\n"),
                )
            }
            Source::PodAnnotation => {
                let manifest = shell_word(&files.manifest);
                (
                    format!("--manifest {manifest}"),
                    format!("kubectl apply -f {manifest}\n"),
                )
            }
            Source::Settings => (String::new(), String::new()),
        };
        Self { option, commands }
    }
}

/// The key to sign with
pub(super) struct Key {
    id: String,
    tool: Tool,
    /// Options of `attest sign` without settings: the algorithm of an RSA key, and an id of its own
    options: String,
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
        let id = key.id().to_owned();
        let mut options = String::new();
        if let Some(algorithm) = algorithm {
            let name = algorithm.name();
            if name.starts_with("RSA_") {
                options.push_str(&format!(" --algorithm {name}"));
            }
            let pem = entry.pointer("/pkixPublicKey/publicKeyPem")?.as_str()?;
            if PublicKey::from_pem(pem, algorithm, "").ok()?.id() != id {
                options.push_str(&format!(" --key-id {}", shell_word(&id)));
            }
        }
        Some(Self {
            id,
            tool: algorithm.map_or(Tool::Gpg, tool),
            options,
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
            options: String::new(),
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

/// The commands that sign the image and store the attestation in its source. `KEY.pem` in them is the private half of
/// the signer's key.
pub(super) fn sign(
    repository: &str,
    digest: &str,
    signer: &Signer<'_>,
    source: Source<'_>,
    files: &Files,
) -> String {
    if source == Source::Settings && signer.predicate_type.is_none() {
        script(repository, digest, signer, files)
    } else {
        commands(repository, digest, signer, source, files)
    }
}

/// The commands that sign all images of an index, and store the attestations in the annotation of the Pods with the index.
pub(super) fn sign_index(
    repository: &str,
    digest: &str,
    signer: &Signer<'_>,
    files: &Files,
) -> String {
    let image = shell_word(&format!("{repository}@{digest}"));
    let source = Source::PodAnnotation;
    let Delivery { option, commands } =
        Delivery::of(source, repository, digest, signer.manager(), files);
    format!(
        "# with the private key of {}\ncrane manifest {image} > index.json\ncountersign attest sign {}{} --index index.json \\\n  \
         {option} {image}\n{commands}",
        scalar(&signer.key.id),
        signer.options(source, files),
        signer.statement()
    )
}

fn commands(
    repository: &str,
    digest: &str,
    signer: &Signer<'_>,
    source: Source<'_>,
    files: &Files,
) -> String {
    let image = shell_word(&format!("{repository}@{digest}"));
    let Delivery {
        option: place,
        commands: deliver,
    } = Delivery::of(source, repository, digest, signer.manager(), files);
    let place = match source {
        Source::Settings => format!("--occurrences {}", shell_word(files.settings())),
        _ => place,
    };
    let statement = signer.statement();
    let envelope = match source {
        Source::PodAnnotation if statement.is_empty() => " --envelope",
        _ => statement.as_str(),
    };
    let key = &signer.key;
    let prepare = match key.tool {
        Tool::OpenSsl(_) | Tool::OpenSslEnvelope => String::new(),
        Tool::Gpg => format!(
            "countersign attest payload{envelope} {image} > payload.json\n\
             gpg --yes --local-user {} --armor --output payload.sig --detach-sign payload.json\n",
            key.id
        ),
    };
    format!(
        "# with the private key of {}\n{prepare}countersign attest sign {}{statement} \\\n  {place} {image}\n{deliver}",
        scalar(&key.id),
        signer.options(source, files)
    )
}

/// A script that prints the occurrence to add to the settings.
fn script(repository: &str, digest: &str, signer: &Signer<'_>, files: &Files) -> String {
    let key = &signer.key;
    let payload = simple_signing(repository, digest);
    let in_one = match key.tool {
        Tool::OpenSsl(_) | Tool::OpenSslEnvelope => format!(
            "# or with one command: countersign attest sign {} {}\n",
            signer.options(Source::Settings, files),
            shell_word(&format!("{repository}@{digest}"))
        ),
        Tool::Gpg => String::new(),
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
        let note = match signer.asker {
            Asker::Attestor { note, .. } => Some(in_here_document(&scalar(note))),
            Asker::Check => None,
        };
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
        let script = script(
            "r.example/a",
            &format!("sha256:{}", "1".repeat(64)),
            &Signer::check(key),
            &files(None, None),
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
        let gpg = || Key::of_attestor(&json!({"asciiArmoredPgpPublicKey": armor})).unwrap();
        let pkix = json!({"publicKeyPem": PEM, "signatureAlgorithm": "ECDSA_P256_SHA256"});
        let attestor =
            |key| Signer::attestor("projects/p/attestors/a", "projects/p/notes/a", key, None);
        let printed = |signer: &Signer<'_>, source| {
            let files = files(None, Some("my layout"));
            sign("r.example/a", "sha256:11", signer, source, &files)
        };
        let pem = || Key::pkix(&pkix).unwrap();
        let command = "countersign attest sign --key KEY.pem --settings 'my policy.yaml' --attestor projects/p/attestors/a \\\n  ";
        for (source, place, deliver) in [
            (
                CLUSTER,
                "--kubernetes attestations",
                "kubectl apply --server-side --field-manager=a -f attestations/attest-a",
            ),
            (
                Source::Registry,
                "--registry 'my layout'",
                "skopeo copy 'oci:my layout:r.example/a:sha256-11.countersign' docker://r.example/a:sha256-11.countersign",
            ),
            (
                Source::PodAnnotation,
                "--manifest pod.yaml",
                "kubectl apply -f pod.yaml",
            ),
        ] {
            let printed = printed(&attestor(pem()), source);
            let expected = format!("{command}{place} r.example/a@sha256:11\n{deliver}\n");
            assert!(printed.ends_with(&expected), "{printed}");
        }
        let printed = printed(&attestor(gpg()), Source::PodAnnotation);
        assert!(
            printed.contains(
                "countersign attest payload --envelope r.example/a@sha256:11 > payload.json\ngpg "
            ) && printed.contains(" --signature-file payload.sig "),
            "{printed}"
        );
    }

    #[test]
    fn the_folder_that_was_given_is_the_one_that_is_written() {
        let pkix = json!({"publicKeyPem": PEM, "signatureAlgorithm": "ECDSA_P256_SHA256"});
        let signer = Signer::attestor("a", "n", Key::pkix(&pkix).unwrap(), None);
        let files = files(Some("my cluster/"), None);
        let printed = sign("r.example/a", "sha256:11", &signer, CLUSTER, &files);
        assert!(
            printed.contains("--kubernetes 'my cluster/' ")
                && printed.ends_with(" -f 'my cluster/attest-a'\n"),
            "{printed}"
        );
    }

    /// A check has no name to find in the settings: the command says what the key does not.
    #[test]
    fn a_check_has_a_command_for_each_source() {
        let rsa = include_str!("../../../policy-wasm/src/openpgp/vectors/rsa3072.pkix.pem");
        let rsa = json!({"publicKeyPem": rsa, "signatureAlgorithm": "RSA_PSS_3072_SHA256", "keyId": "my key"});
        let p256 = json!({"publicKeyPem": PEM, "signatureAlgorithm": "ECDSA_P256_SHA256"});
        let of_rsa = "countersign attest sign --key KEY.pem --algorithm RSA_PSS_3072_SHA256 --key-id 'my key'";
        let of_p256 = "countersign attest sign --key KEY.pem";
        for (key, command) in [(&rsa, of_rsa), (&p256, of_p256)] {
            for (source, options) in [
                (Source::Settings, " "),
                (Source::Registry, " \\\n  --registry layout "),
                (Source::PodAnnotation, " \\\n  --manifest pod.yaml "),
                (
                    CLUSTER,
                    " --note projects/p/notes/a --namespace attest-a \\\n  --kubernetes attestations ",
                ),
            ] {
                let signer = Signer::check(Key::pkix(key).unwrap());
                let printed = sign(
                    "r.example/a",
                    "sha256:11",
                    &signer,
                    source,
                    &files(None, None),
                );
                let expected = format!("{command}{options}r.example/a@sha256:11\n");
                assert!(printed.contains(&expected), "{printed}");
            }
        }
    }

    #[test]
    fn a_signature_of_cosign_is_not_stored_in_an_annotation() {
        let settings = json!({"evidence": {"podAnnotation": true,
            "kubernetes": {"notes": {"projects/p/notes/a": "attest-a"}}}});
        let of = |check| Source::of_check(SettingsView(&settings), check);
        assert_eq!(
            of(CheckType::SimpleSigningAttestation),
            Source::PodAnnotation
        );
        assert_eq!(of(CheckType::SigstoreSignature), CLUSTER);
    }

    const PEM: &str = include_str!("../../../policy-wasm/src/openpgp/vectors/nistp256.pkix.pem");
    const CLUSTER: Source<'_> = Source::Kubernetes {
        note: "projects/p/notes/a",
        namespace: "attest-a",
    };

    fn files(kubernetes: Option<&str>, registry: Option<&str>) -> Files {
        let given = Given {
            settings: "my policy.yaml".as_ref(),
            kubernetes: kubernetes.map(Path::new),
            registry: registry.map(Path::new),
        };
        Files::of(given, "pod.yaml")
    }
}
