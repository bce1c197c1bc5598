//! A Sigstore trusted root that must not make anything else count.

use std::sync::LazyLock;

use policy_wasm::sigstore::TrustedRoot;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

use crate::base::UNSIGNED;
use crate::sigstore::{bundle, call};
use crate::{decide, is_allowed};

/// A genuine bundle
static BUNDLE: LazyLock<Value> = LazyLock::new(|| bundle("must-pass/rekor-v1-and-timestamp"));

/// Under no trusted root does a bundle attest another digest than its own. The links of every root can be checked.
pub fn trusted_root(bytes: &[u8]) {
    let Ok(document) = serde_json::from_slice::<&RawValue>(bytes) else {
        return;
    };
    if let Ok(root) = TrustedRoot::parse(document.get()) {
        assert!(root.broken_links().len() < document.get().len());
    }
    if let Ok(bundle) = to_raw_value(&*BUNDLE) {
        let decision = decide(call(document, &bundle, UNSIGNED).as_bytes());
        assert!(!is_allowed(&decision, "allowed"), "{decision:#}");
    }
}
