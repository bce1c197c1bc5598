//! Changes between two settings files, as text and as a versioned document.

use std::io::{self, Write};

use serde_json::json;

use crate::comparison::{
    Change, Codes, Comparison, ImageChange, ObjectChange, Said, Summary, Unevaluated,
};
use crate::emit::human::module_note;
use crate::terminal::{BOLD_GREEN, BOLD_RED, BOLD_YELLOW, DIM, RESET, printable};

/// Prints a `DiffReport`.
pub(crate) fn json(out: &mut dyn Write, comparison: &Comparison, digest: &str) -> io::Result<()> {
    let document = json!({
        "apiVersion": "countersign.dev/v1",
        "kind": "DiffReport",
        "module": {"digest": digest},
        "objects": comparison.changes,
        "unevaluated": comparison.unevaluated,
        "summary": comparison.summary,
    });
    super::json::write(out, &document)
}

/// Prints each change, and counts them.
pub(crate) fn human(
    out: &mut dyn Write,
    comparison: &Comparison,
    module: Option<&str>,
) -> io::Result<()> {
    for change in &comparison.changes {
        object(out, change)?;
        writeln!(out)?;
    }
    for Unevaluated {
        object,
        source,
        reasons,
        ..
    } in &comparison.unevaluated
    {
        let reasons = match reasons.as_slice() {
            [] => "denied by an error".to_owned(),
            reasons => printable(&reasons.join(", ")),
        };
        writeln!(
            out,
            "{BOLD_YELLOW}not evaluated{RESET}  {object}  {DIM}{source}{RESET}\n  {reasons}\n"
        )?;
    }
    let summary = summary(&comparison.summary);
    writeln!(out, "{summary}{}", module_note(module))
}

fn object(out: &mut dyn Write, change: &ObjectChange) -> io::Result<()> {
    let (old, new) = (change.old.words(), change.new.words());
    let colour = match change.change {
        Change::NewlyDenied => BOLD_RED,
        Change::NewlyAdmitted => BOLD_GREEN,
        Change::Otherwise | Change::ReasonsOnly => BOLD_YELLOW,
    };
    let answer = match change.change {
        Change::ReasonsOnly => format!("{new}, for other reasons"),
        _ => format!("{old} -> {new}"),
    };
    let (title, source) = (&change.object, &change.source);
    writeln!(
        out,
        "{colour}{answer}{RESET}  {title}  {DIM}{source}{RESET}"
    )?;
    codes(out, &change.codes, 1)?;
    change.images.iter().try_for_each(|one| image(out, one))
}

fn image(out: &mut dyn Write, change: &ImageChange) -> io::Result<()> {
    let (name, field) = (printable(&change.image), printable(&change.field));
    writeln!(out, "  {name}  {DIM}{field}{RESET}")?;
    let verdict = |said: &Option<Said>| match said {
        Some(said) => printable(said.verdict.as_str()),
        None => "not evaluated".to_owned(),
    };
    let (old, new) = (verdict(&change.old), verdict(&change.new));
    if old != new {
        writeln!(out, "    {old} -> {new}")?;
    }
    let (lost, gained) = causes(change);
    lines(out, lost.iter(), gained.iter(), 2)?;
    codes(out, &change.codes, 2)
}

/// The parts of the documents that apply to an image under one of the settings only: the old ones, and the new ones.
pub(super) fn causes(change: &ImageChange) -> (Vec<String>, Vec<String>) {
    let causes = |said: &Option<Said>| -> Vec<String> {
        let because = said.iter().flat_map(|said| &said.because);
        because
            .map(|cause| format!("{}: {}", cause.document, cause.by))
            .collect()
    };
    let (before, after) = (causes(&change.old), causes(&change.new));
    let only_in = |these: &[String], those: &[String]| {
        let only = these.iter().filter(|line| !those.contains(line));
        only.cloned().collect()
    };
    (only_in(&before, &after), only_in(&after, &before))
}

fn codes(out: &mut dyn Write, codes: &Codes, depth: usize) -> io::Result<()> {
    lines(out, codes.lost.iter(), codes.gained.iter(), depth)
}

/// Prints lost lines and gained lines.
fn lines<'l>(
    out: &mut dyn Write,
    lost: impl Iterator<Item = &'l String>,
    gained: impl Iterator<Item = &'l String>,
    depth: usize,
) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    for line in lost {
        writeln!(out, "{indent}{BOLD_RED}-{RESET} {}", printable(line))?;
    }
    for line in gained {
        writeln!(out, "{indent}{BOLD_GREEN}+{RESET} {}", printable(line))?;
    }
    Ok(())
}

/// `3 of 120 objects change: 2 newly denied, 1 newly admitted; 1 changes only its reasons`
pub(super) fn summary(summary: &Summary) -> String {
    let Summary {
        objects,
        changed,
        newly_denied,
        newly_admitted,
        otherwise,
        reasons_only,
        errors,
    } = summary;
    let kinds = [
        (newly_denied, "newly denied"),
        (newly_admitted, "newly admitted"),
        (otherwise, "otherwise"),
    ];
    let kinds: Vec<_> = kinds
        .iter()
        .filter(|(count, _)| **count > 0)
        .map(|(count, kind)| format!("{count} {kind}"))
        .collect();
    let kinds = if kinds.is_empty() {
        String::new()
    } else {
        format!(": {}", kinds.join(", "))
    };
    let reasons = match reasons_only {
        0 => String::new(),
        1 => "; 1 changes only its reasons".to_owned(),
        many => format!("; {many} change only their reasons"),
    };
    let errors = match errors {
        0 => String::new(),
        count => format!("; {count} could not be evaluated"),
    };
    let (noun, verb) = (
        if *objects == 1 { "object" } else { "objects" },
        if *changed == 1 { "changes" } else { "change" },
    );
    format!("{changed} of {objects} {noun} {verb}{kinds}{reasons}{errors}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_summary_counts_what_there_is() {
        let mut count = Summary {
            objects: 120,
            ..Summary::default()
        };
        assert_eq!(summary(&count), "0 of 120 objects change");
        count.changed = 3;
        (count.newly_denied, count.newly_admitted) = (2, 1);
        count.reasons_only = 1;
        assert_eq!(
            summary(&count),
            "3 of 120 objects change: 2 newly denied, 1 newly admitted; 1 changes only its reasons"
        );
    }
}
