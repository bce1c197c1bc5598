//! The deployments that a policy has in a cluster, and what each is granted.
//!
//! One that writes digests into objects has a second beside it. Webhooks that change objects run
//! before those that validate, so the first pins, and judges as well, since it can only pin what it has
//! verified; the second decides last, about what all of them have made of the object.

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
    /// It is the only one
    Alone,
    /// It replaces tags by digests
    Pins,
    /// It validates what the other has pinned
    DecidesLast,
}

/// Whether refusals count; as Kubewarden spells it
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Mode {
    /// What the policy refuses is refused
    Protect,
    /// What the policy refuses is only reported
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
