//! `countersign attest sign`: signs an image, verifies the attestation, and stores it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ArgGroup;
use policy_wasm::key::Algorithm;
use serde_json::Value;

use crate::args::{
    ModuleArgs, PlaceArgs, StatementArgs, algorithms, parse_algorithm, parse_note, suggested,
};
use crate::attest::attestor::Attestor;
use crate::attest::document::Attestation;
use crate::attest::image::Image;
use crate::attest::index::{self, Listed, Task};
use crate::attest::key_file::KeyFile;
use crate::attest::payload::{Form, Payload};
use crate::attest::private_key::PrivateKey;
use crate::attest::public_key::{self, KeyEntry};
use crate::attest::signer::{self, Signature};
use crate::attest::typed;
use crate::attest::verification::Question;
use crate::commands::check_stdin;
use crate::judge::Judge;
use crate::offline_host::OfflineHost;
use crate::terminal;
use crate::terminal::shown;
use crate::{Exit, emit, foreign};

/// Arguments of `countersign attest sign`
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("how").args(["key", "signature_file"]).required(true))]
#[command(after_help = "Examples:
  countersign attest sign --key build.pem --settings policy.yaml \\
    --attestor build \\
    registry.example/shop/web@sha256:…
  countersign attest sign --key build.pem --note projects/example/notes/build \\
    --kubernetes attestations/ \\
    --namespace attest-build registry.example/shop/web@sha256:…
  countersign attest sign --key build.pem --manifest deployment.yaml \\
    registry.example/shop/web@sha256:…
  countersign attest sign --key build.pem \\
    --registry layout/ registry.example/shop/web@sha256:…
  countersign attest sign --signature-file payload.sig --public-key build.pub \\
    --note projects/example/notes/build registry.example/shop/web@sha256:…
  countersign attest sign --key scanner.pem --predicate scan.json \\
    --predicate-type https://cosign.sigstore.dev/attestation/vuln/v1 \\
    registry.example/shop/web@sha256:…

  crane manifest registry.example/shop/web@sha256:… | countersign attest sign \\
    --key build.pem --index - --registry layout/ \\
    registry.example/shop/web@sha256:…

Without a destination, the attestation is printed. The policy module verifies
every attestation before it is written. Signing again replaces the earlier
attestation of this key and nothing else, so the command can be repeated if a
destination fails.

