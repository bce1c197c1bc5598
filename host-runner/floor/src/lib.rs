//! The minimum cost of a call: a waPC module that receives the call of a policy, skips its JSON, and
//! admits everything. `countersign bench` and the benchmarks measure policies against it.

#![cfg(target_family = "wasm")]

extern crate alloc;

use alloc::vec::Vec;

use serde::de::IgnoredAny;

#[link(wasm_import_module = "wapc")]
#[expect(unsafe_code, reason = "the host's functions, as waPC fixes them")]
unsafe extern "C" {
    fn __guest_request(operation: *mut u8, payload: *mut u8);
    fn __guest_response(response: *const u8, length: usize);
}

/// Answers one call: 1 for an answer, 0 where the call is not JSON.
#[expect(unsafe_code, reason = "waPC fixes this symbol's name")]
#[unsafe(no_mangle)]
extern "C" fn __guest_call(operation_length: usize, payload_length: usize) -> i32 {
    let mut operation: Vec<u8> = alloc::vec![0; operation_length];
    let mut payload: Vec<u8> = alloc::vec![0; payload_length];
    // SAFETY: the host writes exactly the lengths that it stated, and both buffers have them.
    #[expect(unsafe_code, reason = "a call to the host")]
    unsafe {
        __guest_request(operation.as_mut_ptr(), payload.as_mut_ptr());
    }
    if serde_json::from_slice::<IgnoredAny>(&payload).is_err() {
        return 0;
    }
    let response = br#"{"accepted":true}"#;
    // SAFETY: the host copies the response before it returns.
    #[expect(unsafe_code, reason = "a call to the host")]
    unsafe {
        __guest_response(response.as_ptr(), response.len());
    }
    1
}
