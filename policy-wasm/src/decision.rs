//! The Decision: one versioned document, with equal bytes for equal calls.
//!
//! These types only hold results. The evaluation is in [`crate::evaluate`], the message for the deployer in
//! `decision/message.rs`, the warnings in `decision/warning.rs`, the audit annotations in
//! `decision/annotation.rs`, the response to the admission controller in `decision/response.rs`.

mod annotation;
mod check;
mod code;
mod image_rule;
mod message;
mod mutated;
mod objection;
mod response;
mod role;
mod short;
mod warning;

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde::Serialize;

pub(crate) use annotation::{Fate, annotate, annotate_verdict};
pub use check::{CheckResult, CheckSetResult, ScopeResult};
pub use code::Code;
pub use image_rule::{ImageRuleEffect, ImageRuleResult, RequirementResult};
pub(crate) use message::{MAX_PROBLEMS, deny};
pub use mutated::MutatedObject;
pub(crate) use objection::{Hints, NOT_SIGNED, listed};
pub use response::AdmissionResponse;
pub use role::Role;
pub(crate) use warning::{Override, warnings};

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
    /// Result of the evaluation, before dry run or break-glass
    pub verdict: Verdict,
    /// Whether the verdict was enforced or overridden
    pub enforcement: Enforcement,
    /// One entry for each Pod that the object is or will create; empty if the object was not parsed
    pub pods: Vec<PodDecision>,
    /// One entry for each image field of the object, in the object's order
    pub images: Vec<ImageDecision>,
    /// Reasons that concern the request as a whole
    pub reasons: Vec<Reason>,
    /// Message of the denial, in lines; empty if the request is admitted
    pub message: String,
    /// Warnings for the deployer, which do not affect the verdict
    pub warnings: Vec<Reason>,
    /// Recorded in the audit log by the API server; `docs/audit-annotations.md` lists them
    pub audit_annotations: BTreeMap<&'static str, String>,
    /// The object with verified digests in place of tags, if tags were resolved
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

    /// A request that is denied before any image is evaluated; `contact` is that of the settings.
    #[cold]
    pub(crate) fn refused(reason: Reason, contact: Option<&str>) -> Self {
        let problem = objection::lower(&reason.message);
        Self::refused_for(reason, &[problem], 1, contact)
    }

    /// A request that is denied because the settings are not valid. Their contact is not valid either.
    #[cold]
    pub(crate) fn unsettled(
        problems: &dyn core::fmt::Display,
        first: &[String],
        total: usize,
    ) -> Self {
        let message = alloc::format!("The settings are not valid: {problems}");
        let reason = Reason::new(Code::SettingsInvalid, message);
        Self::refused_for(reason, first, total, None)
    }

    #[inline(never)] // once in the module
    fn refused_for(
        reason: Reason,
        problems: &[String],
        total: usize,
        contact: Option<&str>,
    ) -> Self {
        let mut audit_annotations = BTreeMap::new();
        annotation::annotate_refusal(&mut audit_annotations, &reason);
        Self {
            allowed: false,
            verdict: reason.code.verdict(),
            message: message::refuse(reason.code, problems, total, contact),
            reasons: alloc::vec![reason],
            audit_annotations,
            ..Self::new()
        }
    }

    /// A request with nothing to evaluate.
    pub(crate) fn admitted(reason: Reason) -> Self {
        Self {
            reasons: alloc::vec![reason],
            ..Self::new()
        }
    }
}

/// Result of an evaluation
///
/// Ordered by precedence: the greatest of several verdicts applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Verdict {
    /// The policy is satisfied
    Conformant,
    /// The policy could not be evaluated; the request is denied unless overridden
    Error,
    /// The policy is not satisfied; the request is denied unless overridden
    NonConformant,
}

/// Enforcement of the verdict
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Enforcement {
    /// The verdict is enforced
    Enforced,
    /// A rule in dry run admitted the request despite the verdict
    DryRun,
    /// A break-glass label admitted the request despite the verdict
    BreakGlass,
}

