//! Lookups as waPC host calls to Kubewarden.

use alloc::string::String;

use super::kubewarden::{HostCall, failure};
use crate::evidence::{Answer, Lookup, Need};

#[link(wasm_import_module = "wapc")]
#[expect(unsafe_code, reason = "the host's functions, as waPC fixes them")]
unsafe extern "C" {
    fn __host_call(
        binding: *const u8,
        binding_length: usize,
        namespace: *const u8,
        namespace_length: usize,
        operation: *const u8,
        operation_length: usize,
        payload: *const u8,
        payload_length: usize,
    ) -> usize;
    fn __host_response_len() -> usize;
    fn __host_response(at: *mut u8);
    fn __host_error_len() -> usize;
    fn __host_error(at: *mut u8);
}

/// Maximum length of an error text that is read
const MAX_ERROR: usize = 16 << 10;

/// The host at the other end of the guest's imports
#[derive(Debug, Clone, Copy)]
pub(super) struct WapcHost;

impl Lookup for WapcHost {
    fn look_up(&mut self, need: &Need, max_bytes: usize) -> Answer {
        if ask(&HostCall::of(need)) {
            // SAFETY: no arguments; states the length of the response to the call above.
            #[expect(unsafe_code, reason = "a call to the host")]
            let length = unsafe { __host_response_len() };
            if length > max_bytes {
                return Answer::TooLong;
            }
            return match take(length, __host_response) {
                Ok(text) => Answer::Found(text),
                Err(problem) => Answer::Failed(problem),
            };
        }
        // SAFETY: no arguments; states the length of the error of the call above.
        #[expect(unsafe_code, reason = "a call to the host")]
        let length = unsafe { __host_error_len() };
        if length > MAX_ERROR {
            return Answer::Failed("the host's error is too long".into());
        }
        match take(length, __host_error) {
            Ok(text) => failure(need, &text),
            Err(problem) => Answer::Failed(problem),
        }
    }
}

/// Makes the call; returns whether the host has a response, as opposed to an error.
fn ask(call: &HostCall) -> bool {
    // SAFETY: the host reads the stated lengths before it returns.
    #[expect(unsafe_code, reason = "a call to the host")]
    let status = unsafe {
        __host_call(
            call.binding.as_ptr(),
            call.binding.len(),
            call.namespace.as_ptr(),
            call.namespace.len(),
            call.operation.as_ptr(),
            call.operation.len(),
            call.payload.as_ptr(),
            call.payload.len(),
        )
    };
    status == 1
}

/// Copies a text; the caller has checked its length.
#[expect(unsafe_code, reason = "a call to the host")]
fn take(length: usize, copy: unsafe extern "C" fn(*mut u8)) -> Result<String, String> {
    let mut bytes = alloc::vec![0_u8; length];
    // SAFETY: the host writes exactly the length that it stated, and the buffer has it.
    unsafe { copy(bytes.as_mut_ptr()) };
    String::from_utf8(bytes).map_err(|_| "the host's answer is not UTF-8".into())
}
