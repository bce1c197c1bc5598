//! Runs policy modules: compiled once, a fresh instance for every call, nothing lent to the guest.
//!
//! A guest gets no file, no network and no environment, at most [`Limits::memory`] bytes and
//! [`Limits::time`]; whatever else it asks for, the [`Host`] of the call answers. However a call
//! ends, the next one starts from nothing.
//!
//! ```
//! use host_runner::engine::{Abi, Engine, Limits, Operation, embedded};
//!
//! let policy = Engine::new(Limits::default())?.load(embedded(Abi::Wapc))?;
//! let answer = policy.call(Operation::ValidateSettings, br#"{"polcy": {}}"#)?;
//! assert!(answer.starts_with(br#"{"valid":false"#));
//! # Ok::<(), host_runner::engine::EngineError>(())
//! ```

mod cache;
mod embedded;
mod engines;
mod host;
mod inspection;
mod limiter;
mod memory;
mod poll;
mod wapc;
mod wasi;

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;
use std::path::Path;
use std::{fs, io, thread};

use thiserror::Error;
use wasmtime::{Config, InstancePre, Linker, Store, Trap};

use host::{HostCalls, NoHost};
use limiter::Limiter;

pub use cache::Cache;
pub use embedded::{FLOOR, NO_OP, embedded};
pub use engines::Engines;
pub use host::{Host, HostCall};
pub use inspection::{Inspection, inspect};

/// Interface through which a module exchanges bytes with its host
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Abi {
    /// `__guest_call` and the `wapc` imports
    Wapc,
    /// A command: arguments, standard input, standard output
    Wasi,
}

impl fmt::Display for Abi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wapc => "waPC",
            Self::Wasi => "WASI command",
        })
    }
}

/// The calls that a policy answers
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// A request and settings; the full Decision
    Decide,
    /// A request and settings; the answer of Kubewarden's protocol
    Validate,
    /// Settings; whether they can be used
    ValidateSettings,
}

/// Limits on one call
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of all linear memories together
    pub memory: usize,
    /// From the start of the instance to the answer, the host's time included; rounded up to 10 ms
    pub time: Duration,
    /// Bytes of an answer
    pub answer: usize,
}

impl Default for Limits {
    /// The time is that of Kubewarden's policy server; the memory holds the largest call twice.
    fn default() -> Self {
        Self {
            memory: 128 << 20,
            time: Duration::from_secs(2),
            answer: 64 << 20,
        }
    }
}

/// Why a module gave no answer. None of these ever admits anything
#[derive(Debug, Error)]
pub enum EngineError {
    /// The file cannot be read
    #[error("cannot read module `{path}`")]
    Read {
        /// As given
        path: String,
        /// Why
        source: io::Error,
    },
    /// Not a module, or not one that this engine can run
    #[error("cannot load the module: {0:#}")]
    Load(wasmtime::Error),
    /// Neither of the two ABIs
    #[error("the module exports neither `__guest_call` (waPC) nor `_start` (WASI)")]
    UnknownAbi,
    /// engine-trapped
    #[error("the module trapped (engine-trapped): {0:#}")]
    Trapped(wasmtime::Error),
    /// deadline-exceeded
    #[error("the module did not answer within {0:?} (deadline-exceeded)")]
    Deadline(Duration),
    /// memory-exceeded
    #[error("the module needs more than {0} bytes of memory (memory-exceeded)")]
    Memory(usize),
    /// The module says that it cannot answer
    #[error("the module reports: {0}")]
    Guest(String),
}

impl EngineError {
    /// The stable code of a failure that may be about one call only.
    #[must_use]
    pub const fn code(&self) -> Option<&'static str> {
        match self {
            Self::Trapped(_) => Some("engine-trapped"),
            Self::Deadline(_) => Some("deadline-exceeded"),
            Self::Memory(_) => Some("memory-exceeded"),
            Self::Read { .. } | Self::Load(_) | Self::UnknownAbi | Self::Guest(_) => None,
        }
    }
}

/// Compiles and runs modules; one thread keeps its clock
#[derive(Debug, Clone)]
pub struct Engine {
    engine: wasmtime::Engine,
    limits: Limits,
    cache: Option<Arc<Cache>>,
    /// Runs compilations
    compiling: fn(&mut dyn FnMut()),
    /// Whether instructions are counted, which costs time
    meters: bool,
}

