//! Evaluates the policy for each image, after evidence has been gathered.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::plan::{Lifting, Plan, Scope, Standing};
#[cfg(feature = "sigstore")]
use super::signers;
use crate::decision::{
    Code, DocumentResult, Enforcement, ImageRuleEffect, ImageRuleResult, Reason, RequirementResult,
    Verdict, listed,
};
use crate::evaluate::attestors::{Inquiry, summary};
use crate::evaluate::check::{self, TrustedStatements};
use crate::evaluate::images::Image;
use crate::image::ImageReference;
use crate::json::Report;
use crate::policy::image_policy::{
    DOCUMENT, Effect, Exemption, ImageRule, Quorum, Requirement, Unmatched,
};
use crate::policy::platform::Check;
use crate::policy::rule::EnforcementMode;

/// One image to evaluate
#[derive(Clone, Copy)]
pub(super) struct Subject<'i> {
    index: usize,
    pub(super) image: &'i Image<'i>,
    pub(super) reference: ImageReference<'i>,
}

impl<'a> Plan<'a, '_> {
    /// Evaluates every open image by one part of the policy; other images, and those without a rule in dry run, have
    /// no result.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(in crate::evaluate) fn judge<'p>(
        &'p self,
        part: EnforcementMode,
        images: &[Option<&Image<'_>>],
        inquiry: &mut Inquiry<'p, '_>,
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> Vec<Option<DocumentResult>> {
        let judge = |(index, image): (usize, &Option<&Image<'_>>)| {
            let image = (*image)?;
            let reference = image.open()?;
            let subject = Subject {
                index,
                image,
                reference,
            };
            self.applies(part, index)
                .then(|| self.by_part(part, subject, inquiry, statements, report))
        };
        images.iter().enumerate().map(judge).collect()
    }

    fn by_part<'p>(
        &'p self,
        part: EnforcementMode,
        subject: Subject<'_>,
        inquiry: &mut Inquiry<'p, '_>,
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> DocumentResult {
        let lifting = self.lifting(subject.index);
        let mut result = result(part);
        let mut is_covered = false;
        for (rule, scope) in self.part(part, subject.index) {
            let found = match (&rule.effect, lifting, scope) {
                (Effect::Exempt(exemption), ..) if self.standing(exemption) == Standing::Ended => {
                    // As if the rule were absent, but reported.
                    result.rules.push(because(rule, expired(exemption)));
                    continue;
                }
                (Effect::Require(_), Lifting::By(exempt, _), _) => lifted(rule, exempt),
                (_, _, Scope::Unknown) => refused(rule, namespace_missing()),
                (Effect::Deny(text), ..) => {
                    refused(rule, Reason::new(Code::ImageRuleDenied, text.as_ref()))
                }
                (Effect::Exempt(exemption), ..) => match self.standing(exemption) {
                    Standing::Unknown => refused(rule, clock_missing(exemption)),
                    Standing::InForce | Standing::Ended => because(rule, exempt(exemption)),
                },
                (Effect::Require(_), ..) => {
                    self.by_requirements(rule, subject, inquiry, statements, report)
                }
            };
            is_covered = true;
            result.rules.push(found);
        }
        if is_covered {
            result.verdict = verdict(&result.rules, lifting);
            result.reasons = reasons(&result, lifting);
        } else {
            let (verdict, reason) = unmatched(self.policy.unmatched, subject.image);
            result.verdict = verdict;
            result.reasons = alloc::vec![reason];
        }
        if result.verdict != Verdict::Conformant {
            let ended = result.rules.iter().flat_map(expiries);
            let ended: Vec<_> = ended.collect();
            result.reasons.extend(ended);
            // The enforced part has the exemption among its rules.
            if let (EnforcementMode::DryRun, Lifting::Unknown(rule, exemption)) = (part, lifting) {
                let doubt = self.doubt(exemption);
                result.reasons.push(doubt.of_rule(&rule.name));
            }
        }
        result
    }

    /// Returns why an exemption may be in force or not.
    fn doubt(&self, exemption: &Exemption<'_>) -> Reason {
        match self.standing(exemption) {
            Standing::Unknown => clock_missing(exemption),
            Standing::InForce | Standing::Ended => namespace_missing(),
        }
    }

    fn by_requirements<'p>(
        &'p self,
        rule: &'p ImageRule<'a>,
        subject: Subject<'_>,
        inquiry: &mut Inquiry<'p, '_>,
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> ImageRuleResult {
        let (mut requirements, mut all) = (Vec::new(), Vec::new());
        for requirement in rule.requirements() {
            let (result, reasons) = match requirement {
                Requirement::Attestors(quorum) => by_quorum(quorum, subject, inquiry),
                Requirement::Check(check) => self.by_check(check, subject, statements, report),
            };
            all.push((result.verdict, reasons));
            requirements.push(result);
        }
        let verdicts = all.iter().map(|(verdict, _)| *verdict);
        let verdict = verdicts.max().unwrap_or(Verdict::Error);
        let is_told =
            |one: &(Verdict, _)| verdict == Verdict::Conformant || one.0 != Verdict::Conformant;
        let told = all.into_iter().filter(is_told);
        let mut reasons: Vec<_> = told.flat_map(|(_, reasons)| reasons).collect();
        reasons.dedup();
        ImageRuleResult {
            verdict,
            requirements,
            reasons,
            ..describe(rule)
        }
    }

    fn by_check(
        &self,
        check: &Check<'a>,
        subject: Subject<'_>,
        statements: &mut TrustedStatements<'_>,
        report: &Report,
    ) -> (RequirementResult, Vec<Reason>) {
        let Subject {
            index,
            image,
            reference,
        } = subject;
        let keys = self.keys.get(&check.place);
        let found = match self.exempt_check(index, check) {
            Some(exemption) => check::exempted(check, image, exemption),
            None => check::result(check, keys, image, reference, statements, report),
        };
        let reasons = found.reasons.iter().map(Reason::without_details).collect();
        let result = RequirementResult {
            verdict: found.verdict,
            threshold: None,
            must_include: Vec::new(),
            predicate_types: Vec::new(),
            attestors: Vec::new(),
            check: Some(found),
        };
        (result, reasons)
    }
}

