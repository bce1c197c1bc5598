//! waPC adapter (<https://wapc.io/docs/spec/>): moves bytes between the guest calls and [`crate::abi`].

use alloc::vec::Vec;
use core::hint;
use core::sync::atomic::{AtomicBool, Ordering};

use super::host::WapcHost;
use super::{Host, clock, metadata};
use crate::Budget;

/// Kubewarden's metadata
#[used]
#[expect(unsafe_code, reason = "the section's name is Kubewarden's")]
#[unsafe(link_section = "io.kubewarden.metadata")]
static METADATA: [u8; metadata::WAPC.len()] = metadata::section(metadata::WAPC);

#[link(wasm_import_module = "wapc")]
#[expect(unsafe_code, reason = "the host's functions, as waPC fixes them")]
unsafe extern "C" {
    fn __guest_request(operation: *mut u8, payload: *mut u8);
    fn __guest_response(response: *const u8, length: usize);
    fn __guest_error(error: *const u8, length: usize);
}

/// Limit on the length of an operation's name
const MAX_OPERATION: usize = 32;

/// Written before any static is read: an engine copies a page of the module's data when an instance first
/// writes to it. A read before that write would map the page and up to fifteen neighbors first
/// (docs/performance.md).
static IS_CALLED: AtomicBool = AtomicBool::new(false);

/// Answers one call; returns 1 for a response and 0 for an error.
#[expect(unsafe_code, reason = "waPC fixes this symbol's name")]
#[unsafe(no_mangle)]
extern "C" fn __guest_call(operation_length: usize, payload_length: usize) -> i32 {
    // The value is never read, so a plain write would be optimized away.
    hint::black_box(&IS_CALLED).store(true, Ordering::Relaxed);
    // The host's lengths are untrusted: check them before any allocation.
    if operation_length > MAX_OPERATION || payload_length > Budget::DEFAULT.call_bytes() {
        return refuse(b"limit-exceeded: the call is longer than this module reads");
    }
    let mut operation = [0_u8; MAX_OPERATION];
    let mut payload = alloc::vec![0_u8; payload_length];
    // SAFETY: the host writes exactly the stated lengths, and both buffers have room for them.
    #[expect(unsafe_code, reason = "a call to the host")]
    unsafe {
        __guest_request(operation.as_mut_ptr(), payload.as_mut_ptr());
    }
    let operation = operation.get(..operation_length).unwrap_or_default();
    match operation {
        b"validate" => respond(&super::validate(&payload, host(&mut WapcHost))),
        b"validate_settings" => respond(&super::validate_settings(&payload)),
        b"decide" => respond(&super::decide(&payload, host(&mut WapcHost))),
        b"protocol_version" => respond(super::PROTOCOL_VERSION),
        _ => {
            let mut error = Vec::from(b"unknown operation: ".as_slice());
            error.extend_from_slice(operation);
            refuse(&error)
        }
    }
}

fn host(lookup: &mut WapcHost) -> Host<'_> {
    Host {
        clock: &clock::now,
        lookup,
    }
}

fn respond(response: &[u8]) -> i32 {
    // SAFETY: the host copies `response` before it returns.
    #[expect(unsafe_code, reason = "a call to the host")]
    unsafe {
        __guest_response(response.as_ptr(), response.len());
    }
    1
}

fn refuse(error: &[u8]) -> i32 {
    // SAFETY: the host copies `error` before it returns.
    #[expect(unsafe_code, reason = "a call to the host")]
    unsafe {
        __guest_error(error.as_ptr(), error.len());
    }
    0
}
