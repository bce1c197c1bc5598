//! The parts of a platform policy that a request needs: the check set of each Pod, and exemptions of images.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::decision::{Code, Exemption, Reason};
use crate::evaluate::check;
use crate::evaluate::images::Image;
use crate::evidence::Wanted;
use crate::json::Report;
use crate::policy::platform::{Allowlist, Check, CheckKeys, CheckSet, Place, PlatformPolicy};
use crate::policy::public_key::Loading;
use crate::policy::rule::EnforcementMode;
use crate::request::{Pod, Request, Workload};
use crate::settings::Settings;

/// The plan of the policy for this request
#[derive(Debug)]
pub(in crate::evaluate) struct Plan<'a, 's> {
    pub(super) settings: &'s Settings<'a>,
    pub(super) policy: &'s PlatformPolicy<'a>,
    /// The check set of each Pod; `None` only if the policy has no check sets or the check set is unknown
    pub(super) check_sets: Vec<Option<&'s CheckSet<'a>>>,
    /// The reason why check sets are unknown, used as the result of each image
    pub(super) unknown: Option<Reason>,
    /// Exemptions of each image
    pub(super) exemptions: Vec<Exemptions>,
    /// Decoded keys of the signature checks, by the place of the check
    pub(super) keys: BTreeMap<Place, CheckKeys<'a>>,
}

/// Exemptions of an image
#[derive(Debug, Default)]
pub(super) struct Exemptions {
    pub(super) policy: Option<Exemption>,
    pub(super) check_set: Option<Exemption>,
    /// Exemptions from checks, by the check's index
    pub(super) checks: BTreeMap<usize, Exemption>,
}

/// Level of an allowlist
#[derive(Debug, Clone, Copy)]
enum Level {
    Policy,
    CheckSet,
    /// A check, by index
    Check(usize),
}

impl Exemptions {
    /// Keeps the first exemption of each level.
    fn add(&mut self, level: Level, exemption: Exemption) {
        match level {
            Level::Policy => {
                self.policy.get_or_insert(exemption);
            }
            Level::CheckSet => {
                self.check_set.get_or_insert(exemption);
            }
            Level::Check(index) => {
                self.checks.entry(index).or_insert(exemption);
            }
        }
    }
}

