//! URIs of files.

use core::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Returns the path of a `file:` URI; `None` of others.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let rest = rest.strip_prefix("localhost").unwrap_or(rest);
    let decoded = decoded(rest)?;
    let is_drive = |text: &str| cfg!(windows) && text.get(2..3) == Some(":");
    let path = match decoded.strip_prefix('/') {
        Some(path) if is_drive(&decoded) => path,
        Some(_) => decoded.as_str(),
        None => return None,
    };
    Some(PathBuf::from(path))
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            let digits = str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Returns the URI of an absolute path.
pub(super) fn of(path: &Path) -> String {
    let mut uri = "file://".to_owned();
    let path = path.to_string_lossy();
    if cfg!(windows) {
        uri.push('/');
    }
    for byte in path.bytes() {
        match byte {
            b'\\' if cfg!(windows) => uri.push('/'),
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            byte => {
                let _ = write!(uri, "%{byte:02X}");
            }
        }
    }
    uri
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_and_uris_are_converted_both_ways() {
        for (uri, expected) in [
            ("file:///a/b%20c/%C3%A9.yaml", Some("/a/b c/é.yaml")),
            ("file://localhost/a", Some("/a")),
            ("file:///a%2", None),
            ("file:///a%zz", None),
            ("file:///%FF", None),
            ("file://server/a", None),
            ("untitled:Untitled-1", None),
        ] {
            assert_eq!(path(uri), expected.map(PathBuf::from), "{uri}");
        }
        let with_spaces = Path::new("/a/b c/é.yaml");
        assert_eq!(of(with_spaces), "file:///a/b%20c/%C3%A9.yaml");
        assert_eq!(path(&of(with_spaces)).as_deref(), Some(with_spaces));
    }
}
