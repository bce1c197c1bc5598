//! The policy as a native library.

use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::NO_CLOCK;
use serde_json::Value;

/// The Decision of the native library about a call.
pub fn decision(call: &Value) -> Value {
    serde_json::from_slice(&decide_natively(call.to_string().as_bytes())).unwrap()
}

/// Answers a call with the native library, which has neither a clock nor a host.
pub fn decide_natively(call: &[u8]) -> Vec<u8> {
    let host = abi::Host {
        clock: NO_CLOCK,
        lookup: &mut NoLookup,
    };
    abi::decide(call, host)
}
