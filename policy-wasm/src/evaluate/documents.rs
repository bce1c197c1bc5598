//! All policy documents of the settings: each is asked on its own, and an image needs the consent of
//! every one.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::images::Image;
use super::platform;
use super::singleton;
use crate::Budget;
use crate::attestation::{Circumstances, Meter};
use crate::decision::{DocumentResult, Reason, Verdict};
use crate::evidence::{Evidence, Urgency, Wanted};
use crate::json::Report;
use crate::policy::rule::EnforcementMode;
use crate::request::{Request, Workload};
use crate::settings::Settings;
use crate::time::Time;

/// What each document will look at
#[derive(Debug)]
pub(super) struct Documents<'a, 's> {
    singleton: Option<singleton::Plan<'a>>,
    platform: Vec<platform::Plan<'a, 's>>,
    /// Whether the break-glass mark of each Pod is honoured
    marks: Vec<bool>,
    /// The documents, by their place among all, that have no room in the Decision for an image, by its place
    beyond: BTreeSet<(usize, usize)>,
}

/// Strict work is done first, so that it never lacks what dry run and break-glass have used up.
pub(super) const URGENCIES: [Urgency; 2] = [Urgency::Strict, Urgency::Lenient];

impl<'a, 's> Documents<'a, 's> {
    /// Reads of each document what this request needs: nothing where all images stay as they were, so that
    /// no document can stand in the way of an update that brings nothing in.
    ///
    /// # Errors
    ///
    /// `settings-invalid`
    pub(super) fn plan(
        settings: &'s Settings<'a>,
        request: &Request<'_>,
        workload: &Workload<'_>,
        images: &[Image<'_>],
        marks: Vec<bool>,
        report: &Report,
    ) -> Result<Self, Reason> {
        let mut documents = Self {
            singleton: None,
            platform: Vec::new(),
            marks,
            beyond: BTreeSet::new(),
        };
        if !images.is_empty() && images.iter().all(Image::is_settled) {
            return Ok(documents);
        }
        documents.singleton = settings
            .policy
            .as_ref()
            .map(|policy| singleton::plan(settings, policy, request, workload, images, report));
        for policy in &settings.platform_policies {
            documents.platform.push(platform::plan(
                settings, policy, request, workload, images, report,
            )?);
        }
        Ok(documents)
    }

    /// Bounds the Decision: every open image is answered for by each attestor of its rule and each check of
    /// its check sets. Documents that can deny the image come first; others are not asked about an image
    /// for which there is no room left.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: more than fits, of what can deny an image.
    pub(super) fn make_room(
        &mut self,
        images: &[Image<'_>],
        budget: &Budget,
    ) -> Result<(), Reason> {
        let mut beyond = BTreeSet::new();
        let mut room = budget.results;
        for urgency in URGENCIES {
            for (index, image) in images.iter().enumerate() {
                if image.open().is_none() {
                    continue;
                }
                let answers = self.answers(index, image).enumerate();
                for (document, (mode, count)) in answers {
                    if self.urgency(mode, image) != urgency {
                        continue;
                    }
                    match (room.checked_sub(count), urgency) {
                        (Some(rest), _) => room = rest,
                        (None, Urgency::Strict) => return Err(too_long(budget)),
                        (None, Urgency::Lenient) => {
                            beyond.insert((document, index));
                        }
                    }
                }
            }
        }
        self.beyond = beyond;
        Ok(())
    }

    /// The mode of each document for the image at this place of the list, and how many attestors or checks
    /// answer for it.
    fn answers(
        &self,
        index: usize,
        image: &Image<'_>,
    ) -> impl Iterator<Item = (EnforcementMode, usize)> {
        let singleton = self.singleton.iter();
        let singleton =
            singleton.map(move |plan| (plan.enforcement(image), plan.answers(index, image)));
        let platform = self.platform.iter();
        let platform = platform.map(move |plan| (plan.enforcement(), plan.answers(index, image)));
        singleton.chain(platform)
    }

    /// Whether a document is asked about an image; both by their places.
    fn has_room(&self, document: usize, index: usize) -> bool {
        !self.beyond.contains(&(document, index))
    }

    /// Whether the break-glass mark of any Pod is honoured.
    pub(super) fn is_marked(&self) -> bool {
        self.marks.contains(&true)
    }

    /// Whether the break-glass mark of an image's Pod is honoured.
    pub(super) fn marks(&self, image: &Image<'_>) -> bool {
        self.marks.get(image.pod).copied().unwrap_or_default()
    }

    /// Whether a document in this mode can deny an image.
    fn urgency(&self, mode: EnforcementMode, image: &Image<'_>) -> Urgency {
        match mode {
            EnforcementMode::Enforced if !self.marks(image) => Urgency::Strict,
            EnforcementMode::Enforced | EnforcementMode::DryRun => Urgency::Lenient,
        }
    }

    /// Whether any document says something about an image at this point.
    fn is_due(&self, urgency: Urgency, image: &Image<'_>) -> bool {
        let singleton = self.singleton.iter().map(|plan| plan.enforcement(image));
        let platform = self.platform.iter().map(platform::Plan::enforcement);
        let mut modes = singleton.chain(platform);
        modes.any(|mode| self.urgency(mode, image) == urgency)
    }

    /// Whether a document of this urgency has to know the digest of the image at this place of the list.
    pub(super) fn seeks_digest(&self, urgency: Urgency, index: usize, image: &Image<'_>) -> bool {
        self.any_requires(index, image, |mode| self.urgency(mode, image) == urgency)
    }

    /// Whether any document has to know it.
    pub(super) fn requires_digest(&self, index: usize, image: &Image<'_>) -> bool {
        self.any_requires(index, image, |_| true)
    }

    /// Whether a document that is not in dry run has to know it.
    pub(super) fn enforces_digest(&self, index: usize, image: &Image<'_>) -> bool {
        self.any_requires(index, image, |mode| mode == EnforcementMode::Enforced)
    }

    fn any_requires(
        &self,
        index: usize,
        image: &Image<'_>,
        is_due: impl Fn(EnforcementMode) -> bool,
    ) -> bool {
        let singleton = self.singleton.iter();
        let mut singleton = singleton.filter(|plan| is_due(plan.enforcement(image)));
        let mut platform = self
            .platform
            .iter()
            .filter(|plan| is_due(plan.enforcement()));
        singleton.any(|plan| plan.requires_digest(index, image))
            || platform.any(|plan| plan.requires_digest(index, image))
    }

    /// The images about which something has to be known, by what happens if it cannot be.
    pub(super) fn wanted<'i>(&'i self, images: &[Image<'i>]) -> Vec<(Urgency, Vec<Wanted<'i>>)> {
        let mut all = Vec::new();
        for urgency in URGENCIES {
            let mut wanted = Vec::new();
            for (index, image) in images.iter().enumerate() {
                let is_due = |document, mode| {
                    self.urgency(mode, image) == urgency && self.has_room(document, index)
                };
                let singleton = self.singleton.iter();
                for plan in singleton.filter(|plan| is_due(0, plan.enforcement(image))) {
                    plan.want(index, image, &mut wanted);
                }
                for (document, plan) in (self.first_platform()..).zip(&self.platform) {
                    if is_due(document, plan.enforcement()) {
                        plan.want(index, image, &mut wanted);
                    }
                }
            }
            if !wanted.is_empty() {
                all.push((urgency, wanted));
            }
        }
        all
    }

    /// What every document says about every image: one result for each document, or none at all
    /// where an image is not to be judged.
    ///
    /// By the evidence at hand, if that suffices. More could only speak for an image, or be too much.
    pub(super) fn judge<'e>(
        &self,
        images: &[Image<'_>],
        mut evidence: Evidence<'e>,
        settings: &Settings<'e>,
        now: Option<Time>,
        budget: &Budget,
        report: &Report,
    ) -> Vec<Vec<DocumentResult>> {
        // The work of all documents is paid for from one budget, however often they are asked.
        let circumstances = Circumstances {
            meter: Meter::new(budget),
            now,
            max_payload: budget.payload_bytes,
        };
        let mut known = singleton::Known::default();
        let mut results = Results::new(images, self.count());
        for urgency in URGENCIES {
            if !images.iter().any(|image| self.is_due(urgency, image)) {
                continue;
            }
            let due = |document, mode, (index, image)| {
                let is_due = self.urgency(mode, image) == urgency;
                (is_due && self.has_room(document, index)).then_some(image)
            };
            let mut judge = |evidence: &Evidence<'_>, results: &mut Results| {
                if let Some(plan) = &self.singleton {
                    known.keep_satisfied();
                    let due = images
                        .iter()
                        .enumerate()
                        .map(|one| due(0, plan.enforcement(one.1), one));
                    let due: Vec<_> = due.collect();
                    let (known, circumstances) = (&mut known, &circumstances);
                    let found = plan.judge(&due, evidence, settings, circumstances, budget, known);
                    results.add(0, found);
                }
                let mut testimonies =
                    platform::Testimonies::new(settings, evidence, &circumstances, budget);
                for (document, plan) in (self.first_platform()..).zip(&self.platform) {
                    let images = images.iter().enumerate();
                    let due = images.map(|one| due(document, plan.enforcement(), one));
                    let found = plan.judge(&due.collect::<Vec<_>>(), &mut testimonies, report);
                    results.add(document, found);
                }
            };
            judge(&evidence, &mut results);
            if evidence.is_partial() && !results.are_conformant() {
                evidence.complete(settings, budget);
                circumstances.meter.renew_details(budget);
                judge(&evidence, &mut results);
            }
        }
        self.add_unasked(&mut results, images, budget);
        results.into_lists()
    }

    /// Adds an error for each image and document that had no room.
    fn add_unasked(&self, results: &mut Results, images: &[Image<'_>], budget: &Budget) {
        let first = self.first_platform();
        for (document, index) in &self.beyond {
            let Some(image) = images.get(*index).filter(|image| image.open().is_some()) else {
                continue;
            };
            let reason = too_long(budget);
            let found = match document.checked_sub(first) {
                Some(place) => {
                    let plan = self.platform.get(place);
                    plan.map(|plan| plan.undecided(reason))
                }
                None => {
                    let plan = self.singleton.as_ref();
                    plan.map(|plan| plan.undecided(image, reason))
                }
            };
            results.set(*document, *index, found);
        }
    }

    /// The place of the first platform policy among all documents.
    fn first_platform(&self) -> usize {
        usize::from(self.singleton.is_some())
    }

    fn count(&self) -> usize {
        self.first_platform().saturating_add(self.platform.len())
    }

    /// Whether more evidence could also speak against an image: to a platform policy, it may be a newer scan.
    pub(super) const fn weigh_evidence(&self) -> bool {
        !self.platform.is_empty()
    }

    /// Whether the policy relies on a system policy that nobody supplied.
    pub(super) fn lacks_system_policy(&self) -> bool {
        self.singleton
            .as_ref()
            .is_some_and(|plan| plan.lacks_system_policy)
    }
}

#[cold]
fn too_long(budget: &Budget) -> Reason {
    let what = "answers of attestors and checks in one Decision";
    Reason::limit(what, budget.results)
}

/// What has been said so far: for each image, one result for each document
struct Results(Vec<Vec<Option<DocumentResult>>>);

impl Results {
    fn new(images: &[Image<'_>], documents: usize) -> Self {
        let none = || (0..documents).map(|_| None).collect();
        Self(images.iter().map(|_| none()).collect())
    }

    /// Adds what one document says about the images that it was asked about.
    fn add(&mut self, document: usize, found: Vec<Option<DocumentResult>>) {
        for (results, found) in self.0.iter_mut().zip(found) {
            if let (Some(result), Some(found)) = (results.get_mut(document), found) {
                *result = Some(found);
            }
        }
    }

    /// Adds what one document says about the image at a place of the list.
    fn set(&mut self, document: usize, index: usize, found: Option<DocumentResult>) {
        let results = self.0.get_mut(index);
        if let Some(result) = results.and_then(|results| results.get_mut(document)) {
            *result = found;
        }
    }

    fn are_conformant(&self) -> bool {
        let mut said = self.0.iter().flatten().flatten();
        said.all(|result| result.verdict == Verdict::Conformant)
    }

    /// If any document gives no result for an image, the others are discarded: a partial result must not
    /// admit it.
    fn into_lists(self) -> Vec<Vec<DocumentResult>> {
        let whole = |results: Vec<Option<DocumentResult>>| results.into_iter().collect();
        let lists = self.0.into_iter().map(whole);
        lists.map(Option::unwrap_or_default).collect()
    }
}
