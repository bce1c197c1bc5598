//! Image references in the one form in which the rules of `imagePolicy` compare them.

use alloc::string::String;

use super::{ImageReference, ReferenceDigest};

/// An image reference as container runtimes complete it
///
/// Docker Hub's short names and its alias are completed as in [`ImageReference::normalized_repository`]. The host is
/// in lower case, since hosts are the same in either case. A reference without tag and digest has the tag `latest`.
/// A default port is not completed.
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
        let mut name = image.normalized_repository();
        name.make_ascii_lowercase(); // only the host can have upper case
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
