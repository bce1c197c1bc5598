//! Tests of policies, run as `countersign test` runs them: every word that a suite can say does what it
//! says, and what a suite does not notice is found.

mod identities;
mod scaffold;

use std::fs;
use std::path::{Path, PathBuf};

use core_tests::platform::{builder, policy, scanner, slsa, uploader, vulnerability};
use core_tests::signing::{TestKey, attestor};
use host_runner::decision::Verdict;
use host_runner::engine::{Abi, Policy, embedded};
use host_runner::suite::{
    CaseResult, Coverage, Ended, LoadError, Loaded, Mutation, Runner, Survivor,
};
use policy_tests::modules;
use serde_json::{Value, json};
use tempfile::TempDir;

fn module() -> Policy {
    let engine = modules::engine();
    engine.load(embedded(Abi::Wapc)).unwrap()
}

/// Settings that look everywhere for the attestations of attestors `a` and `b`, of which the default rule
/// wants the first and namespace `both` the two.
fn settings() -> Value {
    let enforced = "ENFORCED_BLOCK_AND_AUDIT_LOG";
    let rule = |attestors: &[&str]| {
        json!({
            "evaluationMode": "REQUIRE_ATTESTATION", "enforcementMode": enforced,
            "requireAttestationsBy": attestors,
        })
    };
    json!({
        "policy": {
            "admissionWhitelistPatterns": [{"namePattern": "registry.example/exempt/*"}],
            "kubernetesNamespaceAdmissionRules": {
                "both": rule(&["projects/p/attestors/a", "projects/p/attestors/b"]),
            },
            "defaultAdmissionRule": rule(&["projects/p/attestors/a"]),
        },
        "attestors": [
            attestor("a", &[&TestKey::new("production a")]),
            attestor("b", &[&TestKey::new("production b")]),
        ],
        "evidence": {
            "podAnnotation": true, "registry": true,
            "kubernetes": {"notes": {"projects/p/notes/a": "attest-a", "projects/p/notes/b": "attest-b"}},
        },
        "registries": ["registry.example"],
        "resolveTags": true,
    })
}

const HEAD: &str = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: settings.json
time: 2026-06-15T12:00:00Z
images:
  web: registry.example/shop/web@digest
  other: registry.example/shop/other@digest
  tag: registry.example/shop/web:1
";

const SIGNERS: &str = "signers:
  a: {standsFor: projects/p/attestors/a}
  b: {standsFor: projects/p/attestors/b}
";

/// A folder with settings and a suite of these cases.
fn suite(settings: &Value, signers: &str, cases: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("settings.json"), settings.to_string()).unwrap();
    let path = folder.path().join("tests.yaml");
    fs::write(&path, format!("{HEAD}{signers}cases:\n{cases}")).unwrap();
    (folder, path)
}

fn load(path: &Path) -> Loaded {
    Loaded::open(path).unwrap_or_else(|error| match error {
        LoadError::Suite(source, problems) => panic!("{problems:#?} in\n{}", source.text()),
        LoadError::Input(error) => panic!("{error}"),
    })
}

fn run(policy: &Policy, loaded: &Loaded) -> Vec<CaseResult> {
    let chosen: Vec<_> = (0..loaded.cases.len()).map(|case| (0, case)).collect();
    Runner::new(policy).run(std::slice::from_ref(loaded), &chosen, |_| {})
}

/// Runs cases, all of which must end as they say.
#[track_caller]
fn holds(settings: &Value, signers: &str, cases: &str) {
    let (_folder, path) = suite(settings, signers, cases);
    let loaded = load(&path);
    for result in run(&module(), &loaded) {
        let name = &loaded.cases[result.case].name;
        match &result.ended {
            Ended::Failed(error) => panic!("{name}: {error}"),
            Ended::Decided {
                decision,
                mismatches,
            } => assert!(
                mismatches.is_empty(),
                "{name}: {mismatches:#?}\n{decision:#?}"
            ),
        }
    }
}

