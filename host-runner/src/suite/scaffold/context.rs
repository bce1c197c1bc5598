//! The places in which rules and check sets apply: a namespace, perhaps with a service account.

use serde_json::Value;

use policy_wasm::RuleKind;

use crate::fields::{items, list, text};
use crate::settings_view::SettingsView;

/// Where a Pod runs
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Context {
    pub(super) namespace: String,
    /// `default` where it is `None`
    pub(super) account: Option<String>,
}

impl Context {
    fn namespace(namespace: &str) -> Self {
        Self {
            namespace: namespace.to_owned(),
            account: None,
        }
    }

    fn of_account(namespace: &str, account: &str) -> Self {
        Self {
            account: Some(account.to_owned()),
            ..Self::namespace(namespace)
        }
    }

    /// The rule and the check sets that name this place, as they are written.
    pub(super) fn demand(&self, settings: &Value) -> String {
        let title = self.title();
        let mut demand = String::new();
        let policy = settings.get("policy").and_then(Value::as_object);
        for (_, map) in policy.into_iter().flatten() {
            let rules = map.as_object().into_iter().flatten();
            let own = rules.filter(|(key, _)| {
                let of_mesh = identity(key).map(|one| one.title());
                **key == title || of_mesh.is_some_and(|of_mesh| of_mesh == title)
            });
            own.for_each(|(_, rule)| demand.push_str(&rule.to_string()));
        }
        for (_, set) in SettingsView(settings).all_check_sets() {
            let Some(scope) = set.get("scope") else {
                continue;
            };
            let account = text(scope, "kubernetesServiceAccount");
            if text(scope, "kubernetesNamespace") == self.namespace || account == title {
                demand.push_str(&set.to_string());
            }
        }
        for rule in SettingsView(settings).image_rules() {
            let names = |field, own: &str| list(rule, field).iter().any(|name| name == own);
            let account = format!("{}/{}", self.namespace, self.account());
            if names("namespaces", &self.namespace) || names("serviceAccounts", &account) {
                demand.push_str(&rule.to_string());
            }
        }
        demand
    }

    /// Whether a rule of `imagePolicy` is for its Pods.
    pub(super) fn is_of(&self, rule: &Value) -> bool {
        let is_listed = |field, own: &str| {
            let names = rule.get(field).and_then(Value::as_array);
            names.is_none_or(|names| names.iter().any(|name| name == own))
        };
        let account = format!("{}/{}", self.namespace, self.account());
        is_listed("namespaces", &self.namespace) && is_listed("serviceAccounts", &account)
    }

    fn account(&self) -> &str {
        self.account.as_deref().unwrap_or("default")
    }

    /// Its title in names of cases.
    pub(super) fn title(&self) -> String {
        match &self.account {
            Some(account) => format!("{}:{account}", self.namespace),
            None => self.namespace.clone(),
        }
    }
}

/// A place for each rule and each check set, the one that nothing names first.
pub(super) fn contexts(settings: &Value) -> Vec<Context> {
    let mut found = Vec::new();
    let keys = |map: &str| {
        let rules = settings.get("policy").and_then(|policy| policy.get(map));
        let rules = rules.and_then(Value::as_object);
        rules.into_iter().flatten().map(|(key, _)| key.as_str())
    };
    found.extend(keys(RuleKind::Namespace.map_name()).map(Context::namespace));
    found.extend(keys(RuleKind::ServiceAccount.map_name()).filter_map(pair));
    found.extend(keys(RuleKind::MeshIdentity.map_name()).filter_map(identity));
    for (_, set) in SettingsView(settings).all_check_sets() {
        let Some(scope) = set.get("scope") else {
            continue;
        };
        let namespace = Some(text(scope, "kubernetesNamespace"));
        let namespace = namespace.filter(|name| !name.is_empty());
        found.extend(namespace.map(Context::namespace));
        found.extend(pair(text(scope, "kubernetesServiceAccount")));
    }
    for rule in SettingsView(settings).image_rules() {
        let names = |field| list(rule, field).iter().filter_map(Value::as_str);
        let namespaces: Vec<_> = names("namespaces").collect();
        let accounts = names("serviceAccounts").filter_map(|name| name.split_once('/'));
        // An account in another namespace than those of the rule, which has both, is not of its Pods.
        let is_reached = |namespace: &str| namespaces.is_empty() || namespaces.contains(&namespace);
        found.extend(namespaces.iter().copied().map(Context::namespace));
        let accounts = accounts.filter(|(namespace, _)| is_reached(namespace));
        found.extend(accounts.map(|(namespace, account)| Context::of_account(namespace, account)));
    }
    for name in items(settings.pointer("/breakGlass/namespaces")) {
        let name = name.as_str().filter(|name| *name != "*");
        found.extend(name.map(Context::namespace));
    }
    let mut all = vec![elsewhere(&found)];
    for context in found {
        if !all.contains(&context) {
            all.push(context);
        }
    }
    all
}

/// A namespace that no rule names.
fn elsewhere(taken: &[Context]) -> Context {
    let mut name = "default".to_owned();
    while taken.iter().any(|one| one.namespace == name) {
        name = match name.as_str() {
            "default" => "elsewhere".to_owned(),
            name => format!("{name}-else"),
        };
    }
    Context::namespace(&name)
}

/// `NAMESPACE:SERVICE_ACCOUNT`
fn pair(key: &str) -> Option<Context> {
    let (namespace, account) = key.split_once(':')?;
    Some(Context::of_account(namespace, account))
}

/// `TRUST_DOMAIN/ns/NAMESPACE/sa/SERVICE_ACCOUNT`
fn identity(key: &str) -> Option<Context> {
    let (_, rest) = key.split_once("/ns/")?;
    let (namespace, account) = rest.split_once("/sa/")?;
    Some(Context::of_account(namespace, account))
}
