//! Kritis: the policies of a namespace, and the authorities that they name.
//!
//! Read in the sources of Kritis at their last commit (3348562, October 2022):
//!
//! - Policies are for their namespace. A namespace without policies admits everything.
//! - Of several `GenericAttestationPolicies` any one suffices, and all authorities of it have to attest. Their
//!   allowlists are joined.
//! - Every `ImageSecurityPolicy` has to pass, besides the `GenericAttestationPolicies`.

mod authority;
mod pattern;
#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::System;
use super::draft::{Draft, Effect, Requirement, Rule, Unmatched};
use super::source::{At, Document};
use super::system::is_object;
use crate::terminal::printable;
use authority::Authorities;

pub(super) const SYSTEM: System = System {
    name: "kritis",
    title: "Kritis",
    reads: |document| GROUPS.iter().any(|group| is_object(document, group, &[])),
    import,
    has_google_documents: false,
};

/// API groups of its resources; the second is only in its documentation
const GROUPS: [&str; 2] = ["kritis.grafeas.io", "kritis.github.com"];
/// Maximum number of requirements that alternatives of policies become
const MAX_REQUIREMENTS: usize = 64;

fn import(documents: &[Document], draft: &mut Draft) {
    let roots: Vec<_> = documents.iter().map(Document::root).collect();
    let of_kind = |kind: &str| -> Vec<_> {
        let found = roots.iter().filter(|root| root.text_of("kind") == kind);
        found.collect()
    };
    let mut authorities = Authorities::of(&of_kind("AttestationAuthority"));
    let mut namespaces: BTreeMap<String, Vec<&At<'_>>> = BTreeMap::new();
    for policy in of_kind("GenericAttestationPolicy") {
        let namespace = namespace(policy, draft);
        namespaces.entry(namespace).or_default().push(policy);
    }
    for (namespace, policies) in &namespaces {
        attestation_rule(namespace, policies, &mut authorities, draft);
    }
    for policy in of_kind("ImageSecurityPolicy") {
        vulnerability_rule(policy, draft);
    }
    for root in &roots {
        match root.text_of("kind") {
            "AttestationAuthority" | "GenericAttestationPolicy" | "ImageSecurityPolicy" => {}
            // Kritis reads these when it signs, not at admission.
            kind => draft.note(
                root,
                format!(
                    "{} has no effect at admission, and was left out",
                    printable(kind)
                ),
            ),
        }
    }
    if draft.is_empty() {
        return;
    }
    draft.unmatched = Some(Unmatched::Admit);
    // Kritis compares the name in the signed payload with the image's.
    draft.set("matchDockerReference", "repository");
    if let Some(first) = roots.first() {
        draft.lost(first, "Kritis reads attestations and scans from Artifact Analysis; here no source is configured");
        draft.help(
            "export them with `gcloud container binauthz attestations list --format=json`, and list them in \
             `evidence.occurrences`, or name another source in `evidence` of the settings",
        );
        draft.note(first, "Kritis also exempts its own images, and objects with the annotation kritis.grafeas.io/breakglass; neither is exempt here");
    }
}

/// The namespace of a policy.
fn namespace(policy: &At<'_>, draft: &mut Draft) -> String {
    let metadata = policy.get("metadata");
    let namespace = metadata
        .as_ref()
        .map_or("", |fields| fields.text_of("namespace"));
    if namespace.is_empty() {
        draft.warn(
            policy,
            "the policy has no namespace, and is taken for one of the namespace `default`",
        );
        return "default".to_owned();
    }
    namespace.to_owned()
}

fn name<'d>(policy: &At<'d>) -> &'d str {
    policy
        .at(&["metadata", "name"])
        .and_then(|name| name.text())
        .unwrap_or_default()
}

