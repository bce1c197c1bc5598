//! `verifyImages` of the rules of `ClusterPolicies` and Policies. Each entry becomes a rule.

use serde_json::{Map, json};

use super::attestors::{self, Attestors, requirement};
use super::exclusions::Exclusions;
use super::matching::Matched;
use super::{denied, lost_attestation, name_of, own_namespace};
use crate::import::draft::{Draft, Effect, Requirement, Rule};
use crate::import::predicate_type;
use crate::import::signer::{Signer, look_up};
use crate::import::source::At;
use crate::import::wildcard::{self, Compared, Covers, Patterns};
use crate::terminal::printable;

/// Fields with the wildcards of an entry
const IMAGES: [&str; 2] = ["image", "imageReferences"];

/// One rule of a policy
struct Source<'d> {
    /// `POLICY/RULE`
    name: String,
    policy: &'d At<'d>,
    namespaces: Vec<String>,
}

pub(super) fn import(
    object: &At<'_>,
    spec: &At<'_>,
    exclusions: &mut Exclusions,
    draft: &mut Draft,
) {
    let known = [
        "admission",
        "applyRules",
        "background",
        "emitWarning",
        "failurePolicy",
        "generateExisting",
        "generateExistingOnPolicyUpdate",
        "mutateExistingOnPolicyUpdate",
        "rules",
        "schemaValidation",
        "useServerSideApply",
        "validationFailureAction",
        "validationFailureActionOverrides",
        "webhookConfiguration",
        "webhookTimeoutSeconds",
    ];
    spec.only(&known, &mut draft.findings);
    let mut attestors = Attestors::default();
    for rule in spec.items_of("rules") {
        let entries = rule.items_of("verifyImages");
        if entries.is_empty() {
            draft.lost(&rule, "only rules with `verifyImages` carry over");
            continue;
        }
        let source = Source {
            name: format!("{}/{}", name_of(object), rule.text_of("name")),
            policy: spec,
            namespaces: namespaces(object, &rule, draft),
        };
        report_conditions(&rule, draft);
        let mut is_deny = false;
        for entry in &entries {
            is_deny |= source.entry(entry, &mut attestors, draft);
        }
        exclusions.add_rule(object, &rule, &source.namespaces, is_deny, draft);
    }
}

/// The namespaces of a rule; none for all.
fn namespaces(object: &At<'_>, rule: &At<'_>, draft: &mut Draft) -> Vec<String> {
    let own = own_namespace(object);
    let Some(found) = rule.get("match") else {
        return own;
    };
    let matched = Matched::of(&found);
    if !matched.others.is_empty() {
        let others = matched.others();
        draft.lost(
            &found,
            format!(
                "objects are matched by {others}, which has no counterpart: the rule applies to all"
            ),
        );
        // Other selectors cover Pods of any namespace.
        return own;
    }
    if !matched.has_pods {
        draft.warn(
            &found,
            "the rule applies to Pods and all kinds with a Pod template",
        );
    }
    match (own.is_empty(), matched.namespaces) {
        (true, Some(namespaces)) => namespaces,
        _ => own,
    }
}

fn report_conditions(rule: &At<'_>, draft: &mut Draft) {
    let known = [
        "celPreconditions",
        "context",
        "exclude",
        "imageExtractors",
        "match",
        "name",
        "preconditions",
        "reportProperties",
        "skipBackgroundRequests",
        "verifyImages",
    ];
    rule.only(&known, &mut draft.findings);
    for (key, language) in [("preconditions", "JMESPath"), ("celPreconditions", "CEL")] {
        if let Some(conditions) = rule.get(key) {
            draft.lost(
                &conditions,
                format!(
                    "conditions in {language} do not carry over: the rule applies to all requests"
                ),
            );
        }
    }
    if let Some(context) = rule.get("context") {
        draft.lost(&context, "variables do not carry over");
    }
    if let Some(extractors) = rule.get("imageExtractors") {
        draft.lost(&extractors, "images of other kinds are not read");
        draft.help("list the kinds with the paths of their images in `workloads`");
    }
}

