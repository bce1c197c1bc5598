//! `countersign export`: what a cluster is given.

mod kubewarden;
mod rbac;

use std::path::Path;
use std::sync::OnceLock;

use anyhow::Result;
use clap::Subcommand;

use crate::cli::OutputArgs;
use crate::engine::{Abi, EngineError, Policy, embedded};
use crate::export::{Plural, SettingsText, Workloads};
use crate::{Exit, emit};

use super::{check_settings, engine};

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
            let crd = include_str!("../../kubernetes/crd.yaml");
            args.output.check([])?;
            args.output.write(crd)?;
            Ok(Exit::Yes)
        }
        What::Rbac(args) => rbac::run(args),
    }
}

/// Reads settings that the module can use; `None` where it cannot, with everything that is wrong said.
fn usable_settings(path: &Path) -> Result<Option<SettingsText>> {
    let settings = SettingsText::read(path)?;
    if let Some(problems) = check_settings(module()?, settings.value())? {
        emit::settings_problems(path, &problems);
        return Ok(None);
    }
    Ok(Some(settings))
}

/// The embedded module, compiled once for all exports of a process.
fn module() -> Result<&'static Policy, EngineError> {
    static MODULE: OnceLock<Policy> = OnceLock::new();
    match MODULE.get() {
        Some(module) => Ok(module),
        None => {
            let module = engine()?.load(embedded(Abi::Wapc))?;
            Ok(MODULE.get_or_init(|| module))
        }
    }
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
