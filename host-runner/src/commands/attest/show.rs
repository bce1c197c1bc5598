//! `countersign attest show`: what attestations say, decoded, and whether they count under some settings.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::ValueEnum;
use policy_wasm::time::Time;
use serde_json::Value;

use crate::args::{ModuleArgs, parse_time};
use crate::attest::attestor::Attestor;
use crate::attest::decoded::Decoded;
use crate::attest::evidence_file;
use crate::attest::image::Image;
use crate::attest::verification::{Finding, Question};
use crate::commands::check_stdin;
use crate::emit::decoded::Shown;
use crate::emit::{self, output};
use crate::judge::Judge;
use crate::offline_host::OfflineHost;
use crate::settings_view::SettingsView;
use crate::terminal::shown;
use crate::{Exit, inputs};

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
attestor whether the attestation counts.

Exit status: 0 if shown, 1 if with --settings an attestation counts for no
attestor, 2 on an error")]
pub struct Args {
    /// Files with attestations (`-` for standard input)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Settings with attestors, which are asked about each attestation
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
        Some(path) => match Jury::of(path, args)? {
            Some(jury) => Some(jury),
            None => return Ok(Exit::CouldNot),
        },
    };
    let mut all = Vec::new();
    for path in &args.files {
        let (file, documents) = evidence_file::every_attestation(path)?;
        for document in documents {
            let decoded = Decoded::of(&document);
            let findings = match &jury {
                Some(jury) => Some(jury.ask(&document, &decoded)?),
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

/// The attestors that are asked, and the module that answers
struct Jury {
    judge: Judge,
    settings: Value,
    attestors: Vec<Attestor>,
}

impl Jury {
    /// Reads the settings; `None` if they are invalid, which is then reported.
    fn of(path: &Path, args: &Args) -> Result<Option<Self>> {
        let settings = inputs::settings(path)?;
        let judge = Judge::new(
            &args.module.bytes()?,
            |_| Ok(OfflineHost::from_folders(None, None)),
            args.time,
        )?;
        if let Some(problems) = judge.check_settings(&settings)? {
            emit::settings_problems(path, &problems);
            return Ok(None);
        }
        let names = match &args.attestor {
            Some(name) => vec![name.as_str()],
            None => SettingsView(&settings).attestor_names(),
        };
        let attestors = names.iter().map(|name| Attestor::find(&settings, name));
        let attestors: Vec<_> = attestors.collect::<Result<_>>()?;
        if attestors.is_empty() {
            bail!("`{}` has no attestors to ask", shown(path));
        }
        Ok(Some(Self {
            judge,
            settings,
            attestors,
        }))
    }

    /// The answer about each attestor: an attestation may be about several images, of which the first is asked for.
    fn ask(&self, document: &Value, decoded: &Decoded) -> Result<Vec<Finding>> {
        let image = match decoded.image() {
            Some(image) => image,
            None => Image::parse(NO_IMAGE)?,
        };
        let findings = self.attestors.iter().map(|attestor| {
            let question = Question::under(&self.settings, attestor);
            let question = question.about(core::slice::from_ref(document), &image);
            question.ask(&self.judge, &image)
        });
        findings.collect()
    }
}

/// In the place of an image that an attestation does not name
const NO_IMAGE: &str = "registry.invalid/image@sha256:0000000000000000000000000000000000000000000000000000000000000000";
