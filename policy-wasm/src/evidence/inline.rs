//! Attestations in the settings.
//!
//! There may be thousands, of which a request needs one or two. The image under which an occurrence is stored
//! proves nothing, but it selects the occurrences to read first, which usually suffice.

use super::Evidence;
use crate::Budget;
use crate::attestation::{Occurrence, Source};
use crate::digest::Digest;
use crate::json::Raw;
use policy_text::cursor::has_escapes;

/// The image under which an occurrence is stored, as far as it is known without parsing
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filed {
    /// Possibly a wanted image
    Here,
    /// Another image
    Elsewhere,
}

/// Reads the occurrences of this kind, or all, and returns whether there are others.
pub(super) fn collect<'e>(
    evidence: &mut Evidence<'e>,
    occurrences: &[Raw<'e>],
    filed: Option<Filed>,
    budget: &Budget,
) -> bool {
    let mut has_others = false;
    for raw in occurrences {
        let is_wanted = |digest| evidence.wanted.contains_key(&digest);
        if filed.is_some_and(|filed| filed != Filed::of(raw.text(), is_wanted)) {
            has_others = true;
            continue;
        }
        for occurrence in Occurrence::read(*raw) {
            if occurrence.is_attestation() {
                let resource = occurrence.resource_digest();
                evidence.add_bodies(occurrence.decode(Source::Settings, budget), resource);
            }
        }
    }
    has_others
}

impl Filed {
    /// Returns `Elsewhere` if the text contains digests, but no wanted one. Base64 is not decoded.
    fn of(occurrence: &str, is_wanted: impl Fn(Digest) -> bool) -> Self {
        let mut digests = Digest::all_in(occurrence).peekable();
        let has_digests = digests.peek().is_some();
        // An escape may be part of a digest.
        if has_digests && !digests.any(is_wanted) && !has_escapes(occurrence) {
            Self::Elsewhere
        } else {
            Self::Here
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_filed_under_a_wanted_image_is_not_filed_elsewhere() {
        let [wanted, other] = ["a", "b"].map(|digit| digit.repeat(64));
        for (text, expected) in [
            ("{}".into(), Filed::Here),
            (r#"{"name":"projects/p/occurrences/1"}"#.into(), Filed::Here),
            (
                alloc::format!(r#"{{"resourceUri":"x@sha256:{wanted}"}}"#),
                Filed::Here,
            ),
            (
                alloc::format!(r#"{{"resourceUri":"x@sha256:{other}"}}"#),
                Filed::Elsewhere,
            ),
            (alloc::format!(r#"["{other}","{wanted}"]"#), Filed::Here),
            (alloc::format!(r#"["{other}","{other}"]"#), Filed::Elsewhere),
            (
                alloc::format!(
                    r#"["{other}","\u0061{}"]"#,
                    wanted.strip_prefix("a").unwrap()
                ),
                Filed::Here,
            ),
        ] {
            let wanted = Digest::from_hex(&wanted).unwrap();
            assert_eq!(
                Filed::of(&text, |digest| digest == wanted),
                expected,
                "{text}"
            );
        }
    }
}