Exit status: 0 if signed, 1 if the signature does not verify, 2 on an error")]
pub struct Args {
    #[command(flatten)]
    statement: StatementArgs,
    /// Sign with this private key (PEM, PKCS#8)
    #[arg(long, value_name = "FILE", help_heading = "Signer")]
    key: Option<PathBuf>,
    /// Read the passphrase of the key from the first line of this file (`-` for standard input)
    #[arg(long, value_name = "FILE", requires = "key", help_heading = "Signer")]
    passphrase_file: Option<PathBuf>,
    /// Use this signature over the output of `attest payload` (`-` for standard input)
    ///
    /// Binary, base64 or OpenPGP armor.
    #[arg(long, value_name = "FILE", help_heading = "Signer")]
    signature_file: Option<PathBuf>,
    /// Public key of the signature (PEM, DER or OpenPGP armor)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "settings"], help_heading = "Signer")]
    public_key: Option<PathBuf>,
    /// Signature algorithm of an RSA key
    #[arg(long, value_name = "ALGORITHM", hide_possible_values = true,
          value_parser = suggested(parse_algorithm, algorithms), help_heading = "Signer")]
    algorithm: Option<Algorithm>,
    /// Key id, if the settings give the key another id than the computed one, or several
    #[arg(long, value_name = "ID", help_heading = "Signer")]
    key_id: Option<String>,
    /// Settings with the attestor, its note and its keys
    #[arg(
        long,
        short,
        value_name = "FILE",
        requires = "attestor",
        help_heading = "Signer"
    )]
    settings: Option<PathBuf>,
    /// Name of the attestor, or its last segment
    #[arg(
        long,
        value_name = "NAME",
        requires = "settings",
        help_heading = "Signer"
    )]
    attestor: Option<String>,
    /// Note of the attestation, without settings: projects/PROJECT/notes/NAME
    #[arg(
        long,
        value_name = "NOTE",
        value_parser = parse_note,
        conflicts_with = "settings",
        help_heading = "Signer"
    )]
    note: Option<String>,
    /// Sign each image that this index lists, in place of the index (`-` for standard input)
    ///
    /// For settings with `indexPolicy: platforms`. FILE is the manifest with the digest of IMAGE, as `crane manifest IMAGE`
    /// and `skopeo inspect --raw docker://IMAGE` print it.
    #[arg(long, value_name = "FILE", conflicts_with = "signature_file")]
    index: Option<PathBuf>,
    #[command(flatten)]
    places: PlaceArgs,
    #[command(flatten)]
    module: ModuleArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    args.places.check(args.statement.is_predicate())?;
    let read = args.index.iter().chain(&args.passphrase_file);
    check_stdin(read.map(PathBuf::as_path))?;
    let settings = args
        .settings
        .as_deref()
        .map(foreign::settings)
        .transpose()?;
    let module = args.module.bytes()?;
    let judge = Judge::new(&module, |_| Ok(OfflineHost::from_folders(None, None)), None)?;
    let signer = args.signer(settings.as_ref())?;
    if let (Some(settings), Some(path)) = (&settings, &args.settings)
        && let Some(problems) = judge.check_settings(settings)?
    {
        emit::settings_problems(path, &problems);
        return Ok(Exit::CouldNot);
    }
    let attestor = &signer.attestor;
    let question = match &settings {
        Some(settings) => Question::under(settings, attestor),
        None => Question::by_key(attestor),
    };
    let mut attestations = Vec::new();
    let image = &args.statement.image;
    let listed = args.listed(attestor, settings.as_ref(), &module)?;
    let images = match listed.as_slice() {
        [] => vec![image],
        listed => listed.iter().map(|one| &one.image).collect(),
    };
    for image in images {
        match args.attestation(image, &signer, &question, &judge)? {
            Some(attestation) => attestations.push(attestation),
            None => return Ok(Exit::No),
        }
    }
    args.places
        .put(&attestations, image, &listed, settings.as_ref())?;
    if let Some(settings) = &settings {
        let signed = args.statement.predicate_type.as_deref();
        typed::advise(settings, &attestor.name, image, signed);
    }
    Ok(Exit::Yes)
}

/// The signer of one or more images
struct Signer {
    attestor: Attestor,
    with: With,
}

/// Where signatures come from
enum With {
    /// A private key, with its id
    Key(PrivateKey, String),
    /// A file, of which one reading has to verify
    Brought(Vec<Signature>),
}

impl Args {
    /// The images that the index lists; none without an index.
    fn listed(
        &self,
        attestor: &Attestor,
        settings: Option<&Value>,
        module: &[u8],
    ) -> Result<Vec<Listed>> {
        let image = &self.statement.image;
        let Some(path) = &self.index else {
            if let Some(settings) = settings {
                let layout = self.places.layout();
                index::advise(Task::Sign, settings, image, attestor, layout, module);
            }
            return Ok(Vec::new());
        };
        if let Some(settings) = settings {
            index::advise_listed(settings);
        }
        let listed = index::listed(path, image, attestor, module)?;
        if listed.is_empty() {
            bail!(
                "`{}` is the manifest of an image and lists no others; sign it without --index",
                shown(path)
            );
        }
        Ok(listed)
    }

    /// Signs one image. `None`, with the result printed, if no signature verifies.
    fn attestation(
        &self,
        image: &Image,
        signer: &Signer,
        question: &Question<'_>,
        judge: &Judge,
    ) -> Result<Option<Attestation>> {
        let Signer { attestor, with } = signer;
        let payload = self.payload(image, with.signs_envelopes_only(attestor))?;
        let mut refused = None;
        for signature in with.signatures(&payload)? {
            let attestation =
                Attestation::new(image, attestor.note.as_deref(), &payload, signature);
            let documents = core::slice::from_ref(&attestation.document);
            let finding = question.about(documents, image).ask(judge, image)?;
            let is_statement = self.statement.is_predicate() && finding.is_signed_statement();
            if finding.attestor.verified || is_statement {
                return Ok(Some(attestation));
            }
            refused = Some(finding);
        }
        if let Some(finding) = refused {
            let mut out = anstream::stdout().lock();
            let printed = emit::verification::human(&mut out, image, attestor, &finding, &[]);
            terminal::unless_closed(printed)?;
            self.advise(&payload);
        }
        Ok(None)
    }

