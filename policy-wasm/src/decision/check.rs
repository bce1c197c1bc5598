//! What the checks of a platform policy found.

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use super::{Exemption, Reason, Verdict};

/// The check set that applied to a Pod, and what it found for one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckSetResult {
    /// Its place in the policy, counted from 0
    pub index: usize,
    /// As written in the policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Which Pods it is for; absent for the default check set
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

/// What one check found for one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CheckResult {
    /// Its place in the check set, counted from 0
    pub index: usize,
    /// As written in the policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// For example `TrustedDirectoryCheck`
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// What it found
    pub verdict: Verdict,
    /// The pattern that exempts the image from this check
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowlist: Option<Exemption>,
    /// Why: what decided first, then what else there is to say
    pub reasons: Vec<Reason>,
}
