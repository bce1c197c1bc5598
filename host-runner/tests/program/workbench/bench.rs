//! `countersign bench` as a user runs it. What it measures is another thing on every run; what it says
//! about that is not.

use std::fs;

use serde_json::{Value, json};

use crate::program::{countersign, file, run};

const BENCH: &str = "bench --settings policies/pipeline/policy.yaml --count 3 --warm-up 0 \
                     policies/pipeline/fixtures/qa-built.yaml";

#[test]
fn a_policy_is_measured_beside_modules_that_do_nothing() {
    let (stdout, _) = run(BENCH, "", 0);
    for line in [
        "Deployment qa/web of `policies/pipeline/fixtures/qa-built.yaml`",
        "  always admits  ",
        "  skips the JSON  ",
        "  the policy  ",
        "  the policy, native  ",
        "  admitted; fuel ",
        " MiB",
    ] {
        assert!(stdout.contains(line), "lacks {line:?}:\n{stdout}");
    }
}

#[test]
fn another_module_is_measured_in_the_same_turns() {
    let beside = format!("{BENCH} --beside host-runner/src/engine/no-op.wasm");
    let (stdout, _) = run(&beside, "", 0);
    assert!(stdout.contains("  the other module  "), "{stdout}");
    let (stdout, _) = run(&format!("{beside} --format json"), "", 0);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_ne!(report["beside"]["digest"], report["module"]["digest"]);
    let [case] = report["cases"].as_array().unwrap().as_slice() else {
        panic!("{stdout}");
    };
    for timing in ["native", "beside"] {
        assert!(case[timing]["p50"].is_number(), "{timing}: {stdout}");
    }

    // A command starts otherwise.
    let command = "(module (memory (export \"memory\") 1) (func (export \"_start\")))";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("command.wasm");
    fs::write(&path, wat::parse_str(command).unwrap()).unwrap();
    let (_, stderr) = run(&format!("{BENCH} --beside {}", path.display()), "", 2);
    assert!(stderr.contains("only waPC modules"), "{stderr}");
}

#[test]
fn what_became_worse_is_a_regression() {
    let (folder, before) = file("before.json", "");
    let saved = format!("{BENCH} --save {} --format json", before.display());
    let (stdout, _) = run(&saved, "", 0);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(
        report,
        serde_json::from_str::<Value>(&fs::read_to_string(&before).unwrap()).unwrap()
    );

    // Fuel and memory are the same in every run; the time of three runs is anything.
    let compare = format!("{BENCH} --compare {} --min-threshold 1e9", before.display());
    let (stdout, _) = run(&compare, "", 0);
    assert!(stdout.ends_with("; 1 of 1 request compared)\n"), "{stdout}");
    assert!(
        stdout.contains("✓ fuel") && stdout.contains("(+0.0 %)"),
        "{stdout}"
    );

    let mut better = report.clone();
    let fuel = report["cases"][0]["fuel"].as_u64().unwrap();
    better["cases"][0]["fuel"] = json!(fuel / 2);
    fs::write(&before, better.to_string()).unwrap();
    let compared = folder.path().join("compared.json");
    let both = format!(
        "{compare} --format human --format json={}",
        compared.display()
    );
    let (stdout, _) = run(&both, "", 1);
    assert!(
        stdout.contains("✗ fuel") && stdout.contains("1 regression (by more"),
        "{stdout}"
    );
    let compared_report: Value =
        serde_json::from_str(&fs::read_to_string(&compared).unwrap()).unwrap();
    let changes = &compared_report["cases"][0]["changes"];
    assert_eq!(changes[1]["metric"], "fuel");
    assert_eq!(changes[1]["verdict"], "regression");
    assert_eq!(changes[2]["verdict"], "fine");
    // What is compared can be a baseline, too.
    let again = format!(
        "{BENCH} --compare {} --min-threshold 1e9",
        compared.display()
    );
    run(&again, "", 0);
    run(&format!("{compare} --threshold 200"), "", 0);

    better["engine"] = json!("wasmtime 45.0.0");
    fs::write(&before, better.to_string()).unwrap();
    let (_, stderr) = run(&format!("{compare} --threshold 200"), "", 0);
    let expected = "is from wasmtime 45.0.0, and this engine is wasmtime 48.";
    assert!(stderr.contains(expected), "{stderr}");

    better["cases"] = json!([]);
    fs::write(&before, better.to_string()).unwrap();
    let (_, stderr) = run(&compare, "", 2);
    assert!(
        stderr.contains("none of these requests is in the report"),
        "{stderr}"
    );
    drop(folder);
}

#[test]
fn what_cannot_be_measured_is_said() {
    let (_folder, path) = file("report.json", "{\"kind\": \"BenchReport\"}");
    for (more, expected) in [
        (
            format!("--compare {}", path.display()),
            "is not a report from `bench --save`",
        ),
        (
            "--compare nowhere.json".to_owned(),
            "cannot read `nowhere.json`",
        ),
        (
            "--time 2026-01-01T00:00:00Z".to_owned(),
            "--time cannot be used with bench",
        ),
        ("--threshold 5".to_owned(), "--compare"),
        ("--abi wasi".to_owned(), "bench measures only waPC modules"),
        (
            "--compare report.json --threshold nan".to_owned(),
            "expected a number of at least 0",
        ),
    ] {
        let output = countersign(&format!("{BENCH} {more}"), "");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{more}: {stderr}");
        assert!(stderr.contains(expected), "{more}: {stderr}");
    }
}