impl Source<'_> {
    /// Adds the rule of an entry, and returns whether it denies by itself.
    fn entry(&self, entry: &At<'_>, attestors: &mut Attestors, draft: &mut Draft) -> bool {
        let known = [
            "additionalExtensions",
            "annotations",
            "attestations",
            "attestors",
            "cosignOCI11",
            "failureAction",
            "failureActionOverrides",
            "image",
            "imageReferences",
            "imageRegistryCredentials",
            "issuer",
            "key",
            "mutateDigest",
            "name",
            "repository",
            "required",
            "roots",
            "skipImageReferences",
            "subject",
            "type",
            "useCache",
            "validate",
            "verifyDigest",
        ];
        entry.only(&known, &mut draft.findings);
        let images = patterns(entry, &IMAGES, Covers::More, draft);
        let except_images = patterns(entry, &["skipImageReferences"], Covers::Fewer, draft);
        if images.is_empty() {
            return false;
        }
        let requirements = self.requirements(entry, attestors, draft);
        let pins = entry.get("mutateDigest");
        let pins = pins.is_none_or(|pins| pins.to_json() != json!(false));
        if pins {
            draft.set("resolveTags", true);
        }
        let verifies = entry.get("verifyDigest");
        let verifies = verifies.is_none_or(|verifies| verifies.to_json() != json!(false));
        let effect = match (requirements.is_empty(), pins, verifies) {
            (false, ..) => {
                if let (Some(at), false, false) = (entry.get("verifyDigest"), pins, verifies) {
                    draft.lost(&at, "signatures are of digests: an image by tag is denied unless `resolveTags` pins it");
                }
                Effect::Require(requirements)
            }
            (true, false, true) => Effect::Deny("The image has no digest.".to_owned()),
            (true, true, _) => {
                draft.lost(entry, "the entry only replaces tags by digests; `resolveTags` does so for images that a rule requires attestations of");
                return false;
            }
            (true, false, false) => {
                draft.warn(entry, "the entry requires nothing, and was left out");
                return false;
            }
        };
        let is_deny = matches!(effect, Effect::Deny(_));
        let images = match is_deny {
            true => images
                .into_iter()
                .filter_map(|pattern| by_tag(&pattern))
                .collect(),
            false => {
                look_up(entry, &images, draft);
                report_tags(entry, draft);
                images
            }
        };
        let (is_dry_run, enforced_in) = self.action(entry, draft);
        let rule = Rule {
            place: entry.place(),
            name: self.name.clone(),
            images,
            except_images,
            namespaces: self.namespaces.clone(),
            effect,
            is_dry_run,
        };
        if !enforced_in.is_empty() {
            let in_some = Rule {
                name: format!("{} enforced", self.name),
                namespaces: enforced_in,
                is_dry_run: false,
                ..rule.clone()
            };
            draft.rule(in_some);
        }
        draft.rule(rule);
        is_deny
    }

    /// Whether violations are only reported, and the namespaces in which they are denied all the same.
    fn action(&self, entry: &At<'_>, draft: &mut Draft) -> (bool, Vec<String>) {
        let own = entry.text_of("failureAction");
        let action = match own {
            "" => self.policy.text_of("validationFailureAction"),
            own => own,
        };
        // Without an action, Kyverno only reports.
        let is_audit = !action.eq_ignore_ascii_case("enforce");
        let overrides = match entry.get("failureActionOverrides") {
            Some(_) => entry.items_of("failureActionOverrides"),
            None => self.policy.items_of("validationFailureActionOverrides"),
        };
        let mut enforced_in = Vec::new();
        for one in overrides {
            let is_enforced = one.text_of("action").eq_ignore_ascii_case("enforce");
            if is_enforced != is_audit {
                continue;
            }
            let names = one.items_of("namespaces");
            let names: Vec<_> = names.iter().filter_map(At::text).collect();
            let is_exact = names.iter().all(|name| !name.contains(['*', '?']));
            let is_inside = |name: &&str| {
                self.namespaces.is_empty() || self.namespaces.iter().any(|own| own == name)
            };
            match (
                is_enforced,
                is_exact && one.get("namespaceSelector").is_none(),
            ) {
                (true, true) => {
                    let inside = names.into_iter().filter(is_inside);
                    enforced_in.extend(inside.map(str::to_owned));
                }
                (true, false) => {
                    draft.lost(&one, "namespaces by wildcards or labels have no counterpart: the rule is enforced in all of them");
                    return (false, Vec::new());
                }
                (false, _) => draft.lost(
                    &one,
                    "a rule is enforced in all of its namespaces: it is enforced in these as well",
                ),
            }
        }
        (is_audit, enforced_in)
    }

    fn requirements(
        &self,
        entry: &At<'_>,
        attestors: &mut Attestors,
        draft: &mut Draft,
    ) -> Vec<Requirement> {
        attestors::report_repository(entry, draft);
        let mut requirements = Vec::new();
        let mut of_sets = |list: &At<'_>, draft: &mut Draft| {
            for set in list.items() {
                requirements.extend(attestors.requirement(&set, None, &self.name, draft));
            }
        };
        if entry.text_of("type") == "Notary" {
            draft.lost(
                entry,
                "signatures of Notation are not supported: a check that denies stands for them",
            );
            return vec![denied("signature of Notation")];
        }
        if let Some(sets) = entry.get("attestors") {
            of_sets(&sets, draft);
        }
        let attestations = entry.items_of("attestations");
        if attestations.is_empty() {
            requirements.extend(self.deprecated(entry, attestors, draft));
        }
        for attestation in attestations {
            requirements.extend(self.attestation(&attestation, attestors, draft));
        }
        if let Some(conditions) = entry.get("validate") {
            draft.lost(&conditions, "conditions in JMESPath on attestations do not carry over: a check that denies stands for them");
            requirements.push(denied("conditions on attestations"));
        }
        requirements
    }

    /// The requirement of the fields of versions before 1.7.
    fn deprecated(
        &self,
        entry: &At<'_>,
        attestors: &mut Attestors,
        draft: &mut Draft,
    ) -> Option<Requirement> {
        let signers = match entry.get("key") {
            Some(key) => {
                attestors.report_logs(&key, None, draft);
                Attestors::of_pem(&key, draft)
            }
            None if entry.get("issuer").is_none() => return None,
            None if entry.get("roots").is_some() => {
                vec![Signer::lost(
                    entry,
                    "certificates of other roots are not supported in PEM",
                    draft,
                )]
            }
            None => vec![attestors::identity(entry, &Map::new(), draft)],
        };
        let is_annotated = attestors::is_annotated(entry, draft);
        let signers = signers.into_iter().map(|signer| match is_annotated {
            true => signer.without_trust(),
            false => signer,
        });
        requirement(signers.collect(), None, None, &self.name, draft)
    }

    /// The requirements of statements of one type.
    fn attestation(
        &self,
        at: &At<'_>,
        attestors: &mut Attestors,
        draft: &mut Draft,
    ) -> Vec<Requirement> {
        let known = ["attestors", "conditions", "name", "predicateType", "type"];
        at.only(&known, &mut draft.findings);
        let kind = match at.text_of("type") {
            "" => at.text_of("predicateType"),
            kind => kind,
        };
        let conditions = at.get("conditions").filter(|one| !one.items().is_empty());
        if let Some(conditions) = conditions {
            draft.lost(&conditions, "conditions in JMESPath do not carry over");
            return vec![lost_attestation(at, kind, draft)];
        }
        let mut requirements = Vec::new();
        if predicate_type::is_valid(kind) {
            for set in at.items_of("attestors") {
                let kind = Some(kind);
                requirements.extend(attestors.requirement(&set, kind, &self.name, draft));
            }
        }
        // Without attestors, Kyverno verifies no signature.
        if requirements.is_empty() {
            return vec![lost_attestation(at, kind, draft)];
        }
        predicate_type::report_place(at, draft);
        requirements
    }
}