/// Cost of a call
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    /// About the number of WebAssembly's instructions, the same in every run; 0 where nothing counts them
    pub fuel: u64,
    /// The most bytes of linear memory
    pub memory: usize,
}

/// A module that is ready to be called
#[derive(Clone)]
pub struct Policy {
    engine: Engine,
    abi: Abi,
    instance: InstancePre<Guest>,
}

/// State of the host for one instance
struct Guest {
    wasi: wasi::Context,
    call: wapc::Exchange,
    host: HostCalls,
    limiter: Limiter,
}

/// Length of one tick of the deadline clock.
const TICK: Duration = Duration::from_millis(10);

impl Engine {
    /// Starts an engine.
    ///
    /// # Errors
    ///
    /// The machine cannot run WebAssembly.
    pub fn new(limits: Limits) -> Result<Self, EngineError> {
        Self::start(limits, false)
    }

    /// Starts an engine that counts instructions.
    ///
    /// # Errors
    ///
    /// The machine cannot run WebAssembly.
    pub fn metering(limits: Limits) -> Result<Self, EngineError> {
        Self::start(limits, true)
    }

    fn start(limits: Limits, meters: bool) -> Result<Self, EngineError> {
        let mut config = Config::new();
        config.epoch_interruption(true);
        config.consume_fuel(meters);
        config.wasm_wide_arithmetic(true); // for the wide module; wasmtime has it on from 49 on
        let engine = wasmtime::Engine::new(&config).map_err(EngineError::Load)?;
        let weak = engine.weak();
        thread::spawn(move || {
            while let Some(engine) = weak.upgrade() {
                engine.increment_epoch();
                drop(engine);
                thread::sleep(TICK);
            }
        });
        Ok(Self {
            engine,
            limits,
            cache: None,
            compiling: |compile| compile(),
            meters,
        })
    }

    /// Returns the name and version by which fuel is counted.
    #[must_use]
    pub fn version() -> String {
        format!("wasmtime {}", wasmtime_environ::VERSION)
    }

    /// Uses `cache` for compiled modules.
    #[must_use]
    pub fn caching(self, cache: Option<Cache>) -> Self {
        Self {
            cache: cache.map(Arc::new),
            ..self
        }
    }

    /// Hands compilations to a function that runs them once, and may tell a user that one takes long.
    #[must_use]
    pub fn compiling_in(self, compiling: fn(&mut dyn FnMut())) -> Self {
        Self { compiling, ..self }
    }

    /// Compiles a module, detecting its ABI.
    ///
    /// # Errors
    ///
    /// The bytes are no module that can be run.
    pub fn load(&self, bytes: &[u8]) -> Result<Policy, EngineError> {
        let module = self.compile(bytes)?;
        let has = |name| module.get_export(name).is_some();
        let abi = if has("__guest_call") {
            Abi::Wapc
        } else if has("_start") {
            Abi::Wasi
        } else {
            return Err(EngineError::UnknownAbi);
        };
        let linker = self.linker().map_err(EngineError::Load)?;
        let instance = linker.instantiate_pre(&module).map_err(EngineError::Load)?;
        Ok(Policy {
            engine: self.clone(),
            abi,
            instance,
        })
    }
}

impl Engine {
    /// All that a guest can call.
    fn linker(&self) -> wasmtime::Result<Linker<Guest>> {
        let mut linker: Linker<Guest> = Linker::new(&self.engine);
        wasi::add_to_linker(&mut linker)?;
        poll::add_to_linker(&mut linker)?;
        wapc::add_to_linker(&mut linker)?;
        Ok(linker)
    }

    fn compile(&self, bytes: &[u8]) -> Result<wasmtime::Module, EngineError> {
        let kept = self.cache.as_ref();
        if let Some(module) = kept.and_then(|cache| cache.load(&self.engine, bytes)) {
            return Ok(module);
        }
        let mut compiled = None;
        (self.compiling)(&mut || compiled = Some(wasmtime::Module::new(&self.engine, bytes)));
        let compiled = compiled.unwrap_or_else(|| wasmtime::Module::new(&self.engine, bytes));
        let module = compiled.map_err(EngineError::Load)?;
        if let Some(cache) = kept {
            cache.keep(&self.engine, bytes, &module);
        }
        Ok(module)
    }
}

/// Reads the bytes of a module.
///
/// # Errors
///
/// The file cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, EngineError> {
    fs::read(path).map_err(|source| EngineError::Read {
        path: path.display().to_string(),
        source,
    })
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policy")
            .field("abi", &self.abi)
            .finish_non_exhaustive()
    }
}

