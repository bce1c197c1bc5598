//! The project-singleton policy: exempt images first, then the one rule that applies to the Pod.
//!
//! Allowlists are asked per image, rules per Pod. A specific rule replaces the default rule; the
//! two are never combined. See
//! <https://cloud.google.com/binary-authorization/docs/policy-yaml-reference>.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::images::{Image, Status};
use crate::Budget;
use crate::attestation::{self, Meter, Subject};
use crate::decision::{
    AppliedRule, AttestorResult, Code, DocumentResult, Enforcement, Exemption, Reason, Verdict,
};
use crate::digest::Digest;
use crate::evidence::{Evidence, Need};
use crate::image::ImageReference;
use crate::json::{Path, Report};
use crate::policy::attestor::Attestor;
use crate::policy::rule::{AdmissionRule, EnforcementMode, EvaluationMode, RuleKind};
use crate::policy::singleton::{Document, GlobalEvaluation, Policy};
use crate::request::{Pod, Request, Workload};
use crate::settings::{Settings, shared_key, unknown_attestor};

/// What the policy will look at, image by image, and what it needs for that
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// One for each image
    exemptions: Vec<Option<Exemption>>,
    /// One for each Pod; `None` only where the settings have no usable rule
    rules: Vec<Option<ChosenRule<'a>>>,
    /// Those that the rules above name, and no others
    attestors: Vec<Attestor<'a>>,
    needs: BTreeSet<Need>,
    /// The policy relies on a system policy that nobody supplied
    pub(super) lacks_system_policy: bool,
}

/// The rule that applies to one Pod
#[derive(Debug)]
struct ChosenRule<'a> {
    /// Kind and key of a specific rule; `None` for the default rule
    specific: Option<(RuleKind, String)>,
    rule: AdmissionRule<'a>,
}

/// Reads of the policy what this request needs.
///
/// # Errors
///
/// `context-missing`: the rules are by a fact that the request does not state.
pub(super) fn plan<'a>(
    settings: &Settings<'a>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    images: &[Image<'_>],
    report: &Report,
) -> Result<Plan<'a>, Reason> {
    let exemptions = exempt(settings, images, report);
    let mut rules = Vec::new();
    for pod in &workload.pods {
        rules.push(choose(settings, request, pod, report)?);
    }
    let mut names = BTreeSet::new();
    let mut needs = BTreeSet::new();
    for (image, exemption) in images.iter().zip(&exemptions) {
        let Some(digest) = image.open().and_then(|reference| reference.sha256()) else {
            continue;
        };
        let chosen = rules.get(image.pod).and_then(Option::as_ref);
        let Some(chosen) = chosen.filter(|_| exemption.is_none()) else {
            continue;
        };
        if !chosen.rule.attestors.is_empty() {
            names.extend(chosen.rule.attestors.iter().cloned());
            needs.insert(Need::Attestations { digest });
        }
    }
    let attestors = load(settings, &names, report);
    for chosen in rules.iter().flatten() {
        let named: Vec<_> = attestors
            .iter()
            .filter(|one| chosen.rule.attestors.contains(&one.name))
            .collect();
        if let Some(message) = shared_key(&named) {
            report.push(Code::PolicyAttestorsShareKey, Path::Root("policy"), message);
        }
    }
    let lacks_system_policy = settings.policy.global_evaluation == GlobalEvaluation::Enable
        && settings.system_policy.is_none();
    Ok(Plan {
        exemptions,
        rules,
        attestors,
        needs,
        lacks_system_policy,
    })
}

/// Finds for each open image the first pattern that covers it, the system policy's before the
/// policy's own. Both lists are walked once, whatever the number of images.
fn exempt(
    settings: &Settings<'_>,
    images: &[Image<'_>],
    report: &Report,
) -> Vec<Option<Exemption>> {
    let mut exemptions: Vec<Option<Exemption>> = images.iter().map(|_| None).collect();
    let mut apply = |policy: &Policy<'_>, counts: bool| {
        policy.each_pattern(report, |pattern, text| {
            for (image, exemption) in images.iter().zip(&mut exemptions) {
                let is_open = counts && exemption.is_none() && image.open().is_some();
                if is_open && pattern.matches(image.text()) {
                    let document = policy.document().key();
                    *exemption = Some(Exemption {
                        document,
                        pattern: text.to_string(),
                    });
                }
            }
        });
    };
    if let Some(system_policy) = &settings.system_policy {
        apply(
            system_policy,
            settings.policy.global_evaluation == GlobalEvaluation::Enable,
        );
    }
    apply(&settings.policy, true);
    exemptions
}

