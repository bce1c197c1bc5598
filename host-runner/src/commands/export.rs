//! `countersign export`: what a cluster is given.

mod kubewarden;
mod rbac;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;

use crate::engine::{Abi, Engine, Limits, embedded};
use crate::export::{Plural, SettingsText, Workloads};
use crate::inputs::shown;
use crate::{Exit, emit};

use super::check_settings;

/// Arguments of `countersign export`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign export kubewarden --settings policy.yaml > cluster-admission-policy.yaml
  countersign export crd | kubectl apply -f -
  countersign export rbac --settings policy.yaml -o rbac.yaml

Exit status: 0 exported, 2 the job could not be done")]
pub struct Args {
    /// What to export
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Kubewarden's manifest of a policy; two where it replaces tags by digests
    Kubewarden(kubewarden::Args),
    /// The kind under which a cluster stores attestations
    Crd(CrdArgs),
    /// Roles for policy creators, attestors and deployers, and who holds them
    Rbac(rbac::Args),
}

/// Arguments of `countersign export crd`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign export crd | kubectl apply -f -
  countersign export crd -o crd.yaml

Exit status: 0 exported, 2 the file could not be written")]
struct CrdArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Where it goes
#[derive(Debug, clap::Args)]
struct OutputArgs {
    /// Write to this file, which is replaced, instead of standard output
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// How kinds beyond the built-in ones are called
#[derive(Debug, clap::Args)]
struct WorkloadArgs {
    /// The resource of a kind of `workloads`, as `kubectl api-resources` shows it
    ///
    /// Without it the plural is guessed, as Kubernetes does.
    #[arg(long, value_name = "GROUP/KIND=PLURAL", value_parser = Plural::parse)]
    resource: Vec<Plural>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    match &args.what {
        What::Kubewarden(args) => kubewarden::run(args),
        What::Crd(args) => {
            let crd = include_str!("../../../policies/kubernetes/crd.yaml");
            args.output.write(crd, None)?;
            Ok(Exit::Yes)
        }
        What::Rbac(args) => rbac::run(args),
    }
}

/// Reads settings that the module can use; `None` where it cannot, with everything that is wrong said.
fn usable_settings(path: &Path) -> Result<Option<SettingsText>> {
    let settings = SettingsText::read(path)?;
    let policy = Engine::new(Limits::default())?.load(embedded(Abi::Wapc))?;
    if let Some(problems) = check_settings(&policy, settings.value())? {
        emit::settings_problems(path, &problems);
        return Ok(None);
    }
    Ok(Some(settings))
}

impl WorkloadArgs {
    /// The kinds of the settings as resources; what is guessed is said.
    fn read(&self, settings: &SettingsText) -> Result<Workloads> {
        let workloads = Workloads::of(settings.value(), &self.resource)?;
        for guess in &workloads.guesses {
            let (kind, resource) = (emit::printable(&guess.of()), &guess.resource);
            anstream::eprintln!(
                "note: the resource of `{kind}` is guessed to be `{resource}`; \
                 to say another, give --resource {kind}=PLURAL"
            );
        }
        Ok(workloads)
    }
}

impl OutputArgs {
    /// Writes a text, byte for byte, but never over what it was made from.
    fn write(&self, text: &str, settings: Option<&Path>) -> Result<()> {
        let Some(path) = &self.output else {
            let printed = std::io::stdout().write_all(text.as_bytes());
            return Ok(emit::unless_closed(printed)?);
        };
        let real = |path: &Path| fs::canonicalize(path).ok();
        if settings.is_some_and(|settings| real(path).is_some() && real(path) == real(settings)) {
            bail!(
                "`{}` is the settings file; write to another one",
                shown(path)
            );
        }
        fs::write(path, text).with_context(|| format!("cannot write `{}`", shown(path)))
    }
}
