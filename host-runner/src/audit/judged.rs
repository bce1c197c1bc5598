//! The findings of one object, from its Decision.

use core::fmt;

use policy_wasm::decision::Role;
use serde::Serialize;
use serde_json::Value;

use super::Attested;
use crate::decision::{
    AttestorResult, Decision, DocumentResult, Enforcement, ImageDecision, Reason, Verdict,
};
use crate::engine::EngineError;
use crate::fields::text;
use crate::inputs::{Place, Request};

/// An evaluated object
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) namespace: String,
    /// `Pod default/web`
    pub(crate) title: String,
    /// Its file
    pub(crate) source: String,
    /// Its place in the file
    pub(crate) place: Place,
    pub(crate) outcome: Outcome,
    /// Whether a controller owns it
    pub(crate) is_owned: bool,
    /// Whether the module returned a Decision for it
    pub(crate) is_answered: bool,
    /// All of its images, as spelled in the object
    pub(crate) images: Vec<String>,
    /// The attestations that count, each with its image
    pub(crate) attested: Vec<(String, Attested)>,
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
    pub(crate) fn new(request: &Request, decision: &Decision) -> Self {
        let outcome = outcome(decision);
        let mut findings = Vec::new();
        if outcome != Outcome::Admitted {
            let reasons = decision.reasons.iter();
            findings.extend(reasons.map(|reason| Finding::new(None, outcome_of(reason), reason)));
        }
        let (mut images, mut attested) = (Vec::new(), Vec::new());
        for image in &decision.images {
            let name = &image.image;
            if !name.is_empty() && !images.contains(name) {
                images.push(name.clone());
            }
            attested.extend(self::attested(image));
            add_findings(image, outcome, &mut findings);
        }
        Self {
            outcome,
            is_answered: true,
            images,
            attested,
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
            place: request.place.clone(),
            outcome: Outcome::Error,
            is_owned: owners.is_some_and(|owners| {
                let is_controller = |owner: &Value| owner.get("controller") == Some(&true.into());
                owners.iter().any(is_controller)
            }),
            is_answered: false,
            images: Vec::new(),
            attested: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Returns the attestations of an image that count.
fn attested(image: &ImageDecision) -> impl Iterator<Item = (String, Attested)> {
    let results = image.results.iter();
    let attestors = results.flat_map(DocumentResult::all_attestors);
    let verified = attestors.filter(|attestor| attestor.verified);
    verified.map(|attestor| {
        let by = match &attestor.identity {
            Some(identity) => identity.subject.clone(),
            None => attestor.key_id.clone(),
        };
        let attested = Attested {
            attestor: attestor.name.clone(),
            by,
            source: attestor.source.clone(),
        };
        (image.image.clone(), attested)
    })
}

/// Returns the reasons against one image: those of the image itself, and those of each document.
fn add_findings(image: &ImageDecision, of_object: Outcome, findings: &mut Vec<Finding>) {
    if image.verdict == Verdict::Conformant {
        return;
    }
    let mut add = |outcome, reason: &Reason| {
        let finding = Finding::new(Some(image), outcome, reason);
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    };
    for reason in &image.reasons {
        add(outcome_of(reason), reason);
    }
    for result in &image.results {
        if result.verdict == Verdict::Conformant {
            continue;
        }
        for reason in &result.reasons {
            let Some(refuses) = refusal(reason) else {
                continue;
            };
            let outcome = match (&result.enforcement, of_object) {
                (Enforcement::DryRun, _) => Outcome::DryRun,
                (_, Outcome::BreakGlass) => Outcome::BreakGlass,
                _ => refuses,
            };
            let mut named = named(reason, result).unwrap_or_else(|| reason.clone());
            if let Some(platform) = result.platform() {
                named.message = format!("{} ({platform})", named.message);
            }
            add(outcome, &named);
        }
    }
}

/// The reason with the attestors that it is about and what they have to sign, if it is about attestors.
fn named(reason: &Reason, result: &DocumentResult) -> Option<Reason> {
    let is_said = |attestor: &&AttestorResult, rule: &str| {
        let mut own = attestor.reasons.iter();
        own.any(|own| own.code == reason.code && format!("{}{rule}", own.message) == reason.message)
    };
    let missing = result.attestors.iter();
    let missing = missing
        .filter(|one| is_said(one, ""))
        .map(|one| (one, String::new()));
    let of_rules = result.rules.iter().flat_map(|rule| {
        // As the reasons of the document name the rule.
        let suffix = format!(" (rule {})", rule.name);
        rule.requirements.iter().flat_map(move |requirement| {
            let attestors = requirement.attestors.iter();
            let missing = attestors.filter(|one| is_said(one, &suffix));
            let missing: Vec<_> = missing.map(|one| (one, requirement.types())).collect();
            missing
        })
    });
    let names = missing.chain(of_rules);
    let names: Vec<_> = names
        .map(|(attestor, types)| {
            let name = attestor.name.rsplit('/').next().unwrap_or_default();
            format!("{name}{types}")
        })
        .collect();
    let message = format!("not attested by {}: {}", names.join(", "), reason.message);
    (!names.is_empty()).then(|| Reason {
        message,
        ..reason.clone()
    })
}

impl Finding {
    fn new(image: Option<&ImageDecision>, outcome: Outcome, reason: &Reason) -> Self {
        let name = image.map(|image| image.image.clone());
        Self {
            image: name.filter(|name| !name.is_empty()),
            field: image.map(|image| image.field.clone()),
            outcome,
            reason: reason.code.to_string(),
            message: reason.message.clone(),
        }
    }
}

fn outcome(decision: &Decision) -> Outcome {
    match (decision.allowed, &decision.enforcement, &decision.verdict) {
        (false, _, Verdict::Error) => Outcome::Error,
        (false, _, _) => Outcome::Denied,
        (true, Enforcement::DryRun, _) => Outcome::DryRun,
        (true, Enforcement::BreakGlass, _) => Outcome::BreakGlass,
        (true, Enforcement::Enforced | Enforcement::Other(_), _) => Outcome::Admitted,
    }
}

/// Returns the outcome of a reason that cannot be overridden.
fn outcome_of(reason: &Reason) -> Outcome {
    refusal(reason).unwrap_or(Outcome::Denied)
}

/// Whether a reason refuses, and how; what passes in a document that refuses does not.
fn refusal(reason: &Reason) -> Option<Outcome> {
    match reason.code.role() {
        Some(Role::Admission | Role::Detail | Role::Warning) => None,
        Some(Role::Error) => Some(Outcome::Error),
        // A code of a later module.
        Some(Role::Violation | Role::Settings) | None => Some(Outcome::Denied),
    }
}
