//! The report of suites, for the formats that all reports have: a result for each case, and for each gap.

use super::{Gap, TITLE, Tested, details, sentence};
use crate::emit::report::{Finding, Item, Level, Report, Sums};
use crate::inputs::lines::START;
use crate::suite::{Case, CaseResult, Ended, Loaded};
use crate::terminal::counted;

pub(super) fn report(tested: &Tested) -> Report {
    let results = tested.results.iter();
    let cases = results
        .filter(|result| !(tested.fail_only && result.is_as_expected()))
        .filter_map(|result| {
            let (suite, case) = tested.case(result)?;
            Some(item(suite, case, result))
        });
    let gaps = tested.gaps().map(gap);
    let (all, failed) = (tested.results.len(), tested.failed());
    let unexpected = tested.unexpected();
    let passed = all.saturating_sub(failed).saturating_sub(unexpected);
    let problems = tested.problems.iter();
    Report {
        title: TITLE,
        noun: "case",
        summary: format!(
            "{}: {passed} passed, {unexpected} failed, {failed} with an error",
            counted(all, "case")
        ),
        sums: sums(tested).into_iter().collect(),
        items: cases.chain(gaps).collect(),
        notes: problems
            .map(|problem| (Level::Error, problem.clone()))
            .collect(),
    }
}

/// Coverage and detected changes of each settings file, if either was asked for.
fn sums(tested: &Tested) -> Option<Sums> {
    let coverage = tested.coverage.iter().map(|one| {
        let (exercised, all) = (one.exercised(), one.parts.len());
        let coverage = format!("{} %, {exercised} of {all} parts", one.percent());
        [one.settings.clone(), "coverage".to_owned(), coverage]
    });
    let changes = tested.mutations.iter().map(|one| {
        let (detected, all) = (one.detected(), one.mutants);
        let changes = format!("{detected} of {all} detected");
        [one.settings.clone(), "changes".to_owned(), changes]
    });
    let rows: Vec<_> = coverage.chain(changes).map(Vec::from).collect();
    (!rows.is_empty()).then(|| Sums {
        head: vec!["settings", "measure", "result"],
        rows,
    })
}

fn item(suite: &Loaded, case: &Case, result: &CaseResult) -> Item {
    let (level, outcome) = match &result.ended {
        Ended::Failed(_) => (Level::Error, "error"),
        Ended::Decided { .. } if result.is_as_expected() => (Level::Passed, "passed"),
        Ended::Decided { .. } => (Level::Failure, "failed"),
    };
    let position = policy_lint::Position {
        line: case.line,
        ..START
    };
    let finding = (level != Level::Passed).then(|| Finding {
        level,
        code: "unexpected-result".to_owned(),
        message: sentence(case, result) + &details(result),
        image: String::new(),
        position,
    });
    Item {
        title: case.name.clone(),
        file: suite.name.clone(),
        position,
        outcome: outcome.to_owned(),
        level,
        findings: finding.into_iter().collect(),
    }
}

/// A failure other than that of a case, in the settings.
fn gap(gap: Gap<'_>) -> Item {
    let Gap {
        file,
        line,
        message,
    } = gap;
    let level = Level::Failure;
    let position = policy_lint::Position { line, ..START };
    let finding = Finding {
        level,
        code: "not-tested".to_owned(),
        message,
        image: String::new(),
        position,
    };
    Item {
        title: "suites of this policy".to_owned(),
        file: file.to_owned(),
        position,
        outcome: "failed".to_owned(),
        level,
        findings: vec![finding],
    }
}