/// Returns the result of a part for an image that it cannot evaluate.
#[cold]
pub(in crate::evaluate) fn undecided(part: EnforcementMode, reason: Reason) -> DocumentResult {
    DocumentResult {
        verdict: reason.code.verdict(),
        reasons: alloc::vec![reason],
        ..result(part)
    }
}

/// Returns a result with only the mode of a part.
const fn result(part: EnforcementMode) -> DocumentResult {
    let mut result = DocumentResult::new(Cow::Borrowed(DOCUMENT), Verdict::Conformant);
    result.enforcement = match part {
        EnforcementMode::Enforced => Enforcement::Enforced,
        EnforcementMode::DryRun => Enforcement::DryRun,
    };
    result
}

/// Returns a result with only what the rule says.
fn describe(rule: &ImageRule<'_>) -> ImageRuleResult {
    let exemption = rule.exemption();
    ImageRuleResult {
        name: String::from(&*rule.name),
        effect: match &rule.effect {
            Effect::Require(_) => ImageRuleEffect::Require,
            Effect::Deny(_) => ImageRuleEffect::Deny,
            Effect::Exempt(_) => ImageRuleEffect::Exempt,
        },
        verdict: Verdict::Conformant,
        lifted_by: None,
        owner: exemption
            .and_then(|one| one.owner.as_deref())
            .map(String::from),
        reason: exemption
            .and_then(|one| one.reason.as_deref())
            .map(String::from),
        until: exemption
            .and_then(|one| one.until)
            .map(|until| until.to_string()),
        requirements: Vec::new(),
        reasons: Vec::new(),
    }
}

