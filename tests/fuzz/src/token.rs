//! Timestamp tokens of an authority that has stamped other bytes.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::key::SubjectKey;
use policy_wasm::sigstore::certificate::Certificate;
use policy_wasm::sigstore::token::Token;
use serde_json::Value;

const ROOT: &str = include_str!("../../core/vectors/sigstore/roots/instance.json");

/// The certificate of the timestamp authority
static AUTHORITY: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let root: Value = serde_json::from_str(ROOT).unwrap();
    let chain = &root["timestampAuthorities"][0]["certChain"]["certificates"];
    STANDARD
        .decode(chain[0]["rawBytes"].as_str().unwrap())
        .unwrap()
});

/// Bytes that the authority has not stamped
const UNSTAMPED: &[u8] = b"unstamped";

/// A token is all of its bytes. None is about bytes that the authority has not stamped.
pub fn token(bytes: &[u8]) {
    let Ok(token) = Token::read(bytes) else {
        return;
    };
    assert!(bytes.len() <= 32 << 10);
    assert!(Token::read(&bytes[..bytes.len() - 1]).is_err());
    assert!(Token::read(&[bytes, &[0]].concat()).is_err());
    let authority = Certificate::read(&AUTHORITY).unwrap();
    let key = SubjectKey::from_der(authority.spki()).unwrap();
    let is_by_authority = token.names(&authority)
        && token.agrees_with(&authority).is_ok()
        && token.is_signed_by(&key).is_ok();
    assert!(!is_by_authority || !token.is_about(UNSTAMPED));
}
