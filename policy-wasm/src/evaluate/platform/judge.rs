//! Evaluates a platform policy for each image, after evidence has been gathered.

use alloc::borrow::ToOwned as _;
use alloc::string::String;
use alloc::vec::Vec;

use super::plan::{Exemptions, Plan};
use crate::decision::{
    CheckResult, CheckSetResult, Code, DocumentResult, Enforcement, Reason, Verdict,
};
use crate::evaluate::check::{self, TrustedStatements};
use crate::evaluate::images::Image;
use crate::image::ImageReference;
use crate::json::Report;
use crate::policy::platform::CheckSet;
use crate::policy::rule::EnforcementMode;

impl Plan<'_, '_> {
    /// Evaluates every open image; other images have no result.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(in crate::evaluate) fn judge(
        &self,
        images: &[Option<&Image<'_>>],
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> Vec<Option<DocumentResult>> {
        let judge = |(image, exemptions): (&Option<&Image<'_>>, &Exemptions)| {
            let image = (*image)?;
            let reference = image.open()?;
            Some(self.by_policy(image, reference, exemptions, statements, report))
        };
        images.iter().zip(&self.exemptions).map(judge).collect()
    }

    fn by_policy(
        &self,
        image: &Image<'_>,
        reference: ImageReference<'_>,
        exemptions: &Exemptions,
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> DocumentResult {
        let mut result = self.result();
        if let Some(exemption) = &exemptions.policy {
            result.reasons.push(check::exempt(image, exemption));
            result.allowlist = Some(exemption.clone());
            return result;
        }
        if let Some(reason) = &self.unknown {
            return self.undecided(reason.clone());
        }
        let Some(check_set) = self.check_set(image) else {
            let message = "The policy has no check sets; all images are allowed";
            result.reasons.push(Reason::new(Code::NoCheckSets, message));
            return result;
        };
        let mut applied = describe(check_set);
        if let Some(exemption) = &exemptions.check_set {
            result.reasons.push(check::exempt(image, exemption));
            applied.allowlist = Some(exemption.clone());
            result.check_set = Some(applied);
            return result;
        }
        for check in &check_set.checks {
            let exemption = exemptions.checks.get(&check.place.index());
            let keys = self.keys.get(&check.place);
            applied.checks.push(match exemption {
                Some(exemption) => check::exempted(check, image, exemption),
                None => check::result(check, keys, image, reference, statements, report),
            });
        }
        let verdicts = applied.checks.iter().map(|check| check.verdict);
        result.verdict = verdicts.max().unwrap_or(Verdict::Conformant);
        result.reasons = summary(&applied);
        result.check_set = Some(applied);
        result
    }

    /// Returns a result with only the mode.
    fn result(&self) -> DocumentResult {
        DocumentResult {
            name: self.policy.name.as_deref().map(String::from),
            enforcement: match self.enforcement() {
                EnforcementMode::Enforced => Enforcement::Enforced,
                EnforcementMode::DryRun => Enforcement::DryRun,
            },
            ..DocumentResult::new(self.policy.document().into(), Verdict::Conformant)
        }
    }

    /// Returns the result for an image that the policy cannot evaluate.
    pub(in crate::evaluate) fn undecided(&self, reason: Reason) -> DocumentResult {
        DocumentResult {
            verdict: reason.code.verdict(),
            reasons: alloc::vec![reason],
            ..self.result()
        }
    }
}

fn describe(check_set: &CheckSet<'_>) -> CheckSetResult {
    CheckSetResult {
        index: check_set.place.index(),
        display_name: check_set.display_name.as_deref().map(String::from),
        scope: check_set.scope.as_ref().map(|scope| scope.result()),
        allowlist: None,
        checks: Vec::new(),
    }
}

/// Returns the reasons of the failed checks, without their details.
fn summary(check_set: &CheckSetResult) -> Vec<Reason> {
    let is_refusal = |check: &&CheckResult| check.verdict != Verdict::Conformant;
    let mut reasons: Vec<_> = check_set
        .checks
        .iter()
        .filter(is_refusal)
        .flat_map(|check| &check.reasons)
        .map(Reason::without_details)
        .collect();
    reasons.dedup();
    if reasons.is_empty() {
        reasons.push(if check_set.checks.is_empty() {
            let message = alloc::format!("Check set {} has no checks", check_set.index);
            Reason::new(Code::NoChecks, message)
        } else {
            Reason::new(Code::ChecksPassed, "All checks passed".to_owned())
        });
    }
    reasons
}
