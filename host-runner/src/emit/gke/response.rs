//! The messages of Google's API, with all fields that are printed.

use serde::{Serialize, Serializer};

use crate::decision::{self, Exemption};

/// The answer about one object
#[derive(Debug, Serialize)]
pub(super) struct EvaluateGkePolicyResponse<'a> {
    pub(super) verdict: Verdict,
    pub(super) results: Vec<PodResult<'a>>,
}

/// The result for one Pod
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodResult<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) pod_name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) kubernetes_namespace: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) kubernetes_service_account: &'a str,
    pub(super) verdict: Verdict,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) image_results: Vec<ImageResult<'a>>,
}

/// The result of one policy for one image
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ImageResult<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) image_uri: &'a str,
    pub(super) verdict: Verdict,
    #[serde(flatten)]
    pub(super) outcome: Option<ImageOutcome<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum ImageOutcome<'a> {
    /// Only where no check set was evaluated
    Explanation(String),
    AllowlistResult(AllowlistResult<'a>),
    CheckSetResult(CheckSetResult<'a>),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct AllowlistResult<'a> {
    pub(super) matched_pattern: &'a str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckSetResult<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<Int64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) display_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) scope: Option<Scope<'a>>,
    #[serde(flatten)]
    pub(super) outcome: Option<CheckSetOutcome<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Scope<'a> {
    KubernetesNamespace(&'a str),
    KubernetesServiceAccount(&'a str),
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum CheckSetOutcome<'a> {
    /// Only where no check was evaluated
    Explanation(String),
    AllowlistResult(AllowlistResult<'a>),
    CheckResults(CheckResults<'a>),
}

#[derive(Debug, Serialize)]
pub(super) struct CheckResults<'a> {
    pub(super) results: Vec<CheckResult<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CheckResult<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) index: Option<Int64>,
    #[serde(skip_serializing_if = "str::is_empty")]
    pub(super) display_name: &'a str,
    #[serde(rename = "type", skip_serializing_if = "str::is_empty")]
    pub(super) kind: &'a str,
    pub(super) explanation: String,
    #[serde(flatten)]
    pub(super) outcome: CheckOutcome<'a>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum CheckOutcome<'a> {
    AllowlistResult(AllowlistResult<'a>),
    EvaluationResult(EvaluationResult),
}

#[derive(Debug, Serialize)]
pub(super) struct EvaluationResult {
    pub(super) verdict: Verdict,
}

impl<'a> From<&'a Exemption> for AllowlistResult<'a> {
    fn from(exemption: &'a Exemption) -> Self {
        Self {
            matched_pattern: &exemption.pattern,
        }
    }
}

/// Verdicts in order of precedence: the greatest of several applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Verdict {
    Conformant,
    Error,
    NonConformant,
}

/// An unknown verdict is `NON_CONFORMANT`.
impl From<&decision::Verdict> for Verdict {
    fn from(verdict: &decision::Verdict) -> Self {
        match verdict {
            decision::Verdict::Conformant => Self::Conformant,
            decision::Verdict::Error => Self::Error,
            decision::Verdict::NonConformant | decision::Verdict::Other(_) => Self::NonConformant,
        }
    }
}

impl Verdict {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Conformant => "CONFORMANT",
            Self::Error => "ERROR",
            Self::NonConformant => "NON_CONFORMANT",
        }
    }
}

/// An integer of the API: text in its JSON
#[derive(Debug, Clone, Copy)]
pub(super) struct Int64(pub(super) usize);

impl Serialize for Int64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}
