//! The answers to the objects of a text: for each the Decision and the response to the API server, in the bytes of the
//! policy.

use admission_requests::{Documents, InputError, Place, Request, Source, found_in, settings_in};
use policy_lint::SourceFile;
use policy_wasm::abi::{self, Host};
use policy_wasm::decision::AdmissionResponse;
use policy_wasm::time::NO_CLOCK;
use policy_wasm::{Code, Decision, Extras};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::evidence::Evidence;
use crate::units::Units;

/// The texts of the page
#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    settings: String,
    objects: String,
    #[serde(default)]
    evidence: String,
    /// The namespace of manifests, as `--namespace` sets it
    namespace: Option<String>,
    /// In RFC 3339
    time: Option<String>,
}

/// The answers
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Answer {
    objects: Vec<Object>,
    /// Why settings cannot be read; then there are no objects
    settings_problem: Option<String>,
    /// Parts of the objects that are none
    problems: Vec<String>,
    evidence_problem: Option<String>,
    evidence_count: usize,
}

/// The answer to one object
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object {
    title: String,
    namespace: String,
    operation: String,
    /// As kubectl names it: `deployment.apps/web`
    resource: String,
    #[serde(flatten)]
    place: Units,
    /// Whether the exported webhook rules send objects of this kind
    is_asked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Box<RawValue>>,
    /// The place of each image of the Decision
    images: Vec<Units>,
}

/// Evaluates every object that the exported webhook rules send.
pub(crate) fn evaluate(question: &str) -> Answer {
    let question: Question = match serde_json::from_str(question) {
        Ok(question) => question,
        Err(error) => {
            return Answer {
                settings_problem: Some(error.to_string()),
                ..Answer::default()
            };
        }
    };
    let (mut evidence, evidence_problem) = Evidence::read(&question.evidence);
    let mut answer = Answer {
        evidence_problem,
        evidence_count: evidence.count(),
        ..Answer::default()
    };
    let settings = settings_in(&Source {
        name: crate::lint::NAME.to_owned(),
        text: question.settings,
    });
    let settings = match settings {
        Ok(settings) => evidence.attach_to(&settings),
        Err(error) => {
            answer.settings_problem = Some(words(&error));
            return answer;
        }
    };
    let source = Source {
        name: OBJECTS.to_owned(),
        text: question.objects,
    };
    let documents = Documents::of(SourceFile::new(OBJECTS, source.text.as_str()));
    let units = |place: &Place, field: &str| {
        let bytes = documents.bytes(place, field).unwrap_or_default();
        Units::of(&source.text, &bytes)
    };
    for found in found_in(&source, question.namespace.as_deref()) {
        let request = match found {
            Ok(request) => request,
            Err(error) => {
                answer.problems.push(words(&error));
                continue;
            }
        };
        let is_asked = request.is_asked(&settings, false);
        let answered = is_asked.then(|| {
            let call = Asked {
                request: &request.request,
                settings: &settings,
                time: question.time.as_deref(),
            };
            decide(&call, &mut evidence)
        });
        let images = answered.iter().flat_map(|decision| &decision.images);
        let images = images.map(|image| units(&request.place, &image.field));
        answer.objects.push(Object {
            images: images.collect(),
            place: units(&request.place, ""),
            is_asked,
            decision: answered.as_ref().and_then(raw),
            response: answered.and_then(|decision| raw(&response(decision))),
            namespace: field(&request, "namespace"),
            operation: field(&request, "operation"),
            resource: resource(&request),
            title: request.title,
        });
    }
    answer
}

/// The name of the objects in messages
const OBJECTS: &str = "objects";

/// A call, in the order in which the program writes it
#[derive(Serialize)]
struct Asked<'a> {
    request: &'a Value,
    settings: &'a Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<&'a str>,
}

fn decide(call: &Asked<'_>, evidence: &mut Evidence) -> Decision {
    let text = serde_json::to_vec(call).unwrap_or_default();
    let host = Host {
        clock: NO_CLOCK,
        lookup: evidence,
    };
    abi::decision(&text, Extras::Allowed, host)
}

