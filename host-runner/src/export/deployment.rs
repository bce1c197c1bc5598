//! The deployments that a policy has in a cluster, and what each is granted.
//!
//! A policy that writes digests into objects has two deployments. Mutating webhooks run before validating ones, so
//! the first resolves and verifies tags, and the second checks the object that all mutating webhooks leave.

use policy_lint::Needs;

use super::settings::SettingsText;
use super::webhook::{self, Purpose, WebhookRule, Workloads};

/// One deployment of the module
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) name: String,
    pub(crate) part: Part,
    pub(crate) settings: SettingsText,
    pub(crate) needs: Needs,
    pub(crate) rules: Vec<WebhookRule>,
}

/// Its part among the deployments of one policy
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The only deployment
    Alone,
    /// The mutating one, which replaces tags by digests
    Pins,
    /// The validating one, after the mutating one
    DecidesLast,
}

/// Mode of a policy, as in Kubewarden
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// Deny images that violate the policy
    Protect,
    /// Only report images that violate the policy
    Monitor,
}

impl Mode {
    /// The word for it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Protect => "protect",
            Self::Monitor => "monitor",
        }
    }
}

impl Deployment {
    /// The deployments of these settings, in the order in which they are asked.
    pub(crate) fn all(
        name: &str,
        settings: SettingsText,
        module: &[WebhookRule],
        workloads: &Workloads,
    ) -> Vec<Self> {
        let deployment = |name: String, part: Part, settings: SettingsText| {
            let purpose = match part {
                Part::Pins => Purpose::Pin,
                Part::Alone | Part::DecidesLast => Purpose::Judge,
            };
            Self {
                name,
                part,
                needs: settings.needs(),
                rules: webhook::rules(module, settings.value(), workloads, purpose),
                settings,
            }
        };
        if !settings.needs().mutation {
            return vec![deployment(name.to_owned(), Part::Alone, settings)];
        }
        let last = settings
            .without(&["resolveTags"])
            .with_flag("tagsPinnedBefore");
        // Hosts are asked for tags, and for attestations.
        let asks_registries = last
            .needs()
            .capabilities
            .iter()
            .any(|name| name.starts_with("oci/"));
        let last = if asks_registries {
            last
        } else {
            last.without(&["registries"])
        };
        vec![
            deployment(format!("{name}-pin"), Part::Pins, settings),
            deployment(name.to_owned(), Part::DecidesLast, last),
        ]
    }
}

#[cfg(test)]
mod tests;
