//! Which evidence a request needs, and what of the supplied evidence answers it.
//!
//! Choosing is not trusting: everything here is a candidate that
//! [`attestation`](crate::attestation) still has to verify.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use crate::Budget;
use crate::attestation::{Attestation, Occurrence};
use crate::decision::Reason;
use crate::digest::Digest;
use crate::json::Report;
use crate::settings::Settings;

/// One thing that must be known before a request can be judged
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// The attestations about one image
    Attestations {
        /// Digest of the image's manifest
        digest: Digest,
    },
}

/// What was found for the needs of one request
#[derive(Debug, Default)]
pub(crate) struct Evidence<'a> {
    /// In an order of their own, so that it does not matter in which they were supplied
    attestations: Vec<Candidate<'a>>,
}

#[derive(Debug)]
struct Candidate<'a> {
    attestation: Attestation<'a>,
    /// Where it was filed; nobody signed that
    resource: Option<Digest>,
    /// What its payload says, not yet verified
    claimed: Option<Digest>,
}

impl Candidate<'_> {
    /// Whether it could be about an image: its payload says so, or it is filed under it, or under
    /// nothing at all.
    fn concerns(&self, digest: Digest) -> bool {
        self.claimed == Some(digest) || self.resource.is_none_or(|resource| resource == digest)
    }

    /// Whether it can only explain: it belongs to another note, or it is filed under nothing and
    /// its payload is about another image.
    fn only_explains(&self, digest: Digest, note: &str) -> bool {
        let is_about_another = self.claimed.is_some_and(|claimed| claimed != digest);
        !self.attestation.is_under(note) || (self.resource.is_none() && is_about_another)
    }
}

impl<'a> Evidence<'a> {
    /// Picks from the occurrences in the settings those that concern a needed image.
    ///
    /// One walk, whatever the number of images; what concerns none of them is not kept.
    pub(crate) fn collect(
        settings: &Settings<'a>,
        needs: &BTreeSet<Need>,
        budget: &Budget,
        report: &Report,
    ) -> Self {
        let mut evidence = Self::default();
        if needs.is_empty() {
            return evidence;
        }
        settings.each_occurrence(report, |raw| {
            let occurrence = Occurrence::read(raw);
            if !occurrence.is_attestation() {
                return;
            }
            let resource = occurrence.resource_digest();
            let attestation = occurrence.decode(budget);
            let claimed = attestation.claimed_digest();
            let candidate = Candidate {
                attestation,
                resource,
                claimed,
            };
            let concerns = |need: &Need| match need {
                Need::Attestations { digest } => candidate.concerns(*digest),
            };
            if needs.iter().any(concerns) {
                evidence.attestations.push(candidate);
            }
        });
        evidence
            .attestations
            .sort_by(|a, b| a.attestation.cmp(&b.attestation));
        evidence
    }

    /// The attestations that may be about an image. Those that can only explain a refusal to an
    /// attestor with this note come last.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: there are more than anybody should look at.
    pub(crate) fn about(
        &self,
        digest: Digest,
        note: &str,
        budget: &Budget,
    ) -> Result<Vec<&Attestation<'a>>, Reason> {
        let limit = budget.attestations_per_image;
        let concerning = || self.attestations.iter().filter(|one| one.concerns(digest));
        let found = || concerning().filter(|one| !one.only_explains(digest, note));
        let count = found().count();
        if count > limit {
            return Err(Reason::limit("attestations of one image", limit));
        }
        let explaining = concerning().filter(|one| one.only_explains(digest, note));
        let all = found().chain(explaining.take(limit.saturating_sub(count)));
        Ok(all.map(|one| &one.attestation).collect())
    }
}
