//! Tag and digest of a wildcard.

use super::{Compared, Covers, Fit};

/// The end of patterns
#[derive(Debug)]
pub(super) struct Suffix {
    pub(super) text: String,
    pub(super) fit: Fit,
}

/// Length of the digits of a SHA-256 digest
const DIGITS: usize = 64;

/// Reads `[:TAG][@DIGEST]` behind a name, which is open if its last `*` may stand for a part of it.
///
/// # Errors
///
/// There are no patterns.
pub(super) fn of(
    text: &str,
    is_open: bool,
    compared: Compared,
    covers: Covers,
) -> Result<Suffix, Fit> {
    let (tag, digest) = match text.split_once('@') {
        Some((tag, digest)) => (tag, Some(digest)),
        None => (text, None),
    };
    match (tag.strip_prefix(':'), digest) {
        (None, None) if is_open => Ok(Suffix::exact("")),
        (None, None) => match compared {
            Compared::TagOrDigest | Compared::Completed => Err(Fit::NoImage),
            Compared::AsWritten => Ok(Suffix::exact(":latest@-")),
            Compared::Repository => Ok(Suffix::exact("")),
        },
        (Some(_), _) | (_, Some(_)) if compared == Compared::Repository => Err(Fit::NoImage),
        (None, Some(digest)) => {
            let digest = digest_of(digest, covers)?;
            let has_any_tag = is_open || compared == Compared::TagOrDigest;
            Ok(digest.behind(if has_any_tag { "" } else { ":-" }))
        }
        (Some(_), Some(_)) if compared == Compared::TagOrDigest => Err(Fit::NoImage),
        (Some(tag), Some(digest)) => {
            let (digest, tag) = (digest_of(digest, covers)?, tag_of(tag, covers)?);
            Ok(Suffix {
                fit: digest.fit.max(tag.fit),
                ..digest.behind(&tag.text)
            })
        }
        (Some("*"), None) if is_open => Ok(Suffix::exact("")),
        (Some(tag), None) if is_open && is_in_digests(tag) => match covers {
            Covers::More => Ok(Suffix {
                text: String::new(),
                fit: Fit::More,
            }),
            Covers::Fewer => Ok(Suffix {
                text: format!(":{tag}@-"),
                fit: Fit::Fewer,
            }),
        },
        (Some(tag), None) => {
            let ends_open = tag.ends_with('*') && compared != Compared::TagOrDigest;
            let Suffix { text, fit } = tag_of(tag, covers)?;
            let digest = if ends_open { "" } else { "@-" };
            Ok(Suffix {
                text: text + digest,
                fit,
            })
        }
    }
}

/// Whether a digest may end so: its digits are behind a colon as well.
fn is_in_digests(tag: &str) -> bool {
    let is_digit = |byte: u8| byte == b'*' || matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    tag.bytes().all(is_digit) && (tag.contains('*') || tag.len() == DIGITS)
}

fn tag_of(tag: &str, covers: Covers) -> Result<Suffix, Fit> {
    match (tag.matches('*').count(), covers) {
        (0 | 1, _) => Ok(Suffix::exact(&format!(":{tag}"))),
        (_, Covers::More) => Ok(Suffix {
            text: ":*".to_owned(),
            fit: Fit::More,
        }),
        (_, Covers::Fewer) => Err(Fit::Unsayable),
    }
}

fn digest_of(digest: &str, covers: Covers) -> Result<Suffix, Fit> {
    match (digest, covers) {
        ("*" | "sha256:*", _) => Ok(Suffix::exact("@*")),
        (digest, _) if !digest.contains('*') => Ok(Suffix::exact(&format!("@{digest}"))),
        (_, Covers::More) => Ok(Suffix {
            text: "@*".to_owned(),
            fit: Fit::More,
        }),
        (_, Covers::Fewer) => Err(Fit::Unsayable),
    }
}

impl Suffix {
    fn exact(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            fit: Fit::Exact,
        }
    }

    fn behind(self, tag: &str) -> Self {
        Self {
            text: format!("{tag}{}", self.text),
            ..self
        }
    }
}
