//! Reports of evaluated objects.

use super::{Finding, Item, Level, Report, Sums, without_result};
use crate::audit::{Audit, Judged, Outcome};
use crate::decision::Response;
use crate::emit::audit::{grouped, namespace, summary};
use crate::inputs::lines::Lines;
use crate::judge::Evaluated;
use crate::problems::Problems;

/// The report of `evaluate`; `problems` are those of objects and files without a result.
pub(crate) fn evaluated(answers: &[Evaluated], problems: &Problems) -> Report {
    let mut lines = Lines::default();
    let items: Vec<_> = answers
        .iter()
        .map(|Evaluated { request, answer }| match answer.decision() {
            Ok(decision) => item(&Judged::new(request, decision), false, &mut lines),
            Err(response) => {
                let judged = Judged::new(request, &response.outcome());
                let mut item = item(&judged, false, &mut lines);
                item.findings.extend(own(response, &item));
                item
            }
        })
        .collect();
    let admitted = answers.iter().filter(|one| one.is_admitted()).count();
    let denied = answers.len().saturating_sub(admitted);
    let mut notes = Vec::new();
    without_result(&mut notes, problems);
    Report {
        title: "countersign evaluate",
        noun: "object",
        summary: format!("{admitted} admitted, {denied} denied"),
        sums: Vec::new(),
        items,
        notes,
    }
}

/// The message of a policy that returns no Decision, if it denies.
fn own(response: &Response, item: &Item) -> Option<Finding> {
    (!response.is_admitted()).then(|| Finding {
        level: item.level,
        code: String::new(),
        message: response.message().to_owned(),
        image: String::new(),
        position: item.position,
    })
}

/// The report of `audit`: the objects with findings. `is_strict` if one that only dry run or break-glass admits makes
/// the run fail.
pub(crate) fn audited(
    audit: &Audit,
    is_strict: bool,
    passed_over: usize,
    problems: &Problems,
) -> Report {
    let mut lines = Lines::default();
    let listed = audit.objects.iter();
    let items = listed.map(|judged| item(judged, is_strict, &mut lines));
    let items: Vec<_> = items.collect();
    let mut notes = Vec::new();
    let admitted = audit.summary.admitted;
    if admitted > 0 {
        notes.push((Level::Passed, format!("{} admitted", grouped(admitted))));
    }
    let omitted = audit.omitted().objects;
    if omitted > 0 {
        let text = format!(
            "{} more objects are not listed; raise --limit",
            grouped(omitted)
        );
        let is_failed = is_strict || audit.summary.is_denied();
        let level = if is_failed {
            Level::Failure
        } else {
            Level::Warning
        };
        notes.push((level, text));
    }
    without_result(&mut notes, problems);
    Report {
        title: "countersign audit",
        noun: "object",
        summary: summary(&audit.summary, passed_over),
        sums: vec![reasons(audit)],
        items,
        notes,
    }
}

/// The counts by namespace, outcome and reason.
fn reasons(audit: &Audit) -> Sums {
    let rows = audit.rows().map(|(row, tally)| {
        let counts = [grouped(tally.objects), grouped(tally.images())];
        let texts = [
            namespace(&row.namespace).to_owned(),
            row.outcome.to_string(),
            row.reason.clone(),
        ];
        texts.into_iter().chain(counts).collect()
    });
    Sums {
        head: vec!["namespace", "outcome", "reason", "objects", "images"],
        rows: rows.collect(),
    }
}

fn item(judged: &Judged, is_strict: bool, lines: &mut Lines) -> Item {
    let mut position = |field: &str| lines.position(&judged.source, &judged.place, field);
    let findings = judged.findings.iter().map(|finding| Finding {
        level: level(finding.outcome, is_strict).min(level(judged.outcome, is_strict)),
        code: finding.reason.clone(),
        message: finding.message.clone(),
        image: finding.image.clone().unwrap_or_default(),
        position: position(finding.field.as_deref().unwrap_or_default()),
    });
    let findings = findings.collect();
    Item {
        title: judged.title.clone(),
        file: judged.source.clone(),
        position: position(""),
        outcome: words(judged.outcome).to_owned(),
        level: level(judged.outcome, is_strict),
        findings,
    }
}

/// The level of an outcome; `is_strict` as for [`audited`].
pub(in crate::emit) const fn level(outcome: Outcome, is_strict: bool) -> Level {
    match outcome {
        Outcome::Error => Level::Error,
        Outcome::Denied => Level::Failure,
        Outcome::DryRun | Outcome::BreakGlass if is_strict => Level::Failure,
        Outcome::DryRun | Outcome::BreakGlass => Level::Warning,
        Outcome::Admitted => Level::Passed,
    }
}

pub(in crate::emit) const fn words(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Denied => "denied",
        Outcome::Error => "denied by an error",
        Outcome::DryRun => "admitted by dry run",
        Outcome::BreakGlass => "admitted with break-glass",
        Outcome::Admitted => "admitted",
    }
}
