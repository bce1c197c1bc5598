//! Image references in the one form in which the rules of `imagePolicy` compare them.

use alloc::string::String;

use super::{ImageReference, ReferenceDigest, complete, port};

/// An image reference as container runtimes complete it
///
/// The host is in lower case, since hosts are the same in either case, and its port has no leading zeros, which
/// clients ignore. Docker Hub's short names and its alias are then completed as in
/// [`ImageReference::normalized_repository`]. A reference without tag and digest has the tag `latest`. A default port is
/// not completed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NormalizedReference<'a> {
    /// Registry and repository: `docker.io/library/nginx`
    pub name: String,
    /// The tag; `None` only if there is a digest
    pub tag: Option<&'a str>,
    /// The part after the `@`
    pub digest: Option<ReferenceDigest>,
}

/// Tag that runtimes pull if a reference has neither tag nor digest
const DEFAULT_TAG: &str = "latest";

impl<'a> From<ImageReference<'a>> for NormalizedReference<'a> {
    fn from(image: ImageReference<'a>) -> Self {
        let host = image.host.map(comparable);
        let name = complete(host.as_deref(), image.path);
        let tag = match image.digest {
            Some(_) => image.tag,
            None => image.tag.or(Some(DEFAULT_TAG)),
        };
        Self {
            name,
            tag,
            digest: image.digest,
        }
    }
}

/// Returns a host in lower case, and without leading zeros in its port.
fn comparable(host: &str) -> String {
    let mut text = host.to_ascii_lowercase();
    if let Some((name, digits)) = port(host) {
        text.truncate(name.len());
        text.push(':');
        text.push_str(significant(digits));
    }
    text
}

/// Returns the digits of a port without leading zeros.
pub(crate) fn significant(port: &str) -> &str {
    match port.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    }
}
