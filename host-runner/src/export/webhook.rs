//! Rules of admission webhooks: the requests that a deployment receives.

use anyhow::{Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::engine::{Abi, EngineError, embedded, inspect};

/// A rule of an admission webhook
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WebhookRule {
    pub(crate) api_groups: Vec<String>,
    pub(crate) api_versions: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) operations: Vec<String>,
}

/// Purpose of the rules of a deployment
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To judge every image
    Judge,
    /// To write digests into objects
    Pin,
}

impl WebhookRule {
    /// The rules of the module's own metadata.
    ///
    /// # Errors
    ///
    /// The embedded module cannot be read.
    pub(crate) fn of_module() -> Result<Vec<Self>, EngineError> {
        let metadata = inspect(embedded(Abi::Wapc))?.metadata;
        let rules = metadata.and_then(|metadata| metadata.get("rules").cloned());
        // A test holds that the module has some.
        Ok(serde_json::from_value(rules.unwrap_or_default()).unwrap_or_default())
    }

    /// The rule with fewer resources; `None` where none is left.
    fn only(mut self, is_kept: impl Fn(&str, &str) -> bool) -> Option<Self> {
        let group = self.api_groups.first().map_or("", String::as_str);
        self.resources.retain(|resource| is_kept(group, resource));
        (!self.resources.is_empty()).then_some(self)
    }
}

/// The rules under which these settings are asked.
pub(crate) fn rules(
    module: &[WebhookRule],
    settings: &Value,
    workloads: &Workloads,
    purpose: Purpose,
) -> Vec<WebhookRule> {
    let ignores_templates = settings.get("podTemplates") == Some(&Value::from("ignore"));
    let is_asked = |group: &str, resource: &str| match purpose {
        _ if ignores_templates && is_of_controller(group, resource) => false,
        Purpose::Judge => true,
        Purpose::Pin => !is_compared(group, resource),
    };
    // Also for updates: applying a manifest with the tag again would otherwise be a change of the image, which
    // a Job does not allow.
    let kept = module.iter().cloned().map(|rule| rule.only(is_asked));
    let mut rules: Vec<_> = kept.flatten().collect();
    rules.extend(workloads.rules.iter().cloned());
    rules
}

/// Whether a resource is a built-in controller, whose template `podTemplates: ignore` leaves unread.
fn is_of_controller(group: &str, resource: &str) -> bool {
    let is_pod = resource == "pods" || resource.starts_with("pods/");
    !is_pod && group != "serving.knative.dev"
}

/// Whether the owner of an object compares its template. A Deployment would not recognize a changed `ReplicaSet` as
/// its own, and would create another one in a loop.
fn is_compared(group: &str, resource: &str) -> bool {
    (group, resource) == ("apps", "replicasets")
}

/// The kinds that settings add, as resources
#[derive(Debug, Default)]
pub(crate) struct Workloads {
    pub(crate) rules: Vec<WebhookRule>,
    /// Resources that were guessed from their kinds
    pub(crate) guesses: Vec<Plural>,
}

/// The resource name of a kind
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plural {
    pub(crate) group: String,
    pub(crate) kind: String,
    pub(crate) resource: String,
}

impl Plural {
    /// Reads `GROUP/KIND=PLURAL`; the core group is not written.
    ///
    /// # Errors
    ///
    /// Not of that form.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let expected = || "expected GROUP/KIND=PLURAL, as in argoproj.io/Rollout=rollouts";
        let (kind, resource) = text.split_once('=').ok_or_else(expected)?;
        let (group, kind) = kind.split_once('/').unwrap_or(("", kind));
        if kind.is_empty() || !policy_lint::is_dns_label(resource) {
            return Err(expected().to_owned());
        }
        Ok(Self {
            group: group.to_owned(),
            kind: kind.to_owned(),
            resource: resource.to_owned(),
        })
    }

    /// Returns it as written: `argoproj.io/Rollout`.
    pub(crate) fn of(&self) -> String {
        match self.group.as_str() {
            "" => self.kind.clone(),
            group => format!("{group}/{}", self.kind),
        }
    }
}

impl Workloads {
    /// Reads `workloads` of the settings.
    ///
    /// # Errors
    ///
    /// A name is given to a kind that is not there.
    pub(crate) fn of(settings: &Value, named: &[Plural]) -> Result<Self> {
        let list = settings.get("workloads").and_then(Value::as_array);
        let kinds: Vec<_> = list.into_iter().flatten().map(group_and_kind).collect();
        let is_there = |one: &&Plural| kinds.contains(&(one.group.as_str(), one.kind.as_str()));
        if let Some(unused) = named.iter().find(|one| !is_there(one)) {
            bail!("`workloads` of the settings has no kind `{}`", unused.of());
        }
        let mut workloads = Self::default();
        for (group, kind) in kinds {
            let is_it = |one: &&Plural| (one.group.as_str(), one.kind.as_str()) == (group, kind);
            let plural = named.iter().find(is_it).cloned().unwrap_or_else(|| {
                let guess = Plural {
                    group: group.to_owned(),
                    kind: kind.to_owned(),
                    resource: guess(kind),
                };
                if !REGULAR.contains(&(group, kind)) {
                    workloads.guesses.push(guess.clone());
                }
                guess
            });
            workloads.rules.push(WebhookRule {
                api_groups: vec![plural.group],
                api_versions: vec!["*".to_owned()],
                resources: vec![plural.resource],
                operations: vec!["CREATE".to_owned(), "UPDATE".to_owned()],
            });
        }
        Ok(workloads)
    }
}

fn group_and_kind(workload: &Value) -> (&str, &str) {
    let text = |key| {
        workload
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    (text("group"), text("kind"))
}

/// The kinds of `docs/workloads.md`, whose resources are what is guessed.
#[rustfmt::skip]
const REGULAR: &[(&str, &str)] = &[
    ("apps.openshift.io", "DeploymentConfig"), ("argoproj.io", "CronWorkflow"), ("argoproj.io", "Rollout"),
    ("argoproj.io", "Workflow"), ("argoproj.io", "WorkflowTemplate"),
    ("disaggregatedset.x-k8s.io", "DisaggregatedSet"), ("jobset.x-k8s.io", "JobSet"),
    ("kubeflow.org", "JAXJob"), ("kubeflow.org", "MPIJob"), ("kubeflow.org", "PaddleJob"),
    ("kubeflow.org", "PyTorchJob"), ("kubeflow.org", "TFJob"), ("kubeflow.org", "XGBoostJob"),
    ("kubevirt.io", "VirtualMachine"), ("kubevirt.io", "VirtualMachineInstance"),
    ("leaderworkerset.x-k8s.io", "LeaderWorkerSet"), ("ray.io", "RayCluster"), ("ray.io", "RayJob"),
    ("ray.io", "RayService"), ("tekton.dev", "StepAction"), ("tekton.dev", "Task"), ("tekton.dev", "TaskRun"),
];

/// The resource of a kind, as Kubernetes guesses it where it cannot ask.
fn guess(kind: &str) -> String {
    let singular = kind.to_lowercase();
    if singular.ends_with("endpoints") {
        return singular;
    }
    match (singular.strip_suffix('y'), singular.ends_with('s')) {
        (Some(stem), _) => format!("{stem}ies"),
        (None, true) => format!("{singular}es"),
        (None, false) => format!("{singular}s"),
    }
}

#[cfg(test)]
mod tests;
