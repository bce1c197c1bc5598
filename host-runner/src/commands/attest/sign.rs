//! `countersign attest sign`: an attestation, verified, and put where the policy looks for it.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::ArgGroup;
use policy_wasm::key::Algorithm;
use serde_json::Value;

use crate::attest::attestor::Attestor;
use crate::attest::document::Attestation;
use crate::attest::key_file::KeyFile;
use crate::attest::payload::{Form, Payload};
use crate::attest::public_key::KeyEntry;
use crate::attest::signer::{self, Signature};
use crate::attest::verification::Question;
use crate::cli::{EvidenceArgs, ModuleArgs, PlaceArgs, StatementArgs, parse_algorithm, parse_note};
use crate::commands::judge::Judge;
use crate::commands::module_bytes;
use crate::inputs::shown;
use crate::{Exit, emit, inputs};

/// Arguments of `countersign attest sign`
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("how").args(["key", "signature_file"]).required(true))]
#[command(after_help = "Examples:
  countersign attest sign --key build.pem --settings policy.yaml --attestor build \\
    registry.example/shop/web@sha256:…
  countersign attest sign --key build.pem --note projects/example/notes/build \\
    --kubernetes attestations/ --namespace attest-build registry.example/shop/web@sha256:…
  countersign attest sign --key build.pem --manifest deployment.yaml \\
    registry.example/shop/web@sha256:…
  countersign attest sign --key build.pem --registry layout/ registry.example/shop/web@sha256:…
  countersign attest sign --signature-file payload.sig --public-key build.pub \\
    --note projects/example/notes/build registry.example/shop/web@sha256:…
  countersign attest sign --key scanner.pem --predicate scan.json \\
    --predicate-type https://cosign.sigstore.dev/attestation/vuln/v1 \\
    registry.example/shop/web@sha256:…

Where no place is named, the attestation is printed. Whatever is written was verified by the module
first. Signing again replaces what was signed before, and nothing else; places are written in turn,
so that where one fails the command can be repeated.

Exit status: 0 signed, 1 the signature does not count, 2 the job could not be done")]
pub struct Args {
    #[command(flatten)]
    statement: StatementArgs,
    /// Sign with this private key, in PEM (PKCS#8)
    #[arg(long, value_name = "FILE", help_heading = "Who signs")]
    key: Option<PathBuf>,
    /// The passphrase of the key is the first line of this file; `-` is standard input
    #[arg(
        long,
        value_name = "FILE",
        requires = "key",
        help_heading = "Who signs"
    )]
    passphrase_file: Option<PathBuf>,
    /// Take this signature over what `attest payload` prints: binary, base64 or OpenPGP armour; `-` is
    /// standard input
    #[arg(long, value_name = "FILE", help_heading = "Who signs")]
    signature_file: Option<PathBuf>,
    /// The public key of that signature, in PEM or OpenPGP armour
    #[arg(long, value_name = "FILE", conflicts_with_all = ["key", "settings"], help_heading = "Who signs")]
    public_key: Option<PathBuf>,
    /// How an RSA key signs
    #[arg(long, value_name = "NAME", value_parser = parse_algorithm, help_heading = "Who signs")]
    algorithm: Option<Algorithm>,
    /// The id of the key, where the attestor gives it another one than is computed, or has several
    #[arg(long, value_name = "ID", help_heading = "Who signs")]
    key_id: Option<String>,
    /// The settings that have the attestor: its note and its keys
    #[arg(
        long,
        short,
        value_name = "FILE",
        requires = "attestor",
        help_heading = "Who signs"
    )]
    settings: Option<PathBuf>,
    /// The attestor's name, or the last part of it
    #[arg(
        long,
        value_name = "NAME",
        requires = "settings",
        help_heading = "Who signs"
    )]
    attestor: Option<String>,
    /// The note to file the attestation under, without settings
    #[arg(
        long,
        value_name = "NOTE",
        value_parser = parse_note,
        conflicts_with = "settings",
        help_heading = "Who signs"
    )]
    note: Option<String>,
    #[command(flatten)]
    places: PlaceArgs,
    #[command(flatten)]
    module: ModuleArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    args.places.check(args.statement.is_predicate())?;
    let settings = args.settings.as_deref().map(inputs::settings).transpose()?;
    let Prepared {
        attestor,
        payload,
        signatures,
    } = args.prepare(settings.as_ref())?;
    let judge = Judge::new(&module_bytes(&args.module)?, &EvidenceArgs::default(), None)?;
    if let (Some(settings), Some(path)) = (&settings, &args.settings)
        && let Some(problems) = judge.check_settings(settings)?
    {
        emit::settings_problems(path, &problems);
        return Ok(Exit::CouldNot);
    }
    let image = &args.statement.image;
    let question = match &settings {
        Some(settings) => Question::under(settings, &attestor),
        None => Question::by_key(&attestor),
    };
    let mut refused = None;
    for signature in signatures {
        let attestation = Attestation::new(image, attestor.note.as_deref(), &payload, signature);
        let finding = question
            .about(core::slice::from_ref(&attestation.document), image)
            .ask(&judge, image)?;
        if finding.is_verified() || (args.statement.is_predicate() && finding.is_signed_statement())
        {
            args.places.put(&attestation, settings.as_ref())?;
            return Ok(Exit::Yes);
        }
        refused = Some(finding);
    }
    if let Some(finding) = refused {
        emit::unless_closed(emit::verification::human(image, &attestor, &finding))?;
        args.advise(&payload);
    }
    Ok(Exit::No)
}