/// Reads the parts of the policy that this request needs.
///
/// # Errors
///
/// `settings-invalid`: no check set covers a Pod.
#[inline(never)] // cold: see docs/performance.md#stack
pub(in crate::evaluate) fn plan<'a, 's>(
    settings: &'s Settings<'a>,
    policy: &'s PlatformPolicy<'a>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    images: &[Image<'_>],
    report: &Report,
) -> Result<Plan<'a, 's>, Reason> {
    let mut plan = Plan {
        settings,
        policy,
        check_sets: Vec::new(),
        unknown: None,
        exemptions: images.iter().map(|_| Exemptions::default()).collect(),
        keys: BTreeMap::new(),
    };
    for pod in &workload.pods {
        match choose(policy, request, pod) {
            Err(reason) if reason.code == Code::ContextMissing => {
                plan.check_sets.push(None);
                plan.unknown = Some(reason);
            }
            chosen => plan.check_sets.push(chosen?),
        }
    }
    plan.exempt(images, report);
    let open = images
        .iter()
        .enumerate()
        .filter(|(_, image)| image.open().is_some());
    let loading = Loading::when_needed(&settings.key_windows);
    let mut keys = BTreeMap::new();
    for check in open.flat_map(|(index, image)| plan.checks(index, image)) {
        keys.entry(check.place)
            .or_insert_with(|| check.load_keys(settings.sigstore.as_ref(), loading, report));
    }
    plan.keys = keys;
    Ok(plan)
}

/// Selects the check set for a Pod: the first whose scope covers it.
///
/// # Errors
///
/// `context-missing`: check sets depend on the namespace, and the request has none.
/// `settings-invalid`
fn choose<'a, 's>(
    policy: &'s PlatformPolicy<'a>,
    request: &Request<'_>,
    pod: &Pod<'_>,
) -> Result<Option<&'s CheckSet<'a>>, Reason> {
    for check_set in &policy.check_sets {
        let Some(scope) = &check_set.scope else {
            return Ok(Some(check_set));
        };
        let namespace = request.namespace.as_deref().ok_or_else(|| {
            let message = "The policy has check sets by namespace, and the request has no \
                           namespace";
            Reason::new(Code::ContextMissing, message)
        })?;
        if scope.covers(namespace, &pod.service_account) {
            return Ok(Some(check_set));
        }
    }
    if policy.check_sets.is_empty() {
        return Ok(None);
    }
    // The parser has reported it. A Pod without a check set is not admitted.
    let message = "no check set of the policy covers the Pod";
    Err(Reason::new(Code::SettingsInvalid, message))
}

impl<'a, 's> Plan<'a, 's> {
    /// Finds the first pattern at each level that covers each open image. Each list is read once, whatever the
    /// number of images.
    fn exempt(&mut self, images: &[Image<'_>], report: &Report) {
        let policy = self.policy;
        self.apply(&policy.allowlist, Level::Policy, None, images, report);
        let mut seen = BTreeSet::new();
        for check_set in self.check_sets.clone().into_iter().flatten() {
            let place = check_set.place;
            if !seen.insert(place) {
                continue;
            }
            let allowlist = &check_set.allowlist;
            self.apply(allowlist, Level::CheckSet, Some(place), images, report);
            for check in &check_set.checks {
                let level = Level::Check(check.place.index());
                self.apply(&check.allowlist, level, Some(place), images, report);
            }
        }
    }

    /// Applies one allowlist to the images of the check set's Pods, or to all images for the policy's allowlist.
    fn apply(
        &mut self,
        allowlist: &Option<Allowlist<'_>>,
        level: Level,
        check_set: Option<Place>,
        images: &[Image<'_>],
        report: &Report,
    ) {
        let Some(allowlist) = allowlist else { return };
        let document = self.policy.document();
        let check_sets = &self.check_sets;
        let is_in_reach = |image: &Image<'_>| {
            let own = check_sets.get(image.pod).copied().flatten();
            check_set.is_none() || own.map(|own| own.place) == check_set
        };
        allowlist.each(report, &mut |pattern, text| {
            for (image, exemptions) in images.iter().zip(&mut self.exemptions) {
                let matches = |image| pattern.matches(image);
                if is_in_reach(image) && image.open().is_some_and(matches) {
                    exemptions.add(
                        level,
                        Exemption {
                            document: document.clone().into(),
                            pattern: text.to_string(),
                        },
                    );
                }
            }
        });
    }

    /// Returns the number of results for the image at this index: its checks, including exempt ones, and the
    /// policy.
    pub(in crate::evaluate) fn answers(&self, index: usize, image: &Image<'_>) -> usize {
        let exemptions = self.exemptions.get(index);
        let is_exempt =
            exemptions.is_some_and(|exempt| exempt.policy.is_some() || exempt.check_set.is_some());
        let check_set = self.check_set(image).filter(|_| !is_exempt);
        check_set.map_or(1, |check_set| check_set.checks.len().saturating_add(1))
    }

    /// Returns the enforcement mode of all platform policies.
    pub(in crate::evaluate) const fn enforcement(&self) -> EnforcementMode {
        self.settings.platform_enforcement
    }

    /// Returns the check set of an image's Pod.
    pub(super) fn check_set(&self, image: &Image<'_>) -> Option<&'s CheckSet<'a>> {
        self.check_sets.get(image.pod).copied().flatten()
    }

    /// Returns the checks from which the image at this index is not exempt.
    pub(super) fn checks<'p>(
        &'p self,
        index: usize,
        image: &Image<'_>,
    ) -> impl Iterator<Item = &'s Check<'a>> + use<'a, 's, 'p> {
        let exemptions = self.exemptions.get(index);
        let is_exempt =
            exemptions.is_none_or(|exempt| exempt.policy.is_some() || exempt.check_set.is_some());
        let check_set = self.check_set(image).filter(|_| !is_exempt);
        let checks = check_set
            .into_iter()
            .flat_map(|check_set| &check_set.checks);
        checks.filter(move |check| {
            exemptions.is_some_and(|exempt| !exempt.checks.contains_key(&check.place.index()))
        })
    }

    /// Whether any check applies to the image at this index: all checks need its digest.
    pub(in crate::evaluate) fn requires_digest(&self, index: usize, image: &Image<'_>) -> bool {
        self.checks(index, image).next().is_some()
    }

    /// Requests the evidence for the checks of an image.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(in crate::evaluate) fn want<'i>(
        &'i self,
        index: usize,
        image: &Image<'i>,
        wanted: &mut Vec<Wanted<'i>>,
    ) {
        let (Some(digest), Some(reference)) = (image.digest(), image.open()) else {
            return;
        };
        let checks = self.checks(index, image);
        let checks = checks.map(|check| (check, self.keys.get(&check.place)));
        check::want(checks, digest, reference, self.settings, wanted);
    }
}
