//! A Sigstore bundle that must not count.

use serde_json::value::RawValue;

use crate::base::UNSIGNED;
use crate::sigstore::{ROOT, call};
use crate::{decide, is_allowed};

/// No bundle attests a digest that no trusted identity has signed.
pub fn bundle(bytes: &[u8]) {
    let (Ok(bundle), Ok(root)) = (
        serde_json::from_slice::<&RawValue>(bytes),
        serde_json::from_str::<&RawValue>(ROOT),
    ) else {
        return;
    };
    let decision = decide(call(root, bundle, UNSIGNED).as_bytes());
    assert!(!is_allowed(&decision, "allowed"), "{decision:#}");
}