/// Chooses the rule for a Pod: the specific one whose key fits, else the default.
fn choose<'a>(
    settings: &Settings<'a>,
    request: &Request<'_>,
    pod: &Pod<'_>,
    report: &Report,
) -> Result<Option<ChosenRule<'a>>, Reason> {
    let specific = match settings.policy.rules() {
        None => None,
        Some(rules) => {
            let key = rule_key(settings, request, pod, rules.kind)?;
            rules
                .find(&key, report)
                .map(|(key, rule)| (rules.kind, key, rule))
        }
    };
    Ok(match specific {
        Some((kind, key, rule)) => Some(ChosenRule {
            specific: Some((kind, key)),
            rule,
        }),
        None => settings.policy.default_rule.clone().map(|rule| ChosenRule {
            specific: None,
            rule,
        }),
    })
}

/// What a key of the policy's rule map would have to say to apply to this Pod.
fn rule_key(
    settings: &Settings<'_>,
    request: &Request<'_>,
    pod: &Pod<'_>,
    kind: RuleKind,
) -> Result<String, Reason> {
    let namespace = || {
        request.namespace.as_deref().ok_or_else(|| {
            let message =
                "The policy has rules by namespace, and the request does not say its namespace";
            Reason::new(Code::ContextMissing, message)
        })
    };
    let account = &pod.service_account;
    let text = |setting: &Option<Cow<'_, str>>| setting.as_deref().unwrap_or_default().to_string();
    Ok(match kind {
        RuleKind::Cluster => text(&settings.cluster),
        RuleKind::Namespace => namespace()?.to_string(),
        RuleKind::ServiceAccount => alloc::format!("{}:{account}", namespace()?),
        RuleKind::MeshIdentity => {
            let domain = text(&settings.mesh_trust_domain);
            alloc::format!("{domain}/ns/{}/sa/{account}", namespace()?)
        }
    })
}

/// Loads the named attestors; walks past the others without decoding their keys.
fn load<'a>(
    settings: &Settings<'a>,
    names: &BTreeSet<Cow<'a, str>>,
    report: &Report,
) -> Vec<Attestor<'a>> {
    let mut attestors: Vec<Attestor<'a>> = Vec::new();
    settings.each_attestor(report, |document| {
        if !names.contains(&document.name) {
            return;
        }
        if attestors.iter().any(|other| other.name == document.name) {
            let message =
                alloc::format!("two attestors are named {}", crate::quote(&document.name));
            report.push(Code::AttestorDuplicate, Path::Root("attestors"), message);
        }
        attestors.push(document.load(report));
    });
    for name in names {
        if !attestors.iter().any(|attestor| attestor.name == *name) {
            let message = unknown_attestor(name);
            report.push(Code::PolicyAttestorUnknown, Path::Root("policy"), message);
        }
    }
    attestors
}

impl Plan<'_> {
    pub(super) const fn needs(&self) -> &BTreeSet<Need> {
        &self.needs
    }

    fn attestor(&self, name: &str) -> Option<&Attestor<'_>> {
        self.attestors.iter().find(|attestor| attestor.name == name)
    }

    /// Whether the rule for an image's Pod asks for attestations.
    pub(super) fn requires_digest(&self, image: &Image<'_>) -> bool {
        self.rule(image)
            .is_some_and(|chosen| chosen.rule.evaluation == EvaluationMode::RequireAttestation)
    }

    fn rule(&self, image: &Image<'_>) -> Option<&ChosenRule<'_>> {
        self.rules.get(image.pod)?.as_ref()
    }

    /// Judges every image that is open; the others have no result.
    pub(super) fn judge(
        &self,
        images: &[Image<'_>],
        evidence: &Evidence<'_>,
        settings: &Settings<'_>,
        budget: &Budget,
    ) -> Vec<Option<DocumentResult>> {
        let mut judged = Judged {
            plan: self,
            evidence,
            settings,
            budget,
            meter: Meter::new(budget.verifications),
            known: Vec::new(),
        };
        let results = images
            .iter()
            .zip(&self.exemptions)
            .map(|(image, exemption)| {
                let Status::Open(reference) = image.status else {
                    return None;
                };
                match exemption {
                    Some(exemption) => Some(exempted(image, exemption)),
                    None => self
                        .rule(image)
                        .map(|chosen| judged.by_rule(reference, chosen)),
                }
            });
        results.collect()
    }
}

fn exempted(image: &Image<'_>, exemption: &Exemption) -> DocumentResult {
    let (code, whose) = if exemption.document == Document::SystemPolicy.key() {
        (Code::ExemptSystemPolicy, "system policy pattern")
    } else {
        (Code::ExemptAllowlist, "pattern")
    };
    let message = alloc::format!(
        "Image {} is exempt: {whose} `{}`",
        image.text(),
        exemption.pattern
    );
    DocumentResult {
        document: Document::Policy.key(),
        verdict: Verdict::Conformant,
        enforcement: Enforcement::Enforced,
        allowlist: Some(exemption.clone()),
        rule: None,
        attestors: Vec::new(),
        reasons: alloc::vec![Reason::new(code, message)],
    }
}

/// A judgement in progress; remembers what was verified, so that the same image in ten containers
/// costs one verification
struct Judged<'p> {
    plan: &'p Plan<'p>,
    evidence: &'p Evidence<'p>,
    settings: &'p Settings<'p>,
    budget: &'p Budget,
    meter: Meter,
    known: Vec<Known<'p>>,
}