#[test]
fn every_envelope_counts_from_every_place_that_can_hold_it() {
    let mut cases = String::new();
    let formats = [
        "occurrence",
        "occurrence-v1beta1",
        "dsse",
        "dsse-occurrence",
        "policy-verification",
        "cosign",
    ];
    for source in ["settings", "pod-annotation", "kubernetes", "registry"] {
        for format in formats {
            let is_envelope = matches!(format, "dsse" | "policy-verification");
            let can_hold = match source {
                "pod-annotation" => is_envelope,
                "registry" => true,
                _ => format != "cosign",
            };
            if !can_hold {
                continue;
            }
            for kind in ["Pod", "CronJob"] {
                cases.push_str(&format!(
                    "  - name: {format} from {source} for a {kind}
    request: {{kind: {kind}, images: [web]}}
    attestations: [{{by: a, image: web, format: {format}, source: {source}}}]
    expect: {{outcome: admitted, reasons: [attested]}}
"
                ));
            }
        }
    }
    holds(&settings(), SIGNERS, &cases);
}

#[test]
fn every_word_for_tampering_is_noticed() {
    #[rustfmt::skip]
    let rows = [
        ("wrong-key", "occurrence", "attestation-bad-signature"),
        ("wrong-key", "dsse", "attestation-bad-signature"),
        ("unknown-key-id", "occurrence", "attestation-unknown-key-id"),
        ("unknown-key-id", "dsse", "attestation-unknown-key-id"),
        ("wrong-digest", "occurrence", "attestation-digest-mismatch"),
        ("wrong-digest", "policy-verification", "attestation-digest-mismatch"),
        ("swap-subject", "occurrence", "attestation-bad-signature"),
        ("swap-subject", "policy-verification", "attestation-bad-signature"),
        ("flip-bit", "occurrence", "attestation-bad-signature"),
        ("truncated", "occurrence", "attestation-bad-signature"),
        ("truncated", "dsse", "attestation-bad-signature"),
        ("garbage", "occurrence", "attestation-undecodable"),
        ("wrong-note", "occurrence", "attestation-note-mismatch"),
        ("wrong-type", "occurrence", "attestation-payload-invalid"),
        ("wrong-type", "dsse", "attestation-payload-type"),
        ("wrong-type", "policy-verification", "attestation-predicate-type"),
        ("unsigned", "occurrence", "no-valid-attestation"),
    ];
    let mut cases = String::new();
    for (tamper, format, code) in rows {
        for source in ["settings", "kubernetes"] {
            cases.push_str(&format!(
                "  - name: {tamper} {format} {source}
    request: {{images: [web]}}
    attestations: [{{by: a, image: web, format: {format}, source: {source}, tamper: {tamper}}}]
    expect: {{outcome: denied, reasons: [{code}, \"!attested\"]}}
"
            ));
        }
        // Beside a good one it does no harm.
        cases.push_str(&format!(
            "  - name: {tamper} {format} beside a good one
    request: {{images: [web]}}
    attestations:
      - {{by: a, image: web, format: {format}, tamper: {tamper}}}
      - {{by: a, image: web}}
    expect: {{outcome: admitted, reasons: [attested]}}
"
        ));
    }
    cases.push_str(
        "  - name: one who signs twice is not two
    request: {namespace: both, images: [web]}
    attestations: [{by: a, image: web, tamper: duplicate-signer}]
    expect: {outcome: denied, reasons: [attested, no-valid-attestation]}
  - name: two who sign are two
    request: {namespace: both, images: [web]}
    attestations: [{by: a, image: web}, {by: b, image: web}]
    expect: {outcome: admitted, reasons: [attested, \"!no-valid-attestation\"]}
",
    );
    holds(&settings(), SIGNERS, &cases);
}

/// No case above may hold for lack of tampering: each word is one that the reader knows.
#[test]
fn the_table_above_has_every_word_that_does_not_need_a_time() {
    let text = include_str!("policy_suites.rs");
    for (word, tamper) in policy_lint::suite::Tamper::NAMES {
        let is_used =
            text.contains(&format!("(\"{word}\"")) || text.contains(&format!("tamper: {word}"));
        let is_elsewhere = tamper.needs_identity(); // in `identities`
        assert!(is_used || is_elsewhere, "{word} ({tamper:?}) is not tested");
    }
}

#[test]
fn a_host_that_fails_is_an_error_and_never_an_absent_attestation() {
    let mut cases = String::new();
    let failures = [
        "forbidden",
        "malformed",
        "rate-limited",
        "timeout",
        "too-long",
        "unreachable",
        "wrong-answer",
    ];
    for failure in failures {
        let (code, tag_code) = match failure {
            "too-long" => ("limit-exceeded", "limit-exceeded"),
            _ => ("host-capability-failed", "tag-resolution-failed"),
        };
        for part in ["kubernetes", "registry"] {
            cases.push_str(&format!(
                "  - name: {part} {failure}
    request: {{images: [web]}}
    host: {{{part}: {failure}}}
    expect: {{outcome: denied, reasons: [{code}, \"!attested\"]}}
"
            ));
        }
        cases.push_str(&format!(
            "  - name: tags {failure}
    request: {{images: [tag]}}
    tags: {{\"registry.example/shop/web:1\": web}}
    attestations: [{{by: a, image: web}}]
    host: {{tags: {failure}}}
    expect: {{outcome: denied, reasons: [{tag_code}, \"!attested\"]}}
"
        ));
    }
    let (_folder, path) = suite(&settings(), SIGNERS, &cases);
    let loaded = load(&path);
    for result in run(&module(), &loaded) {
        let name = &loaded.cases[result.case].name;
        let Ended::Decided {
            decision,
            mismatches,
        } = &result.ended
        else {
            panic!("{name}")
        };
        assert!(mismatches.is_empty(), "{name}: {mismatches:#?}");
        assert_eq!(decision.verdict, Verdict::Error, "{name}: {decision:#?}");
    }
}

#[test]
fn tags_are_pinned_to_what_was_verified() {
    holds(
        &settings(),
        SIGNERS,
        "  - name: pinned
    request: {kind: Deployment, images: [tag]}
    tags: {\"registry.example/shop/web:1\": web}
    attestations: [{by: a, image: web}]
    expect: {outcome: admitted, pinned: {tag: web}}
  - name: behind the tag is something else
    request: {images: [tag]}
    tags: {\"registry.example/shop/web:1\": other}
    attestations: [{by: a, image: web}]
    expect: {outcome: denied, pinned: {}}
  - name: nobody knows the tag
    request: {images: [tag]}
    expect: {outcome: denied, reasons: [tag-resolution-failed]}
",
    );
}

#[test]
fn requests_are_of_every_kind_and_may_be_updates() {
    let mut cases = String::new();
    for kind in [
        "Pod",
        "PodTemplate",
        "ReplicationController",
        "DaemonSet",
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "CronJob",
        "Job",
        "Service",
    ] {
        cases.push_str(&format!(
            "  - name: a {kind}
    request: {{kind: {kind}, images: [web], initImages: [web], volumeImages: [other]}}
    attestations: [{{by: a, image: web}}]
    expect:
      outcome: denied
      images: [{{image: web, outcome: accepted}}, {{image: other, outcome: refused}}]
  - name: a {kind} that keeps its image
    request: {{kind: {kind}, images: [other], updateFrom: [other]}}
    expect: {{outcome: admitted, reasons: [unchanged-image]}}
  - name: a {kind} that changes its image
    request: {{kind: {kind}, images: [other], updateFrom: [web]}}
    expect: {{outcome: denied, reasons: [\"!unchanged-image\"]}}
"
        ));
    }
    holds(&settings(), SIGNERS, &cases);
}

/// A policy with a check for each kind of statement.
fn checked() -> Value {
    let key = |name: &str| TestKey::new(name);
    let rule = json!({
        "trustedBuilder": "https://ci.example/release", "configBasedBuildRequired": true,
        "trustedSourceRepoPatterns": ["github.com/example/*"],
    });
    let checks = [
        slsa(&[rule]),
        vulnerability("MEDIUM", "ALLOW_ALL"),
        core_tests::platform::image_freshness(30),
    ];
    json!({
        "platformPolicies": [policy(&checks)],
        "evidence": {"authenticators": {
            "provenance": [builder("https://ci.example/release", &[&key("production ci")])],
            "vulnerability": [scanner(&[&key("production scanner")])],
            "freshness": [uploader(&[&key("production uploader")])],
        }},
    })
}

const AUTHENTICATORS: &str = "signers:
  ci: {standsFor: \"evidence.authenticators.provenance[0]\"}
  scanner: {standsFor: \"evidence.authenticators.vulnerability[0]\", algorithm: ED25519}
  uploader: {standsFor: \"evidence.authenticators.freshness[0]\"}
";

#[test]
fn statements_are_made_for_every_check() {
    let good = "      - {by: ci, image: web, provenance: {builder: \"https://ci.example/release\", source: \"https://github.com/example/web\"}}
      - {by: scanner, image: web, scan: {age: 1d, findings: [{id: CVE-1, severity: LOW, fixable: true}]}}
      - {by: uploader, image: web, upload: {age: 1d}}
";
    let with = |name: &str, from: &str, to: &str, code: &str| {
        assert!(good.contains(from), "{from}");
        format!(
            "  - name: {name}
    request: {{images: [web]}}
    attestations:
{}    expect: {{outcome: denied, reasons: [{code}]}}
",
            good.replace(from, to)
        )
    };
    let cases = [
        format!(
            "  - name: good
    request: {{images: [web]}}
    attestations:
{good}    expect: {{outcome: admitted, reasons: [checks-passed]}}
"
        ),
        with(
            "fork",
            "github.com/example",
            "github.com/other",
            "provenance-source-not-trusted",
        ),
        with("bad", "LOW", "HIGH", "vulnerability-above-threshold"),
        with("old scan", "age: 1d, f", "age: 8d, f", "evidence-too-old"),
        with(
            "expired scan",
            "fixable: true}]}}",
            "fixable: true}]}, tamper: expired}",
            "evidence-too-old",
        ),
        with(
            "scan from the future",
            "fixable: true}]}}",
            "fixable: true}]}, tamper: not-yet-valid}",
            "evidence-invalid",
        ),
        with(
            "old upload",
            "upload: {age: 1d}",
            "upload: {time: 2026-01-01T00:00:00Z}",
            "image-not-fresh",
        ),
        with(
            "unsigned scan",
            "fixable: true}]}}",
            "fixable: true}]}, tamper: wrong-key}",
            "evidence-missing",
        ),
        with(
            "another predicate",
            "upload: {age: 1d}",
            "statement: {predicateType: \"https://example.com/x\", predicate: {a: 1}}",
            "evidence-missing",
        ),
        with(
            "wrong type",
            "upload: {age: 1d}",
            "upload: {age: 1d}, tamper: wrong-type",
            "evidence-missing",
        ),
    ];
    holds(&checked(), AUTHENTICATORS, &cases.concat());
}

#[test]
fn production_keys_do_not_count_while_test_keys_stand_in() {
    let (_folder, path) = suite(
        &settings(),
        SIGNERS,
        "  - name: x\n    request: {images: [web]}\n    expect: denied\n",
    );
    let text = load(&path).settings.to_string();
    let production = TestKey::new("production a").pem();
    let line = production.lines().nth(1).unwrap();
    assert!(settings().to_string().contains(line));
    assert!(!text.contains(line), "a production key is still there");
}

#[test]
fn one_case_may_fail_and_says_how() {
    let (_folder, path) = suite(
        &settings(),
        SIGNERS,
        "  - name: wrong about everything
    request: {images: [web], labels: {\"image-policy.k8s.io/break-glass\": \"true\"}}
    expect:
      outcome: admitted
      enforcement: dry-run
      reasons: [attested, \"!no-valid-attestation\"]
      warnings: [dry-run]
      images: [{image: web, outcome: accepted}, {image: other}]
      pinned: {tag: web}
",
    );
    let loaded = load(&path);
    let results = run(&module(), &loaded);
    let Ended::Decided { mismatches, .. } = &results[0].ended else {
        panic!("an answer")
    };
    let shown: Vec<_> = mismatches
        .iter()
        .map(|one| {
            (
                one.what.as_str(),
                one.expected.as_str(),
                one.actual.as_str(),
            )
        })
        .collect();
    let [
        outcome,
        enforcement,
        reasons,
        warnings,
        image,
        other,
        pinned,
    ] = shown.as_slice()
    else {
        panic!("{shown:#?}")
    };
    assert_eq!(*outcome, ("outcome", "admitted", "denied"));
    assert_eq!(*enforcement, ("enforcement", "dry-run", "enforced"));
    assert_eq!(reasons.1, "attested, !no-valid-attestation");
    assert!(reasons.2.contains("no-valid-attestation"));
    assert_eq!((warnings.1, warnings.2), ("dry-run", "break-glass-refused"));
    assert!(
        image.2.contains("refused (no-valid-attestation"),
        "{image:?}"
    );
    assert!(other.2.ends_with("is not in the object"));
    assert_eq!((pinned.0, pinned.2), ("pinned", "nothing"));
}

#[test]
fn what_no_case_has_exercised_is_listed() {
    let (_folder, path) = suite(
        &settings(),
        SIGNERS,
        "  - name: satisfied
    request: {images: [web]}
    attestations: [{by: a, image: web}]
    expect: admitted
",
    );
    let loaded = load(&path);
    let results = run(&module(), &loaded);
    let decisions = results.iter().map(|result| match &result.ended {
        Ended::Decided { decision, .. } => decision.as_ref(),
        Ended::Failed(error) => panic!("{error}"),
    });
    let coverage = Coverage::of("settings.json", &loaded.settings, decisions);
    let left: Vec<_> = coverage
        .parts
        .iter()
        .filter(|part| !part.exercised)
        .map(|part| part.what.as_str())
        .collect();
    assert_eq!(
        left,
        [
            "pattern `registry.example/exempt/*`",
            "rule for `both`",
            "attestor `projects/p/attestors/a` unsatisfied",
            "attestor `projects/p/attestors/b` satisfied",
            "attestor `projects/p/attestors/b` unsatisfied",
        ]
    );
    assert_eq!((coverage.exercised(), coverage.percent()), (2, 28));
}

#[test]
fn changes_that_no_case_notices_are_listed() {
    let (_folder, path) = suite(
        &settings(),
        SIGNERS,
        "  - name: satisfied
    request: {images: [web]}
    attestations: [{by: a, image: web}]
    expect: admitted
  - name: not satisfied
    request: {images: [web]}
    expect: denied
",
    );
    let loaded = load(&path);
    let mutation = Mutation::of(&Runner::new(&module()), &path, &[&loaded]);
    let survivors: Vec<_> = mutation
        .survivors
        .iter()
        .map(|survivor| survivor.what.as_str())
        .collect();
    for what in [
        "drop pattern `registry.example/exempt/*`",
        "widen pattern `registry.example/exempt/*` to `registry.example/exempt/**`",
        "drop the rule for `both`",
        "allow everything under the rule for `both`",
        "drop attestor `projects/p/attestors/b` of the rule for `both`",
        "read no attestations from `podAnnotation`",
        "resolve no tags",
    ] {
        assert!(survivors.contains(&what), "{what}: {survivors:#?}");
    }
    for what in [
        "allow everything under the default rule",
        "put the default rule in dry-run mode",
    ] {
        assert!(!survivors.contains(&what), "{what}: {survivors:#?}");
    }
    assert!(mutation.mutants > survivors.len());
}

#[test]
fn a_test_key_has_the_period_of_the_key_that_it_stands_for() {
    const WITHIN: &str = "  - name: within the period
    request: {images: [web]}
    attestations: [{by: a, image: web}]
    expect: admitted
";
    const AFTER: &str = "  - name: after the period
    time: 2026-08-01T00:00:00Z
    request: {images: [web]}
    attestations: [{by: a, image: web}]
    expect: {outcome: denied, reasons: [attestation-key-not-valid]}
";
    let mut settings = settings();
    let id = TestKey::new("production a").id();
    settings["keys"] = json!([{"id": id, "notAfter": "2026-07-31"}]);
    let both = format!("{WITHIN}{AFTER}");
    holds(&settings, SIGNERS, &both);
    for (cases, survives) in [(WITHIN, true), (&both, false)] {
        let (_folder, path) = suite(&settings, SIGNERS, cases);
        let loaded = load(&path);
        let mutation = Mutation::of(&Runner::new(&module()), &path, &[&loaded]);
        let is_change = |survivor: &Survivor| {
            survivor.place == "keys[0]" && survivor.what == "trust the key whatever `notAfter` says"
        };
        let survivors = &mutation.survivors;
        assert_eq!(survivors.iter().any(is_change), survives, "{survivors:#?}");
    }
}

#[test]
fn each_bound_of_a_period_has_a_mutant() {
    let id = TestKey::new("production a").id();
    let (from, to) = (("notBefore", "2026-01-01"), ("notAfter", "2026-07-31"));
    let owner = ("owner", "build team");
    for (fields, places) in [
        (&[from][..], &["keys[0]"][..]),
        (&[to], &["keys[0]"]),
        (&[from, to], &["keys[0].notBefore", "keys[0].notAfter"]),
        (&[to, owner], &["keys[0].notAfter"]),
        (&[owner], &[]),
    ] {
        let mut entry = json!({"id": id});
        for (key, value) in fields {
            entry[*key] = json!(value);
        }
        let mut settings = settings();
        settings["keys"] = json!([entry]);
        let mutants = host_runner::suite::mutants(&settings);
        let found = mutants.iter().map(|mutant| mutant.place.to_string());
        let found: Vec<_> = found.filter(|place| place.starts_with("keys")).collect();
        assert_eq!(found, places, "{fields:?}");
    }
}

/// Whatever is wrong with a suite beyond its shape is said at its place.
#[test]
fn suites_that_cannot_run_say_why() {
    #[rustfmt::skip]
    let rows = [
        (SIGNERS.replace("attestors/a", "attestors/nobody"), "[web]}", "the settings have no attestor and no place `projects/p/attestors/nobody`"),
        (SIGNERS.replace("projects/p/attestors/a", "evidence.registry"), "[web]}", "`evidence.registry` has no keys"),
        (SIGNERS.to_owned(), "[web]}\n    attestations: [{by: a, image: web, source: kubernetes, note: projects/p/notes/c}]", "has no namespace for `projects/p/notes/c`"),
        (SIGNERS.to_owned(), "[web], file: nowhere.yaml}", "`images` and `file` exclude each other"),
    ];
    for (signers, request, message) in rows {
        let cases = format!("  - name: x\n    request: {{images: {request}\n    expect: denied\n");
        let (_folder, path) = suite(&settings(), &signers, &cases);
        let Err(LoadError::Suite(_, problems)) = Loaded::open(&path) else {
            panic!("{message}")
        };
        let messages: Vec<_> = problems.iter().map(|one| one.message.as_str()).collect();
        assert!(
            messages.iter().any(|one| one.contains(message)),
            "{message}: {messages:?}"
        );
    }
}

/// Words that would do nothing, and names that mean two things, would be tests of nothing.
#[test]
fn suites_that_would_prove_nothing_are_refused() {
    let of = |rest: &str| format!("[web]}}\n    attestations: [{{by: a, image: web, {rest}}}]");
    let twice = SIGNERS.replace("projects/p/attestors/b", "\"attestors[0]\"");
    let ed25519 = SIGNERS.replacen("attestors/a}", "attestors/a, algorithm: ED25519}", 1);
    #[rustfmt::skip]
    let rows = [
        (SIGNERS, of("format: dsse, tamper: wrong-note"), "denied", "`wrong-note` has no effect on this format"),
        (SIGNERS, of("format: cosign, source: registry, tamper: unknown-key-id"), "denied", "`unknown-key-id` has no effect"),
        (SIGNERS, of("tamper: [garbage, wrong-key]"), "denied", "`garbage` cannot be changed further"),
        (&ed25519, of("format: occurrence"), "denied", "an `ED25519` key signs envelopes only"),
        (&twice, "[web]}".into(), "denied", "another signer already stands for `attestors[0]`"),
        (SIGNERS, "[web]}".into(), "{outcome: denied, reasons: []}", "an empty list has no effect"),
        (SIGNERS, "[web]}".into(), "{outcome: denied, warnings: [clock-overridden]}", "every suite sets the clock"),
        (SIGNERS, "[web]}".into(), "{outcome: denied, reasons: [attested, \"!attested\"]}", "duplicate `attested`"),
    ];
    for (signers, request, expect, message) in rows {
        let cases =
            format!("  - name: x\n    request: {{images: {request}\n    expect: {expect}\n");
        let (_folder, path) = suite(&settings(), signers, &cases);
        let Err(LoadError::Suite(_, problems)) = Loaded::open(&path) else {
            panic!("{message}")
        };
        let messages: Vec<_> = problems.iter().map(|one| one.message.as_str()).collect();
        assert!(
            messages.iter().any(|one| one.contains(message)),
            "{message}: {messages:?}"
        );
    }
}

#[test]
fn what_could_not_be_judged_is_no_denial_unless_the_suite_says_so() {
    let case = |expect: &str| {
        format!(
            "  - name: x\n    request: {{images: [web]}}\n    host: {{kubernetes: forbidden}}\n    expect: {expect}\n"
        )
    };
    let (_folder, path) = suite(&settings(), SIGNERS, &case("denied"));
    let results = run(&module(), &load(&path));
    let Ended::Decided { mismatches, .. } = &results[0].ended else {
        panic!("an answer")
    };
    assert_eq!(mismatches[0].what, "verdict");
    assert!(mismatches[0].actual.contains("host-capability-failed"));
    holds(
        &settings(),
        SIGNERS,
        &case("{outcome: denied, reasons: [host-capability-failed]}"),
    );
}

#[test]
fn tags_are_known_by_the_name_that_the_host_is_asked_for() {
    let mut settings = settings();
    settings["registries"] = json!(["registry.example", "docker.io"]);
    holds(
        &settings,
        SIGNERS,
        "  - name: a short name
    request: {images: [\"nginx:1\"]}
    tags: {\"nginx:1\": web}
    attestations: [{by: a, image: web}]
    expect: {outcome: admitted, pinned: {\"nginx:1\": web}}
",
    );
}

#[test]
fn a_file_that_says_its_namespace_is_in_no_other() {
    let cases = "  - name: x
    request: {file: pod.yaml, namespace: other}
    expect: denied
";
    let (folder, path) = suite(&settings(), SIGNERS, cases);
    let pod =
        "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: own}\nspec: {containers: []}\n";
    fs::write(folder.path().join("pod.yaml"), pod).unwrap();
    let Err(LoadError::Suite(_, problems)) = Loaded::open(&path) else {
        panic!("refused")
    };
    assert!(
        problems[0]
            .message
            .ends_with("already has the namespace `own`")
    );
}

/// What is strict because nobody says anything can be made weaker too.
#[test]
fn defaults_have_mutants() {
    let mutants = host_runner::suite::mutants(&settings());
    let what: Vec<_> = mutants.iter().map(|mutant| mutant.what.as_str()).collect();
    for expected in [
        "allow break-glass everywhere",
        "ignore the templates of controllers",
    ] {
        assert!(what.contains(&expected), "{what:#?}");
    }
}
