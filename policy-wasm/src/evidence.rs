//! Evidence of a request: selects and gathers it from the settings, the Pod, the cluster and the registry.
//!
//! Gathered evidence is untrusted until [`attestation`](crate::attestation) has verified it.

mod annotation;
mod cluster;
mod inline;
mod lookup;
mod payloads;
mod registry;
mod settings_statements;
mod signature;
mod stored_scan;
mod supplied;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use inline::Filed;
pub use lookup::{Answer, Lookup, Need, NoLookup, Presence};
pub(crate) use lookup::{Exceeded, Lookups, Urgency, failed};
use payloads::Payloads;
pub(crate) use settings_statements::SettingsStatements;
pub(crate) use signature::HostSignature;
pub(crate) use supplied::Supplied;

use crate::Budget;
use crate::attestation::{Attestation, Candidates, Claimed};
use crate::decision::Reason;
use crate::digest::Digest;
use crate::image::ImageReference;
use crate::json::{Dialect, Null};
use crate::policy::platform::Seeks;
use crate::request::Workload;
use crate::settings::Settings;

/// A malformed answer is unusable. Objects of clusters and registries may have unknown fields.
pub(crate) const ANSWER: &Dialect = &Dialect {
    malformed: crate::Code::HostCapabilityFailed,
    unknown_field: crate::Code::HostCapabilityFailed,
    wrong_type: crate::Code::HostCapabilityFailed,
    duplicate_key: crate::Code::HostCapabilityFailed,
    null: Null::Absent,
};

/// An image that needs evidence
#[derive(Debug)]
pub(crate) struct Wanted<'w> {
    pub(crate) digest: Digest,
    pub(crate) reference: ImageReference<'w>,
    /// Notes under which attestations may be stored
    pub(crate) notes: BTreeSet<&'w str>,
    pub(crate) seeks: Seeks,
    /// Keys for cosign signatures, of which any one suffices: PEM by key id
    pub(crate) cosign_keys: BTreeMap<String, String>,
}

/// The kind of evidence that a source can contain
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    Anything,
    /// Only signatures over bare payloads
    Signatures,
}

impl<'w> Wanted<'w> {
    pub(crate) const fn new(digest: Digest, reference: ImageReference<'w>, seeks: Seeks) -> Self {
        Self {
            digest,
            reference,
            seeks,
            notes: BTreeSet::new(),
            cosign_keys: BTreeMap::new(),
        }
    }

    /// Adds an image to the wanted ones, merging it with an equal one.
    pub(crate) fn add_to(self, all: &mut Vec<Self>) {
        let is_same = |other: &&mut Self| {
            other.digest == self.digest
                && other.reference.repository() == self.reference.repository()
        };
        match all.iter_mut().find(is_same) {
            Some(other) => {
                other.notes.extend(self.notes);
                other.seeks = other.seeks.max(self.seeks);
                other.cosign_keys.extend(self.cosign_keys);
            }
            None => all.push(self),
        }
    }
}

/// The evidence for the images of one request
#[derive(Debug, Default)]
pub(crate) struct Evidence<'e> {
    payloads: Payloads,
    /// Indices of candidates that are stored under each wanted image or claim to be about it
    wanted: BTreeMap<Digest, Vec<usize>>,
    /// Indices of candidates that may be about any image: malformed and stored under no image
    anywhere: Vec<usize>,
    /// Like `anywhere`, plus a limited number of candidates that are stored under no image and about other images
    unfiled: Vec<usize>,
    /// All candidates, sorted, so that the order in which they were supplied has no effect
    candidates: Vec<Candidate<'e>>,
    /// Whether attestations in the settings that are stored under other images are still unread
    is_partial: bool,
    /// The host's results for signatures that only the host can verify
    signatures: Vec<HostSignature>,
    failures: Vec<Failure>,
}

/// One attestation that may be about a wanted image
#[derive(Debug)]
pub(crate) struct Candidate<'e> {
    pub(crate) attestation: Attestation<'e>,
    /// Whether it is a further body of an occurrence that is already a candidate
    is_further_body: bool,
    /// The image under which it is stored, which is not signed
    resource: Option<Digest>,
    /// Unverified claims of its payload; `None` if they cannot be parsed
    pub(crate) claimed: Option<Rc<Claimed>>,
}

/// A failed lookup
#[derive(Debug)]
struct Failure {
    digest: Digest,
    /// The note of the lookup; `None` for any
    note: Option<String>,
    repository: Option<String>,
    holds: Holds,
    reason: Reason,
}

impl Candidate<'_> {
    /// Whether the candidate can only explain a denial: it belongs to another note, or it is stored under no image
    /// and its payload is about another image.
    fn only_explains(&self, digest: Digest, note: Option<&str>) -> bool {
        let is_about_another = self.claims(digest) == Some(false);
        note.is_some_and(|note| !self.attestation.is_under(note))
            || (self.resource.is_none() && is_about_another)
    }

    fn claims(&self, digest: Digest) -> Option<bool> {
        let digests = &self.claimed.as_ref()?.digests;
        (!digests.is_empty()).then(|| digests.contains(&digest))
    }

    /// Returns the digests that it claims to be about.
    fn digests(&self) -> impl Iterator<Item = &Digest> {
        self.claimed.iter().flat_map(|claimed| &claimed.digests)
    }
}

