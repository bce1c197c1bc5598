//! The WASI host: arguments and three pipes, and nothing else of the machine.

use wasmtime::{InstancePre, Store};
use wasmtime_wasi::p1::WasiP1Ctx;
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{I32Exit, WasiCtxBuilder};

use super::{EngineError, Guest, Operation};

/// A context in which every file, variable and socket is missing.
pub(super) fn closed() -> WasiP1Ctx {
    WasiCtxBuilder::new().build_p1()
}

/// The standard streams of one call
#[derive(Debug)]
pub(super) struct Pipes {
    stdin: MemoryInputPipe,
    stdout: MemoryOutputPipe,
    stderr: MemoryOutputPipe,
}

/// Longer than any message is worth reading.
const MAX_STDERR: usize = 64 << 10;

impl Pipes {
    pub(super) fn new(input: &[u8], max_answer: usize) -> Self {
        Self {
            stdin: MemoryInputPipe::new(input.to_vec()),
            stdout: MemoryOutputPipe::new(max_answer),
            stderr: MemoryOutputPipe::new(MAX_STDERR),
        }
    }

    pub(super) fn context(&self, operation: Operation) -> WasiP1Ctx {
        let operation = match operation {
            Operation::Decide => "decide",
            Operation::Validate => "validate",
            Operation::ValidateSettings => "validate-settings",
        };
        WasiCtxBuilder::new()
            .args(&["policy.wasm", operation])
            .stdin(self.stdin.clone())
            .stdout(self.stdout.clone())
            .stderr(self.stderr.clone())
            .build_p1()
    }

    pub(super) fn answer(self, status: i32) -> Result<Vec<u8>, EngineError> {
        if status == 0 {
            return Ok(self.stdout.contents().to_vec());
        }
        let stderr = self.stderr.contents();
        let text = String::from_utf8_lossy(&stderr);
        Err(EngineError::Guest(format!(
            "exit status {status}: {}",
            text.trim_end()
        )))
    }
}

/// Runs a fresh instance and returns its exit status.
pub(super) fn call(
    store: &mut Store<Guest>,
    instance: &InstancePre<Guest>,
) -> wasmtime::Result<i32> {
    let instance = instance.instantiate(&mut *store)?;
    let start = instance.get_typed_func::<(), ()>(&mut *store, "_start")?;
    match start.call(store, ()) {
        Ok(()) => Ok(0),
        Err(error) => match error.downcast_ref::<I32Exit>() {
            Some(I32Exit(status)) => Ok(*status),
            None => Err(error),
        },
    }
}
