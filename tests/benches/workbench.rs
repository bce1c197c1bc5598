//! What the workbench adds to the work that cannot be avoided: a thousand cases beside the same calls of
//! the module, a thousand linted policies beside reading and validating them, a thousand audited objects
//! beside the same calls. Both are measured in turns
//! in one process, so that the ratio is what counts; above its bound the bench fails.

use std::convert::Infallible;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use host_runner::Exit;
use host_runner::cli::Cli;
use host_runner::engine::{Abi, Engine, Limits, Operation, embedded};
use host_runner::inputs;
use host_runner::measure::{Work, in_turns};
use host_runner::suite::{CaseResult, Loaded, Runner};
use policy_lint::{Config, SourceFile, lint};
use policy_wasm::Budget;
use serde_json::{Value, json};

const MANY: usize = 1_000;
const ROUNDS: usize = 7;

fn main() -> ExitCode {
    // `cargo test` only wants to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return ExitCode::SUCCESS;
    }
    let all = [cases(), files(), objects()];
    if all.iter().all(|is_within| *is_within) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A suite is read, its attestations are signed, and its cases run on all cores; the bare calls are made
/// one after the other.
fn cases() -> bool {
    let policy = root().join("policies/require-attestation/policy.yaml");
    let folder = tempfile::tempdir().unwrap();
    let mut text = format!(
        "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: {}
time: 2026-06-15T12:00:00Z
images: {{web: registry.example/shop/web@digest}}
signers: {{build: {{standsFor: projects/example/attestors/build}}}}
cases:
",
        policy.display()
    );
    for index in 0..MANY {
        text.push_str(&format!(
            "  - name: case {index}
    request: {{namespace: production, images: [web]}}
    attestations: [{{by: build, image: web}}]
    expect: {{outcome: admitted, reasons: [attested]}}
"
        ));
    }
    let path = folder.path().join("tests.yaml");
    fs::write(&path, text).unwrap();

    let engine = Engine::new(Limits::default()).unwrap();
    let module = engine.load(embedded(Abi::Wapc)).unwrap();
    // One attested image too, with the attestation in the settings.
    let settings = inputs::settings(&policy).unwrap();
    let image = format!("registry.example/shop/web@sha256:{}", "1".repeat(64));
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "production"},
        "spec": {"containers": [{"name": "web", "image": image}]},
    });
    let request = json!({
        "uid": "u", "operation": "CREATE", "namespace": "production", "name": "web",
        "kind": {"group": "", "version": "v1", "kind": "Pod"}, "object": pod,
    });
    let call = json!({"request": request, "settings": settings}).to_string();
    let decision = module.call(Operation::Decide, call.as_bytes()).unwrap();
    let decision: Value = serde_json::from_slice(&decision).unwrap();
    assert_eq!(decision["allowed"], true, "{decision:#}");

    let bare = || {
        for _ in 0..MANY {
            module.call(Operation::Decide, call.as_bytes()).unwrap();
        }
    };
    let suite = || {
        let loaded = [Loaded::open(&path).unwrap()];
        let chosen: Vec<_> = (0..MANY).map(|case| (0, case)).collect();
        let results = Runner::new(&module).run(&loaded, &chosen, |_| {});
        assert!(results.len() == MANY && results.iter().all(CaseResult::is_as_expected));
    };
    compare("1,000 cases", "1,000 bare calls", 1.5, suite, bare)
}

fn files() -> bool {
    let folders = fs::read_dir(root().join("policies")).unwrap();
    let mut policies: Vec<_> = folders
        .map(|entry| entry.unwrap().path().join("policy.yaml"))
        .filter(|path| path.exists())
        .collect();
    policies.sort();
    let texts: Vec<_> = policies
        .iter()
        .map(|path| fs::read_to_string(path).unwrap())
        .collect();
    let files: Vec<_> = (0..MANY)
        .map(|index| {
            SourceFile::new(
                format!("policy-{index}.yaml"),
                texts[index % texts.len()].clone(),
            )
        })
        .collect();
    let linting = || {
        let report = lint(&files, &Config::default());
        assert_eq!(report.documents, MANY);
    };
    let validating = || {
        for file in &files {
            let documents = file.parse(0).unwrap();
            let settings = documents[0].to_json().to_string();
            let problems = policy_wasm::validate_settings(settings.as_bytes(), &Budget::DEFAULT);
            assert!(problems.is_empty());
        }
    };
    compare(
        "1,000 linted policies",
        "1,000 validated policies",
        2.0,
        linting,
        validating,
    )
}

/// A dump is read object by object and judged on all cores; the bare calls are made one after the other.
fn objects() -> bool {
    let settings_path = root().join("policies/require-attestation/policy.yaml");
    let settings = inputs::settings(&settings_path).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let image = format!("registry.example/shop/web@sha256:{}", "1".repeat(64));
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "production"},
        "spec": {"containers": [{"name": "web", "image": image}]},
        "status": {"message": "x".repeat(4000)},
    });
    let list = json!({"apiVersion": "v1", "items": vec![&pod; MANY], "kind": "List"});
    fs::write(at("dump.json"), format!("{list:#}")).unwrap();
    let request = json!({
        "uid": "u", "operation": "CREATE", "namespace": "production", "name": "web",
        "kind": {"group": "", "version": "v1", "kind": "Pod"}, "object": pod,
    });
    let call = json!({"request": request, "settings": settings}).to_string();
    let bare = || {
        let engine = Engine::new(Limits::default()).unwrap();
        let module = engine.load(embedded(Abi::Wapc)).unwrap();
        for _ in 0..MANY {
            module.call(Operation::Decide, call.as_bytes()).unwrap();
        }
    };
    let format = format!("json={}", at("report.json"));
    let (dump, settings) = (at("dump.json"), settings_path.display().to_string());
    let arguments = [
        "countersign",
        "audit",
        "--settings",
        &settings,
        "--format",
        &format,
        &dump,
    ];
    let audit = || {
        let cli = Cli::try_parse_from(arguments).unwrap();
        assert_eq!(host_runner::run(&cli), Exit::Yes);
    };
    compare(
        "1,000 audited objects",
        "loading a module, and 1,000 bare calls",
        1.5,
        audit,
        bare,
    )
}

/// Runs both in turns and prints the medians; whether their ratio is within the bound.
fn compare(name: &str, base_name: &str, bound: f64, work: impl Fn(), base: impl Fn()) -> bool {
    let measured = |run: &dyn Fn()| {
        run();
        Ok::<_, Infallible>(())
    };
    let works: &mut [&mut Work<'_, Infallible>] =
        &mut [&mut || measured(&base), &mut || measured(&work)];
    let Ok(times) = in_turns(works, 0, ROUNDS, &|| {});
    let [base, work] = [0, 1].map(|index| times[index].percentile(50));
    let ratio = work.as_secs_f64() / base.as_secs_f64();
    let verdict = if ratio <= bound { "within" } else { "ABOVE" };
    println!(
        "{name}: {work:.0?}; {base_name}: {base:.0?}; ratio {ratio:.2}, {verdict} the bound {bound}"
    );
    ratio <= bound
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}
