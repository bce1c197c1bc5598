//! All policy documents of the settings. Each is evaluated on its own, and every one must admit an image.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::attestors::{Attestors, Inquiry, Known};
use super::images::Image;
use super::platform;
use super::singleton;
use crate::Budget;
use crate::decision::{DocumentResult, Reason, Verdict};
use crate::evidence::{Evidence, Urgency, Wanted};
use crate::json::Report;
use crate::policy::rule::EnforcementMode;
use crate::request::{Request, Workload};
use crate::settings::Settings;
use crate::sigstore::TrustedRoots;
use crate::time::Time;
use crate::verification::{Meter, VerificationContext};

/// The plan of each document for this request
#[derive(Debug)]
pub(super) struct Documents<'a, 's> {
    singleton: Option<singleton::Plan<'a>>,
    platform: Vec<platform::Plan<'a, 's>>,
    /// The attestors that the rules of all documents name
    attestors: Attestors<'a>,
    /// Whether the break-glass label of each Pod is effective
    marks: Vec<bool>,
    /// Pairs of document and image, by index, whose results exceed the limit on the Decision
    beyond: BTreeSet<(usize, usize)>,
}

/// Order of the work: strict work first, so that dry run and break-glass cannot exhaust its budget
pub(super) const URGENCIES: [Urgency; 2] = [Urgency::Strict, Urgency::Lenient];

