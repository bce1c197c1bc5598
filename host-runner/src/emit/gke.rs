//! Google's `EvaluateGkePolicyResponse` for each object, made from the Decision.
//!
//! See <https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.platforms.gke.policies/evaluate>.

mod response;

use alloc::collections::BTreeMap;
use std::io;

use serde_json::Value;

use super::{human, json};
use crate::fields::{list, text};
use crate::judge::Evaluated;
use response::{
    AllowlistResult, CheckOutcome, CheckResult, CheckResults, CheckSetOutcome, CheckSetResult,
    EvaluateGkePolicyResponse, EvaluationResult, ImageOutcome, ImageResult, Int64, PodResult,
    Scope, Verdict,
};

/// Prints one response as is, and several as a list.
pub(crate) fn responses(answers: &[Evaluated]) -> io::Result<()> {
    let responses: Vec<_> = answers.iter().map(response).collect();
    match responses.as_slice() {
        [one] => json::print(one)?,
        many => json::print(&many)?,
    }
    // These reasons concern the request; a response has only fields for images.
    answers.iter().try_for_each(human::request_reasons)
}

fn response(evaluated: &Evaluated) -> EvaluateGkePolicyResponse<'_> {
    let Evaluated { request, answer } = evaluated;
    let request = &request.request;
    // An image of a Pod that is not listed is included, too.
    let mut pods: BTreeMap<_, _> = (0_u64..)
        .zip(list(answer, "pods"))
        .map(|(index, pod)| (index, (text(pod, "serviceAccount"), Vec::new())))
        .collect();
    for image in list(answer, "images") {
        let (_, images) = pods.entry(number(image, "pod").unwrap_or(0)).or_default();
        images.push(image);
    }
    let results = pods
        .into_values()
        .map(|(service_account, images)| PodResult {
            pod_name: object_name(request),
            kubernetes_namespace: text(request, "namespace"),
            kubernetes_service_account: service_account,
            verdict: greatest(images.iter().map(|image| Verdict::of(image))),
            image_results: images.into_iter().flat_map(image_results).collect(),
        });
    EvaluateGkePolicyResponse {
        verdict: Verdict::of(answer),
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

/// One result for each policy document, after the reasons of the image itself.
fn image_results(image: &Value) -> Vec<ImageResult<'_>> {
    let image_uri = text(image, "image");
    let documents = list(image, "results");
    let mut results = Vec::new();
    if documents.is_empty() || !list(image, "reasons").is_empty() {
        results.push(ImageResult {
            image_uri,
            verdict: Verdict::of(image),
            outcome: explained(image, ImageOutcome::Explanation),
        });
    }
    results.extend(documents.iter().map(|document| ImageResult {
        image_uri,
        verdict: Verdict::of(document),
        outcome: if let Some(allowlist) = allowlist_result(document) {
            Some(ImageOutcome::AllowlistResult(allowlist))
        } else if let Some(check_set) = document.get("checkSet") {
            let result = check_set_result(check_set, document);
            Some(ImageOutcome::CheckSetResult(result))
        } else {
            explained(document, ImageOutcome::Explanation)
        },
    }));
    results
}

fn check_set_result<'a>(check_set: &'a Value, document: &'a Value) -> CheckSetResult<'a> {
    let scope = check_set.get("scope");
    let scope = |key| {
        scope
            .map(|scope| text(scope, key))
            .filter(|of| !of.is_empty())
    };
    let checks = list(check_set, "checks");
    CheckSetResult {
        index: number(check_set, "index").map(Int64),
        display_name: text(check_set, "displayName"),
        scope: scope("kubernetesServiceAccount")
            .map(Scope::KubernetesServiceAccount)
            .or_else(|| scope("kubernetesNamespace").map(Scope::KubernetesNamespace)),
        outcome: if let Some(allowlist) = allowlist_result(check_set) {
            Some(CheckSetOutcome::AllowlistResult(allowlist))
        } else if checks.is_empty() {
            explained(document, CheckSetOutcome::Explanation)
        } else {
            let results = checks.iter().map(check_result).collect();
            Some(CheckSetOutcome::CheckResults(CheckResults { results }))
        },
    }
}

fn check_result(check: &Value) -> CheckResult<'_> {
    let verdict = Verdict::of(check);
    let (kind, display_name) = (text(check, "type"), text(check, "displayName"));
    let index = number(check, "index");
    let mut explanation = kind.to_owned();
    if let Some(index) = index {
        explanation.push_str(&format!(" at index {index}"));
    }
    if !display_name.is_empty() {
        explanation.push_str(&format!(" with display name \"{display_name}\""));
    }
    explanation.push_str(&format!(" has verdict {}", verdict.name()));
    if let Some(reasons) = explained(check, |reasons| reasons) {
        explanation.push_str(&format!(". {reasons}"));
    }
    CheckResult {
        index: index.map(Int64),
        display_name,
        kind,
        explanation,
        outcome: match allowlist_result(check) {
            Some(allowlist) => CheckOutcome::AllowlistResult(allowlist),
            None => CheckOutcome::EvaluationResult(EvaluationResult { verdict }),
        },
    }
}

/// The allowlist entry that exempts an image from a part of the policy.
fn allowlist_result(part: &Value) -> Option<AllowlistResult<'_>> {
    let matched_pattern = text(part.get("allowlist")?, "pattern");
    Some(AllowlistResult { matched_pattern })
}

/// The reasons of a part of the Decision in one text, where there are some.
fn explained<T>(part: &Value, outcome: impl FnOnce(String) -> T) -> Option<T> {
    let messages = list(part, "reasons").iter();
    let messages: Vec<_> = messages.map(|reason| text(reason, "message")).collect();
    (!messages.is_empty()).then(|| outcome(messages.join(". ")))
}

fn greatest(verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    verdicts.max().unwrap_or(Verdict::Conformant)
}

fn number(value: &Value, key: &str) -> Option<u64> {
    value.get(key).and_then(Value::as_u64)
}

#[cfg(test)]
mod tests;
