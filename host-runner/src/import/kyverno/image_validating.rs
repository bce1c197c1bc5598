//! `ImageValidatingPolicies`: attestors by name, and expressions in CEL that say which of them must have signed. Only
//! expressions that count signatures carry over, as in
//! `images.containers.map(image, verifyImageSignatures(image, [attestors.build])).all(e, e > 0)`.

mod expression;

use serde_json::{Map, json};

use super::attestors::{self, Attestors, requirement};
use super::exclusions::Exclusions;
use super::{denied, lost_attestation, name_of, own_namespace};
use crate::import::draft::{Draft, Effect, Requirement, Rule};
use crate::import::predicate_type;
use crate::import::scope;
use crate::import::signer::{Signer, look_up};
use crate::import::source::At;
use crate::import::wildcard::{self, Compared, Covers};
use crate::terminal::printable;
use expression::{Verified, verified};

pub(super) fn import(
    object: &At<'_>,
    spec: &At<'_>,
    exclusions: &mut Exclusions,
    draft: &mut Draft,
) {
    let known = [
        "attestations",
        "attestors",
        "auditAnnotations",
        "autogen",
        "credentials",
        "evaluation",
        "failurePolicy",
        "images",
        "matchConditions",
        "matchConstraints",
        "matchImageReferences",
        "validationActions",
        "validationConfigurations",
        "validations",
        "variables",
        "webhookConfiguration",
    ];
    spec.only(&known, &mut draft.findings);
    if spec
        .at(&["evaluation", "mode"])
        .is_some_and(|mode| mode.text() == Some("JSON"))
    {
        draft.lost(
            object,
            "a policy for other JSON than Kubernetes' objects does not carry over",
        );
        return;
    }
    let images = images(spec, draft);
    let namespaces = namespaces(object, spec, draft);
    report_conditions(spec, draft);
    let name = name_of(object);
    let mut requirements = Vec::new();
    let mut attestors = Attestors::default();
    for validation in spec.items_of("validations") {
        let Some(expression) = validation.get("expression") else {
            continue;
        };
        match verified(expression.text().unwrap_or_default()) {
            Some(all) => {
                for one in all {
                    let part = requirement_of(&one, &expression, spec, name, &mut attestors, draft);
                    requirements.extend(part);
                }
            }
            None => {
                draft.lost(
                    &expression,
                    "the condition in CEL does not carry over: a check that denies stands for it",
                );
                draft.help(
                    "remove the check, or replace it by requirements of attestors and checks",
                );
                requirements.push(denied("condition in CEL"));
            }
        }
    }
    if images.is_empty() || requirements.is_empty() {
        return;
    }
    let pins = spec.at(&["validationConfigurations", "mutateDigest"]);
    if pins.is_none_or(|pins| pins.to_json() != json!(false)) {
        draft.set("resolveTags", true);
    }
    look_up(spec, &images, draft);
    let actions = spec.items_of("validationActions");
    let denies = actions.iter().any(|action| action.text() == Some("Deny"));
    exclusions.add_rule(object, spec, &namespaces, false, draft);
    draft.rule(Rule {
        place: spec.place(),
        name: name.to_owned(),
        images,
        except_images: Vec::new(),
        namespaces,
        effect: Effect::Require(requirements),
        is_dry_run: !actions.is_empty() && !denies,
    });
}

/// The patterns of the images; every image if there are none.
fn images(spec: &At<'_>, draft: &mut Draft) -> Vec<String> {
    let references = spec.items_of("matchImageReferences");
    if references.is_empty() {
        return vec!["**".to_owned()];
    }
    let mut patterns: Vec<String> = Vec::new();
    for reference in references {
        if let Some(expression) = reference.get("expression") {
            draft.lost(
                &expression,
                "the condition in CEL does not carry over: the rule applies to all images",
            );
            return vec!["**".to_owned()];
        }
        let Some(glob) = reference.get("glob") else {
            continue;
        };
        for pattern in wildcard::written_glob(&glob, Compared::AsWritten, Covers::More, draft) {
            if !patterns.contains(&pattern) {
                patterns.push(pattern);
            }
        }
    }
    patterns
}

/// The namespaces of a policy; none for all.
fn namespaces(object: &At<'_>, spec: &At<'_>, draft: &mut Draft) -> Vec<String> {
    let own = own_namespace(object);
    let Some(constraints) = spec.get("matchConstraints") else {
        return own;
    };
    for key in ["objectSelector", "excludeResourceRules"] {
        let Some(condition) = constraints.get(key) else {
            continue;
        };
        if !scope::is_everything(&condition) || !condition.items().is_empty() {
            draft.lost(
                &condition,
                format!("`{key}` has no counterpart: the rule applies to all objects"),
            );
        }
    }
    let selector = constraints.get("namespaceSelector");
    let Some(selector) =
        selector.filter(|selector| own.is_empty() && !scope::is_everything(selector))
    else {
        return own;
    };
    scope::named(&selector).unwrap_or_else(|| {
        draft.lost(
            &selector,
            "namespaces are selected by other labels than their names: the rule applies to all",
        );
        Vec::new()
    })
}

