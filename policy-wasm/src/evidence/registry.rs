//! Attestations that a registry stores beside an image, under tags made of its digest.
//!
//! | tag | what |
//! | --- | --- |
//! | `sha256-<hex>.sig` | cosign's signature manifest, in the form that it had before bundles |
//! | `sha256-<hex>.countersign` | a manifest whose annotations carry whole attestations |
//!
//! Both say all that is needed in the manifest itself: hosts hand out manifests, not blobs. Where a
//! signature of cosign covers more than follows from the image, only the host can see it.

mod artifact;
mod cosign;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::signature::Unseen;
use super::{Evidence, Failure, Lookups, Need, Wanted, failed};
use crate::Budget;
use crate::attestation::{Attestation, Content, Rejection};
use crate::decision::Reason;
use crate::digest::Digest;
use crate::json::Raw;
use crate::settings::Settings;

/// One manifest to look up
#[derive(Debug)]
pub(super) struct Artifact {
    pub(super) need: Need,
    kind: Kind,
    digest: Digest,
    /// Normalised, for what goes wrong
    repository: String,
    /// Every spelling of the repository in the request
    spellings: BTreeSet<String>,
    /// Of which one is to have signed, in PEM by their ids
    cosign_keys: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Cosign,
    Countersign,
}

/// Lists the manifests: two for each repository and digest. A registry that the settings do not
/// allow is a failure to ask, and nobody asks it.
pub(super) fn artifacts(
    settings: &Settings<'_>,
    wanted: &[Wanted<'_>],
    evidence: &mut Evidence<'_>,
) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> = Vec::new();
    if !settings.evidence.registry {
        return artifacts;
    }
    for image in wanted {
        let repository = image.reference.normalized_repository();
        if let Err(reason) = settings.allows_registry(image.reference) {
            let is_known = |known: &Failure| {
                known.digest == image.digest && known.repository.as_ref() == Some(&repository)
            };
            if evidence.failures.iter().any(is_known) {
                continue;
            }
            evidence.failures.push(Failure {
                digest: image.digest,
                note: None,
                repository: Some(repository),
                reason,
            });
            continue;
        }
        for (kind, suffix) in [(Kind::Cosign, "sig"), (Kind::Countersign, "countersign")] {
            let reference = alloc::format!("{repository}:{}.{suffix}", image.digest.as_name());
            let need = Need::Manifest { reference };
            let spelling = image.reference.repository().into_owned();
            match artifacts.iter_mut().find(|other| other.need == need) {
                Some(artifact) => {
                    artifact.spellings.insert(spelling);
                    artifact.cosign_keys.extend(image.cosign_keys.clone());
                }
                None => artifacts.push(Artifact {
                    need,
                    kind,
                    digest: image.digest,
                    repository: repository.clone(),
                    spellings: crate::set([spelling]),
                    cosign_keys: image.cosign_keys.clone(),
                }),
            }
        }
    }
    artifacts
}

/// Keeps what the manifests hold that have not been `seen`, and returns what of them only the host can see.
pub(super) fn collect(
    evidence: &mut Evidence<'_>,
    artifacts: Vec<Artifact>,
    seen: &mut BTreeSet<Need>,
    lookups: &Lookups<'_>,
    budget: &Budget,
) -> Vec<Unseen> {
    let mut unseen = Vec::new();
    for artifact in artifacts {
        let is_new = seen.insert(artifact.need.clone());
        let attestations = lookups.found(&artifact.need, budget).and_then(|found| {
            found.map_or_else(|| Ok(Vec::new()), |raw| artifact.read(raw, budget))
        });
        match attestations {
            Ok(attestations) => {
                unseen.extend(artifact.unseen(&attestations));
                for attestation in attestations.into_iter().filter(|_| is_new) {
                    evidence.add(attestation, Some(artifact.digest));
                }
            }
            Err(_) if !is_new => {}
            Err(reason) => evidence.failures.push(Failure {
                digest: artifact.digest,
                note: None,
                repository: Some(artifact.repository),
                reason,
            }),
        }
    }
    unseen
}

impl Artifact {
    /// The questions that are left to the host: one for each key, where a payload is not known.
    fn unseen(&self, attestations: &[Attestation<'_>]) -> Vec<Unseen> {
        let is_unseen = |one: &Attestation<'_>| {
            matches!(
                one.content,
                Content::Rejected(Rejection::PayloadUnavailable(_))
            )
        };
        if !attestations.iter().any(is_unseen) {
            return Vec::new();
        }
        let ask = |(id, pem): (&String, &String)| Unseen {
            need: Need::Signature {
                reference: alloc::format!("{}@{}", self.repository, self.digest),
                key_id: id.clone(),
                key: pem.clone(),
            },
            digest: self.digest,
            repository: self.repository.clone(),
            key_id: id.clone(),
        };
        self.cosign_keys.iter().map(ask).collect()
    }

    fn read(
        &self,
        manifest: Raw<'_>,
        budget: &Budget,
    ) -> Result<Vec<Attestation<'static>>, Reason> {
        match self.kind {
            Kind::Cosign => cosign::read(manifest, self.digest, &self.spellings, budget),
            Kind::Countersign => artifact::read(manifest, budget),
        }
        .map_err(|problem| failed(&self.need, &problem))
    }
}
