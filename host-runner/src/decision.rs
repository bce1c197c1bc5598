//! The Decision, as this program reads it. The original JSON is kept beside it, for output in JSON.
//!
//! Any module may be evaluated, also one of another version or author: unknown fields are ignored, a field that is
//! missing or has another type has its default value, and codes and verdicts may be unknown. The types of the
//! module itself are in [`policy_wasm::decision`].

mod answer;
mod check;
mod code;
mod image_rule;
mod part;
mod reason;
mod verdict;

use serde_json::Value;

pub(crate) use answer::{Answer, Response};
pub(crate) use check::Scope;
pub use check::{CheckResult, CheckSetResult, ScopeResult};
pub use code::Code;
pub use image_rule::{ImageRuleResult, RequirementResult};
pub(crate) use part::Part;
pub use reason::Reason;
pub(crate) use reason::{codes, has};
pub use verdict::{Enforcement, Verdict};

use part::parts;

parts! {
    /// The answer to one call
    pub struct Decision {
        /// `Decision`
        pub kind: String = "kind",
        /// Whether the request is admitted
        pub allowed: bool = "allowed",
        /// Result of the evaluation, before dry run or break-glass
        pub verdict: Verdict = "verdict",
        /// Whether the verdict was enforced or overridden
        pub enforcement: Enforcement = "enforcement",
        /// One entry for each Pod that the object is or will create
        pub pods: Vec<PodDecision> = "pods",
        /// One entry for each image field of the object, in the object's order
        pub images: Vec<ImageDecision> = "images",
        /// Reasons that concern the request as a whole
        pub reasons: Vec<Reason> = "reasons",
        /// Message of the denial, in lines
        pub message: String = "message",
        /// Warnings for the deployer, which do not affect the verdict
        pub warnings: Vec<Reason> = "warnings",
        /// Names and values, in the order of the document
        pub audit_annotations: Vec<(String, String)> = "auditAnnotations",
        /// The object with verified digests in place of tags, if tags were resolved
        pub mutated_object: Option<Value> = "mutatedObject",
    }

    /// One Pod that the object is or will create
    pub struct PodDecision {
        /// Its service account
        pub service_account: String = "serviceAccount",
    }

    /// One image field of the object
    pub struct ImageDecision {
        /// The image as spelled in the object; empty if the field has none
        pub image: String = "image",
        /// Path of the field, for example `spec.containers[0].image`
        pub field: String = "field",
        /// Index of its Pod
        pub pod: Option<usize> = "pod",
        /// Name of the container or volume; empty if it has none
        pub container: String = "container",
        /// The verified digest of its tag; empty if no tag was resolved
        pub resolved_digest: String = "resolvedDigest",
        /// The images that its index lists, if they were evaluated in place of the index
        pub platforms: Vec<PlatformDecision> = "platforms",
        /// The greatest of the verdicts below
        pub verdict: Verdict = "verdict",
        /// One entry for each policy document that evaluated this image
        pub results: Vec<DocumentResult> = "results",
        /// Reasons that do not depend on a document
        pub reasons: Vec<Reason> = "reasons",
    }

    /// An image that an index lists for one platform
    pub struct PlatformDecision {
        /// `linux/arm64/v8`, as the index names it
        pub platform: String = "platform",
        /// The image's digest
        pub digest: String = "digest",
        /// The greatest verdict of all documents
        pub verdict: Verdict = "verdict",
    }

    /// Result of one policy document for one image
    pub struct DocumentResult {
        /// Path of the document in the settings: `policy`, `platformPolicies[0]`, `imagePolicy`
        pub document: String = "document",
        /// Name of a platform policy; empty if it has none
        pub name: String = "name",
        /// Result of the document
        pub verdict: Verdict = "verdict",
        /// For an index that the document is against: the platforms of its images with this verdict; the result is that
        /// of the first
        pub platforms: Vec<String> = "platforms",
        /// Enforcement mode of the applied rule
        pub enforcement: Enforcement = "enforcement",
        /// The pattern that exempts the image from the document
        pub allowlist: Option<Exemption> = "allowlist",
        /// The rule that applied, unless the image is exempt
        pub rule: Option<AppliedRule> = "rule",
        /// Every attestor of the rule, satisfied or not
        pub attestors: Vec<AttestorResult> = "attestors",
        /// The check set of a platform policy that applied
        pub check_set: Option<CheckSetResult> = "checkSet",
        /// The rules of `imagePolicy` that cover the image
        pub rules: Vec<ImageRuleResult> = "rules",
        /// Reasons of the verdict
        pub reasons: Vec<Reason> = "reasons",
    }

    /// The allowlist entry that exempts an image
    pub struct Exemption {
        /// Path of the document in the settings
        pub document: String = "document",
        /// The pattern as written
        pub pattern: String = "pattern",
    }

    /// The admission rule that applied to a Pod
    pub struct AppliedRule {
        /// `default`, `cluster`, `kubernetes-namespace` …
        pub kind: String = "kind",
        /// The rule's key as written; empty for the default rule
        pub key: String = "key",
        /// The lookup of the rule for the Pod; absent if the policy has only the default rule
        pub searched: Option<Searched> = "searched",
        /// As written in the policy
        pub evaluation_mode: String = "evaluationMode",
        /// As written in the policy
        pub enforcement_mode: String = "enforcementMode",
    }

    /// The lookup that selected a rule
    pub struct Searched {
        /// The rule map of the policy, for example `kubernetesNamespaceAdmissionRules`
        pub map: String = "map",
        /// The key that a rule for the Pod must have
        pub key: String = "key",
    }

    /// Whether one attestor is satisfied for one image
    pub struct AttestorResult {
        /// Resource name of the attestor
        pub name: String = "name",
        /// Whether an attestation was verified
        pub verified: bool = "verified",
        /// Id of the key that verified it; empty if none did
        pub key_id: String = "keyId",
        /// Identity in the certificate that verified it; absent if a key did
        pub identity: Option<Identity> = "identity",
        /// `critical.type` of the verified payload, or the type of its predicate; empty if there is none
        pub payload_type: String = "payloadType",
        /// Source of the attestation; empty if there is none
        pub source: String = "source",
        /// Why
        pub reasons: Vec<Reason> = "reasons",
    }

    /// The identity that a certificate is for
    pub struct Identity {
        /// Its subject alternative name
        pub subject: String = "subject",
        /// The OIDC issuer
        pub issuer: String = "issuer",
    }
}