impl<'e> Evidence<'e> {
    /// Gathers evidence about wanted images from all sources that the settings enable. Lookups that may deny the
    /// request come first, so that others cannot exhaust the budget. Attestations in the settings that are stored
    /// under other images are left to [`Self::complete`], unless all are needed.
    ///
    /// Each source is read once, whatever the number of images; evidence about other images is dropped. The number
    /// of lookups depends on the images and notes, not on the amount of stored evidence.
    ///
    /// # Errors
    ///
    /// More strict lookups than one request may cause.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(crate) fn collect(
        settings: &Settings<'e>,
        workload: &'e Workload<'e>,
        wanted: &[(Urgency, Vec<Wanted<'_>>)],
        lookups: &'e mut Lookups<'_>,
        is_all_due: bool,
        budget: &Budget,
    ) -> Result<Self, Exceeded> {
        let all = wanted.iter().flat_map(|(_, wanted)| wanted);
        let mut evidence = Self {
            payloads: Payloads::new(all.clone()),
            ..Self::default()
        };
        evidence
            .wanted
            .extend(all.map(|image| (image.digest, Vec::new())));
        let inline = &settings.evidence.occurrences;
        let filed = (!is_all_due).then_some(Filed::Here);
        evidence.is_partial = inline::collect(&mut evidence, inline, filed, budget);
        if settings.evidence.pod_annotation {
            annotation::collect(&mut evidence, workload, budget);
        }
        let (mut objects, mut unseen) = (Vec::new(), Vec::new());
        let (mut known, mut seen) = (BTreeSet::new(), BTreeSet::new());
        for (urgency, wanted) in wanted {
            let notes = &settings.evidence.notes;
            let mut own = cluster::objects(&mut evidence, notes, wanted, &mut known, budget);
            let artifacts = registry::artifacts(settings, wanted, &mut evidence);
            let resources = own.iter().map(|object| &object.need);
            let manifests = artifacts.iter().map(|artifact| &artifact.need);
            lookups.ask(resources.chain(manifests).cloned(), *urgency, budget)?;
            let questions = registry::collect(&mut evidence, artifacts, &mut seen, lookups, budget);
            let needs = questions.iter().map(|signature| signature.need.clone());
            lookups.ask(needs, *urgency, budget)?;
            objects.append(&mut own);
            unseen.extend(questions);
        }
        unseen.retain(|signature| seen.insert(signature.need.clone()));
        let lookups = &*lookups;
        evidence.signatures = signature::answers(unseen, lookups, budget);
        cluster::collect(&mut evidence, objects, lookups, budget);
        evidence.assign(budget);
        Ok(evidence)
    }

    /// Whether unread evidence may concern a wanted image.
    pub(crate) const fn is_partial(&self) -> bool {
        self.is_partial
    }

    /// Reads the rest: an attestation is valid for the image in its payload, wherever it is stored.
    pub(crate) fn complete(&mut self, settings: &Settings<'e>, budget: &Budget) {
        let inline = &settings.evidence.occurrences;
        inline::collect(self, inline, Some(Filed::Elsewhere), budget);
        self.is_partial = false;
        self.assign(budget);
    }

    /// Returns the attestations that may be about an image, under a note or under any. Those that can only explain
    /// a denial come last.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: there are more than the limit.
    pub(crate) fn about(
        &self,
        digest: Digest,
        note: Option<&str>,
        budget: &Budget,
    ) -> Result<Candidates<'_, 'e>, Reason> {
        self.about_where(digest, note, budget, |_| true)
    }

    /// Like [`Self::about`], without the candidates that `keep` rejects.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: there are more than the limit, rejected ones included.
    pub(crate) fn about_where(
        &self,
        digest: Digest,
        note: Option<&str>,
        budget: &Budget,
        keep: impl Fn(&Candidate<'e>) -> bool,
    ) -> Result<Candidates<'_, 'e>, Reason> {
        let mut candidates = self.candidates(digest, note, budget)?;
        candidates.retain(|(_, one)| keep(one));
        let counting = candidates.partition_point(|(_, one)| !one.only_explains(digest, note));
        let attestations = candidates.into_iter().map(|(_, one)| &one.attestation);
        Ok(Candidates::new(attestations.collect(), counting))
    }

    /// Like [`Self::about`], with the unverified claims, and with numbers that do not depend on the image.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: there are more than the limit.
    pub(crate) fn candidates(
        &self,
        digest: Digest,
        note: Option<&str>,
        budget: &Budget,
    ) -> Result<Vec<(usize, &Candidate<'e>)>, Reason> {
        let limit = budget.attestations_per_image;
        let own = self.wanted.get(&digest).map_or(&[][..], Vec::as_slice);
        let at = |place: usize| Some((place, self.candidates.get(place)?));
        let only_explains = |one: &(usize, &Candidate<'_>)| one.1.only_explains(digest, note);
        let found = || {
            let places = merged(own, &self.anywhere).filter_map(at);
            places.filter(|one| !only_explains(one))
        };
        // Several bodies of one occurrence count as one attestation.
        let counted = found().filter(|(_, one)| !one.is_further_body);
        let count = counted.take(limit.saturating_add(1)).count();
        if count > limit {
            return Err(Reason::limit("attestations of one image", limit));
        }
        let explaining = merged(own, &self.unfiled)
            .filter_map(at)
            .filter(only_explains);
        let all = found().chain(explaining.take(limit.saturating_sub(count)));
        Ok(all.collect())
    }

    /// Returns the failed lookups for an image, of the sources that may contain the needed kind of evidence.
    pub(crate) fn failures(
        &self,
        digest: Digest,
        note: Option<&str>,
        repository: &str,
        seeks: Seeks,
    ) -> Vec<Reason> {
        let may_be = |own: Option<&str>| own.is_none() || note.is_none() || own == note;
        let may_hold = |holds| holds == Holds::Anything || seeks == Seeks::Attestations;
        let concerns = |failure: &&Failure| {
            failure.digest == digest
                && may_hold(failure.holds)
                && may_be(failure.note.as_deref())
                && failure
                    .repository
                    .as_deref()
                    .is_none_or(|own| own == repository)
        };
        let found = self.failures.iter().filter(concerns);
        found.map(|failure| failure.reason.clone()).collect()
    }

    /// Returns the host's results for an image's signatures that only the host can verify.
    pub(crate) fn signatures(
        &self,
        digest: Digest,
        repository: &str,
    ) -> impl Iterator<Item = &HostSignature> {
        self.signatures
            .iter()
            .filter(move |one| one.digest == digest && one.repository == repository)
    }

    /// Keeps an attestation if it concerns a wanted image.
    fn add(&mut self, attestation: Attestation<'e>, resource: Option<Digest>) {
        self.add_bodies([attestation], resource);
    }

    /// Like [`Self::add`], for the bodies of one occurrence.
    fn add_bodies(
        &mut self,
        bodies: impl IntoIterator<Item = Attestation<'e>>,
        resource: Option<Digest>,
    ) {
        let mut is_further_body = false;
        for mut attestation in bodies {
            attestation.find_message(&|digest| self.payloads.find(digest));
            let is_wanted = |digest: &Digest| self.wanted.contains_key(digest);
            // It may be about a wanted image, wherever it is stored.
            let is_elsewhere =
                attestation.is_of_digest() && !resource.as_ref().is_some_and(is_wanted);
            let resource = resource.filter(|_| !is_elsewhere);
            let candidate = Candidate {
                claimed: attestation.claimed(),
                attestation,
                is_further_body,
                resource,
            };
            let concerns =
                resource.as_ref().is_none_or(is_wanted) || candidate.digests().any(is_wanted);
            if concerns && !self.wanted.is_empty() {
                self.candidates.push(candidate);
                is_further_body = true;
            }
        }
    }

    /// Assigns candidates to the wanted images that they may be about. There may be thousands of both, so each
    /// candidate is visited once.
    fn assign(&mut self, budget: &Budget) {
        self.candidates.sort_unstable_by(|a, b| {
            (&a.attestation, a.resource).cmp(&(&b.attestation, b.resource))
        });
        // A registry may hold one bundle under two names of annotations.
        self.candidates.dedup_by(|a, b| {
            a.attestation.is_bundle()
                && (&a.attestation, a.resource) == (&b.attestation, b.resource)
        });
        self.anywhere.clear();
        self.unfiled.clear();
        self.wanted.values_mut().for_each(Vec::clear);
        // Keep at most twice the limit of those about other images: up to the limit explain a denial, and up to
        // the limit may turn out to be about the image.
        let mut explaining = 0..budget.attestations_per_image.saturating_mul(2);
        for (place, candidate) in self.candidates.iter().enumerate() {
            for digest in candidate.digests().chain(&candidate.resource) {
                if let Some(places) = self.wanted.get_mut(digest)
                    && places.last() != Some(&place)
                {
                    places.push(place);
                }
            }
            if candidate.resource.is_some() {
                continue;
            }
            let is_about_any = candidate.digests().next().is_none();
            if is_about_any {
                self.anywhere.push(place);
            }
            if is_about_any || explaining.next().is_some() {
                self.unfiled.push(place);
            }
        }
    }
}

/// Merges two sorted lists without duplicates.
fn merged<'p>(mut one: &'p [usize], mut other: &'p [usize]) -> impl Iterator<Item = usize> + 'p {
    core::iter::from_fn(move || {
        let next = match (one.first(), other.first()) {
            (Some(one), Some(other)) => *one.min(other),
            (found, None) | (None, found) => *found?,
        };
        for list in [&mut one, &mut other] {
            if list.first() == Some(&next) {
                list.split_off_first();
            }
        }
        Some(next)
    })
}
