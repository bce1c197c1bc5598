//! Deployments as Kubewarden's `ClusterAdmissionPolicy`.

use policy_lint::ATTESTATION;
use serde_json::Value;

use super::deployment::{Deployment, Mode, Part};
use super::webhook::WebhookRule;
use crate::yaml;

/// Common parts of the manifests of all deployments
#[derive(Debug)]
pub(crate) struct Manifest<'a> {
    /// Address of the module; `None` for a placeholder
    pub(crate) module: Option<&'a str>,
    pub(crate) policy_server: Option<&'a str>,
    pub(crate) mode: Option<Mode>,
    /// Seconds that an evaluation may take
    pub(crate) timeout: Option<u8>,
}

/// Placeholder for the module's address
pub(super) const PLACEHOLDER: &str = concat!(
    "registry://registry.example/policies/countersign:v",
    env!("CARGO_PKG_VERSION")
);

impl Manifest<'_> {
    /// The manifests of several deployments, as one file.
    pub(crate) fn file(&self, deployments: &[Deployment]) -> String {
        let documents: Vec<_> = deployments.iter().map(|one| self.document(one)).collect();
        documents.join("---\n")
    }

    fn document(&self, deployment: &Deployment) -> String {
        let mut text = match deployment.part {
            Part::Alone => "",
            Part::Pins => {
                "# Replaces tags by verified digests, and denies images that violate the policy.\n"
            }
            Part::DecidesLast => {
                "# Runs after all mutating webhooks, and checks the images that they leave in the object.\n"
            }
        }
        .to_owned();
        text.push_str(&format!(
            "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nmetadata:\n  name: {}\nspec:\n",
            yaml::scalar(&deployment.name)
        ));
        if self.module.is_none() {
            text.push_str("  # Replace with the address of your module.\n");
        }
        let module = yaml::scalar(self.module.unwrap_or(PLACEHOLDER));
        text.push_str(&format!("  module: {module}\n"));
        if let Some(server) = self.policy_server {
            text.push_str(&format!("  policyServer: {}\n", yaml::scalar(server)));
        }
        if let Some(mode) = self.mode {
            text.push_str(&format!("  mode: {}\n", mode.as_str()));
        }
        text.push_str(&format!("  mutating: {}\n", deployment.needs.mutation));
        if deployment.part == Part::Pins {
            text.push_str(
                "  # The other policy audits running objects.\n  backgroundAudit: false\n",
            );
        }
        text.push_str("  failurePolicy: Fail\n");
        if let Some(seconds) = self.timeout {
            // The webhook waits for the evaluation, and never shorter than it would by itself.
            let webhook = seconds.saturating_add(5).clamp(10, 30);
            text.push_str(&format!(
                "  timeoutSeconds: {webhook}\n  timeoutEvalSeconds: {seconds}\n"
            ));
        }
        text.push_str(&granted(deployment));
        let has_deployments =
            |rule: &WebhookRule| rule.resources.iter().any(|one| one == "deployments");
        if deployment.part == Part::Pins && deployment.rules.iter().any(has_deployments) {
            text.push_str(
                "  # Without replicasets: a Deployment would not recognize a changed ReplicaSet as its own.\n",
            );
        }
        text.push_str("  rules:\n");
        text.extend(deployment.rules.iter().map(rule));
        text.push_str("  settings:\n");
        text.push_str(&deployment.settings.indented(4));
        text
    }
}

/// Writes the permissions of the module. Host capabilities have no field: every cluster-wide policy has all.
fn granted(deployment: &Deployment) -> String {
    let needs = &deployment.needs;
    let mut text = if needs.capabilities.is_empty() {
        "  # It needs no host capabilities.\n".to_owned()
    } else {
        format!(
            "  # It needs the host capabilities {}.\n",
            needs.capabilities.join(", ")
        )
    };
    if needs.attestations {
        text.push_str(&context_aware_resources("  "));
    }
    text
}

/// Returns the permission to read attestations.
pub(super) fn context_aware_resources(indentation: &str) -> String {
    let (version, kind) = ATTESTATION;
    format!(
        "{indentation}contextAwareResources:\n\
         {indentation}  - apiVersion: {version}\n\
         {indentation}    kind: {kind}\n"
    )
}

fn rule(rule: &WebhookRule) -> String {
    let list = |items: &[String]| {
        let items: Vec<_> = items
            .iter()
            .map(|item| Value::from(item.as_str()).to_string())
            .collect();
        items.join(", ")
    };
    format!(
        "    - apiGroups: [{}]\n      apiVersions: [{}]\n      resources: [{}]\n      operations: [{}]\n",
        list(&rule.api_groups),
        list(&rule.api_versions),
        list(&rule.resources),
        list(&rule.operations)
    )
}
