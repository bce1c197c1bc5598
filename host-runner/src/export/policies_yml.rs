//! Deployments as entries of the `policies.yml` of a policy server that no controller configures.

use super::deployment::{Deployment, Mode, Part};
use super::manifest::{PLACEHOLDER, context_aware_resources};
use crate::yaml;

/// The entries of several deployments.
pub(crate) fn policies_yml(
    deployments: &[Deployment],
    module: Option<&str>,
    mode: Option<Mode>,
    timeout: Option<u8>,
) -> String {
    let entries = deployments
        .iter()
        .map(|one| entry(one, module, mode, timeout));
    entries.collect()
}

fn entry(
    deployment: &Deployment,
    module: Option<&str>,
    mode: Option<Mode>,
    timeout: Option<u8>,
) -> String {
    let name = &deployment.name;
    let mut text = match deployment.part {
        Part::Alone => format!("# Served as /validate/{name}.\n"),
        Part::Pins => format!(
            "# Served as /validate/{name}, for a mutating webhook: replaces tags by digests.\n"
        ),
        Part::DecidesLast => {
            format!("# Served as /validate/{name}, for a validating webhook, which runs last.\n")
        }
    };
    text.push_str(&format!("{}:\n", yaml::scalar(name)));
    if module.is_none() {
        text.push_str("  # Replace with the address of your module.\n");
    }
    let module = yaml::scalar(module.unwrap_or(PLACEHOLDER));
    text.push_str(&format!("  module: {module}\n"));
    if let Some(mode) = mode {
        text.push_str(&format!("  policyMode: {}\n", mode.as_str()));
    }
    if let Some(seconds) = timeout {
        text.push_str(&format!("  timeoutEvalSeconds: {seconds}\n"));
    }
    let needs = &deployment.needs;
    text.push_str(&format!("  allowedToMutate: {}\n", needs.mutation));
    if needs.attestations {
        text.push_str(&context_aware_resources("  "));
    }
    text.push_str(&format!(
        "  hostCapabilities: [{}]\n",
        needs.capabilities.join(", ")
    ));
    text.push_str("  settings:\n");
    text.push_str(&deployment.settings.indented(4));
    text
}
