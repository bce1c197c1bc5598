//! The rules that cover the images of a request.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::Budget;
use crate::decision::{self, Reason};
use crate::evaluate::attestors::Attestors;
use crate::evaluate::check;
use crate::evaluate::images::Image;
use crate::evaluate::now::Now;
use crate::evidence::Wanted;
use crate::image::NormalizedReference;
use crate::json::Report;
use crate::policy::image_policy::{DOCUMENT, Exemption, ImagePolicy, ImageRule, Requirement};
use crate::policy::platform::{Check, CheckKeys, Place};
use crate::policy::public_key::Loading;
use crate::policy::rule::EnforcementMode;
use crate::request::{Request, Workload};
use crate::settings::Settings;
use crate::time::Time;

/// The plan of the policy for this request
#[derive(Debug)]
pub(in crate::evaluate) struct Plan<'a, 's> {
    settings: &'s Settings<'a>,
    pub(super) policy: &'s ImagePolicy<'a>,
    /// The rules that cover an image, by name
    rules: Vec<ImageRule<'a>>,
    /// The rules that cover each image, as ascending places in `rules`
    covering: Vec<Vec<(usize, Scope)>>,
    /// Exemptions of images from checks, by the index of the image
    exempt_checks: BTreeMap<(usize, Place), decision::Exemption>,
    /// Decoded keys of the signature checks
    pub(super) keys: BTreeMap<Place, CheckKeys<'a>>,
    /// Names of the attestors of these rules
    pub(in crate::evaluate) attestors: BTreeSet<Cow<'a, str>>,
    /// The time; `None` without a clock, or if no rule needs it
    now: Option<Time>,
}

/// Whether a rule that covers an image is for its Pod
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    Applies,
    /// It depends on the namespace, and the request has none
    Unknown,
}

/// The state of an exemption
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    InForce,
    Ended,
    /// It has an end, and the host has no clock
    Unknown,
}

/// Whether the requirements for an image are lifted
#[derive(Debug, Clone, Copy)]
pub(super) enum Lifting<'p, 'a> {
    No,
    /// By the first rule with an exemption in force
    By(&'p ImageRule<'a>, &'p Exemption<'a>),
    /// The exemption of this rule may be in force
    Unknown(&'p ImageRule<'a>, &'p Exemption<'a>),
}

