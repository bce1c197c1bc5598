//! `countersign export rbac`: roles and bindings for policy creators, attestors and deployers.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::Exit;
use crate::args::OutputArgs;
use crate::export::{Grants, Note, Subject, WebhookRule, Workloads};

use super::{WorkloadArgs, usable_settings};

/// Arguments of `countersign export rbac`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign export rbac | kubectl apply -f -
  countersign export rbac --settings policy.yaml \\
    --creator-account group:platform-team \\
    --attestor-account projects/example/notes/build=ci/build \\
    --deployer-account production=cd/deployer -o rbac.yaml

ACCOUNT is a service account (NAMESPACE/NAME), user:NAME or group:NAME. No
account may hold two of the three roles.

Exit status: 0 if exported, 2 on invalid settings, an account with two roles,
or another error")]
pub(super) struct Args {
    /// Settings with the notes and workload kinds; without them, only the roles are exported
    #[arg(long, short, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Account that creates policies; repeatable
    #[arg(long, value_name = "ACCOUNT", value_parser = Subject::parse)]
    creator_account: Vec<Subject>,
    /// Account that attests under a note of `evidence.kubernetes`; repeatable
    #[arg(long, value_name = "NOTE=ACCOUNT", value_parser = parse_pair)]
    attestor_account: Vec<(String, Subject)>,
    /// Account that deploys to a namespace; repeatable
    #[arg(long, value_name = "NAMESPACE=ACCOUNT", value_parser = parse_deployer)]
    deployer_account: Vec<(String, Subject)>,
    /// Service account of the policy server
    #[arg(long, value_name = "NAMESPACE/NAME", default_value = "kubewarden/policy-server",
          value_parser = Subject::parse_service_account)]
    policy_server_account: Subject,
    #[command(flatten)]
    workloads: WorkloadArgs,
    #[command(flatten)]
    output: OutputArgs,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit> {
    args.output.check(args.settings.as_deref())?;
    let (notes, workloads) = match &args.settings {
        None => {
            if !args.workloads.resource.is_empty() {
                bail!("--resource needs --settings, whose `workloads` it refers to");
            }
            (Vec::new(), Workloads::default())
        }
        Some(path) => {
            let Some(settings) = usable_settings(path)? else {
                return Ok(Exit::CouldNot);
            };
            let workloads = args.workloads.read(&settings)?;
            (Note::all(settings.value()), workloads)
        }
    };
    // A deployer needs all controllers, also those whose templates the policy does not read.
    let mut judged = WebhookRule::of_module()?;
    judged.extend(workloads.rules);
    let grants = Grants {
        policy_server: args.policy_server_account.clone(),
        creators: args.creator_account.clone(),
        attestors: args.attestor_account.clone(),
        deployers: args.deployer_account.clone(),
        notes,
        judged,
    };
    grants.check()?;
    args.output.write(&grants.text())?;
    Ok(Exit::Yes)
}

fn parse_pair(text: &str) -> Result<(String, Subject), String> {
    let (name, account) = text
        .split_once('=')
        .ok_or("expected a name, `=` and an account")?;
    Ok((name.to_owned(), Subject::parse(account)?))
}

fn parse_deployer(text: &str) -> Result<(String, Subject), String> {
    let (namespace, account) = parse_pair(text)?;
    if policy_lint::is_dns_label(&namespace) {
        return Ok((namespace, account));
    }
    Err(format!("`{namespace}` is not a namespace"))
}
