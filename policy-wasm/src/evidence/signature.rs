//! Signatures of cosign that only the host can see, since what they cover lies in a blob: signed with
//! annotations, or under another name, or in a bundle.
//!
//! Here the host verifies. It is asked about one key and one digest, and believed if it says yes about
//! exactly that digest.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{ANSWER, Lookups, Need, Presence, failed};
use crate::Budget;
use crate::decision::Reason;
use crate::digest::Digest;
use crate::json::{Path, Raw, Report};

/// A question to the host
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

/// What the host says about one key and one image
#[derive(Debug)]
pub(crate) struct HostSignature {
    pub(super) digest: Digest,
    /// Normalised
    pub(super) repository: String,
    pub(crate) key_id: String,
    /// Whether the key has signed, or why nobody knows
    pub(crate) is_trusted: Result<bool, Reason>,
}

/// Reads the answers. A host that verifies nothing fails to answer only where there is something to
/// verify.
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

/// Reads `{"is_trusted": true, "digest": "sha256:…"}`; nothing of it may be missing.
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
            "the answer is about {}",
            crate::quote(&digest)
        ));
    }
    Ok(is_trusted)
}
