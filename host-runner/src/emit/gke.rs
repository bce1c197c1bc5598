//! Google's `EvaluateGkePolicyResponse` for each object, made from the Decision.
//!
//! See <https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.platforms.gke.policies/evaluate>.

mod response;

use alloc::collections::BTreeMap;
use std::io::{self, Write};

use serde_json::Value;

use super::{human, json};
use crate::decision::{self, Decision, DocumentResult, ImageDecision, Reason};
use crate::fields::text;
use crate::judge::Evaluated;
use response::{
    CheckOutcome, CheckResult, CheckResults, CheckSetOutcome, CheckSetResult,
    EvaluateGkePolicyResponse, EvaluationResult, ImageOutcome, ImageResult, Int64, PodResult,
    Scope, Verdict,
};

/// Writes a list of responses.
pub(crate) fn responses(out: &mut dyn Write, answers: &[Evaluated<Decision>]) -> io::Result<()> {
    let responses: Vec<_> = answers.iter().map(response).collect();
    json::write(out, &responses)?;
    // A response has fields only for images, and only for documents of Google's.
    answers.iter().try_for_each(human::request_reasons)?;
    answers.iter().try_for_each(human::image_policy_reasons)
}

fn response(evaluated: &Evaluated<Decision>) -> EvaluateGkePolicyResponse<'_> {
    let Evaluated { request, answer } = evaluated;
    let request = &request.request;
    // An image of a Pod that is not listed is included, too.
    let pods = answer.pods.iter().enumerate();
    let mut pods: BTreeMap<_, _> = pods
        .map(|(index, pod)| (index, (pod.service_account.as_str(), Vec::new())))
        .collect();
    for image in &answer.images {
        let (_, images) = pods.entry(image.pod.unwrap_or_default()).or_default();
        images.push(image);
    }
    let results = pods
        .into_values()
        .map(|(service_account, images)| PodResult {
            pod_name: object_name(request),
            kubernetes_namespace: text(request, "namespace"),
            kubernetes_service_account: service_account,
            verdict: greatest(
                images
                    .iter()
                    .map(|image: &&ImageDecision| (&image.verdict).into()),
            ),
            image_results: images.into_iter().flat_map(image_results).collect(),
        });
    EvaluateGkePolicyResponse {
        verdict: (&answer.verdict).into(),
        results: results.collect(),
    }
}

/// The name of the Pod, or the prefix of a generated name.
fn object_name(request: &Value) -> &str {
    let metadata = |key| {
        request
            .pointer("/object/metadata")
            .map(|all| text(all, key))
    };
    let names = [
        Some(text(request, "name")),
        metadata("name"),
        metadata("generateName"),
    ];
    let mut names = names.into_iter().flatten();
    names.find(|name| !name.is_empty()).unwrap_or_default()
}

/// One result for each policy document of Google's, after the reasons of the image itself.
fn image_results(image: &ImageDecision) -> Vec<ImageResult<'_>> {
    let image_uri = &image.image;
    let mut results = Vec::new();
    let documents = image.results.iter();
    let documents: Vec<_> = documents.filter(|one| !one.is_image_policy()).collect();
    if documents.is_empty() || !image.reasons.is_empty() {
        results.push(ImageResult {
            image_uri,
            verdict: (&image.verdict).into(),
            outcome: explained(&image.reasons, ImageOutcome::Explanation),
        });
    }
    results.extend(documents.into_iter().map(|document| ImageResult {
        image_uri,
        verdict: (&document.verdict).into(),
        outcome: if let Some(exemption) = &document.allowlist {
            Some(ImageOutcome::AllowlistResult(exemption.into()))
        } else if let Some(check_set) = &document.check_set {
            let result = check_set_result(check_set, document);
            Some(ImageOutcome::CheckSetResult(result))
        } else {
            explained(&document.reasons, ImageOutcome::Explanation)
        },
    }));
    results
}

fn check_set_result<'a>(
    check_set: &'a decision::CheckSetResult,
    document: &'a DocumentResult,
) -> CheckSetResult<'a> {
    CheckSetResult {
        index: check_set.index.map(Int64),
        display_name: &check_set.display_name,
        scope: check_set.scope().map(|scope| match scope {
            decision::Scope::ServiceAccount(name) => Scope::KubernetesServiceAccount(name),
            decision::Scope::Namespace(name) => Scope::KubernetesNamespace(name),
        }),
        outcome: if let Some(exemption) = &check_set.allowlist {
            Some(CheckSetOutcome::AllowlistResult(exemption.into()))
        } else if check_set.checks.is_empty() {
            explained(&document.reasons, CheckSetOutcome::Explanation)
        } else {
            let results = check_set.checks.iter().map(check_result).collect();
            Some(CheckSetOutcome::CheckResults(CheckResults { results }))
        },
    }
}

fn check_result(check: &decision::CheckResult) -> CheckResult<'_> {
    let decision::CheckResult {
        index,
        display_name,
        kind,
        ..
    } = check;
    let verdict = Verdict::from(&check.verdict);
    let mut explanation = kind.clone();
    if let Some(index) = index {
        explanation.push_str(&format!(" at index {index}"));
    }
    if !display_name.is_empty() {
        explanation.push_str(&format!(" with display name \"{display_name}\""));
    }
    explanation.push_str(&format!(" has verdict {}", verdict.name()));
    if let Some(reasons) = explained(&check.reasons, |reasons| reasons) {
        explanation.push_str(&format!(". {reasons}"));
    }
    CheckResult {
        index: index.map(Int64),
        display_name,
        kind,
        explanation,
        outcome: match &check.allowlist {
            Some(exemption) => CheckOutcome::AllowlistResult(exemption.into()),
            None => CheckOutcome::EvaluationResult(EvaluationResult { verdict }),
        },
    }
}

/// The reasons of a part of the Decision in one text, where there are some.
fn explained<T>(reasons: &[Reason], outcome: impl FnOnce(String) -> T) -> Option<T> {
    let messages: Vec<_> = reasons.iter().map(|one| one.message.as_str()).collect();
    (!messages.is_empty()).then(|| outcome(messages.join(". ")))
}

fn greatest(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts.max().unwrap_or(Verdict::Conformant)
}

#[cfg(test)]
mod tests;
