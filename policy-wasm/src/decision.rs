//! What was decided, and why: one versioned document, the same bytes for the same call.
//!
//! The types here only hold results. How they come about is in [`crate::evaluate`]; how they are
//! worded for a deployer is in `decision/message.rs`, how they are answered to an engine in
//! `decision/response.rs`.

mod check;
mod code;
mod message;
mod mutated;
mod response;
mod role;

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

pub use check::{CheckResult, CheckSetResult, ScopeResult};
pub use code::Code;
pub(crate) use message::compose;
pub use mutated::MutatedObject;
pub use response::{AdmissionResponse, SettingsResponse};
pub use role::Role;

/// The answer to one call
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Decision {
    /// `countersign.dev/v1`
    pub api_version: &'static str,
    /// `Decision`
    pub kind: &'static str,
    /// Whether the request is admitted
    pub allowed: bool,
    /// What the evaluation found, whatever dry run or break-glass made of it
    pub verdict: Verdict,
    /// Whether the verdict decided, or what overrode it
    pub enforcement: Enforcement,
    /// One entry for each Pod that the object is or will create; empty when it was not read
    pub pods: Vec<PodDecision>,
    /// One entry for each place of the object that names an image, in the object's order
    pub images: Vec<ImageDecision>,
    /// What there is to say about the request itself
    pub reasons: Vec<Reason>,
    /// The refusal in words; empty when nothing was refused
    pub message: String,
    /// What the deployer should know although it decided nothing
    pub warnings: Vec<Reason>,
    /// Recorded in the audit log by the API server
    pub audit_annotations: BTreeMap<&'static str, String>,
    /// The object with the digests that were verified in place of tags, where tags were resolved
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mutated_object: Option<MutatedObject>,
}

impl Decision {
    pub(crate) const fn new() -> Self {
        Self {
            api_version: "countersign.dev/v1",
            kind: "Decision",
            allowed: true,
            verdict: Verdict::Conformant,
            enforcement: Enforcement::Enforced,
            pods: Vec::new(),
            images: Vec::new(),
            reasons: Vec::new(),
            message: String::new(),
            warnings: Vec::new(),
            audit_annotations: BTreeMap::new(),
            mutated_object: None,
        }
    }

    /// A request that is refused, or could not be judged, before any image was looked at.
    pub(crate) fn refused(reason: Reason) -> Self {
        Self {
            allowed: false,
            verdict: reason.code.verdict(),
            message: reason.message.clone(),
            reasons: alloc::vec![reason],
            ..Self::new()
        }
    }

    /// A request that brings in nothing to judge.
    pub(crate) fn admitted(reason: Reason) -> Self {
        Self {
            reasons: alloc::vec![reason],
            ..Self::new()
        }
    }
}

/// What an evaluation found
///
/// The order is the order of precedence: of several verdicts the greatest stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The policy is satisfied
    Conformant,
    /// The policy could not be evaluated; the request is refused
    Error,
    /// The policy is not satisfied; the request is refused unless overridden
    NonConformant,
}

/// What became of the verdict
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// The verdict decided
    Enforced,
    /// A rule in dry-run mode admitted what the verdict refused
    DryRun,
    /// A break-glass label admitted what the verdict refused
    BreakGlass,
}

/// One Pod that the object is or will create
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodDecision {
    /// Where its spec stands, for example `spec.template.spec`
    pub field: String,
    /// As whom it runs, which may choose its rule or check set
    pub service_account: String,
}

/// One place of the object that names an image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageDecision {
    /// The image as the object spells it; empty when it names none
    pub image: String,
    /// Where it stands, for example `spec.containers[0].image`
    pub field: String,
    /// Index of its Pod in `pods`
    pub pod: usize,
    /// Name of the container or volume, where it has one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The digest behind its tag, where it was resolved: what was verified
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_digest: Option<String>,
    /// The greatest of the verdicts below
    pub verdict: Verdict,
    /// One entry for each policy document that judged this image
    pub results: Vec<DocumentResult>,
    /// What holds whatever any document says: unchanged, revoked, unreadable
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// What one policy document says about one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentResult {
    /// Where the document stands in the settings: `policy`, `platformPolicies[0]`
    pub document: Cow<'static, str>,
    /// What a platform policy calls itself
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What it found
    pub verdict: Verdict,
    /// Whether its applied rule enforces
    pub enforcement: Enforcement,
    /// The pattern that exempts the image from the document
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowlist: Option<Exemption>,
    /// The rule that applied, unless the image is exempt
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<AppliedRule>,
    /// Every attestor of the rule, satisfied or not
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attestors: Vec<AttestorResult>,
    /// The check set of a platform policy that applied, unless the image is exempt from the policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check_set: Option<CheckSetResult>,
    /// Why
    pub reasons: Vec<Reason>,
}