fn report_conditions(spec: &At<'_>, draft: &mut Draft) {
    let conditions = spec
        .get("matchConditions")
        .filter(|conditions| !conditions.items().is_empty());
    if let Some(conditions) = conditions {
        draft.lost(
            &conditions,
            "conditions in CEL do not carry over: the rule applies to all requests",
        );
    }
    if let Some(images) = spec.get("images") {
        draft.lost(&images, "images of other kinds are not read");
        draft.help("list the kinds with the paths of their images in `workloads`");
    }
}

/// The requirement of a part of an expression.
fn requirement_of(
    verified: &Verified<'_>,
    at: &At<'_>,
    spec: &At<'_>,
    wanted: &str,
    attestors: &mut Attestors,
    draft: &mut Draft,
) -> Option<Requirement> {
    let attestations = spec.items_of("attestations");
    let mut predicate_type = None;
    if let Some(named) = verified.attestation {
        let found = attestations.iter().find(|one| one.text_of("name") == named);
        let part = |key| found.and_then(|found| found.at(&[key, "type"])?.text());
        match part("intoto").filter(|kind| predicate_type::is_valid(kind)) {
            Some(kind) => predicate_type = Some(kind),
            None => {
                let kind = part("intoto").or_else(|| part("referrer")).unwrap_or(named);
                return Some(lost_attestation(found.unwrap_or(at), kind, draft));
            }
        }
        predicate_type::report_place(found.unwrap_or(at), draft);
    }
    let known = spec.items_of("attestors");
    let mut signers = Vec::new();
    for name in &verified.attestors {
        match known.iter().find(|one| one.text_of("name") == *name) {
            Some(attestor) => signers.push(signer(attestor, attestors, draft)),
            None => {
                let name = printable(name);
                signers.push(Signer::lost(
                    at,
                    format!("there is no attestor `{name}`"),
                    draft,
                ));
            }
        }
    }
    let count = Some(verified.count);
    requirement(signers, count, predicate_type, wanted, draft)
}

/// The signer that an attestor stands for.
fn signer(attestor: &At<'_>, attestors: &mut Attestors, draft: &mut Draft) -> Signer {
    attestor.only(&["cosign", "name", "notary"], &mut draft.findings);
    let Some(cosign) = attestor.get("cosign") else {
        return Signer::lost(attestor, "signatures of Notation are not supported", draft);
    };
    let known = [
        "annotations",
        "certificate",
        "ctlog",
        "key",
        "keyless",
        "source",
        "tuf",
    ];
    cosign.only(&known, &mut draft.findings);
    if let Some(source) = cosign.get("source") {
        attestors::report_repository(&source, draft);
    }
    if let Some(tuf) = cosign.get("tuf") {
        draft.warn(&tuf, "the root of trust is that of --trusted-root");
    }
    let signer = match (cosign.get("key"), cosign.get("keyless")) {
        (Some(key), _) => key_signer(&key, &cosign, attestors, draft),
        (None, Some(keyless)) => keyless_signer(&keyless, &cosign, draft),
        (None, None) => Signer::lost(&cosign, "certificates as keys are not supported", draft),
    };
    match attestors::is_annotated(&cosign, draft) {
        true => signer.without_trust(),
        false => signer,
    }
}

fn key_signer(
    key: &At<'_>,
    cosign: &At<'_>,
    attestors: &mut Attestors,
    draft: &mut Draft,
) -> Signer {
    key.only(
        &["data", "expression", "hashAlgorithm", "kms"],
        &mut draft.findings,
    );
    let Some(data) = key.get("data") else {
        let untrusted = Signer::lost(key, "the key is not in the policy", draft);
        draft.help(
            "give the attestor its public key, as `cosign public-key --key REFERENCE` prints it",
        );
        return untrusted;
    };
    let algorithm = key.text_of("hashAlgorithm");
    if !["", "sha256"].contains(&algorithm) {
        return Signer::lost(
            key,
            format!(
                "signatures with `{}` are not supported",
                printable(algorithm)
            ),
            draft,
        );
    }
    let ignored = cosign.at(&["ctlog", "insecureIgnoreTlog"]);
    attestors.report_logs(key, ignored.as_ref(), draft);
    let any = Attestors::of_pem(&data, draft)
        .into_iter()
        .reduce(Signer::or);
    any.unwrap_or_else(|| Signer::untrusted(key))
}

/// Any of several identities.
fn keyless_signer(keyless: &At<'_>, cosign: &At<'_>, draft: &mut Draft) -> Signer {
    keyless.only(&["identities", "roots"], &mut draft.findings);
    if let Some(roots) = keyless.get("roots") {
        draft.lost(
            &roots,
            "certificates of other roots are not supported in PEM: no signature counts",
        );
        return Signer::untrusted(keyless);
    }
    for key in ["insecureIgnoreTlog", "insecureIgnoreSCT"] {
        let ignored = cosign.at(&["ctlog", key]);
        if let Some(ignored) = ignored.filter(|ignored| ignored.to_json() == json!(true)) {
            draft.lost(
                &ignored,
                format!(
                    "`{key}` is not carried over: the trusted root decides which logs are required"
                ),
            );
        }
    }
    let identities = keyless.items_of("identities");
    let signers = identities
        .iter()
        .map(|identity| attestors::identity(identity, &Map::new(), draft));
    signers
        .reduce(Signer::or)
        .unwrap_or_else(|| Signer::untrusted(keyless))
}