/// Reads the rules that cover the images of this request.
///
/// # Errors
///
/// `limit-exceeded`: too many comparisons of images with patterns.
#[inline(never)] // cold: see docs/performance.md#stack
pub(in crate::evaluate) fn plan<'a, 's>(
    settings: &'s Settings<'a>,
    policy: &'s ImagePolicy<'a>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    (images, budget): (&[Image<'_>], &Budget),
    now: &Now<'_>,
    report: &Report,
) -> Result<Plan<'a, 's>, Reason> {
    let mut plan = Plan {
        settings,
        policy,
        rules: Vec::new(),
        covering: images.iter().map(|_| Vec::new()).collect(),
        exempt_checks: BTreeMap::new(),
        keys: BTreeMap::new(),
        attestors: BTreeSet::new(),
        now: None,
    };
    let images_and_budget = (images, budget);
    for (rule, covered) in read_rules(
        settings,
        policy,
        request,
        workload,
        images_and_budget,
        report,
    )? {
        for (image, scope) in covered {
            if let Some(covering) = plan.covering.get_mut(image) {
                covering.push((plan.rules.len(), scope));
            }
        }
        plan.rules.push(rule);
    }
    if plan.rules.iter().any(has_end) {
        plan.now = now.get();
    }
    plan.exempt_checks(images, report);
    plan.find_signers(images, report);
    Ok(plan)
}

/// The images that a rule covers, by index
type Covered = Vec<(usize, Scope)>;

/// A rule whose `images` cover an image, and the images that it covers; no rule if it has problems
type Candidate<'a> = (Option<ImageRule<'a>>, Covered);

/// Reads each rule that covers an image, and returns it with the images by index. The rules are in the order of their
/// names.
///
/// # Errors
///
/// `limit-exceeded`
fn read_rules<'a>(
    settings: &Settings<'a>,
    policy: &ImagePolicy<'a>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    (images, budget): (&[Image<'_>], &Budget),
    report: &Report,
) -> Result<impl Iterator<Item = (ImageRule<'a>, Covered)> + use<'a>, Reason> {
    let mut left = budget.comparisons;
    let mut spend = |comparisons| match left.checked_sub(comparisons) {
        Some(rest) => {
            left = rest;
            Ok(())
        }
        None => Err(too_many(budget)),
    };
    // Boxed, because most rules cover no image.
    let mut rules: Vec<Option<Box<Candidate<'_>>>> = Vec::new();
    for (place, image) in images.iter().enumerate() {
        let (Some(reference), Some(pod)) = (image.open(), workload.pods.get(image.pod)) else {
            continue;
        };
        let reference = NormalizedReference::from(reference);
        spend(policy.patterns())?;
        for index in policy.covering(&reference) {
            if rules.len() <= index {
                rules.resize_with(index.saturating_add(1), || None);
            }
            let Some(slot) = rules.get_mut(index) else {
                continue;
            };
            let (rule, covered) = &mut **slot.get_or_insert_with(|| {
                let rule = policy.rule(index, settings.sigstore.as_ref(), report);
                Box::new((rule, Vec::new()))
            });
            let Some(rule) = rule.as_ref() else {
                continue;
            };
            spend(rule.exceptions())?;
            if rule.excepts(&reference) {
                continue;
            }
            match rule.is_for(request.namespace.as_deref(), &pod.service_account) {
                Some(true) => covered.push((place, Scope::Applies)),
                Some(false) => {}
                None => covered.push((place, Scope::Unknown)),
            }
        }
    }
    let mut by_name = BTreeMap::new();
    for slot in rules.into_iter().flatten() {
        let (rule, covered) = *slot;
        if let Some(rule) = rule.filter(|_| !covered.is_empty()) {
            by_name.insert((rule.name.clone(), rule.index), (rule, covered));
        }
    }
    Ok(by_name.into_values())
}

#[cold]
fn too_many(budget: &Budget) -> Reason {
    let what = "comparisons of images with patterns in `imagePolicy`";
    Reason::limit(what, budget.comparisons)
}

fn has_end(rule: &ImageRule<'_>) -> bool {
    rule.exemption().is_some_and(|one| one.until.is_some())
}

impl<'a, 's> Plan<'a, 's> {
    /// Finds the first pattern of each check's allowlist that covers each image. Each list is read once, whatever the
    /// number of images.
    fn exempt_checks(&mut self, images: &[Image<'_>], report: &Report) {
        let mut listed = BTreeMap::new();
        for (index, image) in images.iter().enumerate() {
            let Some(reference) = image.open() else {
                continue;
            };
            for check in self.all_required(index).flat_map(ImageRule::checks) {
                if let Some(allowlist) = &check.allowlist {
                    let (_, images) = listed
                        .entry(check.place)
                        .or_insert_with(|| (allowlist, Vec::new()));
                    images.push((index, reference));
                }
            }
        }
        let mut exempt = BTreeMap::new();
        for (place, (allowlist, images)) in listed {
            allowlist.each(report, &mut |pattern, text| {
                for (index, reference) in &images {
                    if pattern.matches(*reference) {
                        exempt
                            .entry((*index, place))
                            .or_insert_with(|| decision::Exemption {
                                document: DOCUMENT.into(),
                                pattern: text.to_string(),
                            });
                    }
                }
            });
        }
        self.exempt_checks = exempt;
    }

    /// Loads the keys of checks, and collects the names of attestors.
    fn find_signers(&mut self, images: &[Image<'_>], report: &Report) {
        let (mut keys, mut attestors) = (BTreeMap::new(), BTreeSet::new());
        for (index, image) in images.iter().enumerate() {
            if image.open().is_none() {
                continue;
            }
            for check in self.all_required(index).flat_map(ImageRule::checks) {
                if self.exempt_check(index, check).is_none() {
                    keys.entry(check.place).or_insert_with(|| {
                        check.load_keys(
                            self.settings.sigstore.as_ref(),
                            Loading::when_needed(&self.settings.key_windows),
                            report,
                        )
                    });
                }
            }
            if image.may_have_digest(self.settings) {
                let quorums = self.all_required(index).flat_map(ImageRule::quorums);
                attestors.extend(quorums.flat_map(|quorum| quorum.attestors.iter().cloned()));
            }
        }
        self.keys = keys;
        self.attestors = attestors;
    }

    /// Reports attestors that are not in the settings, and attestors of one requirement that share a key.
    pub(in crate::evaluate) fn check_attestors(&self, loaded: &Attestors<'a>, report: &Report) {
        for rule in &self.rules {
            let mut names = rule.quorums().flat_map(|quorum| &quorum.attestors);
            // Attestors that no image asks are not loaded.
            if names.all(|name| self.attestors.contains(name)) {
                rule.check_attestors(|name| loaded.get(name), report);
            }
        }
    }

    /// Requests the evidence for the requirements of one part.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(in crate::evaluate) fn want<'i>(
        &'i self,
        part: EnforcementMode,
        index: usize,
        image: &Image<'i>,
        loaded: &'i Attestors<'_>,
        wanted: &mut Vec<Wanted<'i>>,
    ) {
        let (Some(digest), Some(reference)) = (image.digest(), image.open()) else {
            return;
        };
        let quorums = self.required(part, index).flat_map(ImageRule::quorums);
        let names = quorums.flat_map(|quorum| &quorum.attestors);
        loaded.want(names, digest, reference, wanted);
        let checks = self.checks(part, index);
        let checks = checks.map(|check| (check, self.keys.get(&check.place)));
        check::want(checks, digest, reference, self.settings, wanted);
    }

    /// Returns the number of results of one part for the image at this index.
    pub(in crate::evaluate) fn answers(&self, part: EnforcementMode, index: usize) -> usize {
        let rules = self.part(part, index).count();
        let required = self.required(part, index).flat_map(ImageRule::requirements);
        let results = required.map(Requirement::results);
        results.fold(rules, usize::saturating_add)
    }

    /// Whether any requirement of one part applies to the image at this index: all need its digest.
    pub(in crate::evaluate) fn requires_digest(&self, part: EnforcementMode, index: usize) -> bool {
        let mut rules = self.required(part, index);
        rules.any(|rule| rule.quorums().next().is_some())
            || self.checks(part, index).next().is_some()
    }

    /// Whether any image needs the evidence for a check.
    pub(in crate::evaluate) fn has_checks(&self) -> bool {
        let mut images = 0..self.covering.len();
        images.any(|index| {
            self.all_required(index)
                .flat_map(ImageRule::checks)
                .next()
                .is_some()
        })
    }

    /// Whether the part has a result for the image at this index: rules in dry run have none unless one covers it.
    pub(in crate::evaluate) fn applies(&self, part: EnforcementMode, index: usize) -> bool {
        part == EnforcementMode::Enforced || self.part(part, index).next().is_some()
    }

    /// Returns the rules of one part that cover the image at this index, by name. Exemptions belong to the enforced
    /// part.
    pub(super) fn part(
        &self,
        part: EnforcementMode,
        index: usize,
    ) -> impl Iterator<Item = (&ImageRule<'a>, Scope)> {
        self.rules(index)
            .filter(move |(rule, _)| rule.enforcement == part)
    }

    /// Returns the checks of one part from which the image at this index is not exempt.
    fn checks(&self, part: EnforcementMode, index: usize) -> impl Iterator<Item = &Check<'a>> {
        let checks = self.required(part, index).flat_map(ImageRule::checks);
        checks.filter(move |check| self.exempt_check(index, check).is_none())
    }

    /// Returns the exemption of the image at this index from a check.
    pub(super) fn exempt_check(
        &self,
        index: usize,
        check: &Check<'_>,
    ) -> Option<&decision::Exemption> {
        self.exempt_checks.get(&(index, check.place))
    }

    /// Returns the rules of one part whose requirements must be satisfied for the image at this index.
    fn required(
        &self,
        part: EnforcementMode,
        index: usize,
    ) -> impl Iterator<Item = &ImageRule<'a>> {
        let rules = self.all_required(index);
        rules.filter(move |rule| rule.enforcement == part)
    }

    /// Like [`Self::required`], for both parts.
    fn all_required(&self, index: usize) -> impl Iterator<Item = &ImageRule<'a>> {
        let is_lifted = matches!(self.lifting(index), Lifting::By(..));
        let rules = self
            .rules(index)
            .filter(move |(_, scope)| !is_lifted && *scope == Scope::Applies);
        rules
            .map(|(rule, _)| rule)
            .filter(|rule| !rule.requirements().is_empty())
    }

    /// Returns whether the requirements for the image at this index are lifted.
    pub(super) fn lifting(&self, index: usize) -> Lifting<'_, 'a> {
        let mut lifting = Lifting::No;
        for (rule, scope) in self.rules(index) {
            let Some(exemption) = rule.exemption() else {
                continue;
            };
            match (self.standing(exemption), scope) {
                (Standing::InForce, Scope::Applies) => return Lifting::By(rule, exemption),
                (Standing::Ended, _) => {}
                (Standing::Unknown, _) | (Standing::InForce, Scope::Unknown) => {
                    lifting = Lifting::Unknown(rule, exemption);
                }
            }
        }
        lifting
    }

    pub(super) fn standing(&self, exemption: &Exemption<'_>) -> Standing {
        match (exemption.until, self.now) {
            (None, _) => Standing::InForce,
            (Some(_), None) => Standing::Unknown,
            (Some(until), Some(now)) if until.is_over(now) => Standing::Ended,
            (Some(_), Some(_)) => Standing::InForce,
        }
    }

    /// Returns the rules that cover the image at this index, by name.
    fn rules(&self, index: usize) -> impl Iterator<Item = (&ImageRule<'a>, Scope)> {
        let covering = self.covering.get(index).map_or(&[][..], Vec::as_slice);
        let rules = covering.iter();
        rules.filter_map(|(place, scope)| Some((self.rules.get(*place)?, *scope)))
    }
}
