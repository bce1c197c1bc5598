//! The page of `audit`: namespaces by reason, objects, images with where they run, and attestations.

use alloc::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use super::report::unique;
use super::{Column, Jump, Level, Page, Stat, Table};
use crate::audit::{Audit, Finding, Judged, Outcome, Running};
use crate::emit::audit::{Report, grouped, namespace, summary};
use crate::emit::report::{level, without_result, words};
use crate::problems::Problems;
use crate::terminal::shown;

const OBJECTS: &str = "Objects";
const OUTCOME: &str = "Outcome";
const NAMESPACE: &str = "Namespace";
const REASONS: &str = "Reasons";

/// Writes the page; `problems` are those of objects and files without a result.
pub(crate) fn audit(
    out: &mut dyn Write,
    report: &Report<'_>,
    problems: &Problems,
) -> io::Result<()> {
    let audit = report.audit;
    let passed_over = report.passed_over.counts().values().sum();
    let mut notes = Vec::new();
    without_result(&mut notes, problems);
    let settings = format!("settings: {}", shown(report.settings));
    notes.push((Level::Passed, settings));
    let time = match (report.time, report.made) {
        (Some(time), _) => Some(format!("evaluated as of {time}")),
        (None, Some(time)) => Some(format!("evaluated at {time}")),
        (None, None) => None,
    };
    notes.extend(time.map(|time| (Level::Passed, time)));
    if audit.summary.owned > 0 {
        let owned = grouped(audit.summary.owned);
        let text =
            format!("{owned} of the objects belong to a controller, which is counted as well");
        notes.push((Level::Passed, text));
    }
    let page = Page {
        title: "countersign audit".to_owned(),
        summary: summary(&audit.summary, passed_over),
        stats: stats(audit),
        notes,
        tables: vec![
            namespaces(audit),
            objects(audit),
            images(audit),
            attestations(audit),
        ],
    };
    super::write(out, &page)
}

/// The outcomes that have objects.
fn stats(audit: &Audit) -> Vec<Stat> {
    let summary = &audit.summary;
    let stats = [
        (summary.refused, Outcome::Denied),
        (summary.errors, Outcome::Error),
        (summary.dry_run, Outcome::DryRun),
        (summary.break_glass, Outcome::BreakGlass),
        (summary.admitted, Outcome::Admitted),
    ];
    let stats = stats.into_iter().filter(|(count, _)| *count > 0);
    let stats = stats.map(|(count, outcome)| {
        let jump = Jump {
            table: OBJECTS,
            set: vec![(OUTCOME, words(outcome).to_owned())],
            copy: Vec::new(),
        };
        Stat {
            text: format!("{} {}", grouped(count), words(outcome)),
            level: level(outcome, false),
            // Admitted objects are not listed.
            jump: (outcome != Outcome::Admitted).then_some(jump),
        }
    });
    stats.collect()
}

/// The number of objects for each namespace, outcome and reason.
fn namespaces(audit: &Audit) -> Table {
    let mut places: BTreeSet<(&str, Outcome)> = BTreeSet::new();
    let mut reasons: BTreeMap<&str, BTreeMap<(&str, Outcome), usize>> = BTreeMap::new();
    for (row, tally) in audit.rows() {
        let place = (row.namespace.as_str(), row.outcome);
        places.insert(place);
        let counts = reasons.entry(&row.reason).or_default();
        let count = counts.entry(place).or_default();
        *count = count.saturating_add(tally.objects);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, counts)| core::cmp::Reverse(counts.values().sum::<usize>()));
    let names = places.iter().map(|(name, _)| namespace(name).to_owned());
    let outcomes = places.iter();
    let outcomes =
        outcomes.map(|(_, outcome)| (words(*outcome).to_owned(), level(*outcome, false)));
    let mut columns = vec![
        Column::text(NAMESPACE, names),
        Column::outcomes(OUTCOME, outcomes),
    ];
    for (reason, counts) in reasons {
        let counts = places
            .iter()
            .map(|place| counts.get(place).copied().unwrap_or_default());
        let jump = Jump {
            table: OBJECTS,
            set: vec![(REASONS, reason.to_owned())],
            copy: vec![NAMESPACE],
        };
        columns.push(Column::counts(reason, counts).leading_to(jump));
    }
    Table {
        name: "Namespaces",
        note: "Objects by reason against them, in the namespaces that have such objects".to_owned(),
        columns,
    }
}

