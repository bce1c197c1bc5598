//! Results of the checks of a platform policy.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Exemption, Reason, Verdict};

/// The check set that applied to a Pod, and its results for one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckSetResult {
    /// Its index in the policy, from 0
    pub index: usize,
    /// As written in the policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Its scope; absent for the default check set
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeResult>,
    /// The pattern that exempts the image from the check set
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowlist: Option<Exemption>,
    /// Every check of the set, unless the image is exempt from all
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<CheckResult>,
}

/// The scope of a check set; one of the two
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ScopeResult {
    /// A namespace
    KubernetesNamespace(String),
    /// `NAMESPACE:SERVICE_ACCOUNT`
    KubernetesServiceAccount(String),
}

/// Result of one check for one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// Its index in the check set, from 0
    pub index: usize,
    /// As written in the policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// For example `TrustedDirectoryCheck`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Result of the check
    pub verdict: Verdict,
    /// The pattern that exempts the image from this check
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowlist: Option<Exemption>,
    /// Reasons: first the deciding ones, then additional information
    pub reasons: Vec<Reason>,
}
