//! The linear memory of a guest, which it calls `memory`: what the host reads there and writes.

use core::ops::Range;

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
    slice_mut(memory, at, bytes.len())?.copy_from_slice(bytes);
    Ok(())
}

pub(super) fn read(
    caller: &mut Guestly<'_>,
    at: u32,
    length: u32,
    max: usize,
) -> wasmtime::Result<Vec<u8>> {
    let length = usize::try_from(length)?;
    if length > max {
        let message = format!("the module passed {length} bytes, and the limit is {max}");
        return Err(wasmtime::Error::msg(message));
    }
    let memory = memory(caller)?;
    Ok(slice(memory.data(&*caller), at, length)?.to_vec())
}

pub(super) fn slice(memory: &[u8], at: u32, length: usize) -> wasmtime::Result<&[u8]> {
    memory.get(range(at, length)?).ok_or_else(outside)
}

pub(super) fn slice_mut(memory: &mut [u8], at: u32, length: usize) -> wasmtime::Result<&mut [u8]> {
    memory.get_mut(range(at, length)?).ok_or_else(outside)
}

fn range(at: u32, length: usize) -> wasmtime::Result<Range<usize>> {
    let start = usize::try_from(at)?;
    Ok(start..start.saturating_add(length))
}

fn outside() -> wasmtime::Error {
    wasmtime::Error::msg("the module passed a buffer outside its memory")
}