/// The objects with a reason against them.
fn objects(audit: &Audit) -> Table {
    let mut objects: Vec<_> = audit.objects.iter().collect();
    objects.sort_by_key(|object| object.outcome);
    let objects = || objects.iter();
    let omitted = audit.omitted().objects;
    let with_reason = audit.objects.len().saturating_add(omitted);
    let (some, all) = (grouped(with_reason), grouped(audit.summary.objects));
    let mut note = format!("{some} of {all} objects: those with a reason against them");
    if omitted > 0 {
        let omitted = grouped(omitted);
        note.push_str(&format!(
            "; {omitted} of these are not listed; raise --limit"
        ));
    }
    let outcomes = objects().map(|one| (words(one.outcome).to_owned(), level(one.outcome, false)));
    let namespaces = objects().map(|one| namespace(&one.namespace).to_owned());
    let columns = vec![
        Column::text("Object", objects().map(|one| one.title.clone())),
        Column::outcomes(OUTCOME, outcomes),
        Column::facet(NAMESPACE, namespaces),
        Column::code("Images", objects().map(|one| one.images.join("\n"))),
        Column::list(REASONS, objects().map(|one| codes(one))),
        Column::facet("File", objects().map(|one| one.source.clone())),
        Column::details(objects().map(|one| details(one))),
    ];
    Table {
        name: OBJECTS,
        note,
        columns,
    }
}

/// All images, those of most objects first.
fn images(audit: &Audit) -> Table {
    let tallies: BTreeMap<_, _> = audit.images().into_iter().collect();
    let mut all: Vec<_> = audit.inventory.images().collect();
    all.sort_by_key(|(_, running)| core::cmp::Reverse(running.objects));
    let all = || all.iter();
    let omitted = audit.summary.images.saturating_sub(all().count());
    let note = match omitted {
        0 => String::new(),
        count => format!(
            "{} more images are not listed; raise --limit",
            grouped(count)
        ),
    };
    let reasons = all().map(|(name, _)| {
        let reasons = tallies.get(name).map(|tally| tally.reasons.iter());
        unique(reasons.into_iter().flatten().map(|(_, code)| code.as_str()))
    });
    let columns = vec![
        Column::code("Image", all().map(|(name, _)| (*name).to_owned())),
        Column::counts("Objects", all().map(|(_, running)| running.objects)),
        Column::text("Namespaces", all().map(|(_, running)| places(running))),
        Column::list(REASONS, reasons),
        Column::list("Attested by", all().map(|(_, running)| attestors(running))),
    ];
    Table {
        name: "Images",
        note,
        columns,
    }
}

/// Every attestation that counts.
fn attestations(audit: &Audit) -> Table {
    let all = audit.inventory.images();
    let rows: Vec<_> = all
        .flat_map(|(name, running)| running.attested.iter().map(move |one| (name, running, one)))
        .collect();
    let rows = || rows.iter();
    let columns = vec![
        Column::code("Image", rows().map(|(name, ..)| (*name).to_owned())),
        Column::facet(
            "Attestor",
            rows().map(|(_, _, attested)| attested.attestor.clone()),
        ),
        Column::code(
            "Key or identity",
            rows().map(|(_, _, attested)| attested.by.clone()),
        ),
        Column::facet(
            "From",
            rows().map(|(_, _, attested)| attested.source.clone()),
        ),
        Column::counts("Objects", rows().map(|(_, running, _)| running.objects)),
    ];
    Table {
        name: "Attestations",
        note: String::new(),
        columns,
    }
}

/// The reasons against an object in words.
fn details(object: &Judged) -> String {
    let mut place = None;
    let mut lines = Vec::new();
    for finding in &object.findings {
        let Finding {
            image,
            field,
            outcome,
            reason,
            message,
        } = finding;
        if place != Some((image, field)) && field.is_some() {
            let image = image.as_deref().unwrap_or("(no image)");
            lines.push(format!(
                "{image} at {}",
                field.as_deref().unwrap_or_default()
            ));
        }
        place = Some((image, field));
        let mode = if *outcome == object.outcome {
            String::new()
        } else {
            format!("{outcome}: ")
        };
        lines.push(format!("  {mode}{reason}: {message}"));
    }
    lines.join("\n")
}

fn codes(object: &Judged) -> String {
    unique(
        object
            .findings
            .iter()
            .map(|finding| finding.reason.as_str()),
    )
}

/// `production (12)`, a line for each namespace
fn places(running: &Running) -> String {
    let places = running.namespaces.iter();
    let places: Vec<_> = places
        .take(MOST)
        .map(|(name, count)| format!("{} ({})", namespace(name), grouped(*count)))
        .collect();
    let left = running.namespaces.len().saturating_sub(places.len());
    let more = match left {
        0 => String::new(),
        left => format!("\nand {left} more"),
    };
    places.join("\n") + &more
}

/// Maximum number of namespaces of an image
const MOST: usize = 10;

/// The last parts of the attestors' names.
fn attestors(running: &Running) -> String {
    let names = running.attested.iter();
    unique(names.map(|one| one.attestor.rsplit('/').next().unwrap_or_default()))
}