/// Returns the result of a rule without requirements that is against the image.
fn refused(rule: &ImageRule<'_>, reason: Reason) -> ImageRuleResult {
    ImageRuleResult {
        verdict: reason.code.verdict(),
        reasons: alloc::vec![reason],
        ..describe(rule)
    }
}

/// Returns the result of a rule that is not against the image.
fn because(rule: &ImageRule<'_>, reason: Reason) -> ImageRuleResult {
    ImageRuleResult {
        reasons: alloc::vec![reason],
        ..describe(rule)
    }
}

/// Returns the result of a rule whose requirements another rule lifts.
fn lifted(rule: &ImageRule<'_>, by: &ImageRule<'_>) -> ImageRuleResult {
    ImageRuleResult {
        lifted_by: Some(String::from(&*by.name)),
        ..describe(rule)
    }
}

/// Returns the reason of a rule whose namespaces or service accounts cannot be compared.
#[cold]
fn namespace_missing() -> Reason {
    let message = "The rule is for some namespaces, and the request has no namespace";
    Reason::new(Code::ContextMissing, message)
}

#[cold]
fn clock_missing(exemption: &Exemption<'_>) -> Reason {
    let end = end(exemption);
    let message = alloc::format!("The exemption ends ({end}), and the host has no clock");
    Reason::new(Code::ClockUnavailable, message)
}

/// `Exempt: images of the nodes; owner platform team; until 2027-03-31`
fn exempt(exemption: &Exemption<'_>) -> Reason {
    let mut message = String::from("Exempt");
    if let Some(reason) = &exemption.reason {
        message.push_str(": ");
        message.push_str(reason);
    }
    if let Some(owner) = &exemption.owner {
        message.push_str("; owner ");
        message.push_str(owner);
    }
    if let Some(until) = exemption.until {
        message.push_str(&alloc::format!("; until {until}"));
    }
    Reason::new(Code::ImageRuleExempt, message)
}

fn expired(exemption: &Exemption<'_>) -> Reason {
    let message = alloc::format!("Was exempt until {}", end(exemption));
    Reason::new(Code::ExemptionExpired, message)
}

fn end(exemption: &Exemption<'_>) -> String {
    exemption
        .until
        .map_or_else(String::new, |until| until.to_string())
}

/// Asks all attestors of a requirement, whether or not the first ones suffice.
fn by_quorum<'p>(
    quorum: &'p Quorum<'_>,
    subject: Subject<'_>,
    inquiry: &mut Inquiry<'p, '_>,
) -> (RequirementResult, Vec<Reason>) {
    let names = quorum.attestors.iter();
    let answers = names.map(|name| {
        let asked = (&**name, &*quorum.predicate_types);
        inquiry.ask(asked, subject.image, subject.reference)
    });
    let answers: Vec<_> = answers.collect();
    #[cfg(feature = "sigstore")]
    let answers = signers::count_once(answers, quorum, subject, inquiry);
    let (verdicts, attestors): (Vec<_>, Vec<_>) = answers.into_iter().unzip();
    let verdicts: Vec<_> = quorum.attestors.iter().zip(verdicts).collect();
    // Whether the requirement holds if attestors with these verdicts count as satisfied.
    let holds = |counts: fn(Verdict) -> bool| {
        let counted = verdicts.iter().filter(|(_, verdict)| counts(*verdict));
        let has = |name: &Cow<'_, str>| {
            let mut counted = counted.clone();
            counted.any(|(own, _)| *own == name)
        };
        counted.clone().count() >= quorum.threshold && quorum.must_include.iter().all(has)
    };
    let verdict = if holds(|verdict| verdict == Verdict::Conformant) {
        Verdict::Conformant
    } else if holds(|verdict| verdict != Verdict::NonConformant) {
        Verdict::Error
    } else {
        Verdict::NonConformant
    };
    let result = RequirementResult {
        verdict,
        threshold: Some(quorum.threshold),
        must_include: owned(&quorum.must_include),
        predicate_types: owned(&quorum.predicate_types),
        attestors,
        check: None,
    };
    let reasons = match verdict {
        Verdict::NonConformant if !result.needs_all() => {
            let message = result.shortfall(|names| listed(names.iter().copied()));
            alloc::vec![Reason::new(Code::ThresholdNotMet, message)]
        }
        _ => {
            let is_told = |own: Verdict| match verdict {
                // Not an attestor that has not attested the image, if others would be enough.
                Verdict::Conformant | Verdict::Error => own == verdict,
                Verdict::NonConformant => own != Verdict::Conformant,
            };
            let told = result.attestors.iter().zip(&verdicts);
            let told = told.filter(|(_, (_, own))| is_told(*own));
            told.flat_map(|(attestor, _)| summary(attestor)).collect()
        }
    };
    (result, reasons)
}