/// The response of an admission controller, which evaluates with its own clock.
fn response(mut decision: Decision) -> AdmissionResponse {
    decision
        .warnings
        .retain(|warning| warning.code != Code::ClockOverridden);
    AdmissionResponse::from(decision)
}

fn raw(answer: &impl Serialize) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(answer).ok()
}

fn field(request: &Request, name: &str) -> String {
    let text = request.request.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn resource(request: &Request) -> String {
    let text = |pointer| {
        let value = request.request.pointer(pointer);
        value.and_then(Value::as_str).unwrap_or_default()
    };
    let (kind, group) = (text("/kind/kind").to_lowercase(), text("/kind/group"));
    let dot = if group.is_empty() { "" } else { "." };
    format!("{kind}{dot}{group}/{}", text("/name"))
}

/// An error without the name of its text, of which the page shows the place.
fn words(error: &InputError) -> String {
    match error {
        InputError::Object { problem, .. } | InputError::WithoutKind { problem, .. } => {
            problem.clone()
        }
        InputError::Parse { cause, .. } => cause.to_string(),
        InputError::Read { .. } | InputError::EmptyFolder(_) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SETTINGS: &str = "policy:\n  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, \
                            enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}\n";
    const POD: &str = "# é🙂\napiVersion: v1\nkind: Pod\nspec: {containers: [{name: a, image: 'r.example/a:1'}]}\n";

    fn asked(settings: &str, objects: &str, evidence: &str) -> Value {
        let question = json!({"settings": settings, "objects": objects, "evidence": evidence,
            "time": "2026-11-23T12:00:00Z"});
        serde_json::to_value(evaluate(&question.to_string())).unwrap()
    }

    #[test]
    fn every_object_has_its_decision_and_its_place() {
        let service = "apiVersion: v1\nkind: Service\nmetadata: {name: s}\n";
        let answer = asked(SETTINGS, &format!("{POD}---\n{service}---\n- 5\n"), "");
        let objects = answer["objects"].as_array().unwrap();
        assert_eq!(objects.len(), 2);
        assert_eq!(objects[0]["decision"]["allowed"], false);
        assert_eq!(objects[0]["response"]["accepted"], false);
        assert_eq!(objects[1]["resource"], "service/s");
        let from = usize::try_from(objects[0]["images"][0]["from"].as_u64().unwrap()).unwrap();
        let units: Vec<_> = POD.encode_utf16().skip(from).take(3).collect();
        assert_eq!(String::from_utf16(&units).unwrap(), "'r.");
        assert_eq!(objects[1]["isAsked"], false);
        assert_eq!(answer["problems"].as_array().unwrap().len(), 1);
    }

    #[test]
    fn the_decision_has_the_bytes_of_the_policy() {
        let answer = evaluate(&json!({"settings": SETTINGS, "objects": POD}).to_string());
        let decision = answer.objects[0].decision.as_ref().unwrap().get();
        let requests = found_in(
            &Source {
                name: String::new(),
                text: POD.to_owned(),
            },
            None,
        );
        let settings = &admission_requests::parse(SETTINGS).unwrap()[0];
        let call = json!({"request": requests[0].as_ref().unwrap().request, "settings": settings});
        assert_eq!(crate::decide(&call.to_string()), decision);
    }

    #[test]
    fn problems_of_one_text_are_told_from_those_of_the_others() {
        let answer = asked("a: [", POD, "b: [");
        assert!(
            answer["settingsProblem"]
                .as_str()
                .unwrap()
                .contains("line 1")
        );
        assert!(answer["evidenceProblem"].is_string());
        let answer = asked(SETTINGS, "c: [", "");
        assert_eq!(
            (&answer["settingsProblem"], &answer["evidenceProblem"]),
            (&Value::Null, &Value::Null)
        );
        assert!(answer["problems"][0].as_str().unwrap().contains("line 1"));
        assert!(serde_json::to_value(evaluate("5")).unwrap()["settingsProblem"].is_string());
    }
}
