//! ASCII armor (RFC 9580, section 6).

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Decodes exactly one block, with nothing before and only white space after it, to its label and content.
/// Lines end in LF or CRLF.
pub(super) fn decode(text: &str) -> Option<(&str, Vec<u8>)> {
    let mut lines = text.lines().map(str::trim_ascii_end);
    let label = label(lines.next()?, "-----BEGIN PGP ")?;
    let mut headers = lines.by_ref().take_while(|line| !line.is_empty());
    if !headers.all(|line| line.contains(':')) {
        return None;
    }
    let mut body = String::new();
    let mut line = lines.next()?;
    while !line.starts_with(['=', '-']) {
        body.push_str(line);
        line = lines.next()?;
    }
    if line.starts_with('=') {
        // Section 6.1: a wrong checksum must not be an error.
        line = lines.next()?;
    }
    if self::label(line, "-----END PGP ")? != label || !lines.all(str::is_empty) {
        return None;
    }
    Some((label, STANDARD.decode(body).ok()?))
}

fn label<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix("-----")
}
