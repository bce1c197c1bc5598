//! The report of `diff`.

use super::{Finding, Item, Level, Report, without_result};
use crate::comparison::{Change, Codes, Comparison, ImageChange, ObjectChange, Said, Unevaluated};
use crate::emit::changes::{causes, summary};
use crate::inputs::lines::Lines;
use crate::problems::Problems;

/// The report of `diff`: the objects that change. `without` is the number of problems instead of results.
pub(crate) fn changes(comparison: &Comparison, problems: &Problems) -> Report {
    let mut lines = Lines::default();
    let changes = comparison.changes.iter();
    let mut items: Vec<_> = changes.map(|change| item(change, &mut lines)).collect();
    let unevaluated = comparison.unevaluated.iter();
    items.extend(unevaluated.map(|one| not_evaluated(one, &mut lines)));
    let mut notes = Vec::new();
    without_result(&mut notes, problems);
    Report {
        title: "countersign diff",
        noun: "object",
        summary: summary(&comparison.summary),
        sums: Vec::new(),
        items,
        notes,
    }
}

fn item(change: &ObjectChange, lines: &mut Lines) -> Item {
    let mut position = |field: &str| lines.position(&change.source, &change.place, field);
    let (old, new) = (change.old.words(), change.new.words());
    let outcome = match change.change {
        Change::ReasonsOnly => format!("{new}, for other reasons"),
        _ => format!("{old} -> {new}"),
    };
    // Every listed change makes the exit status 1.
    let level = Level::Failure;
    let finding = |image: &str, message: Vec<String>, position| Finding {
        level: match change.change {
            Change::NewlyDenied => level,
            _ => Level::Warning,
        },
        code: change.change.name().to_owned(),
        message: message.join("\n"),
        image: image.to_owned(),
        position,
    };
    let of_images = change.images.iter();
    let mut findings: Vec<_> = of_images
        .map(|one| finding(&one.image, of_image(one), position(&one.field)))
        .collect();
    let place = findings.first().map(|one| one.position);
    if !change.codes.is_empty() || findings.is_empty() {
        let mut message = codes(&change.codes);
        if message.is_empty() {
            message.push(outcome.clone());
        }
        findings.insert(0, finding("", message, position("")));
    }
    Item {
        title: change.object.clone(),
        file: change.source.clone(),
        position: place.unwrap_or_else(|| position("")),
        outcome,
        level,
        findings,
    }
}

fn not_evaluated(object: &Unevaluated, lines: &mut Lines) -> Item {
    let position = lines.position(&object.source, &object.place, "");
    let finding = |code: &String| Finding {
        level: Level::Warning,
        code: code.clone(),
        message: "could not be evaluated, so a change is unknown".to_owned(),
        image: String::new(),
        position,
    };
    Item {
        title: object.object.clone(),
        file: object.source.clone(),
        position,
        outcome: "not evaluated".to_owned(),
        level: Level::Warning,
        findings: object.reasons.iter().map(finding).collect(),
    }
}

/// The verdicts of an image, the parts of the policy before and after, and the lost and gained codes.
fn of_image(change: &ImageChange) -> Vec<String> {
    let verdict = |said: &Option<Said>| match said {
        Some(said) => said.verdict.to_string(),
        None => "not evaluated".to_owned(),
    };
    let (old, new) = (verdict(&change.old), verdict(&change.new));
    let mut lines = Vec::new();
    if old != new {
        lines.push(format!("{old} -> {new}"));
    }
    let (lost, gained) = causes(change);
    lines.extend(marked(&lost, &gained));
    lines.extend(codes(&change.codes));
    if lines.is_empty() {
        lines.push("the documents apply in another order".to_owned());
    }
    lines
}

fn codes(codes: &Codes) -> Vec<String> {
    marked(&codes.lost, &codes.gained)
}

/// Lost lines and gained lines.
fn marked(lost: &[String], gained: &[String]) -> Vec<String> {
    let lost = lost.iter().map(|line| format!("- {line}"));
    let gained = gained.iter().map(|line| format!("+ {line}"));
    lost.chain(gained).collect()
}
