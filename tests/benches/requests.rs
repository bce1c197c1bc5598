//! What requests cost beside what no policy can avoid, measured in turns in one process: a module
//! that says yes, a module that skips the same JSON, both modules of the policy, the policy as native code, and one
//! P-256 verification by `ring`. What counts are the ratios. The bounds are goals, and it is said which are met.

use std::collections::HashMap;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Duration;

use core_tests::calls;
use core_tests::case::settings;
use core_tests::delivery::{NAMESPACE, resource};
use core_tests::signing::{TestKey, note_name};
use host_runner::engine::{
    Abi, Engine, EngineError, FLOOR, Host, HostCall, Limits, NO_OP, Operation, Policy, embedded,
};
use host_runner::measure::{Times, Work, in_turns};
use policy_tests::modules;
use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::NO_CLOCK;
use ring::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use serde_json::{Value, json};

const WARM_UP: usize = 20;
const ROUNDS: usize = 400;

fn main() {
    // `cargo test` only wants to know that it builds.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let bench = Bench::new();
    println!("p50 in µs, of {ROUNDS} runs each, and ratios of p50");
    println!(
        "{:>44} {:>8} {:>7} {:>7} {:>8} {:>8} {:>7} {:>6} {:>7} {:>8} {:>7} {:>9}",
        "case",
        "bytes",
        "no-op",
        "skip",
        "policy",
        "p99",
        "native",
        "÷skip",
        "÷bound",
        "wide",
        "÷bound",
        "calls/s"
    );
    bench.instance();
    let all = [
        bench.exempt("a Deployment of 2 KB, exempt", &calls::deployment(2_000)),
        bench.exempt("a Deployment of 10 KB, exempt", &calls::deployment(10_000)),
        bench.exempt(
            "a Deployment of 300 KB, exempt",
            &calls::deployment(300_000),
        ),
        bench.compare(
            "one attested image (P-256)",
            &calls::attested(),
            |skip, ring| PER_VERIFICATION.map(|factor| skip + ring.mul_f64(factor)),
        ),
        bench.attested("ten images, two attestors", &calls::ten_images(), 20),
        bench.exempt("10 patterns", &calls::patterns(10)),
        bench.exempt("1,000 patterns", &calls::patterns(1_000)),
        bench.exempt("10,000 patterns", &calls::patterns(10_000)),
        bench.exempt("10,000 rules of imagePolicy", &calls::image_rules(10_000)),
        bench.attested("10 attestors", &calls::attestors(10), 1),
        bench.attested("1,000 attestors", &calls::attestors(1_000), 1),
        bench.attested("10 occurrences", &calls::occurrences(10), 1),
        bench.attested("1,000 occurrences", &calls::occurrences(1_000), 1),
        bench.attested(
            "1,000, the one filed under another",
            &calls::misfiled(1_000),
            1,
        ),
    ];
    bench.cluster();
    for (module, name) in ["portable", "wide"].into_iter().enumerate() {
        let within = all.iter().filter(|is_within| is_within[module]).count();
        println!(
            "{name} module: {within} of {} within their bounds",
            all.len()
        );
    }
}

/// The most that a verification may take beside one by `ring`: in the portable module, and in the wide one
const PER_VERIFICATION: [f64; 2] = [4.5, 2.5];

/// What is measured beside one another
struct Bench {
    policy: Policy,
    wide: Policy,
    floor: Policy,
    no_op: Policy,
    key: TestKey,
}

impl Bench {
    fn new() -> Self {
        let engine = Engine::new(Limits::default()).unwrap();
        let load = |module| engine.load(module).unwrap();
        Self {
            policy: load(embedded(Abi::Wapc)),
            wide: load(modules::wide(Abi::Wapc)),
            floor: load(FLOOR),
            no_op: load(NO_OP),
            key: TestKey::new("a"),
        }
    }

