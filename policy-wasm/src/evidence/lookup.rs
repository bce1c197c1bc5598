//! Lookups outside the call, and their answers.
//!
//! The core passes each [`Need`] to its caller, which answers it from the host or from a recording. Answers are
//! untrusted, with two exceptions: the digest of a tag, which is then verified and written into the object; and
//! whether a signature verifies whose payload only the host can read.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::json::Raw;
use crate::{Budget, Escaped};

/// One thing to look up
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The digest of a tag: `{"digest": "sha256:…"}`
    Tag {
        /// With host and tag
        reference: String,
    },
    /// The `Attestation` resource of an image, in the namespace of a note
    Attestation {
        /// From the settings, never from the request
        namespace: String,
        /// The image, whose digest is the resource's name
        digest: Digest,
    },
    /// The manifest of an artifact of an image
    Manifest {
        /// With host and tag
        reference: String,
    },
    /// Whether a key has signed an image with cosign: `{"is_trusted": true, "digest": "sha256:…"}`
    Signature {
        /// With host and digest
        reference: String,
        /// For messages and recordings
        key_id: String,
        /// In PEM
        key: String,
        /// Whether a signature is known to exist
        presence: Presence,
    },
    /// The Sigstore bundles among the referrers of an image: a list of texts, each a whole bundle
    Bundles {
        /// With host and digest
        reference: String,
    },
}

/// Whether signatures of an image are known to exist before the host verifies them
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// A manifest contains them, but not their payload
    Seen,
    /// No manifest exists, but there may be a bundle, which only some hosts find
    Unknown,
}

impl Need {
    /// Returns the kind of a lookup in recordings.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Tag { .. } => "tag",
            Self::Attestation { .. } => "attestation",
            Self::Manifest { .. } => "manifest",
            Self::Signature { .. } => "signature",
            Self::Bundles { .. } => "bundles",
        }
    }

    /// Returns the name of a lookup in recordings: a reference, `NAMESPACE/sha256-HEX`, or a reference and a key
    /// id, separated by a space.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Tag { reference }
            | Self::Manifest { reference }
            | Self::Bundles { reference } => reference.clone(),
            Self::Attestation { namespace, digest } => {
                alloc::format!("{namespace}/{}", digest.as_name())
            }
            Self::Signature {
                reference, key_id, ..
            } => alloc::format!("{reference} {key_id}"),
        }
    }
}

/// Result of a lookup
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Unparsed JSON
    Found(String),
    /// Not found
    Absent,
    /// The host failed with this message
    Failed(String),
    /// The host does not support the lookup
    Unavailable,
    /// The answer exceeds the limit
    TooLong,
}

/// Answers lookups
pub trait Lookup {
    /// Answers one lookup with at most `max_bytes`, without allocating more.
    fn look_up(&mut self, need: &Need, max_bytes: usize) -> Answer;
}

/// A host that supports no lookups
#[derive(Debug, Clone, Copy)]
pub struct NoLookup;

impl Lookup for NoLookup {
    fn look_up(&mut self, _: &Need, _: usize) -> Answer {
        Answer::Unavailable
    }
}

/// The lookups of one request: each is made once, within the budget
pub(crate) struct Lookups<'l> {
    lookup: &'l mut dyn Lookup,
    /// Answers, or the exceeded limit
    answers: BTreeMap<Need, Result<Answer, Reason>>,
    bytes_left: usize,
}

/// The consequence if the lookups of a request exceed its budget
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Urgency {
    /// The request is denied
    Strict,
    /// Lookups beyond the budget fail; they cannot deny the request
    Lenient,
}

const TOO_MANY: &str = "lookups in one request";

/// An exceeded limit
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Exceeded {
    what: &'static str,
    limit: usize,
    /// The lookup that exceeded it
    pub(crate) need: Need,
}

impl Exceeded {
    /// Returns the reason, with the place in the object that exceeded the limit.
    pub(crate) fn into_reason(self, place: Option<&str>) -> Reason {
        let Self { what, limit, .. } = self;
        match place {
            Some(place) => Reason::limit(&alloc::format!("{what}: {place} is one too many"), limit),
            None => Reason::limit(what, limit),
        }
    }
}

impl<'l> Lookups<'l> {
    pub(crate) fn new(lookup: &'l mut dyn Lookup, budget: &Budget) -> Self {
        Self {
            lookup,
            answers: BTreeMap::new(),
            bytes_left: budget.evidence_bytes,
        }
    }

    /// Makes all lookups that are not known yet, or none if strict ones would exceed the budget.
    ///
    /// # Errors
    ///
    /// Too many strict lookups, or too large answers.
    pub(crate) fn ask(
        &mut self,
        needs: impl IntoIterator<Item = Need>,
        urgency: Urgency,
        budget: &Budget,
    ) -> Result<(), Exceeded> {
        let mut known = BTreeSet::new();
        let mut unknown = Vec::new();
        for need in needs {
            if !self.answers.contains_key(&need) && known.insert(need.clone()) {
                unknown.push(need);
            }
        }
        let room = budget.lookups.saturating_sub(self.answers.len());
        if let (Urgency::Strict, Some(need)) = (urgency, unknown.get(room)) {
            return Err(Exceeded {
                what: TOO_MANY,
                limit: budget.lookups,
                need: need.clone(),
            });
        }
        for need in unknown {
            match (self.ask_one(&need, budget), urgency) {
                (Ok(answer), _) => {
                    self.answers.insert(need, Ok(answer));
                }
                (Err((what, limit)), Urgency::Strict) => {
                    return Err(Exceeded { what, limit, need });
                }
                (Err((what, limit)), Urgency::Lenient) => {
                    self.answers.insert(need, Err(Reason::limit(what, limit)));
                }
            }
        }
        Ok(())
    }

