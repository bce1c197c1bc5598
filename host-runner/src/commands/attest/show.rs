//! `countersign attest show`: what attestations say, decoded, and whether they count under some settings.

use std::path::PathBuf;

use anyhow::Result;
use clap::ValueEnum;
use policy_wasm::time::Time;

use crate::Exit;
use crate::args::{ModuleArgs, parse_time};
use crate::attest::decoded::Decoded;
use crate::attest::evidence_file;
use crate::attest::image::Image;
use crate::attest::jury::Jury;
use crate::commands::check_stdin;
use crate::emit::decoded::Shown;
use crate::emit::{self, output};

/// Arguments of `countersign attest show`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign attest show image.sigstore.json
  countersign attest show sha256:….jsonl --format json
  countersign attest show image.sigstore.json --settings policy.yaml

A file has one Sigstore bundle, JSON Lines of bundles, an answer of the
attestations API of GitHub or npm, occurrences, envelopes, or Attestation
resources; a directory is an OCI image layout with referrers. Nothing is
verified without --settings. With --settings, the policy module says for each
attestor, and for each signer of checks that read such attestations, whether
the attestation counts.

Exit status: 0 if shown, 1 if with --settings an attestation does not
count, 2 on an error")]
pub struct Args {
    /// Files with attestations (`-` for standard input)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Settings with attestors and authenticators, which are asked about each attestation
    #[arg(long, short, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Ask only this attestor: its name, or the last segment
    #[arg(long, value_name = "NAME", requires = "settings")]
    attestor: Option<String>,
    /// Verify as of this time, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time, requires = "settings")]
    time: Option<Time>,
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
    #[command(flatten)]
    module: ModuleArgs,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Text
    Human,
    /// JSON: a list of all attestations
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let inputs = args.files.iter().chain(&args.settings);
    let inputs = inputs.map(PathBuf::as_path);
    check_stdin(inputs.clone())?;
    output::check(&args.format, inputs)?;
    let jury = match &args.settings {
        None => None,
        Some(path) => match Jury::of(
            path,
            args.attestor.as_deref(),
            &args.module.bytes()?,
            args.time,
        )? {
            Ok(jury) => Some(jury),
            Err(problems) => {
                emit::settings_problems(path, &problems);
                return Ok(Exit::CouldNot);
            }
        },
    };
    let mut all = Vec::new();
    for path in &args.files {
        let (file, documents) = evidence_file::every_attestation(path)?;
        for document in documents {
            let decoded = Decoded::of(&document);
            let findings = match &jury {
                Some(jury) => {
                    // Of several images that it is about, the first is asked for.
                    let image = decoded.image().map_or_else(|| Image::parse(NO_IMAGE), Ok)?;
                    Some(jury.ask(&document, &decoded, &image)?)
                }
                None => None,
            };
            all.push(Shown {
                file: file.clone(),
                decoded,
                findings,
            });
        }
    }
    output::write(&args.format, |format, out| match format {
        Format::Human => emit::decoded::human(out, &all),
        Format::Json => emit::decoded::json(out, &all),
    })?;
    let counts = jury.is_none() || all.iter().all(Shown::counts);
    Ok(if counts { Exit::Yes } else { Exit::No })
}

/// In the place of an image that an attestation does not name
const NO_IMAGE: &str = "registry.invalid/image@sha256:0000000000000000000000000000000000000000000000000000000000000000";
