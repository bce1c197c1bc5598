//! What a policy costs beside what no policy can avoid, and whether that is more than it was.

mod change;

use alloc::sync::Arc;
use core::time::Duration;

use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;
use serde::{Deserialize, Serialize};

use crate::engine::{Engine, EngineError, FLOOR, Host, NO_OP, Operation, Policy};
use crate::measure::{self, Times, Work};

pub(crate) use change::{Change, Metric, Thresholds, changes};

/// What was measured; what `--save` writes, and `--compare` reads
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Report {
    api_version: ApiVersion,
    kind: Kind,
    pub(crate) module: Module,
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

/// What one request costs
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
    /// The same policy as native code, where it needs no host
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) native: Option<Timing>,
    /// The policy's p50 beside that of skipping
    pub(crate) ratio: f64,
    /// About the number of WebAssembly's instructions
    pub(crate) fuel: u64,
    /// Bytes of linear memory at the most
    pub(crate) memory: usize,
}

/// How long something takes
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

/// How often
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rounds {
    pub(crate) warm_up: usize,
    pub(crate) kept: usize,
}

/// The modules that are measured beside one another
pub(crate) struct Bench {
    policy: Policy,
    /// The same, counting instructions
    metered: Policy,
    skip: Policy,
    no_op: Policy,
    /// Who answers the policy; nobody where the native one runs beside it
    host: Option<Arc<dyn Host>>,
}

impl Bench {
    /// Compiles the modules; `metering` is the engine that counts.
    pub(crate) fn new(
        engine: &Engine,
        metering: &Engine,
        module: &[u8],
        host: Option<Arc<dyn Host>>,
    ) -> Result<Self, EngineError> {
        Ok(Self {
            policy: engine.load(module)?,
            metered: metering.load(module)?,
            skip: engine.load(FLOOR)?,
            no_op: engine.load(NO_OP)?,
            host,
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
        let run = |policy: &Policy| {
            let answer = match &self.host {
                Some(host) => policy.call_with_host(Operation::Validate, payload, host),
                None => policy.call(Operation::Validate, payload),
            };
            answer.map(drop)
        };
        let mut no_op = || run(&self.no_op);
        let mut skip = || run(&self.skip);
        let mut policy = || {
            each_round();
            run(&self.policy)
        };
        let mut native = || {
            let host = abi::Host {
                now: None,
                lookup: &mut NoLookup,
            };
            core::hint::black_box(abi::validate(core::hint::black_box(payload), host));
            Ok(())
        };
        let mut works: Vec<&mut Work<'_, EngineError>> = vec![&mut no_op, &mut skip, &mut policy];
        if self.host.is_none() {
            works.push(&mut native);
        }
        let times = measure::in_turns(&mut works, rounds.warm_up, rounds.kept)?;
        let mut timings = times.iter().map(Timing::from);
        let mut next = || timings.next().unwrap_or(Timing::NONE);
        let (no_op, skip, policy) = (next(), next(), next());
        let (_, cost) = match &self.host {
            Some(host) => self
                .metered
                .measure_with_host(Operation::Validate, payload, host)?,
            None => self.metered.measure(Operation::Validate, payload)?,
        };
        Ok(Case {
            request: call.request.clone(),
            source: call.source.clone(),
            bytes: payload.len(),
            no_op,
            skip,
            policy,
            native: timings.next(),
            ratio: round(policy.p50 / skip.p50.max(f64::MIN_POSITIVE), 100.0),
            fuel: cost.fuel,
            memory: cost.memory,
        })
    }
}

impl Report {
    pub(crate) const fn new(module: Module, runs: usize, cases: Vec<Case>) -> Self {
        Self {
            api_version: ApiVersion::V1,
            kind: Kind::BenchReport,
            module,
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
