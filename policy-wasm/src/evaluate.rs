//! Evaluation of a request. Each step denies, admits, or leaves images for the next.
//!
//! 1. Invalid settings deny every request.
//! 2. DELETE, CONNECT and kinds without images are admitted.
//! 3. The object is parsed; malformed objects are denied.
//! 4. Every image must be a valid reference.
//! 5. On UPDATE, unchanged images are admitted, valid or not; then revoked digests are denied.
//! 6. Each policy document determines which images are exempt and which rule or check set applies to each Pod
//!    (`singleton`, `platform`, `image_policy`); tags whose digest is needed are resolved once (`resolve`); the evidence
//!    that rules and checks need is gathered and verified.
//! 7. The verdicts of all documents are combined. Dry run and break-glass may admit images that step 6 denied,
//!    and no others (`conclude`).
//! 8. In an admitted object, verified digests replace resolved tags (`pin`).

mod attestors;
mod break_glass;
mod check;
mod conclude;
mod documents;
mod image_policy;
mod images;
mod index;
mod now;
mod pin;
mod platform;
mod resolve;
mod singleton;

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use documents::Documents;
use now::Now;

use crate::Budget;
use crate::built_in_kinds::Origin;
use crate::decision::{Code, Decision, MAX_PROBLEMS, PodDecision, Reason};
use crate::evidence::{Evidence, Lookup, Lookups, Supplied};
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::request::{Operation, Pod, Request};
use crate::settings::{IndexPolicy, PodTemplates, Settings, UnchangedImages};
use crate::time::{Clock, Time};

/// One call: a request and settings
#[derive(Debug)]
pub struct Call<'a> {
    /// The request, or the reason why it is malformed
    request: Result<Request<'a>, Reason>,
    /// `None` if the settings cannot be used at all
    settings: Option<Box<Settings<'a>>>,
    /// Problems of the settings
    problems: Report,
    /// Time in the call, which overrides the host's clock
    time: Option<Time>,
    evidence: Option<Raw<'a>>,
}

/// Additional fields that a call may contain
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extras {
    /// `time` and `evidence`, for tests, replays and callers without a host
    Allowed,
    /// None: in admission controllers, both come from the host
    Refused,
}

const CALL: &Dialect = &Dialect {
    malformed: Code::CallInvalid,
    unknown_field: Code::CallInvalid,
    wrong_type: Code::CallInvalid,
    duplicate_key: Code::CallInvalid,
    null: Null::Refused,
};

impl<'a> Call<'a> {
    /// Parses `{"request": …, "settings": …, "time": …, "evidence": …}`; the last two are optional. Parts that only
    /// some requests need are parsed later. [`decide`] reports problems of the object and the settings.
    ///
    /// # Errors
    ///
    /// `call-invalid`: not such a JSON object. `limit-exceeded`: a part is too long or nested too deeply.
    #[inline(never)] // see docs/performance.md#stack
    pub fn parse(bytes: &'a [u8], extras: Extras, budget: &Budget) -> Result<Self, Reason> {
        if bytes.len() > budget.call_bytes() {
            return Err(Reason::limit("bytes in the call", budget.call_bytes()));
        }
        let invalid = |detail: &str| Reason::new(Code::CallInvalid, detail);
        let text = core::str::from_utf8(bytes).map_err(|error| invalid(&error.to_string()))?;
        let report = Report::default();
        let (mut request, mut settings, mut time, mut evidence) = (None, None, None, None);
        let problems = Report::default();
        let (mut request_text, mut settings_text) = ("", "");
        let depth = Raw::new(text).read(CALL, Path::Root(""), &report, |value| {
            value.object_inline(|key, value| match key {
                "request" => {
                    let read = |value: Value<'_, 'a>| request = Some(Request::read(value, budget));
                    request_text = value.hand_to(read).text();
                }
                "settings" => {
                    let read =
                        |value: Value<'_, 'a>| settings = Some(Settings::read(value, &problems));
                    settings_text = value.hand_to(read).text();
                }
                "time" if extras == Extras::Allowed => time = value.text(),
                "evidence" if extras == Extras::Allowed => evidence = Some(value.raw()),
                _ => value.unknown(),
            });
        });
        if depth > budget.depth {
            return Err(Reason::limit("levels of nesting in the call", budget.depth));
        }
        if !report.is_empty() {
            return Err(invalid(&report.to_string()));
        }
        let (Some(mut request), Some(settings)) = (request, settings) else {
            return Err(invalid("expected `request` and `settings`"));
        };
        if request_text.len() > budget.request_bytes {
            return Err(Reason::limit("bytes in the request", budget.request_bytes));
        }
        if settings_text.len() > budget.settings_bytes {
            return Err(Reason::limit(
                "bytes in the settings",
                budget.settings_bytes,
            ));
        }
        if let (Ok(request), Some(settings), true) = (&mut request, &settings, problems.is_empty())
        {
            request.read_object(&settings.workloads, budget);
        }
        let time = time
            .map(|time| Time::parse(&time))
            .transpose()
            .map_err(|error| invalid(&alloc::format!("`time`: {error}")))?;
        Ok(Self {
            request,
            settings,
            problems,
            time,
            evidence,
        })
    }
}

