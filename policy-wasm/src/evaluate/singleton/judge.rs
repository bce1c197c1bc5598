//! Evaluates the policy for each image, after evidence has been gathered.

use alloc::vec::Vec;

use super::plan::{ChosenRule, Plan};
use crate::decision::{
    AppliedRule, Code, DocumentResult, Enforcement, Exemption, Reason, Searched, Verdict,
};
use crate::evaluate::attestors::{Inquiry, summary};
use crate::evaluate::images::Image;
use crate::image::ImageReference;
use crate::policy::rule::{EnforcementMode, EvaluationMode};
use crate::policy::singleton::Document;

impl Plan<'_> {
    /// Evaluates every open image; other images have no result.
    pub(in crate::evaluate) fn judge<'p>(
        &'p self,
        images: &[Option<&Image<'_>>],
        inquiry: &mut Inquiry<'p, '_>,
    ) -> Vec<Option<DocumentResult>> {
        let results = images
            .iter()
            .zip(&self.exemptions)
            .map(|(image, exemption)| {
                let image = (*image)?;
                let reference = image.open()?;
                match exemption {
                    Some(exemption) => Some(exempted(image, exemption)),
                    None => match &self.unknown {
                        Some(unknown) => Some(self.undecided(image, unknown.reason.clone())),
                        None => self
                            .rule(image)
                            .map(|chosen| by_rule(image, reference, chosen, inquiry)),
                    },
                }
            });
        results.collect()
    }

    /// Returns the result for an image that the policy cannot evaluate.
    #[cold]
    pub(in crate::evaluate) fn undecided(
        &self,
        image: &Image<'_>,
        reason: Reason,
    ) -> DocumentResult {
        let verdict = reason.code.verdict();
        DocumentResult {
            enforcement: enforcement(self.enforcement(image)),
            reasons: alloc::vec![reason],
            ..DocumentResult::new(Document::Policy.key().into(), verdict)
        }
    }
}

const fn enforcement(mode: EnforcementMode) -> Enforcement {
    match mode {
        EnforcementMode::Enforced => Enforcement::Enforced,
        EnforcementMode::DryRun => Enforcement::DryRun,
    }
}

fn exempted(image: &Image<'_>, exemption: &Exemption) -> DocumentResult {
    let (code, whose) = if exemption.document == Document::SystemPolicy.key() {
        (Code::ExemptSystemPolicy, "system policy pattern")
    } else {
        (Code::ExemptAllowlist, "pattern")
    };
    let (image, pattern) = (image.text(), exemption.pattern.as_str());
    let message = ["Image ", image, " is exempt: ", whose, " `", pattern, "`"].concat();
    DocumentResult {
        allowlist: Some(exemption.clone()),
        reasons: alloc::vec![Reason::new(code, message)],
        ..DocumentResult::new(Document::Policy.key().into(), Verdict::Conformant)
    }
}

#[inline(never)] // cold: see docs/performance.md#stack
fn by_rule<'p>(
    image: &Image<'_>,
    reference: ImageReference<'_>,
    chosen: &'p ChosenRule<'_>,
    inquiry: &mut Inquiry<'p, '_>,
) -> DocumentResult {
    let rule = &chosen.rule;
    let mut attestors = Vec::with_capacity(rule.attestors.len());
    let (verdict, reasons) = match rule.evaluation {
        EvaluationMode::AlwaysAllow => {
            let message = "Allowed by always_allow admission rule";
            (
                Verdict::Conformant,
                alloc::vec![Reason::new(Code::AlwaysAllow, message)],
            )
        }
        EvaluationMode::AlwaysDeny => {
            let message = "Denied by always_deny admission rule";
            (
                Verdict::NonConformant,
                alloc::vec![Reason::new(Code::AlwaysDeny, message)],
            )
        }
        EvaluationMode::RequireAttestation => {
            let mut verdict = Verdict::Conformant;
            for name in &rule.attestors {
                let (found, result) = inquiry.ask((name, &[]), image, reference);
                verdict = verdict.max(found);
                attestors.push(result);
            }
            // An attestor without keys is never satisfied.
            if attestors.is_empty() {
                verdict = Verdict::Error;
            }
            let mut reasons: Vec<_> = attestors.iter().flat_map(summary).collect();
            reasons.dedup();
            (verdict, reasons)
        }
    };
    DocumentResult {
        enforcement: enforcement(rule.enforcement),
        rule: Some(AppliedRule {
            kind: chosen
                .specific
                .as_ref()
                .map_or("default", |(kind, _)| kind.name()),
            key: chosen.specific.as_ref().map(|(_, key)| key.clone()),
            searched: chosen
                .searched
                .as_ref()
                .map(|(kind, key)| Searched::new(kind.map_name(), key)),
            evaluation_mode: rule.evaluation.name(),
            enforcement_mode: rule.enforcement.name(),
        }),
        attestors,
        reasons,
        ..DocumentResult::new(Document::Policy.key().into(), verdict)
    }
}
