//! The host's half of waPC: lends a guest its request, carries its host calls and takes its answer.

use wasmtime::{InstancePre, Linker, Store};

use super::host::{HostCall, MAX_NAME, MAX_PAYLOAD};
use super::memory::{Guestly, memory, read, write};
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

pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    add_guest_functions(linker)?;
    add_host_functions(linker)
}

/// The guest's own call: its request, and its answer or error.
fn add_guest_functions(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
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
                let max = caller.data().call.max_answer;
                let response = read(&mut caller, at, length, max)?;
                caller.data_mut().call.response = Some(response);
                wasmtime::Result::Ok(())
            },
        )?
        .func_wrap(
            "wapc",
            "__guest_error",
            |mut caller: Guestly<'_>, at: u32, length: u32| {
                let max = caller.data().call.max_answer;
                let error = read(&mut caller, at, length, max)?;
                caller.data_mut().call.error = Some(String::from_utf8_lossy(&error).into_owned());
                wasmtime::Result::Ok(())
            },
        )?
        .func_wrap("wapc", "__console_log", |_: u32, _: u32| {})?;
    Ok(())
}

/// The calls that the guest makes, and their answers.
fn add_host_functions(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker
        .func_wrap(
            "wapc",
            "__host_call",
            |mut caller: Guestly<'_>,
             binding: u32,
             binding_length: u32,
             namespace: u32,
             namespace_length: u32,
             operation: u32,
             operation_length: u32,
             payload: u32,
             payload_length: u32| {
                let call = HostCall {
                    binding: read_name(&mut caller, binding, binding_length)?,
                    namespace: read_name(&mut caller, namespace, namespace_length)?,
                    operation: read_name(&mut caller, operation, operation_length)?,
                    payload: read(&mut caller, payload, payload_length, MAX_PAYLOAD)?,
                };
                caller.data_mut().host.make(&call).map(u32::from)
            },
        )?
        .func_wrap("wapc", "__host_response_len", |caller: Guestly<'_>| {
            length(caller.data().host.response())
        })?
        .func_wrap(
            "wapc",
            "__host_response",
            |mut caller: Guestly<'_>, at: u32| {
                let memory = memory(&mut caller)?;
                let (bytes, guest) = memory.data_and_store_mut(&mut caller);
                write(bytes, at, guest.host.response())
            },
        )?
        .func_wrap("wapc", "__host_error_len", |caller: Guestly<'_>| {
            length(caller.data().host.error())
        })?
        .func_wrap(
            "wapc",
            "__host_error",
            |mut caller: Guestly<'_>, at: u32| {
                let memory = memory(&mut caller)?;
                let (bytes, guest) = memory.data_and_store_mut(&mut caller);
                write(bytes, at, guest.host.error())
            },
        )?;
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

fn read_name(caller: &mut Guestly<'_>, at: u32, length: u32) -> wasmtime::Result<String> {
    Ok(String::from_utf8(read(caller, at, length, MAX_NAME)?)?)
}

fn length(bytes: &[u8]) -> wasmtime::Result<u32> {
    Ok(u32::try_from(bytes.len())?)
}
