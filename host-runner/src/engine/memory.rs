//! The linear memory of a guest, which it calls `memory`: what the host reads there and writes.

use wasmtime::{Caller, Extern, Memory};

use super::Guest;

/// A guest that calls its host
pub(super) type Guestly<'a> = Caller<'a, Guest>;

pub(super) fn memory(caller: &mut Guestly<'_>) -> wasmtime::Result<Memory> {
    caller
        .get_export("memory")
        .and_then(Extern::into_memory)
        .ok_or_else(|| wasmtime::Error::msg("the module exports no memory"))
}

pub(super) fn write(memory: &mut [u8], at: u32, bytes: &[u8]) -> wasmtime::Result<()> {
    let start = usize::try_from(at)?;
    memory
        .get_mut(start..start.saturating_add(bytes.len()))
        .ok_or_else(|| wasmtime::Error::msg("the module gave a buffer outside of its memory"))?
        .copy_from_slice(bytes);
    Ok(())
}

pub(super) fn read(
    caller: &mut Guestly<'_>,
    at: u32,
    length: u32,
    max: usize,
) -> wasmtime::Result<Vec<u8>> {
    let (start, length) = (usize::try_from(at)?, usize::try_from(length)?);
    if length > max {
        let message = format!("the module gave {length} bytes where {max} is the most");
        return Err(wasmtime::Error::msg(message));
    }
    let memory = memory(caller)?;
    memory
        .data(&*caller)
        .get(start..start.saturating_add(length))
        .map(<[u8]>::to_vec)
        .ok_or_else(|| wasmtime::Error::msg("the module gave a buffer outside of its memory"))
}
