//! Benchmarks: the cost of a policy relative to modules without a policy, and comparison with a baseline.

mod change;

use alloc::sync::Arc;
use core::hint::black_box;
use core::time::Duration;

use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;
use serde::{Deserialize, Serialize};

use crate::clock::now;
use crate::decision::Answer;
use crate::engine::{Engine, EngineError, FLOOR, Host, NO_OP, Operation, Policy, inspect};
use crate::measure::{self, Times, Work};

pub(crate) use change::{Change, Metric, Thresholds, Verdict};

/// The results, as `--save` writes and `--compare` reads them
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Report {
    api_version: ApiVersion,
    kind: Kind,
    /// The engine, by which fuel is counted; unknown in reports that are older
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) engine: Option<String>,
    pub(crate) module: Module,
    /// Another module, measured in the same turns
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<Module>,
    /// Runs of each call
    pub(crate) runs: usize,
    pub(crate) cases: Vec<Case>,
}

#[derive(Debug, Serialize, Deserialize)]
enum ApiVersion {
    #[serde(rename = "countersign.dev/v1")]
    V1,
}

#[derive(Debug, Serialize, Deserialize)]
enum Kind {
    BenchReport,
}

/// Which module it was
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Module {
    pub(crate) digest: String,
    pub(crate) bytes: usize,
}

impl Module {
    /// # Errors
    ///
    /// The bytes are no WebAssembly module.
    pub(crate) fn of(bytes: &[u8]) -> Result<Self, EngineError> {
        Ok(Self {
            digest: inspect(bytes)?.digest,
            bytes: bytes.len(),
        })
    }
}

/// Cost of one request
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) request: String,
    pub(crate) source: String,
    /// Of the call: the request, and the settings
    pub(crate) bytes: usize,
    /// A module that says yes without looking
    pub(crate) no_op: Timing,
    /// A module that skips the JSON of the call and says yes
    pub(crate) skip: Timing,
    pub(crate) policy: Timing,
    /// Whether the policy admits it: what is refused early costs little
    pub(crate) accepted: bool,
    /// This program's own policy as native code, where that is what was measured and needs no host
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) native: Option<Timing>,
    /// The other module
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) beside: Option<Timing>,
    /// The policy's p50 beside that of skipping
    pub(crate) ratio: f64,
    /// About the number of WebAssembly's instructions
    pub(crate) fuel: u64,
    /// Bytes of linear memory at the most
    pub(crate) memory: usize,
    /// Its changes since the baseline, where it was compared and the baseline has it
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<[Change; 3]>,
}

/// Times of a call
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Timing {
    /// Microseconds that half of the runs did not exceed
    pub(crate) p50: f64,
    /// Microseconds that 99 of 100 did not
    pub(crate) p99: f64,
    /// One after the other
    pub(crate) per_second: f64,
}

/// A call that is measured
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) request: String,
    pub(crate) source: String,
    pub(crate) payload: Vec<u8>,
}

/// Numbers of runs
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    pub(crate) warm_up: usize,
    pub(crate) kept: usize,
}

/// The modules that are measured beside one another
pub(crate) struct Bench {
    policy: Policy,
    /// The policy, counting instructions
    metered: Policy,
    beside: Option<Policy>,
    skip: Policy,
    no_op: Policy,
    host: Arc<dyn Host>,
    /// Whether the module is the embedded one without lookups, so that native code can be compared
    has_native: bool,
}

impl Bench {
    /// Compiles the modules that the policy is measured beside; `metered` is the policy in an engine that
    /// counts, and `beside` another module.
    pub(crate) fn new(
        engine: &Engine,
        policy: Policy,
        metered: Policy,
        beside: Option<Policy>,
        host: Arc<dyn Host>,
        has_native: bool,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            policy,
            metered,
            beside,
            skip: engine.load(FLOOR)?,
            no_op: engine.load(NO_OP)?,
            host,
            has_native,
        })
    }

    /// Measures one call.
    pub(crate) fn measure(
        &self,
        call: &Call,
        rounds: Rounds,
        each_round: &dyn Fn(),
    ) -> Result<Case, EngineError> {
        let payload = &call.payload;
        let ask = |policy: &Policy| policy.call_with_host(Operation::Validate, payload, &self.host);
        let answer = ask(&self.policy)?;
        let (mut no_op, mut skip, mut policy) = (
            || ask(&self.no_op).map(drop),
            || ask(&self.skip).map(drop),
            || ask(&self.policy).map(drop),
        );
        let mut native = || {
            black_box(natively(black_box(payload)));
            Ok(())
        };
        let mut works: Vec<&mut Work<'_, EngineError>> = vec![&mut no_op, &mut skip, &mut policy];
        // Beside another answer it would be measured doing other work.
        let has_native = self.has_native && natively(payload) == answer;
        if has_native {
            works.push(&mut native);
        }
        let mut beside = self
            .beside
            .as_ref()
            .map(|beside| move || ask(beside).map(drop));
        if let Some(beside) = &mut beside {
            works.push(beside);
        }
        let times = measure::in_turns(&mut works, rounds.warm_up, rounds.kept, each_round)?;
        let mut timings = times.iter().map(Timing::from);
        let mut next = || timings.next().unwrap_or(Timing::NONE);
        let (no_op, skip, policy) = (next(), next(), next());
        let native = has_native.then(&mut next);
        let (_, cost) = self
            .metered
            .measure_with_host(Operation::Validate, payload, &self.host)?;
        Ok(Case {
            request: call.request.clone(),
            source: call.source.clone(),
            bytes: payload.len(),
            no_op,
            skip,
            policy,
            accepted: Answer::parse(answer).is_ok_and(|answer| answer.is_admitted()),
            native,
            beside: timings.next(),
            ratio: round(policy.beside(&skip), 100.0),
            fuel: cost.fuel,
            memory: cost.memory,
            changes: None,
        })
    }
}

/// The answer of this program's own policy.
fn natively(payload: &[u8]) -> Vec<u8> {
    let host = abi::Host {
        clock: &now,
        lookup: &mut NoLookup,
    };
    abi::validate(payload, host)
}

impl Report {
    pub(crate) fn new(
        module: Module,
        beside: Option<Module>,
        runs: usize,
        cases: Vec<Case>,
    ) -> Self {
        Self {
            api_version: ApiVersion::V1,
            kind: Kind::BenchReport,
            engine: Some(Engine::version()),
            module,
            beside,
            runs,
            cases,
        }
    }
}

impl Timing {
    const NONE: Self = Self {
        p50: 0.0,
        p99: 0.0,
        per_second: 0.0,
    };

    /// The ratio of the two p50.
    pub(crate) fn beside(&self, other: &Self) -> f64 {
        self.p50 / other.p50.max(f64::MIN_POSITIVE)
    }
}

impl From<&Times> for Timing {
    fn from(times: &Times) -> Self {
        let micros = |time: Duration| round(time.as_secs_f64() * 1e6, 10.0);
        Self {
            p50: micros(times.percentile(50)),
            p99: micros(times.percentile(99)),
            per_second: times.throughput().round(),
        }
    }
}

/// No more digits than a measurement has.
fn round(number: f64, parts: f64) -> f64 {
    (number * parts).round() / parts
}
