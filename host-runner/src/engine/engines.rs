//! Engines that take a module, by the features of WebAssembly that it uses.

use serde::Serialize;
use wasmparser::{Validator, WasmFeatures};

/// The WebAssembly that an engine must know to run a module
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Engines {
    /// WebAssembly 2.0
    #[serde(rename = "wasm2")]
    Wasm2,
    /// WebAssembly 2.0 and the proposal wide arithmetic
    #[serde(rename = "wasm2+wide-arithmetic")]
    WideArithmetic,
    /// More than that
    #[serde(rename = "other")]
    Other,
}

impl Engines {
    /// Determines it by validating the module, which takes longer than reading its surface.
    #[must_use]
    pub fn of(module: &[u8]) -> Self {
        let levels = [
            (Self::Wasm2, WasmFeatures::WASM2),
            (
                Self::WideArithmetic,
                WasmFeatures::WASM2.union(WasmFeatures::WIDE_ARITHMETIC),
            ),
        ];
        let takes = |features| {
            let validated = Validator::new_with_features(features).validate_all(module);
            validated.is_ok()
        };
        let first = levels.into_iter().find(|(_, features)| takes(*features));
        first.map_or(Self::Other, |(engines, _)| engines)
    }
}