/// What an attestor said about an image
struct Known<'p> {
    attestor: &'p str,
    /// Repository and digest
    image: String,
    answer: (Verdict, AttestorResult),
}

impl<'p> Judged<'p> {
    fn by_rule(
        &mut self,
        reference: ImageReference<'_>,
        chosen: &'p ChosenRule<'p>,
    ) -> DocumentResult {
        let rule = &chosen.rule;
        let mut attestors = Vec::new();
        let (verdict, reasons) = match (rule.evaluation, reference.sha256()) {
            (EvaluationMode::AlwaysAllow, _) => {
                let message = "Allowed by always_allow admission rule";
                (
                    Verdict::Conformant,
                    alloc::vec![Reason::new(Code::AlwaysAllow, message)],
                )
            }
            (EvaluationMode::AlwaysDeny, _) => {
                let message = "Denied by always_deny admission rule";
                (
                    Verdict::NonConformant,
                    alloc::vec![Reason::new(Code::AlwaysDeny, message)],
                )
            }
            (EvaluationMode::RequireAttestation, digest) => {
                let mut verdict = Verdict::Conformant;
                for name in &rule.attestors {
                    let (found, result) = match digest {
                        Some(digest) => self.by_attestor(name, digest, reference),
                        None => AttestorResult::refused(name, digest_required()),
                    };
                    verdict = verdict.max(found);
                    attestors.push(result);
                }
                // An empty list is never a proof.
                if attestors.is_empty() {
                    verdict = Verdict::Error;
                }
                let mut reasons: Vec<_> = attestors.iter().flat_map(summary).collect();
                reasons.dedup();
                (verdict, reasons)
            }
        };
        DocumentResult {
            document: Document::Policy.key(),
            verdict,
            enforcement: match rule.enforcement {
                EnforcementMode::Enforced => Enforcement::Enforced,
                EnforcementMode::DryRun => Enforcement::DryRun,
            },
            allowlist: None,
            rule: Some(AppliedRule {
                kind: chosen
                    .specific
                    .as_ref()
                    .map_or("default", |(kind, _)| kind.name()),
                key: chosen.specific.as_ref().map(|(_, key)| key.clone()),
                evaluation_mode: rule.evaluation.name(),
                enforcement_mode: rule.enforcement.name(),
            }),
            attestors,
            reasons,
        }
    }

    fn by_attestor(
        &mut self,
        name: &'p str,
        digest: Digest,
        reference: ImageReference<'_>,
    ) -> (Verdict, AttestorResult) {
        let image = alloc::format!("{}@{digest}", reference.repository());
        let known = |known: &&Known<'_>| known.attestor == name && known.image == image;
        if let Some(known) = self.known.iter().find(known) {
            return known.answer.clone();
        }
        let Some(attestor) = self.plan.attestor(name) else {
            let reason = Reason::new(Code::SettingsInvalid, unknown_attestor(name));
            return AttestorResult::refused(name, reason);
        };
        let answer = match self.evidence.about(digest, &attestor.note, self.budget) {
            Ok(attestations) => {
                let docker_reference = self.settings.docker_reference;
                let subject = Subject {
                    digest,
                    reference,
                    docker_reference,
                };
                attestation::judge(attestor, subject, attestations, &self.meter)
            }
            Err(limit) => AttestorResult::refused(name, limit),
        };
        self.known.push(Known {
            attestor: name,
            image,
            answer: answer.clone(),
        });
        answer
    }
}

/// An attestor's reasons without their details, which stand under the attestor.
fn summary(result: &AttestorResult) -> impl Iterator<Item = Reason> {
    result
        .reasons
        .iter()
        .map(|reason| Reason::new(reason.code, reason.message.clone()))
}

/// Google's own words for an image that is named by tag.
pub(super) fn digest_required() -> Reason {
    Reason::new(
        Code::DigestRequired,
        "Expected digest with sha256 scheme, but got tag or malformed digest",
    )
}
