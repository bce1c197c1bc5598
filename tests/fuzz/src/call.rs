//! A whole call to its answers.

use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;

use crate::{decide, host, is_allowed, parsed, text_of};

/// Both answers are JSON, the Decision is consistent in itself and the same each time, and Kubewarden's
/// answer admits nothing that the Decision denies.
pub fn call(bytes: &[u8]) {
    let decision = decide(bytes);
    assert_eq!(decide(bytes), decision, "the same call is decided alike");
    let is_admitted = is_allowed(&decision, "allowed");
    let (verdict, enforcement) = (
        text_of(&decision, "verdict"),
        text_of(&decision, "enforcement"),
    );
    let is_consistent = match verdict {
        "CONFORMANT" => is_admitted && enforcement == "enforced",
        "NON_CONFORMANT" | "ERROR" => {
            is_admitted == matches!(enforcement, "dry-run" | "break-glass")
        }
        _ => false,
    };
    assert!(is_consistent, "{decision:#}");
    let response = parsed(&abi::validate(bytes, host(&mut NoLookup)));
    assert!(
        is_admitted || !is_allowed(&response, "accepted"),
        "{decision:#}\n{response:#}"
    );
}
