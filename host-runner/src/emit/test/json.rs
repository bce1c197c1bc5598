//! JSON output: one versioned document, with equal bytes for equal suites.

use std::io::{self, Write};

use policy_lint::API_VERSION;
use policy_lint::suite::Outcome;
use serde_json::{Value, json};

use super::Tested;
use crate::suite::{Case, CaseResult, Ended};

pub(super) fn write(out: &mut dyn Write, tested: &Tested) -> io::Result<()> {
    let suites = tested.by_suite().map(|(suite, results)| {
        let cases = results
            .into_iter()
            .filter_map(|result| Some(case(tested.case(result)?.1, result)));
        let cases: Value = cases.collect();
        json!({
            "file": suite.name, "settings": crate::terminal::shown(&suite.settings_path),
            "cases": cases,
        })
    });
    let suites: Value = suites.collect();
    let mut document = json!({
        "apiVersion": API_VERSION,
        "kind": "TestReport",
        "module": {"digest": tested.module},
        "suites": suites,
        "summary": {
            "cases": tested.results.len(),
            "admitted": tested.as_expected(Outcome::Admitted),
            "denied": tested.as_expected(Outcome::Denied),
            "unexpected": tested.unexpected(),
            "failed": tested.failed(),
            "notRun": tested.left_out,
        },
    });
    if let Some(fields) = document.as_object_mut() {
        if !tested.problems.is_empty() {
            fields.insert("errors".into(), json!(tested.problems));
        }
        if !tested.coverage.is_empty() {
            let coverage = tested.coverage.iter().map(|one| {
                json!({
                    "settings": one.settings, "percent": one.percent(), "parts": one.parts,
                })
            });
            fields.insert("coverage".into(), coverage.collect());
        }
        if !tested.mutations.is_empty() {
            fields.insert("mutation".into(), json!(tested.mutations));
        }
    }
    crate::emit::json::write(out, &document)
}

fn case(case: &Case, result: &CaseResult) -> Value {
    let mut document = json!({
        "name": case.name, "line": case.line, "expected": case.expectation.outcome.name(),
    });
    let Some(fields) = document.as_object_mut() else {
        return document;
    };
    match &result.ended {
        Ended::Failed(error) => {
            fields.insert("status".into(), "failed".into());
            fields.insert("error".into(), error.as_str().into());
        }
        Ended::Decided {
            decision,
            mismatches,
        } => {
            let status = if mismatches.is_empty() {
                "as-expected"
            } else {
                "unexpected"
            };
            let outcome = result.outcome().map_or("", Outcome::name);
            fields.insert("status".into(), status.into());
            fields.insert("outcome".into(), outcome.into());
            fields.insert("enforcement".into(), decision.enforcement.as_str().into());
            fields.insert("reasons".into(), result.reasons().into());
            fields.insert("mismatches".into(), json!(mismatches));
        }
    }
    document
}
