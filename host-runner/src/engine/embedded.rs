//! The modules that this program was built with.

use super::Abi;

/// The bytes of the embedded module of an ABI.
#[must_use]
pub const fn embedded(abi: Abi) -> &'static [u8] {
    match abi {
        Abi::Wapc => include_bytes!(concat!(env!("OUT_DIR"), "/countersign.wasm")),
        Abi::Wasi => include_bytes!(concat!(env!("OUT_DIR"), "/countersign-wasi.wasm")),
    }
}

/// A waPC module that receives its call, skips the JSON and says yes: what a policy costs at least.
pub const FLOOR: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/floor.wasm"));

/// A waPC module that says yes without looking: what the engine costs.
pub const NO_OP: &[u8] = include_bytes!("no-op.wasm");
