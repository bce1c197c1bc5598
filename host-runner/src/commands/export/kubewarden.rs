//! `countersign export kubewarden`: a policy manifest with the rules and permissions that it needs.

use std::path::PathBuf;

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::Exit;
use crate::args::OutputArgs;
use crate::export::{Deployment, Manifest, Mode, WebhookRule, Workloads, policies_yml};
use crate::settings_view::SettingsView;

use super::{WorkloadArgs, usable_settings};

/// Arguments of `countersign export kubewarden`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign export kubewarden --settings policy.yaml
  countersign export kubewarden --settings policy.yaml \\
    --module registry://registry.example/policies/countersign:v1 -o \\
    cluster-admission-policy.yaml
  countersign export kubewarden --settings policy.yaml \\
    --mode monitor | kubectl apply -f -
  countersign export kubewarden --settings policy.yaml \\
    --resource argoproj.io/Rollout=rollouts
  countersign export kubewarden --settings policy.yaml --format policies-yml

Settings with `resolveTags: true` are exported as two policies: a mutating one,
which replaces tags by digests, and a validating one, which runs after all
mutating webhooks. Apply both.

Exit status: 0 if exported, 2 on invalid settings or another error")]
pub(super) struct Args {
    /// Settings, or a manifest of a policy with settings (`-` for standard input)
    #[arg(long, short, value_name = "FILE")]
    settings: PathBuf,
    /// Address of the module, such as `registry://registry.example/policies/countersign:v1`
    #[arg(long, value_name = "URL", value_parser = parse_module)]
    module: Option<String>,
    /// Name of the policy; the policy that resolves tags is called NAME-pin
    #[arg(long, value_name = "NAME", default_value = "countersign", value_parser = parse_name)]
    name: String,
    /// Policy server that runs the policy [default: Kubewarden's, which is `default`]
    #[arg(long, value_name = "NAME", value_parser = parse_name)]
    policy_server: Option<String>,
    /// Mode of the policy [default: Kubewarden's, which is `protect`]
    #[arg(long, value_enum)]
    mode: Option<Mode>,
    /// Timeout of one evaluation, in seconds (2 to 30), for slow registries; needs Kubewarden 1.29
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u8).range(2..=30))]
    timeout: Option<u8>,
    #[command(flatten)]
    workloads: WorkloadArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::ClusterAdmissionPolicy)]
    format: Format,
    #[command(flatten)]
    output: OutputArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// `ClusterAdmissionPolicy` manifests, for the Kubewarden controller
    ClusterAdmissionPolicy,
    /// `policies.yml` entries, for a policy server without a controller
    PoliciesYml,
}

/// Runs the command.
pub(super) fn run(args: &Args) -> Result<Exit> {
    args.output.check([args.settings.as_path()])?;
    if args.format == Format::PoliciesYml {
        args.check_policies_yml()?;
    }
    let Some(settings) = usable_settings(&args.settings)? else {
        return Ok(Exit::CouldNot);
    };
    if SettingsView(settings.value()).is_on("/evidence/referrers") {
        bail!(
            "`evidence.referrers` is on, and Kubewarden's host cannot list referrers: every lookup would fail \
             (lint-referrers-kubewarden). Turn it off, and store bundles with `countersign attest import`"
        );
    }
    let workloads = match args.format {
        Format::ClusterAdmissionPolicy => args.workloads.read(&settings)?,
        Format::PoliciesYml => Workloads::default(),
    };
    let rules = WebhookRule::of_module()?;
    let deployments = Deployment::all(&args.name, settings, &rules, &workloads);
    if args.mode == Some(Mode::Monitor) && deployments.len() > 1 {
        anstream::eprintln!(
            "note: in monitor mode tags are not resolved, so they are reported as `digest-required`"
        );
    }
    let module = args.module.as_deref();
    let text = match args.format {
        Format::ClusterAdmissionPolicy => {
            let manifest = Manifest {
                module,
                policy_server: args.policy_server.as_deref(),
                mode: args.mode,
                timeout: args.timeout,
            };
            manifest.file(&deployments)
        }
        Format::PoliciesYml => policies_yml(&deployments, module, args.mode, args.timeout),
    };
    args.output.write(&text)?;
    if module.is_none() {
        anstream::eprintln!("note: the module address is a placeholder; set it with --module");
    }
    Ok(Exit::Yes)
}

impl Args {
    /// Rejects options that `policies.yml` has no field for.
    fn check_policies_yml(&self) -> Result<()> {
        for (option, is_given) in [
            ("--policy-server", self.policy_server.is_some()),
            ("--resource", !self.workloads.resource.is_empty()),
        ] {
            if is_given {
                bail!(
                    "{option} cannot be used with --format policies-yml, which has no field for it"
                );
            }
        }
        Ok(())
    }
}

/// Parses a name that Kubernetes accepts even with `-pin` appended.
fn parse_name(text: &str) -> Result<String, String> {
    if policy_lint::is_dns_subdomain(&format!("{text}-pin")) && policy_lint::is_dns_subdomain(text)
    {
        return Ok(text.to_owned());
    }
    Err("expected lower-case letters, digits, `-` and `.`".to_owned())
}

fn parse_module(text: &str) -> Result<String, String> {
    let has_scheme = ["registry://", "https://", "http://", "file://"]
        .iter()
        .any(|scheme| text.len() > scheme.len() && text.starts_with(scheme));
    if !has_scheme || text.contains(|one: char| one.is_whitespace() || one.is_control()) {
        return Err(
            "expected an address, such as registry://registry.example/policies/countersign:v1"
                .to_owned(),
        );
    }
    Ok(text.to_owned())
}
