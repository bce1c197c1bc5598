//! The attested image: a repository and a digest.

use policy_wasm::digest::Digest;
use policy_wasm::image::{ImageReference, ReferenceError};
use thiserror::Error;

/// An image with its digest
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// Registry and path as written
    pub repository: String,
    /// Registry and path in normalized form
    pub normalized_repository: String,
    /// The digest
    pub digest: Digest,
}

/// Why an image cannot be attested
#[derive(Debug, Error, PartialEq, Eq)]
pub enum ImageError {
    /// The text is not an image reference
    #[error("`{0}` is not an image reference: {1}")]
    Reference(String, ReferenceError),
    /// The reference has no digest; a tag can be moved
    #[error("`{0}` has no sha256 digest; only digests can be attested: use REPOSITORY@sha256:…")]
    Digest(String),
    /// The reference has no registry, and tools use different defaults
    #[error("`{0}` has no registry; add it, as in docker.io/library/nginx")]
    Registry(String),
}

impl Image {
    /// Parses `REPOSITORY@sha256:DIGEST`. A leading scheme and a tag are dropped, as by gcloud.
    ///
    /// # Errors
    ///
    /// It is no image reference, or has no digest or no registry.
    pub fn parse(text: &str) -> Result<Self, ImageError> {
        let shown = || crate::printable::printable(text);
        let bare = ["https://", "http://"]
            .iter()
            .find_map(|scheme| text.strip_prefix(scheme))
            .unwrap_or(text);
        let reference =
            ImageReference::parse(bare).map_err(|error| ImageError::Reference(shown(), error))?;
        let digest = reference
            .sha256()
            .ok_or_else(|| ImageError::Digest(shown()))?;
        if reference.host.is_none() {
            return Err(ImageError::Registry(shown()));
        }
        Ok(Self {
            repository: reference.repository().into_owned(),
            normalized_repository: reference.normalized_repository(),
            digest,
        })
    }

    /// Returns `REPOSITORY@sha256:DIGEST`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}@{}", self.repository, self.digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Behavior of gcloud's `--artifact-url`. It also rejects registries with a port unless a scheme precedes them,
    /// and repositories of one letter; both are accepted here.
    #[test]
    fn references_become_what_gcloud_makes_of_them() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        for (written, repository) in [
            ("gcr.io/p/i", "gcr.io/p/i"),
            ("https://gcr.io/p/i", "gcr.io/p/i"),
            ("gcr.io/p/i:v1", "gcr.io/p/i"),
            ("docker.io/nginx", "docker.io/nginx"),
            ("docker.io/library/nginx", "docker.io/library/nginx"),
            (
                "index.docker.io/library/nginx",
                "index.docker.io/library/nginx",
            ),
            ("GCR.io/p/i", "GCR.io/p/i"),
            ("localhost:5000/i", "localhost:5000/i"),
            ("https://localhost:5000/i", "localhost:5000/i"),
        ] {
            let image = Image::parse(&format!("{written}@{digest}")).unwrap();
            assert_eq!(image.repository, repository, "{written}");
            assert_eq!(image.digest.to_string(), digest);
            assert_eq!(image.reference(), format!("{repository}@{digest}"));
        }
    }

    #[test]
    fn what_gcloud_refuses_is_refused_with_a_reason() {
        let digest = format!("sha256:{}", "ab".repeat(32));
        for (written, reason) in [
            (format!("gcr.io/P/I@{digest}"), "is not an image reference"),
            (format!("nginx@{digest}"), "has no registry"),
            (format!("a/b@{digest}"), "has no registry"),
            ("gcr.io/p/i:v1".to_owned(), "has no sha256 digest"),
            ("gcr.io/p/i".to_owned(), "has no sha256 digest"),
            (
                format!("gcr.io/p/i@{}", digest.to_uppercase()),
                "a digest is",
            ),
            ("gcr.io/p/i@sha256:abcd".to_owned(), "a digest is"),
            (
                format!("gcr.io/p/i@sha512:{}", "ab".repeat(64)),
                "has no sha256 digest",
            ),
        ] {
            let error = Image::parse(&written).unwrap_err().to_string();
            assert!(error.contains(reason), "{written}: {error}");
        }
    }
}