/// The patterns of lists, or of single texts.
fn patterns(entry: &At<'_>, keys: &[&str], covers: Covers, draft: &mut Draft) -> Vec<String> {
    let mut patterns: Vec<String> = Vec::new();
    for text in texts(entry, keys) {
        for pattern in wildcard::written(&text, Compared::TagOrDigest, covers, draft) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }
    patterns
}

/// The texts under keys, each of which has a list or a single one.
fn texts<'d>(entry: &At<'d>, keys: &[&str]) -> Vec<At<'d>> {
    let values = keys.iter().filter_map(|key| entry.get(key));
    let texts = values.flat_map(|value| match value.text() {
        Some(_) => vec![value],
        None => value.items(),
    });
    texts.collect()
}

/// Reports the wildcards with a tag: neither Kyverno nor these settings apply them to images with a digest.
fn report_tags(entry: &At<'_>, draft: &mut Draft) {
    for at in texts(entry, &IMAGES) {
        let text = at.text().unwrap_or_default();
        let Patterns { patterns, .. } = Patterns::of(text, Compared::TagOrDigest, Covers::More);
        if patterns.iter().any(|pattern| pattern.ends_with("@-")) {
            let text = printable(text);
            draft.warn(&at, format!("`{text}` covers only images without a digest, as in Kyverno: the rule does not apply to the same image by digest"));
        }
    }
}

/// The pattern for those of its images that have no digest; `None` if there are none.
fn by_tag(pattern: &str) -> Option<String> {
    match pattern.split_once('@') {
        None => Some(format!("{pattern}@-")),
        Some((_, "-")) => Some(pattern.to_owned()),
        Some(_) => None,
    }
}
