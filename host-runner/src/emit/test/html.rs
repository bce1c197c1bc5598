//! HTML: the results, the coverage, and the changes that no case detects.

use std::io::{self, Write};

use super::{Tested, report};
use crate::emit::html::{self, Column, Table};
use crate::emit::report::Level;

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    let mut page = html::of_report(&report::report(tested));
    page.tables.extend(coverage(tested));
    page.tables.extend(mutants(tested));
    html::write(out, &page)
}

fn coverage(tested: &Tested) -> Option<Table> {
    let all = tested.coverage.iter();
    let rows = || {
        let all = tested.coverage.iter();
        all.flat_map(|one| one.parts.iter().map(move |part| (&one.settings, part)))
    };
    let sums: Vec<_> = all
        .map(|one| {
            let (exercised, parts) = (one.exercised(), one.parts.len());
            let (settings, percent) = (&one.settings, one.percent());
            format!("{settings}: {percent} %, {exercised} of {parts} parts")
        })
        .collect();
    let outcomes = rows().map(|(_, part)| match part.exercised {
        true => ("exercised".to_owned(), Level::Passed),
        false => ("not exercised".to_owned(), Level::Warning),
    });
    (!sums.is_empty()).then(|| Table {
        name: "Coverage",
        note: sums.join("; "),
        columns: vec![
            Column::text("Part", rows().map(|(_, part)| part.what.clone())),
            Column::outcomes("Result", outcomes),
            Column::facet("Settings", rows().map(|(settings, _)| settings.clone())),
            Column::code("Place", rows().map(|(_, part)| part.place.clone())),
        ],
    })
}

fn mutants(tested: &Tested) -> Option<Table> {
    let rows = || {
        let all = tested.mutations.iter();
        all.flat_map(|one| one.survivors.iter().map(move |left| (&one.settings, left)))
    };
    let sums: Vec<_> = tested
        .mutations
        .iter()
        .map(|one| {
            let (settings, detected, mutants) = (&one.settings, one.detected(), one.mutants);
            format!("{settings}: {detected} of {mutants} changes detected")
        })
        .collect();
    (!sums.is_empty()).then(|| Table {
        name: "Changes that no case detects",
        note: sums.join("; "),
        columns: vec![
            Column::text("Change", rows().map(|(_, survivor)| survivor.what.clone())),
            Column::facet("Settings", rows().map(|(settings, _)| settings.clone())),
            Column::code("Place", rows().map(|(_, survivor)| survivor.place.clone())),
        ],
    })
}
