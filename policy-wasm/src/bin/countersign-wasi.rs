//! WASI adapter: JSON on standard input, JSON on standard output, the operation as argument.
//!
//! It uses WASI's preview-1 functions directly, so that the module imports nothing else. Exit status 0 means
//! that an answer was written, whether it admits or denies.

#![expect(unsafe_code, reason = "preview-1 functions take raw pointers")]

use policy_wasm::evidence::NoLookup;
use policy_wasm::{Budget, abi};

/// Kubewarden's metadata
#[used]
#[unsafe(link_section = "io.kubewarden.metadata")]
static METADATA: [u8; abi::metadata::WASI.len()] = abi::metadata::section(abi::metadata::WASI);

const STDIN: wasi::Fd = 0;
const STDOUT: wasi::Fd = 1;
const STDERR: wasi::Fd = 2;

fn main() {
    if let Err(error) = run() {
        // Errors of writing to standard error cannot be reported.
        let _ = write(STDERR, format!("countersign-wasi: {error}\n").as_bytes());
        // SAFETY: ends the instance; nothing runs after it.
        unsafe { wasi::proc_exit(2) }
    }
}

fn run() -> Result<(), String> {
    let arguments = arguments().map_err(|error| format!("cannot read arguments: {error}"))?;
    let answer = match arguments.get(1).map(Vec::as_slice) {
        Some(b"validate") => |call: &[u8]| abi::validate(call, host(&mut NoLookup)),
        Some(b"validate-settings") => abi::validate_settings,
        Some(b"decide") => |call: &[u8]| abi::decide(call, host(&mut NoLookup)),
        _ => return Err("expected one argument: validate, validate-settings or decide".into()),
    };
    let input = read_stdin()?;
    write(STDOUT, &answer(&input)).map_err(|error| format!("cannot write the answer: {error}"))
}

fn host(lookup: &mut NoLookup) -> abi::Host<'_> {
    abi::Host {
        clock: &abi::clock::now,
        lookup,
    }
}

fn arguments() -> Result<Vec<Vec<u8>>, wasi::Errno> {
    // SAFETY: the buffers have the sizes that the host states for them.
    let (pointers, buffer) = unsafe {
        let (count, size) = wasi::args_sizes_get()?;
        let mut pointers = vec![core::ptr::null_mut::<u8>(); count];
        let mut buffer = vec![0_u8; size];
        wasi::args_get(pointers.as_mut_ptr(), buffer.as_mut_ptr())?;
        (pointers, buffer)
    };
    // The host lays the arguments out one after the other, each ending in NUL.
    Ok(buffer
        .split(|byte| *byte == 0)
        .take(pointers.len())
        .map(<[u8]>::to_vec)
        .collect())
}

fn read_stdin() -> Result<Vec<u8>, String> {
    let limit = Budget::DEFAULT.call_bytes();
    let mut input = Vec::new();
    let mut chunk = vec![0_u8; 64 << 10];
    loop {
        let buffer = wasi::Iovec {
            buf: chunk.as_mut_ptr(),
            buf_len: chunk.len(),
        };
        // SAFETY: the buffer outlives the call and has the stated length.
        let length = unsafe { wasi::fd_read(STDIN, &[buffer]) }
            .map_err(|error| format!("cannot read standard input: {error}"))?;
        if length == 0 {
            return Ok(input);
        }
        input.extend_from_slice(chunk.get(..length).unwrap_or_default());
        if input.len() > limit {
            return Err(format!(
                "limit-exceeded: standard input is longer than {limit} bytes"
            ));
        }
    }
}

fn write(file: wasi::Fd, mut bytes: &[u8]) -> Result<(), wasi::Errno> {
    while !bytes.is_empty() {
        let buffer = wasi::Ciovec {
            buf: bytes.as_ptr(),
            buf_len: bytes.len(),
        };
        // SAFETY: the buffer outlives the call and has the stated length.
        let written = unsafe { wasi::fd_write(file, &[buffer]) }?;
        bytes = bytes.get(written..).unwrap_or_default();
    }
    Ok(())
}
