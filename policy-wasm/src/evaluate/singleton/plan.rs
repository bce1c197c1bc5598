//! The parts of the policy that a request needs: exemptions of images, the rule of each Pod, and the attestors
//! of these rules.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::decision::{Code, Exemption, Reason};
use crate::evaluate::attestors::Attestors;
use crate::evaluate::images::Image;
use crate::evidence::Wanted;
use crate::json::{Path, Report};
use crate::pattern::NamePattern;
use crate::policy::attestor::{shared_key, unknown_attestor};
use crate::policy::rule::{AdmissionRule, EnforcementMode, EvaluationMode, RuleKind};
use crate::policy::singleton::{GlobalEvaluation, Policy};
use crate::request::{Pod, Request, Workload};
use crate::settings::Settings;

/// The plan of the policy for this request
#[derive(Debug)]
pub(in crate::evaluate) struct Plan<'a> {
    /// Exemption of each image
    pub(super) exemptions: Vec<Option<Exemption>>,
    /// The rule of each Pod; `None` only if the settings have no valid rule or the rule is unknown
    rules: Vec<Option<ChosenRule<'a>>>,
    /// The reason why rules are unknown, used as the result of each image
    pub(super) unknown: Option<Unknown>,
    /// Names of the attestors of these rules
    pub(in crate::evaluate) attestors: BTreeSet<Cow<'a, str>>,
    /// The policy enables a system policy that the settings do not contain
    pub(in crate::evaluate) lacks_system_policy: bool,
}

/// The rule that applies to one Pod
#[derive(Debug)]
pub(super) struct ChosenRule<'a> {
    /// Kind and key of a specific rule; `None` for the default rule
    pub(super) specific: Option<(RuleKind, String)>,
    /// The searched map and key; `None` if the policy has no map
    pub(super) searched: Option<(RuleKind, String)>,
    pub(super) rule: AdmissionRule<'a>,
}

/// The rules depend on a value that the request does not have
#[derive(Debug)]
pub(super) struct Unknown {
    pub(super) reason: Reason,
    /// The strictest mode of all rules that may apply
    enforcement: EnforcementMode,
}

/// Reads the parts of the policy that this request needs.
pub(in crate::evaluate) fn plan<'a>(
    settings: &Settings<'a>,
    policy: &Policy<'a>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    images: &[Image<'_>],
    report: &Report,
) -> Plan<'a> {
    let exemptions = exempt(settings, policy, images);
    let mut rules = Vec::with_capacity(workload.pods.len());
    let mut unknown = None;
    for pod in &workload.pods {
        let chosen = choose(settings, policy, request, pod, report);
        rules.push(chosen.unwrap_or_else(|reason| {
            unknown = Some(reason);
            None
        }));
    }
    let unknown = unknown.map(|reason| Unknown {
        reason,
        enforcement: strictest(policy, report),
    });
    let mut names = BTreeSet::new();
    for (image, exemption) in images.iter().zip(&exemptions) {
        let chosen = rules.get(image.pod).and_then(Option::as_ref);
        if let Some(chosen) = chosen
            && exemption.is_none()
            && image.may_have_digest(settings)
        {
            names.extend(chosen.rule.attestors.iter().cloned());
        }
    }
    let lacks_system_policy =
        policy.global_evaluation == GlobalEvaluation::Enable && settings.system_policy.is_none();
    Plan {
        exemptions,
        rules,
        unknown,
        attestors: names,
        lacks_system_policy,
    }
}

/// Returns the mode of images whose rule is unknown: dry run only if all rules that may apply are in dry run,
/// including the default rule.
#[cold]
fn strictest(policy: &Policy<'_>, report: &Report) -> EnforcementMode {
    let is_dry_run = |rule: &AdmissionRule<'_>| rule.enforcement == EnforcementMode::DryRun;
    let mut are_all_dry_run = policy.default_rule.as_ref().is_some_and(is_dry_run);
    for rules in policy.all_rules() {
        rules.each(report, &mut |_, rule| are_all_dry_run &= is_dry_run(&rule));
    }
    if are_all_dry_run {
        EnforcementMode::DryRun
    } else {
        EnforcementMode::Enforced
    }
}

/// Finds the first pattern that covers each open image; patterns of the system policy come first.
fn exempt(
    settings: &Settings<'_>,
    policy: &Policy<'_>,
    images: &[Image<'_>],
) -> Vec<Option<Exemption>> {
    let is_global = policy.global_evaluation == GlobalEvaluation::Enable;
    let system_policy = settings.system_policy.as_ref().filter(|_| is_global);
    let policies = || system_policy.into_iter().chain([policy]);
    let covering = |image: &Image<'_>| {
        image.open()?;
        policies().find_map(|policy| {
            let pattern = NamePattern::first(policy.patterns(), image.text())?;
            Some(Exemption {
                document: policy.document().key().into(),
                pattern: pattern.text().to_string(),
            })
        })
    };
    images.iter().map(covering).collect()
}