/// One Pod that the object is or will create
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PodDecision {
    /// Path of its spec, for example `spec.template.spec`
    pub field: String,
    /// Its service account, which may select its rule or check set
    pub service_account: String,
}

/// One image field of the object
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageDecision {
    /// The image as spelled in the object; empty if the field has none
    pub image: String,
    /// Path of the field, for example `spec.containers[0].image`
    pub field: String,
    /// Index of its Pod in `pods`
    pub pod: usize,
    /// Name of the container or volume, if it has one
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The verified digest of its tag, if the tag was resolved
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_digest: Option<String>,
    /// The images that its index lists, if they were evaluated in place of the index
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<PlatformDecision>,
    /// The greatest of the verdicts below
    pub verdict: Verdict,
    /// One entry for each policy document that evaluated this image. For an index, that of the first image with the
    /// greatest verdict
    pub results: Vec<DocumentResult>,
    /// Reasons that do not depend on a document: unchanged, revoked, malformed
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
}

/// An image that an index lists for one platform
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PlatformDecision {
    /// `linux/arm64/v8`, as the index names it
    pub platform: String,
    /// The image's digest
    pub digest: String,
    /// The greatest verdict of all documents
    pub verdict: Verdict,
}

/// Result of one policy document for one image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DocumentResult {
    /// Path of the document in the settings: `policy`, `platformPolicies[0]`, `imagePolicy`
    pub document: Cow<'static, str>,
    /// Name of a platform policy
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Result of the document
    pub verdict: Verdict,
    /// For an index that the document is against: the platforms of its images with this verdict. The result is that of
    /// the first
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub platforms: Vec<String>,
    /// Enforcement mode of the applied rule
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
    /// The rules of `imagePolicy` that cover the image, by name
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<ImageRuleResult>,
    /// Reasons of the verdict
    pub reasons: Vec<Reason>,
}

impl DocumentResult {
    /// Returns a result with only the document and the verdict.
    pub(crate) const fn new(document: Cow<'static, str>, verdict: Verdict) -> Self {
        Self {
            document,
            name: None,
            verdict,
            platforms: Vec::new(),
            enforcement: Enforcement::Enforced,
            allowlist: None,
            rule: None,
            attestors: Vec::new(),
            check_set: None,
            rules: Vec::new(),
            reasons: Vec::new(),
        }
    }

    /// Returns the attestors of all rules.
    pub(crate) fn all_attestors(&self) -> impl Iterator<Item = &AttestorResult> {
        let requirements = self.rules.iter().flat_map(|rule| &rule.requirements);
        let of_rules = requirements.flat_map(|requirement| &requirement.attestors);
        self.attestors.iter().chain(of_rules)
    }

    /// Returns the attestors that are missing for the verdict.
    pub(crate) fn missing_attestors(&self) -> impl Iterator<Item = &AttestorResult> {
        let failed = self.failed_requirements();
        let of_rules = failed.flat_map(|requirement| &requirement.attestors);
        let all = self.attestors.iter().chain(of_rules);
        all.filter(|attestor| !attestor.verified)
    }

    /// Returns the checks that are against the image.
    pub(crate) fn failed_checks(&self) -> impl Iterator<Item = &CheckResult> {
        let of_sets = self.check_set.iter().flat_map(|set| &set.checks);
        let of_rules = self
            .failed_requirements()
            .filter_map(|one| one.check.as_ref());
        let all = of_sets.chain(of_rules);
        all.filter(|check| check.verdict != Verdict::Conformant)
    }

    fn failed_requirements(&self) -> impl Iterator<Item = &RequirementResult> {
        let all = self.rules.iter().flat_map(|rule| &rule.requirements);
        all.filter(|requirement| requirement.verdict != Verdict::Conformant)
    }
}