    /// Reads the key, or an existing signature.
    fn signer(&self, settings: Option<&Value>) -> Result<Signer> {
        let listed = match (settings, &self.attestor) {
            (Some(settings), Some(name)) => Some(Attestor::find(settings, name)?),
            _ => None,
        };
        match (&self.key, &self.signature_file) {
            (Some(path), _) => self.open(path, listed),
            (None, Some(path)) => self.take(path, listed),
            (None, None) => bail!("give --key or --signature-file"),
        }
    }

    fn open(&self, path: &Path, listed: Option<Attestor>) -> Result<Signer> {
        let file = KeyFile::open(path, self.passphrase_file.as_ref())?;
        let (attestor, key, id) = match listed {
            Some(attestor) => {
                let (key, id) =
                    signer::key_of(&file, &attestor, self.algorithm, self.key_id.as_deref())?;
                (attestor, key, id)
            }
            None => {
                let key = file.key(self.algorithm)?;
                let (pem, id) = (key.public_pem(), self.key_id.as_deref());
                let entry = KeyEntry::read(pem, Some(key.algorithm()), id)?;
                let id = entry.key.id().to_owned();
                (Attestor::of(entry, None, self.note.as_deref()), key, id)
            }
        };
        let with = With::Key(key, id);
        Ok(Signer { attestor, with })
    }

    fn take(&self, path: &Path, listed: Option<Attestor>) -> Result<Signer> {
        let attestor = match (listed, &self.public_key) {
            (Some(_), _) if self.algorithm.is_some() => {
                bail!(
                    "--algorithm cannot be used with --settings, which give the algorithm of each key"
                )
            }
            (Some(attestor), _) => attestor,
            (None, Some(public)) => {
                let text = public_key::text_of(public)?;
                let entry = KeyEntry::read(&text, self.algorithm, self.key_id.as_deref());
                let entry = entry.with_context(|| format!("cannot use `{}`", shown(public)))?;
                Attestor::of(entry, None, self.note.as_deref())
            }
            (None, None) => {
                bail!("the public key is missing: give --public-key, or --settings and --attestor")
            }
        };
        let with = With::Brought(signer::brought(path, &attestor, self.key_id.as_deref())?);
        Ok(Signer { attestor, with })
    }

    /// The payload, in an envelope if the destination or the key needs one.
    fn payload(&self, image: &Image, is_envelope_key: bool) -> Result<Payload> {
        let is_envelope = is_envelope_key || self.places.take_envelopes_only();
        self.statement.payload(image, is_envelope)
    }

    /// Names the most frequent mistake with signatures that another program made.
    fn advise(&self, payload: &Payload) {
        if self.signature_file.is_some() {
            let envelope = match payload.form {
                Form::Bare => "",
                Form::Envelope(_) if self.statement.is_predicate() => "",
                Form::Envelope(_) => " --envelope",
            };
            terminal::note(&format!(
                "the signature must cover exactly the output of `countersign attest \
                 payload{envelope}` for this image"
            ));
        }
    }
}

impl With {
    /// Whether all keys sign only envelopes.
    fn signs_envelopes_only(&self, attestor: &Attestor) -> bool {
        match self {
            Self::Key(key, _) => key.algorithm().is_for_envelopes_only(),
            Self::Brought(_) => attestor
                .keys
                .iter()
                .all(|key| key.algorithm.is_some_and(Algorithm::is_for_envelopes_only)),
        }
    }

    /// The signatures of a payload, of which one has to verify.
    fn signatures(&self, payload: &Payload) -> Result<Vec<Signature>> {
        Ok(match self {
            Self::Key(key, id) => {
                let (key_id, bytes) = (id.clone(), key.sign(&payload.message())?);
                vec![Signature { key_id, bytes }]
            }
            Self::Brought(signatures) => signatures.clone(),
        })
    }
}
