//! A checkpoint that must not make an inclusion proof lead to it.

use std::sync::LazyLock;

use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::sigstore::{ROOT, SIGNED, bundle, call};
use crate::{decide, is_allowed};

/// A bundle whose proof leads to no tree of its log
static BUNDLE: LazyLock<Value> = LazyLock::new(|| bundle("inclusion-proof/index-of-other-leaf"));

/// No checkpoint makes an inclusion proof count that leads to no tree of the log.
pub fn checkpoint(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let mut bundle = BUNDLE.clone();
    let path = "/verificationMaterial/tlogEntries/0/inclusionProof/checkpoint/envelope";
    match bundle.pointer_mut(path) {
        Some(envelope) => *envelope = text.into(),
        None => panic!("the bundle has no checkpoint"),
    }
    if let (Ok(bundle), Ok(root)) = (
        to_raw_value(&bundle),
        serde_json::from_str::<&RawValue>(ROOT),
    ) {
        let decision = decide(call(root, &bundle, SIGNED).as_bytes());
        assert!(!is_allowed(&decision, "allowed"), "{decision:#}");
    }
}
