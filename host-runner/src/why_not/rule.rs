//! Ways around a rule of the singleton policy: let the attestors sign, change what applies, or exempt
//! the image.

use policy_wasm::Code;

use super::identity::import;
use super::signing::{Key, Signer, Source};
use super::yaml::scalar;
use super::{Obstacle, Refused, Way, exemption_caution, request};
use crate::decision::{AppliedRule, AttestorResult, DocumentResult, has};
use crate::settings_view::ATTESTORS;
use crate::terminal::printable;

pub(super) fn obstacle(result: &DocumentResult, refused: &Refused<'_>) -> Obstacle {
    let attestors = result.attestors.iter();
    let unsatisfied: Vec<_> = attestors.filter(|attestor| !attestor.verified).collect();
    let mut ways = signatures(&unsatisfied, None, refused);
    ways.extend(other_reasons(&unsatisfied, refused));
    if has(&result.reasons, Code::AlwaysDeny) {
        let rule = result.rule.as_ref();
        ways.extend(rule.and_then(|rule| another_rule(rule, refused)));
    }
    ways.extend(exemption(refused));
    Obstacle {
        what: result.document.clone(),
        ways,
    }
}

/// Returns the signatures of all these attestors as one way, and once more with certificates if any of them has keys
/// and identities. With a predicate type, what they sign is a statement.
pub(super) fn signatures(
    unsatisfied: &[&AttestorResult],
    predicate_type: Option<&str>,
    refused: &Refused<'_>,
) -> Vec<Way> {
    let mut ways = Vec::new();
    let signed_by_all = |means| signed_by_all(unsatisfied, predicate_type, means, refused);
    ways.extend(signed_by_all(Means::Key));
    let has_both = |attestor: &&AttestorResult| {
        let written = refused.settings.attestor(&attestor.name);
        written.is_some_and(|written| !written.keys.is_empty())
            && !refused
                .settings
                .identities(ATTESTORS, &attestor.name)
                .is_empty()
    };
    if unsatisfied.iter().any(has_both) {
        ways.extend(signed_by_all(Means::Identity));
    }
    ways
}

/// Returns the ways around reasons of attestors other than a missing signature.
pub(super) fn other_reasons(unsatisfied: &[&AttestorResult], refused: &Refused<'_>) -> Vec<Way> {
    let mut ways = Vec::new();
    for attestor in unsatisfied {
        let reasons = &attestor.reasons;
        for way in request::ways_for_reasons(reasons, refused) {
            // Every attestor of a rule says the same about a tag.
            if ways.iter().all(|other: &Way| other.title != way.title) {
                ways.push(way);
            }
        }
        if has(reasons, Code::AttestorWithoutKeys) {
            ways.extend(keys(&attestor.name, refused));
        }
    }
    ways
}

/// With what an attestor signs that has both
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Key,
    Identity,
}

/// The signatures that are missing. All of them are needed, so they are one way.
fn signed_by_all(
    unsatisfied: &[&AttestorResult],
    predicate_type: Option<&str>,
    preferred: Means,
    refused: &Refused<'_>,
) -> Option<Way> {
    let (repository, digest) = refused.subject()?;
    let mut way = Way::in_words("");
    let mut names = Vec::new();
    for attestor in unsatisfied {
        let name = attestor.name.as_str();
        let written = refused.settings.attestor(name)?;
        let source = Source::of(refused.settings, written.note);
        let files = refused.files;
        let key = written.keys.first().and_then(Key::of_attestor);
        let identities = refused.settings.identities(ATTESTORS, name);
        let block = match key {
            Some(key) if preferred == Means::Key || identities.is_empty() => {
                let signer = Signer::attestor(name, written.note, key, predicate_type);
                refused.sign(&signer, source)?
            }
            None if identities.is_empty() => return None,
            _ => import(
                (&repository, digest),
                &identities,
                Some(name),
                predicate_type,
                source,
                files,
            ),
        };
        way.blocks.push(block);
        names.push(format!("`{}`", printable(name)));
    }
    let with = match preferred {
        Means::Key => "",
        Means::Identity => ", with a certificate in place of a key",
    };
    let what = match predicate_type {
        Some(uri) => format!("sign a statement with predicate type `{}`", printable(uri)),
        None => "sign it".to_owned(),
    };
    way.title = format!("{what} as {}{with}", names.join(" and as "));
    (!names.is_empty()).then_some(way)
}

fn keys(attestor: &str, refused: &Refused<'_>) -> Option<Way> {
    let index = refused.settings.attestor(attestor)?.index;
    let title = format!("add a key to attestor `{}`", printable(attestor));
    let block = format!(
        "# attestors[{index}].userOwnedGrafeasNote\npublicKeys:
  - pkixPublicKey:
      signatureAlgorithm: ECDSA_P256_SHA256
      publicKeyPem: |
        <what `openssl pkey -in KEY.pem -pubout` prints>
"
    );
    Some(Way::new(title, block))
}

/// A rule for where the Pod runs, in the map that the policy has; where it has none, by namespace.
fn another_rule(rule: &AppliedRule, refused: &Refused<'_>) -> Option<Way> {
    let searched = rule.searched.as_ref();
    let map = searched.map_or("kubernetesNamespaceAdmissionRules", |found| &found.map);
    let key = match (rule.key.as_str(), searched) {
        ("", Some(searched)) => &searched.key,
        ("", None) => refused.namespace,
        (key, _) => key,
    };
    if key.is_empty() {
        return None;
    }
    let (verb, shown) = match rule.key.as_str() {
        "" => ("add", printable(key)),
        _ => ("change", printable(key)),
    };
    let (map, key) = (scalar(map), scalar(key));
    let mut block = format!("policy:\n  {map}:\n    {key}:\n");
    let attestors = refused.settings.attestor_names();
    if attestors.is_empty() {
        block.push_str("      evaluationMode: ALWAYS_ALLOW\n");
    } else {
        block.push_str(
            "      evaluationMode: REQUIRE_ATTESTATION  # or ALWAYS_ALLOW, without the list\n",
        );
    }
    block.push_str("      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n");
    if !attestors.is_empty() {
        block.push_str("      requireAttestationsBy:\n");
        for name in attestors {
            block.push_str(&format!("        - {}\n", scalar(name)));
        }
    }
    let way = Way::new(format!("{verb} the rule for `{shown}`"), block);
    Some(way.with_caution(if key.contains(':') {
        "applies to every image there, and everyone who can create Pods can choose the service account"
    } else {
        "applies to every image there"
    }))
}

/// The pattern that covers this image as it is written, and no other.
fn exemption(refused: &Refused<'_>) -> Option<Way> {
    refused.reference?;
    let image = refused.image;
    let block = format!(
        "policy:\n  admissionWhitelistPatterns:\n    - namePattern: {}\n",
        scalar(image)
    );
    let way = Way::new("exempt exactly this image", block);
    Some(way.with_caution(exemption_caution(image)))
}
