//! The roles of Binary Authorization in Kubernetes RBAC: policy creators, attestors, deployers, and the policy
//! server, which reads attestations.

mod subject;
mod text;

use core::fmt;

use anyhow::{Result, bail};
use serde_json::Value;

use super::webhook::WebhookRule;

pub(crate) use subject::Subject;

/// The accounts of each role
#[derive(Debug)]
pub(crate) struct Grants {
    /// A service account
    pub(crate) policy_server: Subject,
    pub(crate) creators: Vec<Subject>,
    /// Each with its note
    pub(crate) attestors: Vec<(String, Subject)>,
    /// Each with the namespace in which it deploys
    pub(crate) deployers: Vec<(String, Subject)>,
    /// The notes and the namespaces of their attestations
    pub(crate) notes: Vec<Note>,
    /// The resources that a policy judges
    pub(crate) judged: Vec<WebhookRule>,
}

/// A note and the namespace of its attestations
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Note {
    pub(crate) name: String,
    pub(crate) namespace: String,
}

impl Note {
    /// The notes of `evidence.kubernetes` in the settings.
    pub(crate) fn all(settings: &Value) -> Vec<Self> {
        let notes = settings.pointer("/evidence/kubernetes/notes");
        let notes = notes.and_then(Value::as_object).into_iter().flatten();
        let read = |(name, namespace): (&String, &Value)| Self {
            name: name.clone(),
            namespace: namespace.as_str().unwrap_or_default().to_owned(),
        };
        notes.map(read).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Creator,
    Attestor,
    Deployer,
    PolicyServer,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Creator => "a policy creator",
            Self::Attestor => "an attestor",
            Self::Deployer => "a deployer",
            Self::PolicyServer => "the policy server",
        })
    }
}

/// Resources of the core group that let their writer act as other accounts
const POWERFUL: [&str; 5] = [
    "namespaces",
    "nodes",
    "secrets",
    "serviceaccounts",
    "configmaps",
];

/// API groups that let their writer change permissions or admission
const POWERFUL_GROUPS: [&str; 6] = [
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "countersign.dev",
    "policies.kubewarden.io",
    "rbac.authorization.k8s.io",
];

impl Grants {
    /// Checks that the roles are separate.
    ///
    /// # Errors
    ///
    /// An account would hold two roles or could act as an account with another role, or a note does not exist.
    pub(crate) fn check(&self) -> Result<()> {
        self.check_notes()?;
        self.check_judged()?;
        let holders = self.holders();
        for (index, (holder, role)) in holders.iter().enumerate() {
            let mut earlier = holders.iter().take(index);
            let other = earlier.find(|(other, held)| other == holder && held != role);
            if let Some((_, other)) = other {
                bail!("{holder} would be {other} and {role}; give each role to another account");
            }
        }
        for (namespace, deployer) in &self.deployers {
            let mut others = holders.iter().filter(|(_, role)| *role != Role::Deployer);
            if let Some((other, role)) = others.find(|(other, _)| other.is_in(namespace)) {
                bail!(
                    "{deployer} would deploy to namespace `{namespace}`, whose Pods can run as any of its service \
                     accounts, including {other}, {role}; use different namespaces"
                );
            }
        }
        Ok(())
    }

    /// Checks the resources that deployers get: some allow more than creating Pods.
    fn check_judged(&self) -> Result<()> {
        let all = self.judged.iter().flat_map(|rule| {
            let groups = rule.api_groups.iter();
            groups.flat_map(|group| rule.resources.iter().map(move |one| (group, one)))
        });
        let is_powerful = |(group, resource): &(&String, &String)| match group.as_str() {
            "" => POWERFUL.contains(&resource.as_str()),
            group => POWERFUL_GROUPS.contains(&group),
        };
        match { all }.find(is_powerful) {
            Some((group, resource)) => {
                let group = if group.is_empty() {
                    "the core group"
                } else {
                    group
                };
                bail!(
                    "deployers would get write access to `{resource}` of {group} (listed in `workloads` of the \
                     settings), which allows more than deploying; write this role manually"
                )
            }
            None => Ok(()),
        }
    }

    fn check_notes(&self) -> Result<()> {
        let known: Vec<_> = self.notes.iter().map(|one| one.name.as_str()).collect();
        let notes = self.attestors.iter().map(|(note, _)| note.as_str());
        let Some(unknown) = notes.into_iter().find(|note| !known.contains(note)) else {
            return Ok(());
        };
        if known.is_empty() {
            bail!(
                "there is no note `{unknown}`: give --settings, with `evidence.kubernetes.notes`"
            );
        }
        bail!(
            "there is no note `{unknown}` in `evidence.kubernetes.notes`, which has {}",
            known.join(", ")
        )
    }

    fn holders(&self) -> Vec<(&Subject, Role)> {
        let creators = self.creators.iter().map(|one| (one, Role::Creator));
        let attestors = self.attestors.iter().map(|(_, one)| (one, Role::Attestor));
        let deployers = self.deployers.iter().map(|(_, one)| (one, Role::Deployer));
        let all = creators.chain(attestors).chain(deployers);
        all.chain([(&self.policy_server, Role::PolicyServer)])
            .collect()
    }
}

#[cfg(test)]
mod tests;