impl Policy {
    /// Returns the interface through which the module is called.
    #[must_use]
    pub const fn abi(&self) -> Abi {
        self.abi
    }

    /// Calls a fresh instance, under a host that grants no capability.
    ///
    /// # Errors
    ///
    /// The module trapped, ran out of time or memory, or reported an error.
    pub fn call(&self, operation: Operation, payload: &[u8]) -> Result<Vec<u8>, EngineError> {
        let nobody: Arc<dyn Host> = Arc::new(NoHost);
        self.call_with_host(operation, payload, &nobody)
    }

    /// Calls a fresh instance. A WASI command makes no host calls.
    ///
    /// # Errors
    ///
    /// The module trapped, ran out of time or memory, or reported an error.
    pub fn call_with_host(
        &self,
        operation: Operation,
        payload: &[u8],
        host: &Arc<dyn Host>,
    ) -> Result<Vec<u8>, EngineError> {
        let (answer, _) = self.measure_with_host(operation, payload, host)?;
        Ok(answer)
    }

    /// Calls a fresh instance, under a host that grants no capability, and says what it has cost.
    ///
    /// # Errors
    ///
    /// The module trapped, ran out of time or memory, or reported an error.
    pub fn measure(
        &self,
        operation: Operation,
        payload: &[u8],
    ) -> Result<(Vec<u8>, Cost), EngineError> {
        let nobody: Arc<dyn Host> = Arc::new(NoHost);
        self.measure_with_host(operation, payload, &nobody)
    }

    /// Calls a fresh instance, and says what it has cost. A WASI command makes no host calls.
    ///
    /// # Errors
    ///
    /// The module trapped, ran out of time or memory, or reported an error.
    pub fn measure_with_host(
        &self,
        operation: Operation,
        payload: &[u8],
        host: &Arc<dyn Host>,
    ) -> Result<(Vec<u8>, Cost), EngineError> {
        let limits = self.engine.limits;
        let host = HostCalls::new(host, limits.time);
        match self.abi {
            Abi::Wapc => {
                let exchange = wapc::Exchange::new(operation, payload, limits.answer);
                let mut store = self.store(wasi::Context::closed(), exchange, host);
                let called = wapc::call(&mut store, &self.instance);
                Self::ended(&store, limits, called)?;
                let cost = Cost::of(&store);
                Ok((store.into_data().call.answer()?, cost))
            }
            Abi::Wasi => {
                let command = wasi::Context::command(operation, payload, limits.answer);
                let mut store = self.store(command, wapc::Exchange::default(), host);
                let called = wasi::call(&mut store, &self.instance);
                let status = Self::ended(&store, limits, called)?;
                let cost = Cost::of(&store);
                Ok((store.into_data().wasi.answer(status)?, cost))
            }
        }
    }

    fn store(&self, wasi: wasi::Context, call: wapc::Exchange, host: HostCalls) -> Store<Guest> {
        let Limits { memory, time, .. } = self.engine.limits;
        let limiter = Limiter::new(memory);
        let mut store = Store::new(
            &self.engine.engine,
            Guest {
                wasi,
                call,
                host,
                limiter,
            },
        );
        store.limiter(|guest| &mut guest.limiter);
        if self.engine.meters {
            // All that there is; an engine that does not meter would refuse it.
            let _ = store.set_fuel(u64::MAX);
        }
        let ticks = time.as_millis().div_ceil(TICK.as_millis().max(1));
        // The clock may tick right after the start: one more tick than the time has.
        store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX).saturating_add(1));
        store
    }

    /// Tells apart the ways in which a call can end without an answer, by type and never by text.
    fn ended<T>(
        store: &Store<Guest>,
        limits: Limits,
        result: wasmtime::Result<T>,
    ) -> Result<T, EngineError> {
        result.map_err(|error| {
            if store.data().limiter.exceeded {
                EngineError::Memory(limits.memory)
            } else if error.downcast_ref::<Trap>() == Some(&Trap::Interrupt) {
                EngineError::Deadline(limits.time)
            } else {
                EngineError::Trapped(error)
            }
        })
    }
}

impl Cost {
    fn of(store: &Store<Guest>) -> Self {
        let left = store.get_fuel().unwrap_or(u64::MAX);
        Self {
            fuel: u64::MAX.saturating_sub(left),
            memory: store.data().limiter.peak,
        }
    }
}

#[cfg(test)]
mod tests;
