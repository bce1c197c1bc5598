//! Attestations in a registry, under tags derived from the image's digest.
//!
//! | tag | content |
//! | --- | --- |
//! | `sha256-<hex>.sig` | cosign's signature manifest, in the format before bundles |
//! | `sha256-<hex>.countersign` | a manifest with attestations in its annotations |
//!
//! Both contain everything in the manifest, because hosts return manifests but not blobs. Only the host can
//! verify cosign signatures in bundles or over payloads that cannot be reconstructed from the image.

mod artifact;
mod cosign;
mod referrers;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::String;
use alloc::vec::Vec;

use super::signature::Unseen;
use super::{Evidence, Failure, Holds, Lookups, Need, Presence, Wanted, failed};
use crate::Budget;
use crate::attestation::{Attestation, Content, Rejection};
use crate::decision::Reason;
use crate::digest::Digest;
use crate::json::Raw;
use crate::policy::platform::Seeks;
use crate::settings::Settings;

/// One manifest, or the bundles among an image's referrers, to look up
#[derive(Debug)]
pub(super) struct Artifact {
    pub(super) need: Need,
    kind: Kind,
    digest: Digest,
    /// Normalized repository, for error messages
    repository: String,
    /// Every spelling of the repository in the request
    spellings: BTreeSet<String>,
    /// Keys of which any one suffices: PEM by key id
    cosign_keys: BTreeMap<String, String>,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Cosign,
    Countersign,
    Referrers,
}

impl Kind {
    /// Returns the kinds that the settings enable.
    fn enabled(settings: &Settings<'_>) -> &'static [Self] {
        match (settings.evidence.registry, settings.evidence.referrers) {
            (false, false) => &[],
            (true, false) => &[Self::Cosign, Self::Countersign],
            (false, true) => &[Self::Referrers],
            (true, true) => &[Self::Cosign, Self::Countersign, Self::Referrers],
        }
    }

    fn need(self, repository: &str, digest: Digest) -> Need {
        let tagged = |suffix| Need::Manifest {
            reference: alloc::format!("{repository}:{}.{suffix}", digest.as_name()),
        };
        match self {
            Self::Cosign => tagged("sig"),
            Self::Countersign => tagged("countersign"),
            Self::Referrers => Need::Bundles {
                reference: alloc::format!("{repository}@{digest}"),
            },
        }
    }
}

/// Returns the manifests to look up: one for each repository and digest, and another one if cosign signatures
/// are needed. Registries that the settings do not allow are failures and are not contacted.
pub(super) fn artifacts(
    settings: &Settings<'_>,
    wanted: &[Wanted<'_>],
    evidence: &mut Evidence<'_>,
) -> Vec<Artifact> {
    let mut artifacts: Vec<Artifact> = Vec::new();
    let kinds = Kind::enabled(settings);
    if kinds.is_empty() {
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
                holds: Holds::Anything,
                reason,
            });
            continue;
        }
        for kind in kinds.iter().copied() {
            if matches!(kind, Kind::Cosign) && image.seeks == Seeks::Statements {
                continue;
            }
            let need = kind.need(&repository, image.digest);
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

/// Adds the attestations of manifests that have not been `seen`, and returns signatures that only the host can
/// verify.
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
        let found = lookups.found(&artifact.need, budget);
        let read = |found: Option<Raw<'_>>| found.map(|raw| artifact.read(raw, budget)).transpose();
        match found.and_then(read) {
            Ok(Some(attestations)) => {
                if attestations.iter().flatten().any(is_unseen) {
                    unseen.extend(artifact.unseen(Presence::Seen));
                }
                for bodies in attestations.into_iter().filter(|_| is_new) {
                    evidence.add_bodies(bodies, Some(artifact.digest));
                }
            }
            // Current versions of cosign write bundles instead of this manifest.
            Ok(None) => unseen.extend(artifact.unseen(Presence::Unknown)),
            Err(_) if !is_new => {}
            Err(reason) => evidence.failures.push(Failure {
                digest: artifact.digest,
                note: None,
                repository: Some(artifact.repository),
                holds: match artifact.kind {
                    Kind::Cosign => Holds::Signatures,
                    Kind::Countersign | Kind::Referrers => Holds::Anything,
                },
                reason,
            }),
        }
    }
    unseen
}

fn is_unseen(attestation: &Attestation<'_>) -> bool {
    matches!(
        attestation.content,
        Content::Rejected(Rejection::PayloadUnavailable(_))
    )
}

impl Artifact {
    /// Returns the verifications for the host, one for each key.
    fn unseen(&self, presence: Presence) -> Vec<Unseen> {
        let (Kind::Cosign, keys) = (self.kind, &self.cosign_keys) else {
            return Vec::new();
        };
        let ask = |(id, pem): (&String, &String)| Unseen {
            need: Need::Signature {
                reference: alloc::format!("{}@{}", self.repository, self.digest),
                key_id: id.clone(),
                key: pem.clone(),
                presence,
            },
            digest: self.digest,
            repository: self.repository.clone(),
            key_id: id.clone(),
        };
        keys.iter().map(ask).collect()
    }

    fn read(
        &self,
        manifest: Raw<'_>,
        budget: &Budget,
    ) -> Result<Vec<Vec<Attestation<'static>>>, Reason> {
        match self.kind {
            Kind::Cosign => cosign::read(manifest, self.digest, &self.spellings, budget),
            Kind::Countersign => artifact::read(manifest, budget),
            Kind::Referrers => referrers::read(manifest, budget),
        }
        .map_err(|problem| failed(&self.need, &problem))
    }
}