fn owned(texts: &[Cow<'_, str>]) -> Vec<String> {
    texts.iter().map(|text| String::from(&**text)).collect()
}

/// Returns the greatest verdict of the rules. If the requirements may be lifted, they are no violation.
fn verdict(rules: &[ImageRuleResult], lifting: Lifting<'_, '_>) -> Verdict {
    let may_be_lifted = matches!(lifting, Lifting::Unknown(..));
    let verdicts = rules.iter().map(|rule| match rule.effect {
        ImageRuleEffect::Require if may_be_lifted => rule.verdict.min(Verdict::Error),
        _ => rule.verdict,
    });
    verdicts.max().unwrap_or(Verdict::Conformant)
}

/// Returns the reasons of the rules against the image, or the reason why there are none.
fn reasons(result: &DocumentResult, lifting: Lifting<'_, '_>) -> Vec<Reason> {
    if result.verdict == Verdict::Conformant {
        return alloc::vec![match lifting {
            Lifting::By(rule, exemption) => exempt(exemption).of_rule(&rule.name),
            Lifting::No | Lifting::Unknown(..) => satisfied(&result.rules),
        }];
    }
    let failed = result
        .rules
        .iter()
        .filter(|rule| rule.verdict != Verdict::Conformant);
    let reasons = failed.flat_map(|rule| {
        let reasons = rule.reasons.iter();
        reasons.map(|reason| reason.of_rule(&rule.name))
    });
    reasons.collect()
}

fn satisfied(rules: &[ImageRuleResult]) -> Reason {
    let names = rules
        .iter()
        .filter(|rule| rule.effect == ImageRuleEffect::Require);
    let names = listed(names.map(|rule| rule.name.as_str()));
    let message = alloc::format!("Every rule that covers the image is satisfied: {names}");
    Reason::new(Code::ImageRulesSatisfied, message)
}

/// Returns the reasons of an exemption that has ended.
fn expiries(rule: &ImageRuleResult) -> impl Iterator<Item = Reason> {
    let reasons = rule.reasons.iter();
    let ended = reasons.filter(|reason| reason.code == Code::ExemptionExpired);
    ended.map(|reason| reason.of_rule(&rule.name))
}

/// Returns the result for an image that no rule in force covers.
fn unmatched(unmatched: Unmatched, image: &Image<'_>) -> (Verdict, Reason) {
    let image = image.text();
    match unmatched {
        Unmatched::Deny => {
            let message = alloc::format!("No rule covers image {image}");
            (
                Verdict::NonConformant,
                Reason::new(Code::NoImageRule, message),
            )
        }
        Unmatched::Admit => {
            let message = alloc::format!("No rule covers image {image}, and others are admitted");
            (
                Verdict::Conformant,
                Reason::new(Code::UnmatchedImageAdmitted, message),
            )
        }
    }
}
