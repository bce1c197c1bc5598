//! A million requests through one engine: every answer is that of the native core, and memory does not grow.

use core::time::Duration;
use std::fs;
use std::time::Instant;

use core_tests::native::decide_natively;
use core_tests::{calls, corpus};
use host_runner::engine::{Abi, Engine, Limits, Operation, embedded};

const REQUESTS: usize = 1_000_000;
/// Memory is compared with what it was after so many.
const WARM_UP: usize = REQUESTS / 10;
/// Longer calls of the corpus are about limits, and measured elsewhere.
const MAX_BYTES: usize = 20_000;

fn main() {
    // `cargo test` only wants to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    // A machine that does other work may let one call of a million wait.
    let limits = Limits {
        time: Duration::from_secs(60),
        ..Limits::default()
    };
    let engine = Engine::new(limits).unwrap();
    let policy = engine.load(embedded(Abi::Wapc)).unwrap();
    let kinds = kinds();
    for (name, calls) in &kinds {
        println!("{name}: {} calls", calls.len());
    }
    println!("{:>9} {:>9} {:>9}", "requests", "seconds", "MiB");
    let (start, mut warm) = (Instant::now(), 0.0);
    for request in 0..REQUESTS {
        let (name, calls) = &kinds[request % kinds.len()];
        let (call, expected) = &calls[request / kinds.len() % calls.len()];
        let answer = policy.call(Operation::Decide, call).unwrap();
        assert!(
            answer == *expected,
            "{name}: {}",
            String::from_utf8_lossy(&answer)
        );
        let done = request + 1;
        if done % WARM_UP == 0 {
            let memory = resident();
            println!(
                "{done:>9} {:>9.1} {memory:>9.2}",
                start.elapsed().as_secs_f64()
            );
            if done == WARM_UP {
                warm = memory;
            }
            assert!(
                memory <= warm * 1.02,
                "{memory:.2} MiB, after {WARM_UP} requests {warm:.2} MiB"
            );
        }
    }
}

type Call = (Vec<u8>, Vec<u8>);

/// The kinds of requests, of which each has the same share: calls and the answers of the native core.
fn kinds() -> Vec<(&'static str, Vec<Call>)> {
    let answered = |call: Vec<u8>| {
        let answer = decide_natively(&call);
        (call, answer)
    };
    let one = |call: serde_json::Value| vec![answered(call.to_string().into_bytes())];
    let of = |is_meant: fn(&str) -> bool| {
        let cases = corpus::all().iter();
        let cases = cases.filter(|case| is_meant(case.expected) && case.call.len() <= MAX_BYTES);
        cases.map(|case| answered(case.call.clone())).collect()
    };
    vec![
        ("exempt", one(calls::exempt())),
        ("attested", one(calls::attested())),
        ("denied", of(|expected| expected.starts_with("deny"))),
        ("hostile", of(|expected| expected.starts_with("error"))),
        ("mixed", of(|_| true)),
    ]
}

/// Memory of this process, in MiB.
fn resident() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap();
    let kibibytes: f64 = line.trim().trim_end_matches(" kB").parse().unwrap();
    kibibytes / 1024.0
}
