//! The order in which a request is judged. Each step refuses, admits, or leaves images for the next.
//!
//! 1. Settings that cannot be used refuse everything.
//! 2. DELETE and CONNECT bring nothing in, nor do kinds that name no image.
//! 3. The object is read; what cannot be read is refused.
//! 4. Every image must be there and be a reference.
//! 5. On UPDATE, what was in the same place before stays, readable or not; then revoked digests are
//!    refused.
//! 6. Each policy document is asked which images are exempt and which rule or check set applies to
//!    each Pod ([`singleton`], [`platform`]); tags that have to be known are resolved, once
//!    ([`resolve`]); evidence is gathered for what the rules and checks want to know, and judged.
//! 7. Verdicts of all documents are folded. Dry run and break-glass may admit what step 6 refused, and nothing else ([`conclude`]).
//! 8. In an object that is admitted, verified digests stand in place of resolved tags ([`pin`]).

mod break_glass;
mod check;
mod conclude;
mod documents;
mod images;
mod pin;
mod platform;
mod resolve;
mod singleton;

use alloc::boxed::Box;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use documents::Documents;

use crate::Budget;
use crate::decision::{Code, Decision, PodDecision, Reason};
use crate::evidence::{Evidence, Lookup, Lookups, Supplied};
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::request::{Operation, Origin, Pod, Request};
use crate::settings::{PodTemplates, Settings, UnchangedImages};
use crate::time::{Clock, Time};

/// One question: a request, and the settings to judge it by
#[derive(Debug)]
pub struct Call<'a> {
    /// Or why it is none
    request: Result<Request<'a>, Reason>,
    /// `None` where there is nothing to go by
    settings: Option<Box<Settings<'a>>>,
    /// What is wrong with them
    problems: Report,
    /// The call's own, which stands above the host's
    time: Option<Time>,
    evidence: Option<Raw<'a>>,
}

/// What a call may contain besides request and settings
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extras {
    /// `time` and `evidence`: for tests, replays and whoever has no host to ask
    Allowed,
    /// Nothing: an engine's calls take both from the host
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
    /// Reads `{"request": …, "settings": …, "time": …, "evidence": …}` up to what only some requests need;
    /// the last two may be missing. What is wrong with object and settings is told by [`decide`].
    ///
    /// # Errors
    ///
    /// `call-invalid`: not that JSON object. `limit-exceeded`: a part is too long, or nested too
    /// deeply.
    #[inline(never)] // what judging has on the stack is not there yet
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

/// Judges one request.
///
/// The request is hostile; the settings are the administrator's. The same call at the same time, with
/// the same answers to its lookups, always has the same decision. A call that brings its own time or
/// evidence is judged by that, and not by what `clock` or `lookup` would say. The clock is asked once, where
/// evidence is judged, and after all of it has been looked up.
#[inline(never)] // what parsing had on the stack is gone by then
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
        judged.unwrap_or_else(Decision::refused)
    });
    // What was found wrong with the settings on the way stands above what was decided by them.
    match decision {
        Some(mut decision) if report.is_empty() => {
            if let Some(time) = call.time {
                let message = alloc::format!("Judged as of {time}, as the call says");
                let warning = Reason::new(Code::ClockOverridden, message);
                decision.warnings.push(warning);
            }
            decision
        }
        _ => {
            let message = alloc::format!("The settings are not valid: {report}");
            Decision::refused(Reason::new(Code::SettingsInvalid, message))
        }
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
    let mut warnings = Vec::new();
    let mut images = images::list(settings, request, workload, budget, report, &mut warnings);
    let marks = break_glass::read(&settings.break_glass, request, workload, &mut warnings);
    let mut documents = Documents::plan(settings, request, workload, &images, marks, report)?;
    documents.make_room(&images, budget)?;
    let mut lookups = Lookups::new(lookup, budget);
    if settings.resolve_tags {
        resolve::resolve(
            settings,
            &documents,
            &mut images,
            &mut lookups,
            budget,
            report,
        )?;
    }
    let wanted = documents.wanted(&images);
    let (mut evidence, mut now) = (Evidence::default(), None);
    // Whatever has a date is judged only for an image about which something has to be known.
    if !wanted.is_empty() {
        let is_all_due = documents.weigh_evidence();
        evidence = Evidence::collect(
            settings,
            workload,
            &wanted,
            &mut lookups,
            is_all_due,
            budget,
        )
        .map_err(|exceeded| images::too_much(&images, exceeded))?;
        now = call.time.or_else(clock);
    }
    let results = documents.judge(&images, evidence, settings, now, budget, report);
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
    let message = "Deletions and connections bring in no image";
    Decision::admitted(Reason::new(Code::OperationNotChecked, message))
}

#[cold]
fn no_images(request: &Request<'_>) -> Decision {
    let kind = crate::quote(&request.kind);
    let message = alloc::format!("This object of kind {kind} names no image");
    Decision::admitted(Reason::new(Code::NoImages, message))
}

#[cold]
fn unchanged(request: &Request<'_>) -> Decision {
    let kind = crate::quote(&request.kind);
    let message = alloc::format!(
        "This object of kind {kind} cannot be read, and it is as it was before the update"
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
