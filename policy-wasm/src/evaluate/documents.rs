//! All policy documents of the settings: each is asked on its own, and an image needs the consent of
//! every one.

use alloc::vec::Vec;

use super::images::Image;
use super::platform;
use super::singleton;
use crate::Budget;
use crate::attestation::{Circumstances, Meter};
use crate::decision::{DocumentResult, Reason, Verdict};
use crate::evidence::{Evidence, Wanted};
use crate::json::Report;
use crate::request::{Request, Workload};
use crate::settings::Settings;
use crate::time::Time;

/// What each document will look at
#[derive(Debug)]
pub(super) struct Documents<'a, 's> {
    singleton: Option<singleton::Plan<'a>>,
    platform: Vec<platform::Plan<'a, 's>>,
}

impl<'a, 's> Documents<'a, 's> {
    /// Reads of each document what this request needs.
    ///
    /// # Errors
    ///
    /// `context-missing`: a document has rules by a fact that the request does not state.
    pub(super) fn plan(
        settings: &'s Settings<'a>,
        request: &Request<'_>,
        workload: &Workload<'_>,
        images: &[Image<'_>],
        report: &Report,
    ) -> Result<Self, Reason> {
        let singleton = settings
            .policy
            .as_ref()
            .map(|policy| singleton::plan(settings, policy, request, workload, images, report));
        let singleton = singleton.transpose()?;
        let mut platform = Vec::new();
        for policy in &settings.platform_policies {
            platform.push(platform::plan(
                settings, policy, request, workload, images, report,
            )?);
        }
        Ok(Self {
            singleton,
            platform,
        })
    }

    /// Refuses what nobody could read: every image is answered for by each attestor of its rule and each
    /// check of its check sets.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`
    pub(super) fn check_size(&self, images: &[Image<'_>], budget: &Budget) -> Result<(), Reason> {
        let count = |(index, image): (usize, &Image<'_>)| {
            let rule = self.singleton.iter().map(|plan| plan.answers(index, image));
            let check_sets = self.platform.iter().map(|plan| plan.answers(index, image));
            rule.chain(check_sets).fold(0, usize::saturating_add)
        };
        let counts = images.iter().enumerate().map(count);
        if counts.fold(0, usize::saturating_add) > budget.results {
            let what = "answers of attestors and checks in one Decision";
            return Err(Reason::limit(what, budget.results));
        }
        Ok(())
    }

    /// Whether any document has to know the digest of the image at this place of the list.
    pub(super) fn requires_digest(&self, index: usize, image: &Image<'_>) -> bool {
        let by_rule = |plan: &singleton::Plan<'_>| plan.requires_digest(index, image);
        self.singleton.as_ref().is_some_and(by_rule)
            || self
                .platform
                .iter()
                .any(|plan| plan.requires_digest(index, image))
    }

    /// The images about which something has to be known.
    pub(super) fn wanted<'i>(&'i self, images: &[Image<'i>]) -> Vec<Wanted<'i>> {
        let mut wanted = Vec::new();
        for (index, image) in images.iter().enumerate() {
            if let Some(plan) = &self.singleton {
                plan.want(index, image, &mut wanted);
            }
            for plan in &self.platform {
                plan.want(index, image, &mut wanted);
            }
        }
        wanted
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
        let mut judge = |evidence: &Evidence<'_>| {
            let room = || Some(Vec::with_capacity(self.count()));
            let mut results: Vec<_> = images.iter().map(|_| room()).collect();
            if let Some(plan) = &self.singleton {
                known.keep_satisfied();
                let circumstances = &circumstances;
                let found = plan.judge(
                    images,
                    evidence,
                    settings,
                    circumstances,
                    budget,
                    &mut known,
                );
                add(&mut results, found);
            }
            let mut testimonies =
                platform::Testimonies::new(settings, evidence, &circumstances, budget);
            for plan in &self.platform {
                add(&mut results, plan.judge(images, &mut testimonies, report));
            }
            results.into_iter().map(Option::unwrap_or_default).collect()
        };
        let results: Vec<Vec<_>> = judge(&evidence);
        let is_conformant = |result: &DocumentResult| result.verdict == Verdict::Conformant;
        if !evidence.is_partial() || results.iter().flatten().all(is_conformant) {
            return results;
        }
        evidence.complete(settings, budget);
        circumstances.meter.renew_details(budget);
        judge(&evidence)
    }

    fn count(&self) -> usize {
        let singleton = usize::from(self.singleton.is_some());
        singleton.saturating_add(self.platform.len())
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

/// Adds what one document says about each image.
fn add(results: &mut [Option<Vec<DocumentResult>>], found: Vec<Option<DocumentResult>>) {
    for (results, found) in results.iter_mut().zip(found) {
        match (results.as_mut(), found) {
            (Some(results), Some(found)) => results.push(found),
            // Whom one document does not judge, the others cannot admit.
            _ => *results = None,
        }
    }
}
