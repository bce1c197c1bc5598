//! Results of the checks of a platform policy.

use super::part::parts;
use super::{Exemption, Reason, Verdict};

parts! {
    /// The check set that applied to a Pod, and its results for one image
    pub struct CheckSetResult {
        /// Its index in the policy, from 0
        pub index: Option<usize> = "index",
        /// As written in the policy; empty if it has none
        pub display_name: String = "displayName",
        /// Its scope; absent for the default check set
        pub scope: Option<ScopeResult> = "scope",
        /// The pattern that exempts the image from the check set
        pub allowlist: Option<Exemption> = "allowlist",
        /// Every check of the set, unless the image is exempt from all
        pub checks: Vec<CheckResult> = "checks",
    }

    /// The scope of a check set; the other of the two is empty
    pub struct ScopeResult {
        /// A namespace
        pub kubernetes_namespace: String = "kubernetesNamespace",
        /// `NAMESPACE:SERVICE_ACCOUNT`
        pub kubernetes_service_account: String = "kubernetesServiceAccount",
    }

    /// Result of one check for one image
    pub struct CheckResult {
        /// Its index in the check set, from 0
        pub index: Option<usize> = "index",
        /// As written in the policy; empty if it has none
        pub display_name: String = "displayName",
        /// For example `TrustedDirectoryCheck`
        pub kind: String = "type",
        /// Result of the check
        pub verdict: Verdict = "verdict",
        /// The pattern that exempts the image from this check
        pub allowlist: Option<Exemption> = "allowlist",
        /// Reasons: first the deciding ones, then additional information
        pub reasons: Vec<Reason> = "reasons",
    }
}

/// The scope of a check set
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope<'a> {
    Namespace(&'a str),
    /// `NAMESPACE:SERVICE_ACCOUNT`
    ServiceAccount(&'a str),
}

impl CheckSetResult {
    /// Returns its scope; `None` for the default check set.
    pub(crate) fn scope(&self) -> Option<Scope<'_>> {
        let ScopeResult {
            kubernetes_namespace: namespace,
            kubernetes_service_account: account,
        } = self.scope.as_ref()?;
        match (account.as_str(), namespace.as_str()) {
            ("", "") => None,
            ("", namespace) => Some(Scope::Namespace(namespace)),
            (account, _) => Some(Scope::ServiceAccount(account)),
        }
    }
}