impl DocumentResult {
    /// A result about which nothing is known yet but the document, and the verdict.
    pub(crate) const fn new(document: Cow<'static, str>, verdict: Verdict) -> Self {
        Self {
            document,
            name: None,
            verdict,
            enforcement: Enforcement::Enforced,
            allowlist: None,
            rule: None,
            attestors: Vec::new(),
            check_set: None,
            reasons: Vec::new(),
        }
    }
}

/// The allowlist entry that exempts an image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exemption {
    /// Where the document stands in the settings: `policy`, `systemPolicy`, `platformPolicies[0]`
    pub document: Cow<'static, str>,
    /// The pattern as written
    pub pattern: String,
}

/// The admission rule that applied to a Pod
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppliedRule {
    /// `default`, `cluster`, `kubernetes-namespace`, `kubernetes-service-account` or
    /// `istio-service-identity`
    pub kind: &'static str,
    /// The rule's key as written; absent for the default rule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where a rule for the Pod was looked for; absent where the policy has only the default rule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searched: Option<Searched>,
    /// As written in the policy
    pub evaluation_mode: &'static str,
    /// As written in the policy
    pub enforcement_mode: &'static str,
}

/// What was looked up to choose a rule: why one applied that is not the default, or why none did
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// The rule map of the policy, for example `kubernetesNamespaceAdmissionRules`
    pub map: &'static str,
    /// What a key of it would have to say to apply to the Pod
    pub key: String,
}

impl Searched {
    /// The key is part of every image's result, and a Pod's author may have chosen half of it: what no
    /// valid name can be is cut.
    pub(crate) fn new(map: &'static str, key: &str) -> Self {
        Self {
            map,
            key: crate::Escaped(key).to_string(),
        }
    }
}

/// Whether one attestor is satisfied for one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AttestorResult {
    /// Resource name of the attestor
    pub name: String,
    /// Whether an attestation was verified
    pub verified: bool,
    /// Id of the key that verified it
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// `critical.type` of the verified payload, or the type of its predicate; reported, not enforced
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_type: Option<String>,
    /// Where the attestation was found: `settings`, `pod-annotation`, `kubernetes` or `registry`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// Why
    pub reasons: Vec<Reason>,
}

impl AttestorResult {
    /// An attestor that is not satisfied, and the verdict that follows from the reason.
    pub(crate) fn refused(name: &str, reasons: Vec<Reason>) -> (Verdict, Self) {
        let verdict = Reason::verdict_unless_unknown(&reasons);
        let result = Self {
            name: name.into(),
            verified: false,
            key_id: None,
            payload_type: None,
            source: None,
            reasons,
        };
        (verdict, result)
    }
}

/// One thing to say, with its stable code
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// Stable code
    pub code: Code,
    /// The same in words; may change from version to version
    pub message: String,
    /// What lies below it, the most telling first
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub details: Vec<Self>,
}

impl Reason {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            details: Vec::new(),
        }
    }

    pub(crate) fn with_details(self, details: Vec<Self>) -> Self {
        Self { details, ..self }
    }

    /// Google's own words for an image that is named by tag.
    pub(crate) fn digest_required() -> Self {
        let message = "Expected digest with sha256 scheme, but got tag or malformed digest";
        Self::new(Code::DigestRequired, message)
    }

    /// The verdict where nothing suffices: an error if there is any among the reasons, since where
    /// something kept us from knowing, nothing is known to be wrong.
    pub(crate) fn verdict_unless_unknown(reasons: &[Self]) -> Verdict {
        let verdicts = reasons.iter().map(|reason| reason.code.verdict());
        verdicts.min().unwrap_or(Verdict::Error)
    }

    /// A budget that ran out: `more than 256 images in one request`
    #[cold]
    pub(crate) fn limit(what: &str, limit: usize) -> Self {
        Self::new(
            Code::LimitExceeded,
            alloc::format!("more than {limit} {what}"),
        )
    }
}
