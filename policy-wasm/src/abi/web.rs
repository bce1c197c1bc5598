//! Web adapter: JavaScript values in and out, through the engine's own JSON.

use alloc::string::String;

use wasm_bindgen::prelude::*;

use super::Host;
use crate::evidence::NoLookup;
use crate::time::Time;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = include_str!("web.d.ts");

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn stringify(value: &JsValue) -> Result<Option<String>, JsValue>;
    #[wasm_bindgen(js_namespace = JSON, catch)]
    fn parse(text: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(js_namespace = Date, js_name = now)]
    fn milliseconds() -> f64;
}

/// Evaluates one call, given as a value or as JSON text.
///
/// # Errors
///
/// Only errors of `JSON.stringify`, for example for a value that contains itself.
#[wasm_bindgen(unchecked_return_type = "Decision")]
pub fn decide(
    #[wasm_bindgen(unchecked_param_type = "Call | string")] call: &JsValue,
) -> Result<JsValue, JsValue> {
    answer(call, |call| {
        let host = Host {
            clock: &now,
            lookup: &mut NoLookup,
        };
        super::decide(call, host)
    })
}

/// Checks settings, given as a value or as JSON text, and reports every problem.
///
/// # Errors
///
/// As for [`decide`].
#[wasm_bindgen(js_name = validateSettings, unchecked_return_type = "SettingsAnswer")]
pub fn validate_settings(
    #[wasm_bindgen(unchecked_param_type = "Settings | string")] settings: &JsValue,
) -> Result<JsValue, JsValue> {
    answer(settings, super::validate_settings)
}

/// The engine's clock, in whole seconds.
#[expect(
    clippy::as_conversions,
    reason = "the cast saturates, and what is out of range is refused"
)]
fn now() -> Option<Time> {
    Time::from_unix((milliseconds() / 1000.0) as u64).ok()
}

fn answer(
    question: &JsValue,
    funnel: fn(&[u8]) -> alloc::vec::Vec<u8>,
) -> Result<JsValue, JsValue> {
    // A value without JSON, such as `undefined`, becomes an empty text, which is rejected.
    let text = match question.as_string() {
        Some(text) => text,
        None => stringify(question)?.unwrap_or_default(),
    };
    parse(&String::from_utf8_lossy(&funnel(text.as_bytes())))
}