/// Decides on one request.
///
/// The request is untrusted; the settings are the administrator's. Equal calls at the same time with the same
/// answers to lookups have equal Decisions. A time or evidence in the call replaces `clock` or `lookup`. The
/// clock is read at most once: by the first setting with a date that may apply to an image, or else when evidence
/// is verified, after all lookups.
#[inline(never)] // see docs/performance.md#stack
pub fn decide(
    call: &Call<'_>,
    clock: Clock<'_>,
    lookup: &mut dyn Lookup,
    budget: &Budget,
) -> Decision {
    let report = &call.problems;
    let settings = call.settings.as_deref().filter(|_| report.is_empty());
    let decision = settings.map(|settings| {
        let judged = match call
            .evidence
            .map(|raw| Supplied::read(raw, CALL))
            .transpose()
        {
            Ok(None) => judge(settings, call, clock, lookup, budget, report),
            Ok(Some(mut supplied)) => judge(settings, call, clock, &mut supplied, budget, report),
            Err(problem) => Err(Reason::new(Code::CallInvalid, problem)),
        };
        judged.unwrap_or_else(|reason| Decision::refused(reason, settings.contact.as_deref()))
    });
    // Problems of the settings found during evaluation override the Decision.
    match decision {
        Some(mut decision) if report.is_empty() => {
            if let Some(time) = call.time {
                let message = alloc::format!("Evaluated as of {time}, given by the call");
                let warning = Reason::new(Code::ClockOverridden, message);
                decision.warnings.push(warning);
            }
            decision
        }
        _ => Decision::unsettled(report, &report.first(MAX_PROBLEMS), report.total()),
    }
}

fn judge(
    settings: &Settings<'_>,
    call: &Call<'_>,
    clock: Clock<'_>,
    lookup: &mut dyn Lookup,
    budget: &Budget,
    report: &Report,
) -> Result<Decision, Reason> {
    let request = call.request.as_ref().map_err(Clone::clone)?;
    if request.operation == Operation::Exempt {
        return Ok(not_checked());
    }
    if request.is_without_images() {
        return Ok(no_images(request));
    }
    let may_grow = settings.unchanged_images == UnchangedImages::Skip;
    let workload = match request.workload(&settings.workloads) {
        Err(_) if request.is_unread_and_unchanged(&settings.workloads, may_grow) => {
            return Ok(unchanged(request));
        }
        workload => workload?,
    };
    if workload.pods.is_empty() {
        return Ok(no_images(request));
    }
    if workload.origin == Origin::Controller && settings.pod_templates == PodTemplates::Ignore {
        return Ok(not_a_pod(request));
    }
    let now = Now::new(call.time, clock);
    let mut warnings = Vec::new();
    let mut images = images::list(
        settings,
        request,
        workload,
        budget,
        report,
        &mut warnings,
        &now,
    );
    let marks = break_glass::read(&settings.break_glass, request, workload, &mut warnings);
    let object = (request, workload);
    let images_and_budget = (&*images, budget);
    let mut documents = Documents::plan(settings, object, images_and_budget, marks, &now, report)?;
    documents.make_room(&images, budget)?;
    let mut lookups = Lookups::new(lookup, budget);
    if settings.resolve_tags {
        resolve::resolve(settings, &documents, &mut images, &mut lookups, budget)?;
        // A resolved digest may be revoked.
        if images.iter().any(|image| image.resolved_digest().is_some()) {
            images::refuse_denied(settings, &mut images, &now, &mut warnings, report);
        }
    }
    if settings.index_policy == IndexPolicy::Platforms {
        index::list(settings, &documents, &mut images, &mut lookups, budget)?;
        // A listed image may be revoked.
        if images.iter().any(|image| !image.listed().is_empty()) {
            images::refuse_denied(settings, &mut images, &now, &mut warnings, report);
        }
    }
    let wanted = documents.wanted(&images);
    let (mut evidence, mut time) = (Evidence::default(), None);
    // Only images that need evidence need the clock: keys and scans are the only dated inputs.
    if !wanted.is_empty() {
        let is_all_due = documents.needs_all_evidence();
        evidence = Evidence::collect(
            settings,
            workload,
            &wanted,
            &mut lookups,
            is_all_due,
            budget,
        )
        .map_err(|exceeded| images::too_much(&images, exceeded))?;
        time = now.get();
    }
    let results = documents.judge(&images, evidence, settings, time, budget, report);
    let object = request.object_text();
    let decision = conclude::conclude(images, results, &documents, settings, warnings, object);
    Ok(Decision {
        pods: workload.pods.iter().map(describe).collect(),
        ..decision
    })
}

fn describe(pod: &Pod<'_>) -> PodDecision {
    PodDecision {
        field: pod.path.clone(),
        service_account: pod.service_account.to_string(),
    }
}

#[cold]
fn not_checked() -> Decision {
    let message = "DELETE and CONNECT requests start no container";
    Decision::admitted(Reason::new(Code::OperationNotChecked, message))
}

#[cold]
fn no_images(request: &Request<'_>) -> Decision {
    let kind = crate::quote(&request.kind);
    let message = alloc::format!("This object of kind {kind} has no images");
    Decision::admitted(Reason::new(Code::NoImages, message))
}

#[cold]
fn unchanged(request: &Request<'_>) -> Decision {
    let kind = crate::quote(&request.kind);
    let message = alloc::format!(
        "This object of kind {kind} cannot be parsed, and the update does not change it"
    );
    Decision::admitted(Reason::new(Code::UnchangedObject, message))
}

#[cold]
fn not_a_pod(request: &Request<'_>) -> Decision {
    let message = alloc::format!(
        "{} is admitted; the Pods it creates are checked",
        request.kind
    );
    Decision::admitted(Reason::new(Code::NotAPod, message))
}