/// The rule of all `GenericAttestationPolicies` of a namespace.
fn attestation_rule(
    namespace: &str,
    policies: &[&At<'_>],
    authorities: &mut Authorities<'_>,
    draft: &mut Draft,
) {
    let (Some(first), names) = (policies.first(), policies.iter().map(|policy| name(policy)))
    else {
        return;
    };
    let names: Vec<_> = names.collect();
    let mut except_images = Vec::new();
    let mut alternatives = Vec::new();
    for policy in policies {
        let Some(spec) = policy.get("spec") else {
            draft.lost(
                policy,
                "the policy has no `spec`: Kritis denies every image under it",
            );
            continue;
        };
        spec.only(
            &[
                "admissionAllowlistPatterns",
                "admissionWhitelistPatterns",
                "attestationAuthorityNames",
            ],
            &mut draft.findings,
        );
        let all = spec.items_of("attestationAuthorityNames");
        if all.is_empty() {
            draft.warn(&spec, "the policy names no authority: Kritis denies every image under it, allowlisted ones as well");
            // An empty list is an error there, whatever the other policies say.
            except_images.clear();
            alternatives.clear();
            break;
        }
        for key in ["admissionAllowlistPatterns", "admissionWhitelistPatterns"] {
            for pattern in spec.items_of(key) {
                pattern.only(&["namePattern"], &mut draft.findings);
                if let Some(text) = pattern.get("namePattern") {
                    except_images.extend(pattern::of_allowlist(&text, draft));
                }
            }
        }
        let attestors = all
            .iter()
            .map(|one| authorities.attestor(one, namespace, draft));
        alternatives.push(attestors.collect::<BTreeSet<_>>());
    }
    let effect = match required(&alternatives) {
        Some(requirements) if !requirements.is_empty() => Effect::Require(requirements),
        Some(_) => Effect::Deny(
            "No GenericAttestationPolicy of this namespace can be satisfied.".to_owned(),
        ),
        None => {
            draft.lost(first, format!("the alternatives of the {} policies of `{}` are too many: images of this namespace are denied", policies.len(), printable(namespace)));
            Effect::Deny(
                "The GenericAttestationPolicies of this namespace did not carry over.".to_owned(),
            )
        }
    };
    draft.rule(Rule {
        place: first.place(),
        name: format!("{namespace}/{}", names.join(" or ")),
        images: vec!["**".to_owned()],
        except_images,
        namespaces: vec![namespace.to_owned()],
        effect,
        is_dry_run: false,
    });
}

/// The requirements that hold if and only if all attestors of one of the alternatives are satisfied: one for each way
/// to choose an attestor of every alternative, of whom one has to be satisfied. `None` if there are too many.
fn required(alternatives: &[BTreeSet<String>]) -> Option<Vec<Requirement>> {
    let Some((first, others)) = alternatives.split_first() else {
        return Some(Vec::new());
    };
    let mut clauses: BTreeSet<BTreeSet<&String>> =
        first.iter().map(|one| BTreeSet::from([one])).collect();
    for alternative in others {
        let longer = clauses.iter().flat_map(|clause| {
            alternative.iter().map(|one| {
                let mut longer = clause.clone();
                longer.insert(one);
                longer
            })
        });
        clauses = longer.collect();
        if clauses.len() > MAX_REQUIREMENTS {
            return None;
        }
    }
    // A clause that contains another one holds whenever that does.
    let is_needed = |clause: &&BTreeSet<&String>| {
        let mut others = clauses.iter().filter(|other| other != clause);
        !others.any(|other| other.is_subset(clause))
    };
    let needed = clauses.iter().filter(is_needed);
    let requirements = needed.map(|clause| Requirement::Attestors {
        names: clause.iter().map(|name| (*name).clone()).collect(),
        threshold: Some(1),
        must_include: Vec::new(),
        predicate_types: Vec::new(),
    });
    Some(requirements.collect())
}

/// The rule of an `ImageSecurityPolicy`.
fn vulnerability_rule(policy: &At<'_>, draft: &mut Draft) {
    let namespace = namespace(policy, draft);
    let Some(spec) = policy.get("spec") else {
        draft.lost(policy, "the policy has no `spec`");
        return;
    };
    spec.only(
        &[
            "imageAllowlist",
            "imageWhitelist",
            "packageVulnerabilityRequirements",
            "packageVulnerabilityPolicy",
            "attestationAuthorityName",
            "attestationAuthorityNames",
            "privateKeySecretName",
        ],
        &mut draft.findings,
    );
    for key in ["attestationAuthorityName", "attestationAuthorityNames"] {
        if let Some(authority) = spec.get(key) {
            draft.lost(&authority, "Kritis admits an image that this authority has attested without asking for its vulnerabilities, and attests images that pass; here every image needs a scan");
        }
    }
    if let Some(secret) = spec.get("privateKeySecretName") {
        draft.note(
            &secret,
            "the policy attests nothing by itself: the key has no effect, and was left out",
        );
    }
    let mut except_images = Vec::new();
    for key in ["imageAllowlist", "imageWhitelist"] {
        for image in spec.items_of(key) {
            except_images.extend(pattern::of_image(&image, draft));
        }
    }
    let mut check = Map::new();
    for key in [
        "packageVulnerabilityRequirements",
        "packageVulnerabilityPolicy",
    ] {
        if let Some(limits) = spec.get(key) {
            vulnerability_check(&limits, &mut check, draft);
        }
    }
    for key in ["maximumFixableSeverity", "maximumUnfixableSeverity"] {
        check.entry(key).or_insert_with(|| json!("ALLOW_ALL"));
    }
    let check = json!({"displayName": name(policy), "vulnerabilityCheck": check});
    draft.rule(Rule {
        place: policy.place(),
        name: format!("{namespace}/{}", name(policy)),
        images: vec!["**".to_owned()],
        except_images,
        namespaces: vec![namespace],
        effect: Effect::Require(vec![Requirement::Check(check)]),
        is_dry_run: false,
    });
}

fn vulnerability_check(limits: &At<'_>, check: &mut Map<String, Value>, draft: &mut Draft) {
    const FIELDS: [(&str, &str); 3] = [
        ("maximumSeverity", "maximumFixableSeverity"),
        ("maximumFixUnavailableSeverity", "maximumUnfixableSeverity"),
        ("maximumFixNotAvailableSeverity", "maximumUnfixableSeverity"),
    ];
    let mut known = vec!["allowlistCVEs", "whitelistCVEs"];
    known.extend(FIELDS.iter().map(|(theirs, _)| theirs));
    limits.only(&known, &mut draft.findings);
    for (theirs, ours) in FIELDS {
        let Some(severity) = limits.get(theirs) else {
            continue;
        };
        let severity_text = severity.text().unwrap_or_default();
        let ours_text = match severity_text {
            // There, nothing is above it, and an unknown severity passes.
            "" | "CRITICAL" | "ALLOW_ALL" => "ALLOW_ALL",
            "BLOCK_ALL" => "BLOCK_ALL",
            "MINIMAL" | "LOW" | "MEDIUM" | "HIGH" => {
                draft.warn(
                    &severity,
                    "Kritis lets vulnerabilities without a severity pass; here only ALLOW_ALL does",
                );
                severity_text
            }
            _ => {
                draft.lost(&severity, format!("`{}` is no severity: Kritis cannot evaluate the policy, and denies; here it is BLOCK_ALL", printable(severity_text)));
                "BLOCK_ALL"
            }
        };
        check.insert(ours.to_owned(), json!(ours_text));
    }
    let mut cves = Vec::new();
    for key in ["allowlistCVEs", "whitelistCVEs"] {
        for note in limits.items_of(key) {
            let text = note.text().unwrap_or_default();
            let id = text.rsplit('/').next().unwrap_or_default();
            if text.contains('/') {
                draft.warn(
                    &note,
                    format!(
                        "Kritis allows this note; here `{}` is allowed from every scanner",
                        printable(id)
                    ),
                );
            }
            cves.push(json!(id));
        }
    }
    if !cves.is_empty() {
        check.insert("allowedCves".to_owned(), json!(cves));
    }
}
