//! cosign signatures that only the host can verify, because their payload is in a blob: with annotations, under
//! another repository name, or in a bundle.
//!
//! The host verifies one key and one digest. Its result is used only if it is for exactly that digest.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{ANSWER, Lookups, Need, Presence, failed};
use crate::Budget;
use crate::decision::Reason;
use crate::digest::Digest;
use crate::json::{Path, Raw, Report};

/// A verification for the host
#[derive(Debug)]
pub(super) struct Unseen {
    pub(super) need: Need,
    pub(super) digest: Digest,
    pub(super) repository: String,
    pub(super) key_id: String,
}

impl Unseen {
    const fn is_seen(&self) -> bool {
        matches!(
            self.need,
            Need::Signature {
                presence: Presence::Seen,
                ..
            }
        )
    }
}

/// The host's result for one key and one image
#[derive(Debug)]
pub(crate) struct HostSignature {
    pub(super) digest: Digest,
    /// Normalized repository
    pub(super) repository: String,
    pub(crate) key_id: String,
    /// Whether the key has signed, or the error
    pub(crate) is_trusted: Result<bool, Reason>,
}

/// Reads the answers. A host without signature verification is an error only if a signature exists.
pub(super) fn answers(
    mut unseen: Vec<Unseen>,
    lookups: &Lookups<'_>,
    budget: &Budget,
) -> Vec<HostSignature> {
    unseen.retain(|question| question.is_seen() || !lookups.is_unavailable(&question.need));
    let answer = |question: Unseen| {
        let found = lookups.found(&question.need, budget);
        let is_trusted = found.and_then(|found| match found {
            None => Ok(false),
            Some(answer) => {
                read(answer, question.digest).map_err(|problem| failed(&question.need, &problem))
            }
        });
        HostSignature {
            digest: question.digest,
            repository: question.repository,
            key_id: question.key_id,
            is_trusted,
        }
    };
    unseen.into_iter().map(answer).collect()
}

/// Reads `{"is_trusted": true, "digest": "sha256:…"}`; both fields are required.
fn read(answer: Raw<'_>, asked: Digest) -> Result<bool, String> {
    let report = Report::default();
    let (mut is_trusted, mut digest) = (None, None);
    answer.read(ANSWER, Path::Root(""), &report, |value| {
        value.object(|key, value| match key {
            "is_trusted" => is_trusted = value.flag(),
            "digest" => digest = value.text(),
            _ => {}
        });
    });
    if !report.is_empty() {
        return Err(report.to_string());
    }
    let is_trusted = is_trusted.ok_or("the answer has no `is_trusted`")?;
    let digest = digest.ok_or("the answer has no `digest`")?;
    if is_trusted && Digest::parse(&digest) != Ok(asked) {
        return Err(alloc::format!(
            "the answer is for {}",
            crate::quote(&digest)
        ));
    }
    Ok(is_trusted)
}