    /// Returns the reason for too many lookups.
    #[cold]
    pub(crate) fn too_many(budget: &Budget) -> Reason {
        Reason::limit(TOO_MANY, budget.lookups)
    }

    fn ask_one(&mut self, need: &Need, budget: &Budget) -> Result<Answer, (&'static str, usize)> {
        if self.answers.len() >= budget.lookups {
            return Err((TOO_MANY, budget.lookups));
        }
        let max_bytes = budget.answer_bytes.min(self.bytes_left);
        let answer = match self.lookup.look_up(need, max_bytes) {
            // Hosts may ignore the limit.
            Answer::Found(text) if text.len() > max_bytes => Answer::TooLong,
            answer => answer,
        };
        match &answer {
            Answer::Found(text) => {
                self.bytes_left = self.bytes_left.saturating_sub(text.len());
            }
            Answer::TooLong if max_bytes < budget.answer_bytes => {
                let limit = budget.evidence_bytes;
                return Err(("bytes in all answers of the host", limit));
            }
            Answer::TooLong => {
                return Err(("bytes in one answer of the host", budget.answer_bytes));
            }
            Answer::Absent | Answer::Failed(_) | Answer::Unavailable => {}
        }
        Ok(answer)
    }

    /// Returns the unparsed answer to a lookup; `None` if not found.
    ///
    /// # Errors
    ///
    /// `host-capability-failed`. `limit-exceeded`: the budget was exhausted before the lookup.
    pub(crate) fn found(&self, need: &Need, budget: &Budget) -> Result<Option<Raw<'_>>, Reason> {
        match self.answers.get(need) {
            Some(Err(limit)) => Err(limit.clone()),
            Some(Ok(Answer::Found(text))) => {
                let answer = Raw::new(text);
                if answer.depth() > budget.depth {
                    return Err(failed(need, "the answer is nested too deeply"));
                }
                Ok(Some(answer))
            }
            Some(Ok(Answer::Absent)) => Ok(None),
            Some(Ok(Answer::Failed(text))) => Err(failed(need, text)),
            Some(Ok(Answer::Unavailable | Answer::TooLong)) | None => {
                Err(failed(need, "this host does not support it"))
            }
        }
    }

    /// Whether the host does not support the lookup.
    pub(crate) fn is_unavailable(&self, need: &Need) -> bool {
        self.answers.get(need) == Some(&Ok(Answer::Unavailable))
    }
}

/// Returns the reason for a failed lookup: an error of the infrastructure, never a violation.
pub(crate) fn failed(need: &Need, detail: &str) -> Reason {
    let message = alloc::format!(
        "Looking up {} {} failed: {}",
        need.kind(),
        crate::quote(&need.name()),
        Escaped(detail)
    );
    Reason::new(Code::HostCapabilityFailed, message)
}

impl fmt::Debug for Lookups<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lookups")
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Counts what it is asked.
    struct Counting(usize);

    impl Lookup for Counting {
        fn look_up(&mut self, _: &Need, _: usize) -> Answer {
            self.0 = self.0.saturating_add(1);
            Answer::Absent
        }
    }

    fn needs(count: usize) -> impl Iterator<Item = Need> {
        (0..count).map(|index| Need::Manifest {
            reference: alloc::format!("registry.example/app:{index}"),
        })
    }

    #[test]
    fn nothing_is_asked_where_that_would_be_too_much() {
        let budget = Budget::DEFAULT;
        let mut host = Counting(0);
        let mut lookups = Lookups::new(&mut host, &budget);
        let limit = budget.lookups;
        let mut ask = |needs: Vec<Need>| lookups.ask(needs, Urgency::Strict, &budget);
        assert_eq!(ask(needs(2).chain(needs(2)).collect()), Ok(()));
        let too_many = ask(needs(limit + 1).collect()).unwrap_err();
        assert_eq!(too_many.into_reason(None).code, Code::LimitExceeded);
        assert_eq!(ask(needs(limit).collect()), Ok(()));
        assert_eq!(host.0, limit, "each is asked once");
    }

    /// Lookups for dry run are made within the budget, and the rest fails.
    #[test]
    fn lenient_lookups_end_with_the_budget_and_deny_nothing() {
        let budget = Budget::DEFAULT;
        let mut host = Counting(0);
        let mut lookups = Lookups::new(&mut host, &budget);
        let limit = budget.lookups;
        let asked = lookups.ask(needs(limit + 2), Urgency::Lenient, &budget);
        assert_eq!(asked, Ok(()));
        let last: Vec<_> = needs(limit + 1).skip(limit - 1).collect();
        assert!(lookups.found(&last[0], &budget).unwrap().is_none());
        let reason = lookups.found(&last[1], &budget).unwrap_err();
        assert_eq!(reason.code, Code::LimitExceeded);
        assert_eq!(host.0, limit);
    }
}
