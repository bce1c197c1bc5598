//! The policy's JSON reader beside `serde_json`.

use policy_text::cursor::{Cursor, Kind, MAX_DEPTH};
use serde::de::IgnoredAny;
use serde_json::Value;

/// The cursor accepts what `serde_json` accepts, except for deeper nesting, and reads each string as it
/// does.
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
        let expected = serde_json::from_str::<Value>(text).ok();
        let expected = expected.as_ref().and_then(Value::as_str);
        let read = cursor.string().ok();
        assert_eq!(read.as_deref(), expected, "{text:?}");
    }
}

/// At most as many levels as there are brackets.
fn depth(text: &str) -> usize {
    text.matches(['[', '{']).count()
}