impl ImageDecision {
    /// Returns the image of the index to which the results belong: the first with the greatest verdict.
    pub(crate) fn decisive_platform(&self) -> Option<&PlatformDecision> {
        let mut platforms = self.platforms.iter();
        platforms.find(|one| one.verdict == self.verdict)
    }

    /// Returns the codes of everything that is said about the image, in the order of the document.
    pub(crate) fn codes(&self) -> Vec<&str> {
        let mut found = Vec::new();
        for result in &self.results {
            for attestor in result.all_attestors() {
                codes(&attestor.reasons, &mut found);
            }
            for check in result.all_checks() {
                codes(&check.reasons, &mut found);
            }
            for rule in &result.rules {
                codes(&rule.reasons, &mut found);
            }
            codes(&result.reasons, &mut found);
        }
        codes(&self.reasons, &mut found);
        found
    }
}

impl DocumentResult {
    /// Returns the platform to which the result belongs, if it is against an index, with a count of the others that fail.
    pub(crate) fn platform(&self) -> Option<String> {
        policy_wasm::decision::failing_platform(&self.platforms)
    }

    /// Whether the document is a platform policy, which has check sets and no rules.
    pub(crate) fn is_platform(&self) -> bool {
        self.document.starts_with("platformPolicies")
    }

    /// Whether the document is `imagePolicy`, of which several rules may apply.
    pub(crate) fn is_image_policy(&self) -> bool {
        self.document == "imagePolicy"
    }

    /// The reasons that no rule of `imagePolicy` has. Reasons of rules are repeated for the whole, with the rule's name.
    pub(crate) fn reasons_without_rules(&self) -> Vec<Reason> {
        let is_said = |one: &&Reason| {
            let mut rules = self.rules.iter();
            one.code == policy_wasm::Code::ImageRulesSatisfied
                || rules.any(|rule| rule.has(&one.code))
        };
        let own = self.reasons.iter().filter(|one| !is_said(one));
        own.cloned().collect()
    }

    /// The attestors of the rule, and those of the rules of `imagePolicy`.
    pub(crate) fn all_attestors(&self) -> impl Iterator<Item = &AttestorResult> {
        let requirements = self.rules.iter().flat_map(|rule| &rule.requirements);
        let of_rules = requirements.flat_map(|requirement| &requirement.attestors);
        self.attestors.iter().chain(of_rules)
    }

    /// The checks of the check set that applied, and those of the rules of `imagePolicy`.
    pub(crate) fn all_checks(&self) -> impl Iterator<Item = &CheckResult> {
        let requirements = self.rules.iter().flat_map(|rule| &rule.requirements);
        let of_rules = requirements.filter_map(|requirement| requirement.check.as_ref());
        self.checks().iter().chain(of_rules)
    }

    /// The checks of the check set that applied.
    pub(crate) fn checks(&self) -> &[CheckResult] {
        self.check_set.as_ref().map_or(&[], |set| &set.checks)
    }
}

#[cfg(test)]
mod tests;
