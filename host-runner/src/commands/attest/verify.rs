//! `countersign attest verify`: Google's `ValidateAttestationOccurrence`, done by the policy module.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::{ArgGroup, ValueEnum};
use policy_wasm::key::Algorithm;
use policy_wasm::time::Time;

use crate::args::{
    EvidenceArgs, ModuleArgs, algorithms, parse_algorithm, parse_image, parse_note,
    parse_predicate_type, parse_time, predicate_types, suggested,
};
use crate::attest::attestor::Attestor;
use crate::attest::evidence_file;
use crate::attest::image::Image;
use crate::attest::index::{self, Task};
use crate::attest::public_key::{self, KeyEntry};
use crate::attest::typed;
use crate::attest::verification::Question;
use crate::emit::{self, output};
use crate::judge::Judge;
use crate::terminal::shown;
use crate::{Exit, foreign};

/// Arguments of `countersign attest verify`
#[derive(Debug, clap::Args)]
#[command(group = ArgGroup::new("whose").args(["settings", "public_key"]).required(true))]
#[command(after_help = "Examples:
  countersign attest verify --settings policy.yaml --attestor build \\
    --attestation signed.yaml \\
    registry.example/shop/web@sha256:…
  countersign attest verify --settings policy.yaml --attestor build \\
    --registry layout/ \\
    registry.example/shop/web@sha256:…
  countersign attest verify --public-key build.pub \\
    --attestation signed.yaml --format json \\
    registry.example/shop/web@sha256:…
  countersign attest verify --settings policy.yaml --attestor build \\
    --attestation sbom.yaml --predicate-type spdxjson \\
    registry.example/shop/web@sha256:…

Without --attestation, attestations come from the sources in `evidence` of the
settings. If rules for images ask the attestor for statements of a type, the
result for each type is printed as well, and --predicate-type makes one of them
the result. If rules ask the attestor for statements only, an approval counts
for none of them: the result is VERIFIED if statements meet each requirement of
rules for the image.

Exit status: 0 if VERIFIED, 1 if ATTESTATION_NOT_VERIFIABLE, 2 on an error")]
pub struct Args {
    /// The attested image: REPOSITORY@sha256:DIGEST
    #[arg(value_name = "IMAGE", value_parser = parse_image)]
    image: Image,
    /// Settings with the attestor
    #[arg(long, short, value_name = "FILE", requires = "attestor")]
    settings: Option<PathBuf>,
    /// Name of the attestor, or its last segment
    #[arg(long, value_name = "NAME", requires = "settings")]
    attestor: Option<String>,
    /// Verify with this public key (PEM, DER or OpenPGP armor) instead of an attestor's keys
    #[arg(long, value_name = "FILE", requires = "attestation")]
    public_key: Option<PathBuf>,
    /// Signature algorithm of an RSA key
    #[arg(long, value_name = "ALGORITHM", hide_possible_values = true,
          value_parser = suggested(parse_algorithm, algorithms), conflicts_with = "settings")]
    algorithm: Option<Algorithm>,
    /// Note that the attestations must have: projects/PROJECT/notes/NAME [default: any]
    #[arg(long, value_name = "NOTE", value_parser = parse_note, conflicts_with = "settings")]
    note: Option<String>,
    /// Read attestations from this file: occurrences, envelopes, Attestation or annotated manifests
    #[arg(long, value_name = "FILE")]
    attestation: Vec<PathBuf>,
    /// Verify a statement of this type, in place of an approval: a URI, or cosign's name of one, such as `spdxjson`
    #[arg(long, value_name = "URI", hide_possible_values = true,
          value_parser = suggested(parse_predicate_type, predicate_types))]
    predicate_type: Option<String>,
    /// Verify as of this time, in RFC 3339 [default: now]; OpenPGP keys expire
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    time: Option<Time>,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
    #[command(flatten)]
    evidence: EvidenceArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Text: the result and its reasons
    Human,
    /// JSON: Google's response and the reasons
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    if !args.attestation.is_empty() && args.evidence.is_given() {
        bail!("--attestation cannot be used with --kubernetes, --registry or --replay");
    }
    let read = args.attestation.iter();
    let read = read.chain(&args.settings).chain(&args.public_key);
    let read = read.map(PathBuf::as_path).chain(args.evidence.inputs());
    output::check(&args.format, read)?;
    let mut attestations = Vec::new();
    for path in &args.attestation {
        attestations.extend(evidence_file::attestations(path, &args.image)?);
    }
    let module = args.module.bytes()?;
    let judge = Judge::new(&module, |abi| args.evidence.open(abi), args.time)?;
    let (settings, attestor) = match (&args.settings, &args.attestor, &args.public_key) {
        (Some(path), Some(name), _) => {
            let settings = foreign::settings(path)?;
            if let Some(problems) = judge.check_settings(&settings)? {
                emit::settings_problems(path, &problems);
                return Ok(Exit::CouldNot);
            }
            let attestor = Attestor::find(&settings, name)?;
            (Some(settings), attestor)
        }
        (_, _, Some(path)) => {
            let text = public_key::text_of(path)?;
            let key = KeyEntry::read(&text, args.algorithm, None);
            let key = key.map_err(|error| anyhow::anyhow!("`{}`: {error}", shown(path)))?;
            (None, Attestor::of(key, None, args.note.as_deref()))
        }
        _ => bail!("give --settings and --attestor, or --public-key"),
    };
    let mut question = match &settings {
        Some(settings) => Question::under(settings, &attestor),
        None => Question::by_key(&attestor),
    };
    if let Some(predicate_type) = &args.predicate_type {
        question = question.of_type(predicate_type);
    }
    let given = (!args.attestation.is_empty()).then_some(attestations.as_slice());
    if let Some(attestations) = given {
        question = question.about(attestations, &args.image);
    }
    let found = question.ask(&judge, &args.image).and_then(|finding| {
        let typed = match &settings {
            Some(settings) if args.predicate_type.is_none() => {
                typed::findings(settings, &attestor, given, &judge, &args.image)?
            }
            _ => Vec::new(),
        };
        Ok((finding, typed))
    });
    let (approval, typed) = judge.finish(found)?;
    let by_type = settings
        .as_ref()
        .and_then(|settings| typed::decisive(settings, &attestor.name, &args.image, &typed));
    let finding = by_type.map_or(&approval, |one| &one.finding);
    output::write(&args.format, |format, out| match format {
        Format::Human => emit::verification::human(out, &args.image, &attestor, finding, &typed),
        Format::Json => emit::verification::json(out, finding, &typed),
    })?;
    if let Some(settings) = &settings {
        let counting = by_type.filter(|one| one.finding.attestor.verified);
        let counting = counting.map(|one| &one.predicate_type);
        if let Some(predicate_type) = args.predicate_type.as_ref().or(counting) {
            typed::advise(settings, &attestor.name, &args.image, Some(predicate_type));
        } else if approval.attestor.verified && !finding.attestor.verified {
            typed::advise(settings, &attestor.name, &args.image, None);
        }
        let layout = args.evidence.layout();
        index::advise(
            Task::Verify,
            settings,
            &args.image,
            &attestor,
            layout,
            &module,
        );
    }
    Ok(if finding.attestor.verified {
        Exit::Yes
    } else {
        Exit::No
    })
}
