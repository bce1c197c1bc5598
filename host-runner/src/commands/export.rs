//! `countersign export`: Kubernetes manifests.

mod kubewarden;
mod rbac;

use std::path::Path;
use std::sync::OnceLock;

use anyhow::Result;
use clap::Subcommand;

use crate::args::OutputArgs;
use crate::engine::{Abi, EngineError, Policy, embedded};
use crate::export::{Plural, SettingsText, Workloads};
use crate::terminal;
use crate::{Exit, emit};

use crate::judge::{check_settings, engine};

/// Arguments of `countersign export`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign export kubewarden \\
    --settings policy.yaml > cluster-admission-policy.yaml
  countersign export crd | kubectl apply -f -
  countersign export rbac --settings policy.yaml -o rbac.yaml

Exit status: 0 if exported, 2 on an error")]
pub struct Args {
    /// The manifests to export
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Export a policy for Kubewarden; two policies if it resolves tags to digests
    Kubewarden(kubewarden::Args),
    /// Export the CRD of attestations
    Crd(CrdArgs),
    /// Export roles and role bindings for policy creators, attestors and deployers
    Rbac(rbac::Args),
}

/// Arguments of `countersign export crd`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign export crd | kubectl apply -f -
  countersign export crd -o crd.yaml

Exit status: 0 if exported, 2 on an error")]
struct CrdArgs {
    #[command(flatten)]
    output: OutputArgs,
}

/// Resources of custom workload kinds
#[derive(Debug, clap::Args)]
struct WorkloadArgs {
    /// Plural of a kind in `workloads`, as `kubectl api-resources` prints it; repeatable
    ///
    /// Default: derived from the kind, as Kubernetes does, such as `rollouts` for `Rollout`.
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

/// Reads settings and checks them with the module. If they are invalid, prints all problems and returns
/// `None`.
fn usable_settings(path: &Path) -> Result<Option<SettingsText>> {
    let settings = SettingsText::read(path)?;
    if let Some(problems) = check_settings(module()?, settings.value())? {
        emit::settings_problems(path, &problems);
        return Ok(None);
    }
    Ok(Some(settings))
}

/// The embedded module, compiled once for all exports of the process.
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
    /// The workload kinds of the settings as resources; prints a note for each guessed plural.
    fn read(&self, settings: &SettingsText) -> Result<Workloads> {
        let workloads = Workloads::of(settings.value(), &self.resource)?;
        for guess in &workloads.guesses {
            let (kind, resource) = (terminal::printable(&guess.of()), &guess.resource);
            anstream::eprintln!(
                "note: assuming resource `{resource}` for `{kind}`; \
                 set another with --resource {kind}=PLURAL"
            );
        }
        Ok(workloads)
    }
}
