//! Requests through the embedded waPC module, a fresh instance for each, beside a waPC module that
//! does nothing. What counts is the ratio to that floor in the same run.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use host_runner::engine::{Abi, Engine, Limits, Operation, Policy, embedded};
use policy_tests::case::{image, one_container, pod, settings};
use serde_json::{Value, json};

/// Takes its request and says yes.
const NO_OP: &str = r#"(module
    (import "wapc" "__guest_request" (func $request (param i32 i32)))
    (import "wapc" "__guest_response" (func $respond (param i32 i32)))
    (memory (export "memory") 64)
    (data (i32.const 0) "{\"accepted\":true}")
    (func (export "__guest_call") (param i32 i32) (result i32)
        (call $request (i32.const 64) (i32.const 128))
        (call $respond (i32.const 0) (i32.const 17))
        (i32.const 1)))"#;

fn benches(criterion: &mut Criterion) {
    let engine = Engine::new(Limits::default()).unwrap();
    let ours = engine.load(embedded(Abi::Wapc)).unwrap();
    let no_op = engine.load(&wat::parse_str(NO_OP).unwrap()).unwrap();

    let attested = call(&settings(), &image());
    let mut exempting = settings();
    exempting["policy"]["admissionWhitelistPatterns"] =
        json!([{"namePattern": "trusted.example/**"}]);
    let exempt = call(&exempting, &image());

    let mut group = criterion.benchmark_group("requests");
    group.throughput(Throughput::Elements(1));
    for (name, policy, payload) in [
        ("no-op module", &no_op, &exempt),
        ("one exempt image", &ours, &exempt),
        ("one attested image (P-256)", &ours, &attested),
    ] {
        assert!(is_admitted(policy, payload), "{name}");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                policy
                    .call(Operation::Validate, black_box(payload))
                    .unwrap()
            });
        });
    }
    group.finish();
}

fn call(settings: &Value, image: &str) -> Vec<u8> {
    json!({"request": pod(one_container(image)), "settings": settings})
        .to_string()
        .into_bytes()
}

fn is_admitted(policy: &Policy, payload: &[u8]) -> bool {
    let answer = policy.call(Operation::Validate, payload).unwrap();
    serde_json::from_slice::<Value>(&answer).unwrap()["accepted"] == true
}

criterion_group!(requests, benches);
criterion_main!(requests);
