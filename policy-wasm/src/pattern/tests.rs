//! What the languages share in tests.

use alloc::string::String;

const D0: &str = "0000000000000000000000000000000000000000000000000000000000000000";
const D1: &str = "1111111111111111111111111111111111111111111111111111111111111111";
const DX: &str = "77b0b75136b9bd0fd36fb50f4c92ae0dbdbbe164ab67885e736fa4374e0cbb8c";

/// What the digits of digests in the tables stand for.
pub(super) fn with_digests(text: &str) -> String {
    text.replace("{d0}", D0)
        .replace("{d1}", D1)
        .replace("{dx}", DX)
}