/// Returns the platform to which a result against an index belongs, with a count of the others in
/// [`DocumentResult::platforms`]: `linux/arm64 and 2 more platforms`.
#[must_use]
pub fn failing_platform(platforms: &[String]) -> Option<String> {
    let (first, others) = platforms.split_first()?;
    Some(match others.len() {
        0 => first.clone(),
        1 => alloc::format!("{first} and 1 more platform"),
        more => alloc::format!("{first} and {more} more platforms"),
    })
}

/// The allowlist entry that exempts an image
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exemption {
    /// Path of the document in the settings: `policy`, `systemPolicy`, `platformPolicies[0]`
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
    /// The lookup of the rule for the Pod; absent if the policy has only the default rule
    #[serde(skip_serializing_if = "Option::is_none")]
    pub searched: Option<Searched>,
    /// As written in the policy
    pub evaluation_mode: &'static str,
    /// As written in the policy
    pub enforcement_mode: &'static str,
}

/// The lookup that selected a rule, which explains why a specific rule or the default rule applied
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Searched {
    /// The rule map of the policy, for example `kubernetesNamespaceAdmissionRules`
    pub map: &'static str,
    /// The key that a rule for the Pod must have
    pub key: String,
}

impl Searched {
    /// Truncates keys that are longer than any valid name: the key is part of every image's result, and a Pod's
    /// author may have chosen half of it.
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
    /// Identity in the certificate that verified it, in place of a key
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity: Option<IdentityResult>,
    /// `critical.type` of the verified payload, or the type of its predicate
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payload_type: Option<String>,
    /// Source of the attestation: `settings`, `pod-annotation`, `kubernetes` or `registry`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    /// Why
    pub reasons: Vec<Reason>,
}

/// An identity that a certificate is for
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct IdentityResult {
    /// The subject alternative name of the certificate
    pub subject: String,
    /// The OIDC issuer; empty if the certificate has none
    pub issuer: String,
}

impl AttestorResult {
    /// Returns an unsatisfied attestor, and the verdict that follows from the reasons.
    pub(crate) fn refused(name: &str, reasons: Vec<Reason>) -> (Verdict, Self) {
        let verdict = Reason::verdict_unless_unknown(&reasons);
        let result = Self {
            name: name.into(),
            verified: false,
            key_id: None,
            identity: None,
            payload_type: None,
            source: None,
            reasons,
        };
        (verdict, result)
    }
}

/// A reason, with its stable code
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reason {
    /// Stable code
    pub code: Code,
    /// Human-readable text; not stable across versions
    pub message: String,
    /// Details, the most specific first
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

    pub(crate) fn without_details(&self) -> Self {
        Self::new(self.code, self.message.clone())
    }

    /// Returns the reason of a rule of `imagePolicy`, with the rule's name and without details.
    pub(crate) fn of_rule(&self, name: &str) -> Self {
        Self::new(self.code, alloc::format!("{} (rule {name})", self.message))
    }

    pub(crate) fn with_details(self, details: Vec<Self>) -> Self {
        Self { details, ..self }
    }

    /// The reason for an image with a tag, in Google's wording.
    pub(crate) fn digest_required() -> Self {
        let message = "Expected digest with sha256 scheme, but got tag or malformed digest";
        Self::new(Code::DigestRequired, message)
    }

    /// Returns the verdict if no evidence suffices: `ERROR` if any reason is an error, because the missing
    /// evidence might have sufficed.
    pub(crate) fn verdict_unless_unknown(reasons: &[Self]) -> Verdict {
        let verdicts = reasons.iter().map(|reason| reason.code.verdict());
        verdicts.min().unwrap_or(Verdict::Error)
    }

    /// The reason for an exceeded limit: `more than 256 images in one request`
    #[cold]
    pub(crate) fn limit(what: &str, limit: usize) -> Self {
        Self::new(
            Code::LimitExceeded,
            alloc::format!("more than {limit} {what}"),
        )
    }
}
