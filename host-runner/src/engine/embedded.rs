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