/// Selects the rule for a Pod: the specific rule whose key matches, else the default rule.
///
/// # Errors
///
/// `context-missing`: the rules depend on a value that the request does not have.
fn choose<'a>(
    settings: &Settings<'a>,
    policy: &Policy<'a>,
    request: &Request<'_>,
    pod: &Pod<'_>,
    report: &Report,
) -> Result<Option<ChosenRule<'a>>, Reason> {
    let mut searched = None;
    if let Some(rules) = policy.rules() {
        let key = rule_key(settings, request, pod, rules.kind)?;
        if let Some((found, rule)) = rules.find(&key, report) {
            return Ok(Some(ChosenRule {
                specific: Some((rules.kind, found)),
                searched: Some((rules.kind, key)),
                rule,
            }));
        }
        searched = Some((rules.kind, key));
    }
    let default_rule = policy.default_rule.clone();
    Ok(default_rule.map(|rule| ChosenRule {
        specific: None,
        searched,
        rule,
    }))
}

/// Returns the key that a rule for this Pod must have in the policy's rule map.
#[inline(never)] // cold: see docs/performance.md#stack
fn rule_key(
    settings: &Settings<'_>,
    request: &Request<'_>,
    pod: &Pod<'_>,
    kind: RuleKind,
) -> Result<String, Reason> {
    let namespace = || {
        request.namespace.as_deref().ok_or_else(|| {
            let message = "The policy has rules by namespace, and the request has no namespace";
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

impl Plan<'_> {
    /// Reports attestors that are not in the settings, and attestors of one rule that share a key.
    pub(in crate::evaluate) fn check_attestors(&self, loaded: &Attestors<'_>, report: &Report) {
        for name in &self.attestors {
            if loaded.get(name).is_none() {
                let message = unknown_attestor(name);
                report.push(Code::PolicyAttestorUnknown, Path::Root("policy"), message);
            }
        }
        for chosen in self.rules.iter().flatten() {
            let named = loaded.named(&chosen.rule.attestors);
            if let Some(message) = shared_key(&named) {
                report.push(Code::PolicyAttestorsShareKey, Path::Root("policy"), message);
            }
        }
    }

    /// Requests the attestations of an image if its rule needs any.
    pub(in crate::evaluate) fn want<'i>(
        &'i self,
        index: usize,
        image: &Image<'i>,
        loaded: &'i Attestors<'_>,
        wanted: &mut Vec<Wanted<'i>>,
    ) {
        let (Some(digest), Some(reference)) = (image.digest(), image.open()) else {
            return;
        };
        let Some(chosen) = self.rule(image).filter(|_| !self.is_exempt(index)) else {
            return;
        };
        loaded.want(chosen.rule.attestors.iter(), digest, reference, wanted);
    }

    /// Returns the number of attestors for the image at this index.
    pub(in crate::evaluate) fn answers(&self, index: usize, image: &Image<'_>) -> usize {
        let rule = self.rule(image).filter(|_| !self.is_exempt(index));
        rule.map_or(0, |chosen| chosen.rule.attestors.len())
    }

    /// Returns the enforcement mode of an image's rule, ignoring exemptions.
    pub(in crate::evaluate) fn enforcement(&self, image: &Image<'_>) -> EnforcementMode {
        if let Some(unknown) = &self.unknown {
            return unknown.enforcement;
        }
        let rule = self.rule(image);
        rule.map_or(EnforcementMode::Enforced, |chosen| chosen.rule.enforcement)
    }

    /// Whether a pattern covers the image at this index.
    fn is_exempt(&self, index: usize) -> bool {
        self.exemptions.get(index).is_some_and(Option::is_some)
    }

    /// Whether the rule for the image at this index needs attestations.
    pub(in crate::evaluate) fn requires_digest(&self, index: usize, image: &Image<'_>) -> bool {
        let is_required =
            |chosen: &ChosenRule<'_>| chosen.rule.evaluation == EvaluationMode::RequireAttestation;
        !self.is_exempt(index) && self.rule(image).is_some_and(is_required)
    }

    pub(super) fn rule(&self, image: &Image<'_>) -> Option<&ChosenRule<'_>> {
        self.rules.get(image.pod)?.as_ref()
    }
}
