//! Check sets: the checks for the Pods of a namespace or service account.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::{Allowlist, Check, Place};
use crate::decision::{Code, ScopeResult};
use crate::json::{Path, Report, Value};
use crate::policy::public_key::Loading;
use crate::sigstore::Sigstore;
use policy_text::name::is_dns_label;

/// The checks for the Pods in a scope
#[derive(Debug)]
pub(crate) struct CheckSet<'a> {
    pub(crate) place: Place,
    /// Display name, without effect
    pub(crate) display_name: Option<Cow<'a, str>>,
    /// Scope; absent for the default check set, which covers all other Pods
    pub(crate) scope: Option<Scope<'a>>,
    /// Exempts images from all checks of the set
    pub(crate) allowlist: Option<Allowlist<'a>>,
    /// Checks, which must all pass; without checks, every image is admitted
    pub(crate) checks: Vec<Check<'a>>,
}

/// The Pods of a check set
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope<'a> {
    Namespace(Cow<'a, str>),
    /// `NAMESPACE:SERVICE_ACCOUNT`
    ServiceAccount(Cow<'a, str>),
}

const NAMESPACE: &str = "kubernetesNamespace";
const SERVICE_ACCOUNT: &str = "kubernetesServiceAccount";

/// Maximum number of checks in a check set; all run for each image
const MAX_CHECKS: usize = 1024;

impl<'a> CheckSet<'a> {
    /// Reads the check set at `index` of a policy; reports problems, and returns the valid parts.
    pub(super) fn read(policy: usize, index: usize, value: Value<'_, 'a>) -> Option<Self> {
        let place = Place::CheckSet {
            policy,
            check_set: index,
        };
        let mut check_set = Self {
            place,
            display_name: None,
            scope: None,
            allowlist: None,
            checks: Vec::new(),
        };
        let mut saw_scope = false;
        let was_object = value.object(|key, value| match key {
            "displayName" => check_set.display_name = value.text(),
            "scope" => {
                saw_scope = true;
                check_set.scope = Scope::read(value);
            }
            "imageAllowlist" => check_set.allowlist = Some(Allowlist::read(place, value)),
            "checks" => {
                value.list_within(MAX_CHECKS, |check, item| {
                    let place = Place::Check {
                        policy,
                        check_set: index,
                        check,
                    };
                    check_set.checks.extend(Check::read(place, item));
                });
            }
            _ => value.unknown(),
        });
        // A check set with an invalid scope is not the default one.
        let is_readable = was_object && saw_scope == check_set.scope.is_some();
        is_readable.then_some(check_set)
    }

    /// Parses all parts that [`Self::read`] left unparsed.
    pub(super) fn check(
        &self,
        builders: &[Cow<'_, str>],
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) {
        if let Some(allowlist) = &self.allowlist {
            allowlist.each(report, &mut |_, _| {});
        }
        for check in &self.checks {
            check.check(builders, sigstore, loading, report);
        }
    }
}

impl<'a> Scope<'a> {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let mut scopes = Vec::new();
        let was_object = value.object(|key, value| {
            let (path, report) = (value.path(), value.report());
            match key {
                NAMESPACE => {
                    let namespace = value.text();
                    // With an impossible scope, the default check set would apply to the intended Pods.
                    if namespace.as_deref().is_some_and(|text| !is_dns_label(text)) {
                        let message = "expected the name of a namespace";
                        report.push(Code::PolicyInvalidValue, path, message);
                    }
                    scopes.push(namespace.map(Scope::Namespace));
                }
                SERVICE_ACCOUNT => {
                    let account = value.text();
                    let is_pair = |text: &str| {
                        text.split_once(':').is_some_and(|(namespace, account)| {
                            is_dns_label(namespace) && account.split('.').all(is_dns_label)
                        })
                    };
                    if account.as_deref().is_some_and(|text| !is_pair(text)) {
                        let message = "expected `NAMESPACE:SERVICE_ACCOUNT`";
                        report.push(Code::PolicyInvalidValue, path, message);
                    }
                    scopes.push(account.map(Scope::ServiceAccount));
                }
                _ => value.unknown(),
            }
        });
        if was_object && scopes.len() != 1 {
            let message = alloc::format!("expected one of `{NAMESPACE}` and `{SERVICE_ACCOUNT}`");
            report.push(Code::PolicyInvalidValue, path, message);
        }
        scopes.pop().flatten()
    }

    /// Returns the scope for Decisions.
    pub(crate) fn result(&self) -> ScopeResult {
        match self {
            Self::Namespace(namespace) => {
                ScopeResult::KubernetesNamespace(namespace.clone().into_owned())
            }
            Self::ServiceAccount(account) => {
                ScopeResult::KubernetesServiceAccount(account.clone().into_owned())
            }
        }
    }

    /// Whether a Pod is in this scope.
    pub(crate) fn covers(&self, namespace: &str, service_account: &str) -> bool {
        match self {
            Self::Namespace(own) => own == namespace,
            Self::ServiceAccount(own) => own.split_once(':') == Some((namespace, service_account)),
        }
    }
}

/// Checks the order of the sets: the first that covers a Pod applies, so narrower scopes must come before wider
/// ones.
pub(super) fn check_order(check_sets: &[CheckSet<'_>], list: Path<'_>, report: &Report) {
    let mut scopes: BTreeSet<&Scope<'_>> = BTreeSet::new();
    let mut namespaces: BTreeSet<&str> = BTreeSet::new();
    let last = check_sets.last().map(|last| last.place);
    for check_set in check_sets {
        let path = Path::Index(&list, check_set.place.index());
        let Some(scope) = &check_set.scope else {
            if Some(check_set.place) != last {
                let message = "a check set without a scope must be the last";
                report.push(Code::PolicyChecksetOrder, path, message);
            }
            continue;
        };
        if !scopes.insert(scope) {
            let message = "another check set has this scope";
            report.push(Code::PolicyChecksetScopeDuplicate, path, message);
        }
        match scope {
            Scope::Namespace(namespace) => {
                namespaces.insert(namespace);
            }
            Scope::ServiceAccount(account) => {
                let namespace = account
                    .split_once(':')
                    .map_or("", |(namespace, _)| namespace);
                if namespaces.contains(namespace) {
                    let message = "must come before the check set of its namespace";
                    report.push(Code::PolicyChecksetOrder, path, message);
                }
            }
        }
    }
    if check_sets.last().is_some_and(|last| last.scope.is_some()) {
        let message = "the last check set must have no scope: it applies to all other Pods";
        report.push(Code::PolicyChecksetDefaultMissing, list, message);
    }
}
