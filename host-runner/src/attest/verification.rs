//! Whether an attestation satisfies an attestor: what Google calls `ValidateAttestationOccurrence`. The
//! very module decides, about a Pod with this one image under a rule that wants this one attestor.

use anyhow::{Context as _, Result, bail};
use policy_wasm::Code;
use serde_json::{Value, json};

use super::attestor::Attestor;
use super::document::filed_bundle;
use super::evidence_file::bundle_of;
use super::image::Image;
use crate::decision::{AttestorResult, ImageDecision};
use crate::engine::Operation;
use crate::inputs::{self, Request};
use crate::judge::Judge;

/// The attestor to verify, and the settings for reading attestations
#[derive(Debug)]
pub(crate) struct Question<'a> {
    attestor: &'a Attestor,
    settings: Value,
}

/// The module's result
#[derive(Debug)]
pub(crate) struct Finding {
    /// The attestor in the Decision
    pub(crate) attestor: AttestorResult,
    /// Its reasons as the module wrote them, for output in JSON
    pub(crate) reasons: Value,
}

impl<'a> Question<'a> {
    /// Under the settings that the attestor is from, with all their evidence.
    pub(crate) fn under(settings: &Value, attestor: &'a Attestor) -> Self {
        let mut settings = settings.clone();
        if let Some(fields) = settings.as_object_mut() {
            // Who else may say no is not asked.
            for key in [
                "breakGlass",
                "deniedDigests",
                "indexPolicy",
                "platformPolicyEnforcement",
                "resolveTags",
                "systemPolicy",
            ] {
                fields.shift_remove(key);
            }
            let is_platform = fields.shift_remove("platformPolicies").is_some();
            let before = fields.insert("policy".into(), requires(&attestor.name));
            if is_platform && before.is_none() && !fields.contains_key("imagePolicy") {
                // As the checks of a platform policy read occurrences, and no other document does.
                fields.insert("singletonPae".into(), "try".into());
            }
        }
        Self { attestor, settings }
    }

    /// Asks about a statement of this type, in place of an approval.
    pub(crate) fn of_type(mut self, predicate_type: &str) -> Self {
        if let Some(fields) = self.settings.as_object_mut() {
            fields.shift_remove("policy");
            let requirement =
                json!({"attestors": [self.attestor.name], "predicateTypes": [predicate_type]});
            let rule = json!({"name": "statement", "images": ["**"], "require": [requirement]});
            let policy = json!({"unmatchedImages": "deny", "rules": [rule]});
            fields.insert("imagePolicy".into(), policy);
        }
        self
    }

    /// By the attestor's keys alone.
    pub(crate) fn by_key(attestor: &'a Attestor) -> Self {
        let settings = json!({
            "policy": requires(&attestor.name),
            "attestors": [attestor.document()],
            "singletonPae": "try",
        });
        Self { attestor, settings }
    }

    /// Restricts the question to these attestations, whatever image they are stored under. Without a required note,
    /// any note is valid.
    pub(crate) fn about(&self, attestations: &[Value], image: &Image) -> Self {
        let mut settings = self.settings.clone();
        let filed = attestations.iter().map(|document| {
            let mut document = filed_under(document.clone(), image);
            if let (None, Some(fields)) = (&self.attestor.note, document.as_object_mut()) {
                fields.shift_remove("noteName");
            }
            document
        });
        let filed: Vec<_> = filed.collect();
        if let Some(fields) = settings.as_object_mut() {
            fields.insert("evidence".into(), json!({"occurrences": filed}));
        }
        Self {
            attestor: self.attestor,
            settings,
        }
    }

    /// Asks the module about the images that an index lists.
    pub(crate) fn of_platforms(mut self, judge: &Judge, image: &Image) -> Result<ImageDecision> {
        if let Some(fields) = self.settings.as_object_mut() {
            let host = image.normalized_repository.split('/').next();
            fields.insert("indexPolicy".into(), "platforms".into());
            fields.insert("registries".into(), json!([host]));
        }
        let answer = judge.ask(&pod_with(image)?, &self.settings, Operation::Decide)?;
        let document = answer.json()?;
        let decision = answer.into_decision().ok();
        let image = decision.and_then(|decision| decision.images.into_iter().next());
        image.with_context(|| format!("the module says nothing about the image: {document}"))
    }

    /// Asks the module.
    pub(crate) fn ask(&self, judge: &Judge, image: &Image) -> Result<Finding> {
        let request = pod_with(image)?;
        let answer = judge.ask(&request, &self.settings, Operation::Decide)?;
        let document = answer.json()?;
        let decision = answer.into_decision().ok();
        let image = decision.and_then(|decision| decision.images.into_iter().next());
        let result = image.and_then(|image| image.results.into_iter().next());
        let attestor = result.and_then(|result| {
            let requirements = result.rules.into_iter().flat_map(|rule| rule.requirements);
            let of_rules = requirements.flat_map(|requirement| requirement.attestors);
            result.attestors.into_iter().chain(of_rules).next()
        });
        let Some(attestor) = attestor.filter(|one| one.name == self.attestor.name) else {
            bail!("the module says nothing about the attestor: {document}");
        };
        let places = ["", "/rules/0/requirements/0"];
        let mut reasons = places.iter().filter_map(|place| {
            document.pointer(&format!("/images/0/results/0{place}/attestors/0/reasons"))
        });
        let reasons = reasons.next().cloned().unwrap_or_else(|| json!([]));
        Ok(Finding { attestor, reasons })
    }
}

/// Stores an attestation under the image, because the policy reads only attestations that are stored under an
/// image or claim to be about it. This metadata is not signed.
pub(super) fn filed_under(document: Value, image: &Image) -> Value {
    let mut document = if bundle_of(&document).is_some() {
        filed_bundle(&document, &image.reference())
    } else if document.get("payloadType").is_some() {
        json!({"kind": "DSSE_ATTESTATION", "dsseAttestation": {"envelope": document}})
    } else {
        document
    };
    if let Some(fields) = document.as_object_mut() {
        fields.shift_remove("resource");
        fields.insert("resourceUri".into(), image.reference().into());
    }
    document
}

/// The request to create a Pod with this image.
pub(super) fn pod_with(image: &Image) -> Result<Request> {
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "verify"},
        "spec": {"containers": [{"name": "image", "image": image.reference()}]},
    });
    inputs::creation_of(pod).map_err(anyhow::Error::msg)
}

fn requires(attestor: &str) -> Value {
    json!({"defaultAdmissionRule": {
        "evaluationMode": "REQUIRE_ATTESTATION",
        "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
        "requireAttestationsBy": [attestor],
    }})
}

impl Finding {
    /// Whether a signature was good over something that attests nothing by itself, such as a scan.
    pub(crate) fn is_signed_statement(&self) -> bool {
        let reasons = self.attestor.reasons.iter();
        let mut details = reasons.flat_map(|reason| &reason.details);
        details.any(|detail| detail.code == Code::AttestationPredicateType)
    }

    /// The reasons in one line.
    pub(crate) fn denial(&self) -> String {
        let reasons = &self.attestor.reasons;
        let details = reasons.iter().flat_map(|reason| &reason.details);
        let all = reasons.iter().chain(details);
        let messages: Vec<_> = all.map(|reason| reason.message.as_str()).collect();
        messages.join("; ")
    }
}
