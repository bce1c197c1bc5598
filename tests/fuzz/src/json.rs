//! The policy's JSON reader beside `serde_json`.

use std::borrow::Cow;

use policy_text::cursor::{Cursor, Kind, MAX_DEPTH};
use serde::de::IgnoredAny;

/// The cursor accepts what `serde_json` accepts, except for deeper nesting, and reads each string as it
/// does, or fails with its message.
pub fn json(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let mut cursor = Cursor::new(text);
    cursor.skip();
    cursor.finish();
    let is_json = serde_json::from_str::<IgnoredAny>(text).is_ok();
    // `serde_json` has the same limit, and counts up to it in another way.
    let is_deep = cursor.deepest() >= MAX_DEPTH || depth(text) >= MAX_DEPTH;
    assert!(cursor.is_whole() == is_json || is_deep, "{text:?}");
    let mut cursor = Cursor::new(text);
    if is_json && cursor.kind() == Kind::Text {
        let expected = serde_json::from_str::<String>(text.trim_start());
        let expected = expected.map_err(|error| error.to_string());
        let read = cursor.string().map(Cow::into_owned);
        assert_eq!(
            read.map_err(|error| error.to_string()),
            expected,
            "{text:?}"
        );
    }
}

/// At most as many levels as there are brackets.
fn depth(text: &str) -> usize {
    text.matches(['[', '{']).count()
}
