//! The findings of one object, from its Decision.

use core::fmt;

use policy_wasm::decision::Role;
use serde::Serialize;
use serde_json::Value;

use crate::engine::EngineError;
use crate::fields::{list, text};
use crate::inputs::Request;
use crate::judge::Evaluated;

/// An evaluated object
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) namespace: String,
    /// `Pod default/web`
    pub(crate) title: String,
    /// Its file
    pub(crate) source: String,
    pub(crate) outcome: Outcome,
    /// Whether a controller owns it
    pub(crate) is_owned: bool,
    /// Whether the module returned a Decision for it
    pub(crate) is_answered: bool,
    /// All of its images, as spelled in the object
    pub(crate) images: Vec<String>,
    /// The reasons against it, including those that dry run or break-glass overrides
    pub(crate) findings: Vec<Finding>,
}

/// One reason against an object
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    /// Absent if the reason concerns the object as a whole
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) image: Option<String>,
    /// Path of the image in the object
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) field: Option<String>,
    /// The outcome that this reason alone has
    pub(crate) outcome: Outcome,
    /// The code
    pub(crate) reason: String,
    pub(crate) message: String,
}

/// The outcome of an object
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Outcome {
    #[serde(rename = "refused")]
    Denied,
    /// Denied because it could not be evaluated
    Error,
    DryRun,
    BreakGlass,
    Admitted,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Denied => "denied",
            Self::Error => "error",
            Self::DryRun => "dry run",
            Self::BreakGlass => "break-glass",
            Self::Admitted => "admitted",
        })
    }
}

impl Judged {
    /// Returns the result of a Decision.
    pub(crate) fn new(request: &Request, decision: &Value) -> Self {
        let outcome = outcome(decision);
        let mut findings = Vec::new();
        if outcome != Outcome::Admitted {
            let reasons = list(decision, "reasons").iter();
            findings.extend(reasons.map(|reason| Finding::new(None, outcome_of(reason), reason)));
        }
        let mut images = Vec::new();
        for image in list(decision, "images") {
            let name = text(image, "image");
            if !name.is_empty() && !images.iter().any(|known| known == name) {
                images.push(name.to_owned());
            }
            add_findings(image, outcome, &mut findings);
        }
        Self {
            outcome,
            is_answered: true,
            images,
            findings,
            ..Self::unjudged(request)
        }
    }

    /// An object about which the module gives no answer; `None` where the module is at fault for all.
    pub(crate) fn failed(request: &Request, error: &EngineError) -> Option<Self> {
        let finding = Finding {
            image: None,
            field: None,
            outcome: Outcome::Error,
            reason: error.code()?.to_owned(),
            message: error.to_string(),
        };
        Some(Self {
            findings: vec![finding],
            ..Self::unjudged(request)
        })
    }

    fn unjudged(request: &Request) -> Self {
        let fields = &request.request;
        let owners = fields.pointer("/object/metadata/ownerReferences");
        let owners = owners.and_then(Value::as_array);
        Self {
            namespace: text(fields, "namespace").to_owned(),
            title: request.title.clone(),
            source: request.source.clone(),
            outcome: Outcome::Error,
            is_owned: owners.is_some_and(|owners| {
                let is_controller = |owner: &Value| owner.get("controller") == Some(&true.into());
                owners.iter().any(is_controller)
            }),
            is_answered: false,
            images: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Returns the reasons against one image: those of the image itself, and those of each document.
fn add_findings(image: &Value, of_object: Outcome, findings: &mut Vec<Finding>) {
    if text(image, "verdict") == "CONFORMANT" {
        return;
    }
    let mut add = |outcome, reason| {
        let finding = Finding::new(Some(image), outcome, reason);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    for reason in list(image, "reasons") {
        add(outcome_of(reason), reason);
    }
    for result in list(image, "results") {
        if text(result, "verdict") == "CONFORMANT" {
            continue;
        }
        for reason in list(result, "reasons") {
            let Some(refuses) = refusal(reason) else {
                continue;
            };
            let outcome = match (text(result, "enforcement"), of_object) {
                ("dry-run", _) => Outcome::DryRun,
                (_, Outcome::BreakGlass) => Outcome::BreakGlass,
                _ => refuses,
            };
            add(outcome, reason);
        }
    }
}

impl Finding {
    fn new(image: Option<&Value>, outcome: Outcome, reason: &Value) -> Self {
        let name = image.map_or("", |image| text(image, "image"));
        Self {
            image: (!name.is_empty()).then(|| name.to_owned()),
            field: image.map(|image| text(image, "field").to_owned()),
            outcome,
            reason: text(reason, "code").to_owned(),
            message: text(reason, "message").to_owned(),
        }
    }
}

fn outcome(decision: &Value) -> Outcome {
    let is_admitted = Evaluated::admits(decision);
    let (enforcement, verdict) = (text(decision, "enforcement"), text(decision, "verdict"));
    match (is_admitted, enforcement, verdict) {
        (false, _, "ERROR") => Outcome::Error,
        (false, _, _) => Outcome::Denied,
        (true, "dry-run", _) => Outcome::DryRun,
        (true, "break-glass", _) => Outcome::BreakGlass,
        (true, _, _) => Outcome::Admitted,
    }
}

/// Returns the outcome of a reason that cannot be overridden.
fn outcome_of(reason: &Value) -> Outcome {
    refusal(reason).unwrap_or(Outcome::Denied)
}

/// Whether a reason refuses, and how; what passes in a document that refuses does not.
fn refusal(reason: &Value) -> Option<Outcome> {
    let code = text(reason, "code");
    let known = policy_wasm::Code::ALL.iter();
    let role = known
        .map(|known| (known.as_str(), known.role()))
        .find(|(known, _)| *known == code)
        .map(|(_, role)| role);
    match role {
        Some(Role::Admission | Role::Detail | Role::Warning) => None,
        Some(Role::Error) => Some(Outcome::Error),
        // A code of a later module.
        Some(Role::Violation | Role::Settings) | None => Some(Outcome::Denied),
    }
}