impl<'a, 's> Documents<'a, 's> {
    /// Reads the parts of each document that this request needs. If all images are unchanged, nothing is read, so
    /// that no document can block an update without new images.
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
            attestors: Attestors::default(),
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
        documents.load_attestors(settings, report);
        for policy in &settings.platform_policies {
            documents.platform.push(platform::plan(
                settings, policy, request, workload, images, report,
            )?);
        }
        Ok(documents)
    }

    /// Loads each attestor once, whichever documents name it.
    fn load_attestors(&mut self, settings: &Settings<'a>, report: &Report) {
        let Some(singleton) = self.singleton.as_ref() else {
            return;
        };
        if !singleton.attestors.is_empty() {
            self.attestors = Attestors::load(settings, &singleton.attestors, report);
        }
        singleton.check_attestors(&self.attestors, report);
    }

    /// Limits the size of the Decision, which has a result for each open image and each attestor of its rule or
    /// check of its check set. Documents that can deny the image come first; others are skipped for images beyond
    /// the limit.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: the results that can deny an image exceed the limit.
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

    /// Returns the mode of each document for the image at this index, and its number of results.
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

    /// Whether a document evaluates an image; both by index.
    fn has_room(&self, document: usize, index: usize) -> bool {
        !self.beyond.contains(&(document, index))
    }

    /// Whether the break-glass label of any Pod is effective.
    pub(super) fn is_marked(&self) -> bool {
        self.marks.contains(&true)
    }

    /// Whether the break-glass label of an image's Pod is effective.
    pub(super) fn marks(&self, image: &Image<'_>) -> bool {
        self.marks.get(image.pod).copied().unwrap_or_default()
    }

    /// Returns `Strict` if a document in this mode can deny an image.
    fn urgency(&self, mode: EnforcementMode, image: &Image<'_>) -> Urgency {
        match mode {
            EnforcementMode::Enforced if !self.marks(image) => Urgency::Strict,
            EnforcementMode::Enforced | EnforcementMode::DryRun => Urgency::Lenient,
        }
    }

    /// Whether an image needs evidence for this urgency.
    fn is_due(&self, urgency: Urgency, image: &Image<'_>) -> bool {
        let singleton = self.singleton.iter().map(|plan| plan.enforcement(image));
        let platform = self.platform.iter().map(platform::Plan::enforcement);
        let mut modes = singleton.chain(platform);
        modes.any(|mode| self.urgency(mode, image) == urgency)
    }

    /// Whether a document of this urgency needs the digest of the image at this index.
    pub(super) fn seeks_digest(&self, urgency: Urgency, index: usize, image: &Image<'_>) -> bool {
        self.any_requires(index, image, |mode| self.urgency(mode, image) == urgency)
    }

    /// Whether any document needs the digest.
    pub(super) fn requires_digest(&self, index: usize, image: &Image<'_>) -> bool {
        self.any_requires(index, image, |_| true)
    }

    /// Whether a document that is not in dry run needs the digest.
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

    /// Returns the images that need evidence, by urgency.
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
                    plan.want(index, image, &self.attestors, &mut wanted);
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

    /// Evaluates every image by every document: one result for each document, or none for images that are not
    /// evaluated.
    ///
    /// Uses only the evidence read so far if it suffices: more evidence could only help an image or exceed limits.
    pub(super) fn judge<'e>(
        &self,
        images: &[Image<'_>],
        mut evidence: Evidence<'e>,
        settings: &Settings<'e>,
        now: Option<Time>,
        budget: &Budget,
        report: &Report,
    ) -> Vec<Vec<DocumentResult>> {
        // All evaluations of all documents share one budget.
        let context = VerificationContext {
            meter: Meter::new(budget),
            now,
            max_payload: budget.payload_bytes,
        };
        let roots = TrustedRoots::new(settings.sigstore.as_ref(), report);
        let mut known = Known::default();
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
                    let mut inquiry = Inquiry::new(
                        &self.attestors,
                        evidence,
                        settings,
                        (&context, &roots),
                        budget,
                        &mut known,
                    );
                    let found = plan.judge(&due, &mut inquiry);
                    results.add(0, found);
                }
                let mut statements =
                    platform::TrustedStatements::new(settings, evidence, &context, &roots, budget);
                for (document, plan) in (self.first_platform()..).zip(&self.platform) {
                    let images = images.iter().enumerate();
                    let due = images.map(|one| due(document, plan.enforcement(), one));
                    let found = plan.judge(&due.collect::<Vec<_>>(), &mut statements, report);
                    results.add(document, found);
                }
            };
            judge(&evidence, &mut results);
            if evidence.is_partial() && !results.are_conformant() {
                evidence.complete(settings, budget);
                context.meter.renew_details(budget);
                judge(&evidence, &mut results);
            }
        }
        self.add_unasked(&mut results, images, budget);
        results.into_lists()
    }

    /// Adds an error for each image and document beyond the limit.
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

    /// Returns the index of the first platform policy among all documents.
    fn first_platform(&self) -> usize {
        usize::from(self.singleton.is_some())
    }

    fn count(&self) -> usize {
        self.first_platform().saturating_add(self.platform.len())
    }

    /// Whether more evidence could also count against an image: for platform policies, it may be a newer scan.
    pub(super) const fn needs_all_evidence(&self) -> bool {
        !self.platform.is_empty()
    }

    /// Whether the policy enables a system policy that the settings do not contain.
    pub(super) fn lacks_system_policy(&self) -> bool {
        self.singleton
            .as_ref()
            .is_some_and(|plan| plan.lacks_system_policy)
    }
}

#[cold]
fn too_long(budget: &Budget) -> Reason {
    let what = "results of attestors and checks in one Decision";
    Reason::limit(what, budget.results)
}

/// Results so far: for each image, one result for each document
struct Results(Vec<Vec<Option<DocumentResult>>>);

impl Results {
    fn new(images: &[Image<'_>], documents: usize) -> Self {
        let none = || (0..documents).map(|_| None).collect();
        Self(images.iter().map(|_| none()).collect())
    }

    /// Adds the results of one document for the images that it evaluated.
    fn add(&mut self, document: usize, found: Vec<Option<DocumentResult>>) {
        for (results, found) in self.0.iter_mut().zip(found) {
            if let (Some(result), Some(found)) = (results.get_mut(document), found) {
                *result = Some(found);
            }
        }
    }

    /// Adds the result of one document for the image at an index.
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
