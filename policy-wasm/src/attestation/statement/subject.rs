//! Subjects of a statement.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::payload::INVALID;
use crate::digest::Digest;
use crate::json::Value;

/// Maximum number of subjects in one statement. Both limits are those of Sigstore's own parser.
pub const MAX_SUBJECTS: usize = 1024;
/// Maximum number of digests of one subject
pub const MAX_DIGESTS: usize = 32;

/// One artifact, as an in-toto resource descriptor
///
/// The other fields (`content`, `mediaType`, `downloadLocation`, `annotations`) do not identify the artifact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject<'p> {
    name: Option<Cow<'p, str>>,
    uri: Option<Cow<'p, str>>,
    sha256: Option<Digest>,
}

impl<'p> Subject<'p> {
    /// Returns the producer's name of the artifact, which proves nothing.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Returns the producer's URI of the artifact, which proves nothing.
    #[must_use]
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// Returns the artifact's SHA-256 digest, if present.
    #[must_use]
    pub const fn sha256(&self) -> Option<Digest> {
        self.sha256
    }

    fn read(value: Value<'_, 'p>) -> Self {
        let (path, report) = (value.path(), value.report());
        let (mut name, mut uri, mut sha256) = (None, None, None);
        let mut digests = 0_usize;
        let was_object = value.object(|key, value| match key {
            "name" => name = value.text(),
            "uri" => uri = value.text(),
            "digest" => {
                value.object(|algorithm, value| {
                    digests = digests.saturating_add(1);
                    match algorithm {
                        _ if digests > MAX_DIGESTS => too_many(&value, MAX_DIGESTS, "digests"),
                        "sha256" => sha256 = read_sha256(value),
                        _ => {
                            value.text();
                        }
                    }
                });
            }
            _ => value.skim(),
        });
        // A subject without a digest could be any artifact of that name.
        if was_object && digests == 0 {
            report.push(INVALID, path, "expected at least one digest");
        }
        Self { name, uri, sha256 }
    }
}

/// Reads the list of subjects, up to the limits.
pub(super) fn read<'p>(value: Value<'_, 'p>) -> Vec<Subject<'p>> {
    let (path, report) = (value.path(), value.report());
    let mut subjects = Vec::new();
    let was_list = value.list(|index, item| {
        if index < MAX_SUBJECTS {
            subjects.push(Subject::read(item));
        } else {
            too_many(&item, MAX_SUBJECTS, "subjects");
        }
    });
    if was_list && subjects.is_empty() {
        report.push(INVALID, path, "expected at least one subject");
    }
    subjects
}

fn too_many(value: &Value<'_, '_>, limit: usize, what: &str) {
    value.refuse(INVALID, alloc::format!("expected at most {limit} {what}"));
}

fn read_sha256(value: Value<'_, '_>) -> Option<Digest> {
    let (path, report) = (value.path(), value.report());
    let digits = value.text()?;
    let digest = Digest::from_hex(&digits).ok();
    if digest.is_none() {
        let message = "expected 64 lower-case hexadecimal digits";
        report.push(INVALID, path, message);
    }
    digest
}