    /// What an instance costs that reads one byte.
    fn instance(&self) {
        let run = |policy: &Policy| policy.call(Operation::ValidateSettings, b"1").map(drop);
        let mut modules = self.modules().map(|policy| move || run(policy));
        let [no_op, floor, policy, wide] = &mut modules;
        let works: &mut [&mut Work<'_, EngineError>] = &mut [no_op, floor, policy, wide];
        let times = in_turns(works, WARM_UP, ROUNDS, &|| {}).unwrap();
        let [no_op, floor, policy, wide] = each_p50(&times);
        println!(
            "an instance that reads one byte: no-op {no_op:.1?}, skip {floor:.1?}, policy {policy:.1?}, wide {wide:.1?}"
        );
    }

    const fn modules(&self) -> [&Policy; 4] {
        [&self.no_op, &self.floor, &self.policy, &self.wide]
    }

    /// At most half more than skipping the JSON.
    fn exempt(&self, name: &str, call: &Value) -> [bool; 2] {
        self.compare(name, call, |skip, _| [skip.mul_f64(1.5); 2])
    }

    /// At most that, and for each verification some by `ring`.
    fn attested(&self, name: &str, call: &Value, verifications: u32) -> [bool; 2] {
        self.compare(name, call, |skip, ring| {
            let rings = ring * verifications;
            PER_VERIFICATION.map(|factor| skip.mul_f64(1.5) + rings.mul_f64(factor))
        })
    }

    /// One attested image whose attestation lies among few others in the cluster, and among many.
    fn cluster(&self) {
        let call = Cluster::call().to_string().into_bytes();
        let [few, many] = [10, 100_000].map(|count| Arc::new(Cluster::of(count)) as Arc<dyn Host>);
        let run = |host: &Arc<dyn Host>| {
            let answer = self
                .policy
                .call_with_host(Operation::Validate, &call, host)?;
            assert_yes("in the cluster", &answer);
            Ok(())
        };
        let mut hosts = [&few, &many].map(|host| move || run(host));
        let [few, many] = &mut hosts;
        let works: &mut [&mut Work<'_, EngineError>] = &mut [few, many];
        let times = in_turns(works, WARM_UP, ROUNDS, &|| {}).unwrap();
        let [few, many] = each_p50(&times);
        println!(
            "one attested image, 10 attestations in the cluster {few:.1?}, 100,000 of them {many:.1?}; \
             ratio {:.2}",
            many.as_secs_f64() / few.as_secs_f64()
        );
    }

    /// Measures one call, prints a line, and says which of both modules is within its bound. `bounds` are told the
    /// times of skipping and of `ring`.
    fn compare(
        &self,
        name: &str,
        call: &Value,
        bounds: impl Fn(Duration, Duration) -> [Duration; 2],
    ) -> [bool; 2] {
        let call = call.to_string().into_bytes();
        let run = |policy: &Policy| {
            let answer = policy.call(Operation::Validate, black_box(&call))?;
            assert_yes(name, &answer);
            Ok::<_, EngineError>(())
        };
        let (message, public) = (b"message", self.key.point());
        let signature = self.key.sign(message);
        let ring = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &public);
        let mut native = || {
            let host = abi::Host {
                clock: NO_CLOCK,
                lookup: &mut NoLookup,
            };
            black_box(abi::validate(black_box(&call), host));
            Ok(())
        };
        let mut reference = || {
            ring.verify(black_box(message), &signature).unwrap();
            Ok(())
        };
        let mut modules = self.modules().map(|policy| move || run(policy));
        let [no_op, floor, policy, wide] = &mut modules;
        let works: &mut [&mut Work<'_, EngineError>] =
            &mut [no_op, floor, policy, wide, &mut native, &mut reference];
        let times = in_turns(works, WARM_UP, ROUNDS, &|| {}).unwrap();
        let [no_op, skip, policy, wide, native, ring] = each_p50(&times);
        let bounds = bounds(skip, ring);
        let micros = |time: Duration| time.as_secs_f64() * 1e6;
        let ratio = |time: Duration, other: Duration| time.as_secs_f64() / other.as_secs_f64();
        println!(
            "{name:>44} {:>8} {:>7.1} {:>7.1} {:>8.1} {:>8.1} {:>7.1} {:>6.2} {:>7.2} {:>8.1} {:>7.2} {:>9.0}  (ring {:.1})",
            call.len(),
            micros(no_op),
            micros(skip),
            micros(policy),
            micros(times[2].percentile(99)),
            micros(native),
            ratio(policy, skip),
            ratio(policy, bounds[0]),
            micros(wide),
            ratio(wide, bounds[1]),
            times[2].throughput(),
            micros(ring),
        );
        [policy <= bounds[0], wide <= bounds[1]]
    }
}

fn each_p50<const N: usize>(times: &[Times]) -> [Duration; N] {
    std::array::from_fn(|index| times[index].percentile(50))
}

fn assert_yes(name: &str, answer: &[u8]) {
    let is_yes = answer.starts_with(br#"{"accepted":true"#);
    assert!(is_yes, "{name}: {}", String::from_utf8_lossy(answer));
}

/// Resources `Attestation` by the names of their images, as a host with a cache would hold them
struct Cluster(HashMap<String, Vec<u8>>);

impl Cluster {
    /// The attestation of the base case, and others up to this number.
    fn of(count: usize) -> Self {
        let attestation = settings()["evidence"]["occurrences"][0].take();
        let ours = resource(&[attestation]);
        let others = (1..count).map(|index| {
            let mut other = ours.clone();
            other["metadata"]["name"] = format!("sha256-{index:064x}").into();
            other
        });
        let all = others.chain([ours.clone()]).map(|object| {
            let name = object["metadata"]["name"].as_str().unwrap().to_owned();
            (name, object.to_string().into_bytes())
        });
        Self(all.collect())
    }

    /// The base case, with its attestation in the cluster.
    fn call() -> Value {
        let mut call = calls::attested();
        call["settings"]["evidence"] =
            json!({"kubernetes": {"notes": {note_name("a"): NAMESPACE}}});
        call
    }
}

impl Host for Cluster {
    fn call(&self, call: &HostCall) -> Result<Vec<u8>, String> {
        let wanted: Value = serde_json::from_slice(&call.payload).map_err(|_| "not JSON")?;
        let found = wanted["name"].as_str().and_then(|name| self.0.get(name));
        found
            .cloned()
            .ok_or_else(|| "there is no such object".to_owned())
    }
}