/// What is to be verified: one of the signatures counts, or none
struct Prepared {
    attestor: Attestor,
    payload: Payload,
    signatures: Vec<Signature>,
}

impl Args {
    /// Signs, or reads what somebody else has signed.
    fn prepare(&self, settings: Option<&Value>) -> Result<Prepared> {
        let listed = match (settings, &self.attestor) {
            (Some(settings), Some(name)) => Some(Attestor::find(settings, name)?),
            _ => None,
        };
        match (&self.key, &self.signature_file) {
            (Some(path), _) => self.sign(path, listed),
            (None, Some(path)) => self.take(path, listed),
            (None, None) => bail!("say who signs: --key or --signature-file"),
        }
    }

    fn sign(&self, path: &Path, listed: Option<Attestor>) -> Result<Prepared> {
        let file = KeyFile::open(path, self.passphrase_file.as_ref())?;
        let (attestor, key, key_id) = match listed {
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
        let payload = self.payload(key.algorithm().is_for_envelopes_only())?;
        let bytes = key.sign(&payload.message())?;
        let signatures = vec![Signature { key_id, bytes }];
        Ok(Prepared {
            attestor,
            payload,
            signatures,
        })
    }

    fn take(&self, path: &Path, listed: Option<Attestor>) -> Result<Prepared> {
        let attestor = match (listed, &self.public_key) {
            (Some(_), _) if self.algorithm.is_some() => {
                bail!("the settings say how the keys of the attestor sign; leave out --algorithm")
            }
            (Some(attestor), _) => attestor,
            (None, Some(public)) => {
                let text = inputs::read(public)?.text;
                let entry = KeyEntry::read(&text, self.algorithm, self.key_id.as_deref());
                let entry = entry.with_context(|| format!("cannot use `{}`", shown(public)))?;
                Attestor::of(entry, None, self.note.as_deref())
            }
            (None, None) => bail!(
                "nobody can verify the signature: give --public-key, or --settings and --attestor"
            ),
        };
        let is_envelope_key =
            |key: &KeyEntry| key.algorithm.is_some_and(Algorithm::is_for_envelopes_only);
        let payload = self.payload(attestor.keys.iter().all(is_envelope_key))?;
        let signatures = signer::brought(path, &attestor, self.key_id.as_deref())?;
        Ok(Prepared {
            attestor,
            payload,
            signatures,
        })
    }

    /// What is signed: in an envelope where the place or the key knows nothing else.
    fn payload(&self, is_envelope_key: bool) -> Result<Payload> {
        let is_envelope = is_envelope_key || self.places.take_envelopes_only();
        self.statement.payload(is_envelope)
    }

    /// What most often went wrong with a signature that was made elsewhere.
    fn advise(&self, payload: &Payload) {
        if self.signature_file.is_some() {
            let envelope = match payload.form {
                Form::Bare => "",
                Form::Envelope(_) if self.statement.is_predicate() => "",
                Form::Envelope(_) => " --envelope",
            };
            emit::note(&format!(
                "the signature has to be over exactly what `countersign attest payload{envelope}` \
                 prints for this image"
            ));
        }
    }
}
