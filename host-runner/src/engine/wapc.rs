//! The host's half of waPC: lends a guest its request and takes its answer. No host capability is
//! granted; a guest that asks for one gets an error.

use wasmtime::{Caller, Extern, InstancePre, Linker, Memory, Store};

use super::{EngineError, Guest, Operation};

/// One call, as the guest sees it
#[derive(Debug, Default)]
pub(super) struct Exchange {
    operation: &'static str,
    payload: Vec<u8>,
    response: Option<Vec<u8>>,
    error: Option<String>,
    max_answer: usize,
}

impl Exchange {
    pub(super) fn new(operation: Operation, payload: &[u8], max_answer: usize) -> Self {
        let operation = match operation {
            Operation::Decide => "decide",
            Operation::Validate => "validate",
            Operation::ValidateSettings => "validate_settings",
        };
        Self {
            operation,
            payload: payload.to_vec(),
            max_answer,
            ..Self::default()
        }
    }

    pub(super) fn answer(self) -> Result<Vec<u8>, EngineError> {
        match (self.error, self.response) {
            (Some(error), _) => Err(EngineError::Guest(error)),
            (None, Some(response)) => Ok(response),
            (None, None) => Err(EngineError::Guest("neither an answer nor an error".into())),
        }
    }
}

/// Why no host call is ever answered here
const NO_CAPABILITIES: &str = "this host grants no capabilities";

pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    type Guestly<'a> = Caller<'a, Guest>;
    linker
        .func_wrap(
            "wapc",
            "__guest_request",
            |mut caller: Guestly<'_>, op: u32, payload: u32| {
                let memory = memory(&mut caller)?;
                let (bytes, guest) = memory.data_and_store_mut(&mut caller);
                write(bytes, op, guest.call.operation.as_bytes())?;
                write(bytes, payload, &guest.call.payload)
            },
        )?
        .func_wrap(
            "wapc",
            "__guest_response",
            |mut caller: Guestly<'_>, at: u32, length: u32| {
                let response = read(&mut caller, at, length)?;
                caller.data_mut().call.response = Some(response);
                wasmtime::Result::Ok(())
            },
        )?
        .func_wrap(
            "wapc",
            "__guest_error",
            |mut caller: Guestly<'_>, at: u32, length: u32| {
                let error = read(&mut caller, at, length)?;
                caller.data_mut().call.error = Some(String::from_utf8_lossy(&error).into_owned());
                wasmtime::Result::Ok(())
            },
        )?
        .func_wrap(
            "wapc",
            "__host_call",
            |_: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32, _: u32| 0_u32,
        )?
        .func_wrap("wapc", "__host_response", |_: u32| {})?
        .func_wrap("wapc", "__host_response_len", || 0_u32)?
        .func_wrap("wapc", "__host_error_len", || {
            u32::try_from(NO_CAPABILITIES.len()).unwrap_or_default()
        })?
        .func_wrap(
            "wapc",
            "__host_error",
            |mut caller: Guestly<'_>, at: u32| {
                let memory = memory(&mut caller)?;
                write(memory.data_mut(&mut caller), at, NO_CAPABILITIES.as_bytes())
            },
        )?
        .func_wrap("wapc", "__console_log", |_: u32, _: u32| {})?;
    Ok(())
}

/// Initialises a fresh instance and calls it once.
pub(super) fn call(
    store: &mut Store<Guest>,
    instance: &InstancePre<Guest>,
) -> wasmtime::Result<()> {
    let (operation, payload) = (
        store.data().call.operation.len(),
        store.data().call.payload.len(),
    );
    let instance = instance.instantiate(&mut *store)?;
    // Compilers other than ours leave their set-up to one of these.
    for name in ["_initialize", "_start", "wapc_init"] {
        if let Ok(start) = instance.get_typed_func::<(), ()>(&mut *store, name) {
            start.call(&mut *store, ())?;
        }
    }
    let guest_call = instance.get_typed_func::<(u32, u32), u32>(&mut *store, "__guest_call")?;
    guest_call.call(store, (u32::try_from(operation)?, u32::try_from(payload)?))?;
    Ok(())
}

fn memory(caller: &mut Caller<'_, Guest>) -> wasmtime::Result<Memory> {
    caller
        .get_export("memory")
        .and_then(Extern::into_memory)
        .ok_or_else(|| wasmtime::Error::msg("the module exports no memory"))
}

fn write(memory: &mut [u8], at: u32, bytes: &[u8]) -> wasmtime::Result<()> {
    let start = usize::try_from(at)?;
    memory
        .get_mut(start..start.saturating_add(bytes.len()))
        .ok_or_else(|| wasmtime::Error::msg("the module gave a buffer outside of its memory"))?
        .copy_from_slice(bytes);
    Ok(())
}

fn read(caller: &mut Caller<'_, Guest>, at: u32, length: u32) -> wasmtime::Result<Vec<u8>> {
    let (start, length) = (usize::try_from(at)?, usize::try_from(length)?);
    if length > caller.data().call.max_answer {
        return Err(wasmtime::Error::msg("the module's answer is too long"));
    }
    let memory = memory(caller)?;
    memory
        .data(&*caller)
        .get(start..start.saturating_add(length))
        .map(<[u8]>::to_vec)
        .ok_or_else(|| wasmtime::Error::msg("the module gave a buffer outside of its memory"))
}
