//! The order in which a request is judged. Each step refuses, admits, or leaves images for the next.
//!
//! 1. Settings that cannot be used refuse everything.
//! 2. DELETE and CONNECT bring nothing in.
//! 3. The object is read; what cannot be read is refused.
//! 4. Every image must be there and be a reference.
//! 5. On UPDATE, what was in the same place before stays; then revoked digests are refused.
//! 6. The policy judges the rest ([`singleton`]): exempt, or by the rule that applies to the Pod.
//! 7. Dry run and break-glass may admit what step 6 refused, and nothing else ([`conclude`]).

mod break_glass;
mod conclude;
mod images;
mod singleton;

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::Budget;
use crate::decision::{Code, Decision, Reason};
use crate::evidence::Evidence;
use crate::json::{self, Dialect, Null, Path, Raw, Report};
use crate::request::{Layout, Operation, Origin, Request};
use crate::settings::{PodTemplates, Settings};

/// One question: a request, and the settings to judge it by
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    request: Raw<'a>,
    settings: Raw<'a>,
}

const CALL: &Dialect = &Dialect {
    malformed: Code::CallInvalid,
    unknown_field: Code::CallInvalid,
    wrong_type: Code::CallInvalid,
    duplicate_key: Code::CallInvalid,
    null: Null::Refused,
};

impl<'a> Call<'a> {
    /// Splits `{"request": …, "settings": …}`, reading neither part.
    ///
    /// # Errors
    ///
    /// `call-invalid`: not that JSON object. `limit-exceeded`: a part is too long, or nested too
    /// deeply.
    pub fn parse(bytes: &'a [u8], budget: &Budget) -> Result<Self, Reason> {
        if bytes.len() > budget.call_bytes() {
            return Err(Reason::limit("bytes in the call", budget.call_bytes()));
        }
        let invalid = |detail: &str| Reason::new(Code::CallInvalid, detail);
        let text = core::str::from_utf8(bytes).map_err(|error| invalid(&error.to_string()))?;
        if json::depth(text) > budget.depth {
            return Err(Reason::limit("levels of nesting in the call", budget.depth));
        }
        let report = Report::default();
        let (mut request, mut settings) = (None, None);
        Raw::new(text).read(CALL, Path::Root(""), &report, |value| {
            value.object(|key, value| match key {
                "request" => request = value.raw(),
                "settings" => settings = value.raw(),
                _ => value.unknown(),
            });
        });
        if !report.is_empty() {
            return Err(invalid(&report.to_string()));
        }
        let (Some(request), Some(settings)) = (request, settings) else {
            return Err(invalid("expected `request` and `settings`"));
        };
        if request.text().len() > budget.request_bytes {
            return Err(Reason::limit("bytes in the request", budget.request_bytes));
        }
        if settings.text().len() > budget.settings_bytes {
            return Err(Reason::limit(
                "bytes in the settings",
                budget.settings_bytes,
            ));
        }
        Ok(Self { request, settings })
    }
}

/// Judges one request.
///
/// The request is hostile; the settings are the administrator's. The same call always has the same
/// answer.
#[must_use]
pub fn decide(call: Call<'_>, budget: &Budget) -> Decision {
    let report = Report::default();
    let settings = Settings::read(call.settings, &report).filter(|_| report.is_empty());
    let decision = settings.map(|settings| {
        judge(&settings, call.request, budget, &report).unwrap_or_else(Decision::refused)
    });
    // What was found wrong with the settings on the way stands above what was decided by them.
    match decision {
        Some(decision) if report.is_empty() => decision,
        _ => {
            let message = alloc::format!("The settings are not valid: {report}");
            Decision::refused(Reason::new(Code::SettingsInvalid, message))
        }
    }
}

fn judge(
    settings: &Settings<'_>,
    request: Raw<'_>,
    budget: &Budget,
    report: &Report,
) -> Result<Decision, Reason> {
    let request = Request::read(request)?;
    if request.operation == Operation::Exempt {
        let message = "Deletions and connections bring in no image";
        return Ok(Decision::admitted(Reason::new(
            Code::OperationNotChecked,
            message,
        )));
    }
    let layout = Layout::of(&request.group, &request.kind, &settings.workloads)
        .ok_or_else(|| unsupported(&request))?;
    let workload = request.workload(&layout, budget)?;
    if layout.origin == Origin::Controller && settings.pod_templates == PodTemplates::Ignore {
        let message = alloc::format!(
            "{} is admitted; the Pods it creates are checked",
            request.kind
        );
        return Ok(Decision::admitted(Reason::new(Code::NotAPod, message)));
    }
    let mut warnings = Vec::new();
    let images = images::list(
        settings,
        &request,
        &layout,
        &workload,
        budget,
        report,
        &mut warnings,
    )?;
    let policy = singleton::plan(settings, &request, &workload, &images, report)?;
    let evidence = Evidence::collect(settings, policy.needs(), budget, report);
    let results = policy.judge(&images, &evidence, settings, budget);
    let marks = break_glass::read(&settings.break_glass, &request, &workload, &mut warnings);
    Ok(conclude::conclude(
        images, results, &policy, &marks, warnings,
    ))
}

fn unsupported(request: &Request<'_>) -> Reason {
    let separator = if request.group.is_empty() { "" } else { "/" };
    let kind = alloc::format!("{}{separator}{}", request.group, request.kind);
    let message = alloc::format!(
        "Objects of kind {} are not supported by this policy",
        crate::quote(&kind)
    );
    Reason::new(Code::UnsupportedObjectKind, message)
}
