//! All policy documents of the settings. Each is evaluated on its own, and every one must admit an image.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::attestors::{Attestors, Inquiry, Known};
use super::check::TrustedStatements;
use super::image_policy;
use super::images::Image;
use super::now::Now;
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
    image: Option<image_policy::Plan<'a, 's>>,
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
    /// `settings-invalid`, `limit-exceeded`
    pub(super) fn plan(
        settings: &'s Settings<'a>,
        (request, workload): (&Request<'_>, &Workload<'_>),
        (images, budget): (&[Image<'_>], &Budget),
        marks: Vec<bool>,
        now: &Now<'_>,
        report: &Report,
    ) -> Result<Self, Reason> {
        let mut documents = Self {
            singleton: None,
            platform: Vec::new(),
            image: None,
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
        if let Some(policy) = &settings.image_policy {
            let images = (images, budget);
            let plan = image_policy::plan(settings, policy, request, workload, images, now, report);
            documents.image = Some(plan?);
        }
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
        let singleton = self.singleton.as_ref().map(|plan| &plan.attestors);
        let image = self.image.as_ref().map(|plan| &plan.attestors);
        let sets = || singleton.into_iter().chain(image);
        if sets().any(|names| !names.is_empty()) {
            let is_wanted = |name: &str| sets().any(|names| names.contains(name));
            self.attestors = Attestors::load(settings, is_wanted, report);
        }
        if let Some(plan) = &self.singleton {
            plan.check_attestors(&self.attestors, report);
        }
        if let Some(plan) = &self.image {
            plan.check_attestors(&self.attestors, report);
        }
    }

    /// Returns all documents in the order of their results.
    fn all(&self) -> impl Iterator<Item = Document<'_, 'a, 's>> {
        (0_usize..).map_while(|place| self.document(place))
    }

    /// Returns the document at a place. The two parts of `imagePolicy` come last.
    fn document(&self, place: usize) -> Option<Document<'_, 'a, 's>> {
        let place = match &self.singleton {
            Some(plan) if place == 0 => return Some(Document::Singleton(plan)),
            Some(_) => place.saturating_sub(1),
            None => place,
        };
        if let Some(plan) = self.platform.get(place) {
            return Some(Document::Platform(plan));
        }
        let plan = self.image.as_ref()?;
        match place.checked_sub(self.platform.len())? {
            0 => Some(Document::Image(plan, EnforcementMode::Enforced)),
            1 => Some(Document::Image(plan, EnforcementMode::DryRun)),
            _ => None,
        }
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
                for (document, one) in self.all().enumerate() {
                    if self.urgency(one.enforcement(image), image) != urgency {
                        continue;
                    }
                    match (room.checked_sub(one.answers(index, image)), urgency) {
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

    /// Whether a document of this urgency evaluates the image at this index.
    fn is_due(&self, urgency: Urgency, index: usize, image: &Image<'_>) -> bool {
        let is_due = |one: Document<'_, '_, '_>| {
            one.applies(index) && self.urgency(one.enforcement(image), image) == urgency
        };
        self.all().any(is_due)
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
        self.all()
            .any(|one| is_due(one.enforcement(image)) && one.requires_digest(index, image))
    }

    /// Returns the images that need evidence, by urgency.
    pub(super) fn wanted<'i>(&'i self, images: &[Image<'i>]) -> Vec<(Urgency, Vec<Wanted<'i>>)> {
        let mut all = Vec::new();
        for urgency in URGENCIES {
            let mut wanted = Vec::new();
            for (index, image) in images.iter().enumerate() {
                for (document, one) in self.all().enumerate() {
                    let is_due = self.urgency(one.enforcement(image), image) == urgency;
                    if !is_due || !self.has_room(document, index) {
                        continue;
                    }
                    match image.listed() {
                        [] => one.want(index, image, &self.attestors, &mut wanted),
                        listed => {
                            for image in (0..listed.len()).filter_map(|place| image.platform(place))
                            {
                                one.want(index, &image, &self.attestors, &mut wanted);
                            }
                        }
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
    /// evaluated. In place of an index, the images that it lists are evaluated, and the greatest verdict counts.
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
    ) -> (Vec<Vec<DocumentResult>>, Vec<PlatformVerdict>) {
        // All evaluations of all documents share one budget.
        let context = VerificationContext {
            meter: Meter::new(budget),
            now,
            max_payload: budget.payload_bytes,
        };
        let roots = TrustedRoots::new(settings.sigstore.as_ref(), report);
        let mut known = Known::default();
        let mut results = Results::new(images, self.all().count());
        let places = images.iter().map(|image| image.listed().len()).max();
        let places = 0..places.unwrap_or_default();
        for urgency in URGENCIES {
            let mut open = images.iter().enumerate();
            if !open.any(|(index, image)| self.is_due(urgency, index, image)) {
                continue;
            }
            let mut judge = |evidence: &Evidence<'_>, results: &mut Results| {
                known.keep_satisfied();
                let context = (&context, &roots);
                let mut inquiry = Inquiry::new(
                    &self.attestors,
                    evidence,
                    settings,
                    context,
                    budget,
                    &mut known,
                );
                let mut statements =
                    TrustedStatements::new(settings, evidence, context.0, &roots, budget);
                for (document, one) in self.all().enumerate() {
                    let is_due = |index, image: &&Image<'_>| {
                        let is_due = self.urgency(one.enforcement(image), image) == urgency;
                        is_due && self.has_room(document, index)
                    };
                    let mut judge = |images: &mut dyn Iterator<Item = Option<&Image<'_>>>| {
                        let due = images.enumerate();
                        let due = due.map(|(index, image)| image.filter(|one| is_due(index, one)));
                        let due: Vec<_> = due.collect();
                        one.judge(&due, &mut inquiry, &mut statements, report)
                    };
                    let itself =
                        |image| Some(image).filter(|one: &&Image<'_>| one.listed().is_empty());
                    results.add(document, judge(&mut images.iter().map(itself)));
                    for place in places.clone() {
                        let platforms = images.iter().map(|image| image.platform(place));
                        let platforms: Vec<_> = platforms.collect();
                        let found = judge(&mut platforms.iter().map(Option::as_ref));
                        results.add_platform(document, place, found);
                    }
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
        results.name_platforms(images);
        results.into_lists(self)
    }

    /// Adds an error for each image and document beyond the limit.
    fn add_unasked(&self, results: &mut Results, images: &[Image<'_>], budget: &Budget) {
        for (document, index) in &self.beyond {
            let Some(image) = images.get(*index).filter(|image| image.open().is_some()) else {
                continue;
            };
            let found = self.document(*document);
            let found = found.map(|one| one.undecided(image, too_long(budget)));
            results.set(*document, *index, found);
        }
    }

    /// Whether more evidence could also count against an image: for checks, it may be a newer scan.
    pub(super) fn needs_all_evidence(&self) -> bool {
        !self.platform.is_empty()
            || self
                .image
                .as_ref()
                .is_some_and(image_policy::Plan::has_checks)
    }

    /// Whether the policy enables a system policy that the settings do not contain.
    pub(super) fn lacks_system_policy(&self) -> bool {
        self.singleton
            .as_ref()
            .is_some_and(|plan| plan.lacks_system_policy)
    }
}

/// A document, or a part of one, that has a result of its own for each image
#[derive(Debug, Clone, Copy)]
enum Document<'d, 'a, 's> {
    Singleton(&'d singleton::Plan<'a>),
    Platform(&'d platform::Plan<'a, 's>),
    Image(&'d image_policy::Plan<'a, 's>, EnforcementMode),
}

impl<'d> Document<'d, '_, '_> {
    /// Returns the enforcement mode for an image.
    fn enforcement(self, image: &Image<'_>) -> EnforcementMode {
        match self {
            Self::Singleton(plan) => plan.enforcement(image),
            Self::Platform(plan) => plan.enforcement(),
            Self::Image(_, part) => part,
        }
    }

    /// Whether the document has a result for the image at this index.
    fn applies(self, index: usize) -> bool {
        match self {
            Self::Singleton(_) | Self::Platform(_) => true,
            Self::Image(plan, part) => plan.applies(part, index),
        }
    }

    /// Returns the number of results for the image at this index.
    fn answers(self, index: usize, image: &Image<'_>) -> usize {
        match self {
            Self::Singleton(plan) => plan.answers(index, image),
            Self::Platform(plan) => plan.answers(index, image),
            Self::Image(plan, part) => plan.answers(part, index),
        }
    }

    /// Whether the document needs the digest of the image at this index.
    fn requires_digest(self, index: usize, image: &Image<'_>) -> bool {
        match self {
            Self::Singleton(plan) => plan.requires_digest(index, image),
            Self::Platform(plan) => plan.requires_digest(index, image),
            Self::Image(plan, part) => plan.requires_digest(part, index),
        }
    }

    /// Requests the evidence that the document needs for the image at this index.
    #[inline(never)] // once in the module
    fn want<'i>(
        self,
        index: usize,
        image: &Image<'i>,
        attestors: &'i Attestors<'_>,
        wanted: &mut Vec<Wanted<'i>>,
    ) where
        'd: 'i,
    {
        match self {
            Self::Singleton(plan) => plan.want(index, image, attestors, wanted),
            Self::Platform(plan) => plan.want(index, image, wanted),
            Self::Image(plan, part) => plan.want(part, index, image, attestors, wanted),
        }
    }

    /// Evaluates these images.
    #[inline(never)] // once in the module
    fn judge(
        self,
        images: &[Option<&Image<'_>>],
        inquiry: &mut Inquiry<'d, '_>,
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> Vec<Option<DocumentResult>> {
        match self {
            Self::Singleton(plan) => plan.judge(images, inquiry),
            Self::Platform(plan) => plan.judge(images, statements, report),
            Self::Image(plan, part) => plan.judge(part, images, inquiry, statements, report),
        }
    }

    /// Returns the result for an image that the document cannot evaluate.
    fn undecided(self, image: &Image<'_>, reason: Reason) -> DocumentResult {
        match self {
            Self::Singleton(plan) => plan.undecided(image, reason),
            Self::Platform(plan) => plan.undecided(reason),
            Self::Image(_, part) => image_policy::undecided(part, reason),
        }
    }
}

#[cold]
fn too_long(budget: &Budget) -> Reason {
    let what = "results of attestors and checks in one Decision";
    Reason::limit(what, budget.results)
}

/// Results so far
struct Results {
    /// For each image, one result for each document
    found: Vec<Vec<Option<DocumentResult>>>,
    platforms: Vec<PlatformVerdict>,
}

/// Verdict of one document for an image that an index lists
pub(super) struct PlatformVerdict {
    document: usize,
    /// Index of the image in the request
    pub(super) index: usize,
    /// Place in its index
    pub(super) place: usize,
    pub(super) verdict: Verdict,
}

impl Results {
    fn new(images: &[Image<'_>], documents: usize) -> Self {
        let none = || (0..documents).map(|_| None).collect();
        Self {
            found: images.iter().map(|_| none()).collect(),
            platforms: Vec::new(),
        }
    }

    /// Adds the results of one document for the images that it evaluated.
    fn add(&mut self, document: usize, found: Vec<Option<DocumentResult>>) {
        for (results, found) in self.found.iter_mut().zip(found) {
            if let (Some(result), Some(found)) = (results.get_mut(document), found) {
                *result = Some(found);
            }
        }
    }

    /// Adds the results of one document for the images at a place in their indexes. The first result with the greatest
    /// verdict is that of the index.
    #[cold]
    fn add_platform(&mut self, document: usize, place: usize, found: Vec<Option<DocumentResult>>) {
        for (index, found) in found.into_iter().enumerate() {
            let Some(found) = found else {
                continue;
            };
            if place == 0 {
                // Those of a first judging, by a part of the evidence
                let is_other =
                    |one: &PlatformVerdict| (one.document, one.index) != (document, index);
                self.platforms.retain(is_other);
            }
            let verdict = found.verdict;
            let earlier = self
                .found
                .get(index)
                .and_then(|results| results.get(document));
            let earlier = earlier.and_then(Option::as_ref).filter(|_| place > 0);
            if earlier.is_none_or(|earlier| earlier.verdict < verdict) {
                self.set(document, index, Some(found));
            }
            self.platforms.push(PlatformVerdict {
                document,
                index,
                place,
                verdict,
            });
        }
    }

    /// Names in each result against an index the images that have this verdict.
    fn name_platforms(&mut self, images: &[Image<'_>]) {
        for one in &self.platforms {
            let result = self.found.get_mut(one.index);
            let result = result.and_then(|results| results.get_mut(one.document)?.as_mut());
            let image = images.get(one.index);
            let listed = image.and_then(|image| image.listed().get(one.place));
            if let (Some(result), Some(listed)) = (result, listed)
                && result.verdict != Verdict::Conformant
                && result.verdict == one.verdict
            {
                result.platforms.push(listed.platform.clone());
            }
        }
    }

    /// Sets the result of one document for the image at an index.
    fn set(&mut self, document: usize, index: usize, found: Option<DocumentResult>) {
        let results = self.found.get_mut(index);
        if let Some(result) = results.and_then(|results| results.get_mut(document)) {
            *result = found;
        }
    }

    fn are_conformant(&self) -> bool {
        let mut found = self.found.iter().flatten().flatten();
        found.all(|result| result.verdict == Verdict::Conformant)
    }

    /// If any document that applies gives no result for an image, the others are discarded: a partial result must
    /// not admit it.
    fn into_lists(
        self,
        documents: &Documents<'_, '_>,
    ) -> (Vec<Vec<DocumentResult>>, Vec<PlatformVerdict>) {
        let whole = |(index, results): (usize, Vec<Option<DocumentResult>>)| {
            let mut all = documents.all().zip(&results);
            if all.any(|(one, found)| found.is_none() && one.applies(index)) {
                return Vec::new();
            }
            results.into_iter().flatten().collect()
        };
        let lists = self.found.into_iter().enumerate();
        (lists.map(whole).collect(), self.platforms)
    }
}
