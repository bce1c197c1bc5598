//! Attestations in the cluster: resources `Attestation`, one for each image, in the namespace of the
//! attestor's note.
//!
//! Write access to a namespace allows attestations only under its note: the note in an item must be the
//! namespace's, or the item is ignored.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{ANSWER, Evidence, Failure, Holds, Lookups, Need, Wanted, failed};
use crate::Budget;
use crate::attestation::{Attestation, Content, Occurrence, Rejection, Source};
use crate::decision::Reason;
use crate::digest::Digest;
use crate::json::{Path, Raw, Report};

/// One resource to look up
#[derive(Debug)]
pub(super) struct Object {
    pub(super) need: Need,
    digest: Digest,
    note: String,
}

/// Returns the resources to look up that are not `known` yet: one for each image and note.
///
/// Images times notes may exceed the limit on lookups by far. At most one more than the limit is returned; the
/// rest is a failure.
pub(super) fn objects<'n>(
    evidence: &mut Evidence<'_>,
    notes: &'n BTreeMap<String, Cow<'_, str>>,
    wanted: &[Wanted<'_>],
    known: &mut BTreeSet<(&'n str, Digest)>,
    budget: &Budget,
) -> Vec<Object> {
    let mut objects = Vec::new();
    for image in wanted {
        for note in &image.notes {
            let Some(namespace) = notes.get(*note) else {
                continue;
            };
            if !known.insert((namespace, image.digest)) {
                continue;
            }
            if objects.len() > budget.lookups {
                evidence.failures.push(Failure {
                    digest: image.digest,
                    note: None,
                    repository: None,
                    holds: Holds::Anything,
                    reason: Lookups::too_many(budget),
                });
                break;
            }
            objects.push(Object {
                need: Need::Attestation {
                    namespace: namespace.to_string(),
                    digest: image.digest,
                },
                digest: image.digest,
                note: (*note).to_string(),
            });
        }
    }
    objects
}

pub(super) fn collect<'e>(
    evidence: &mut Evidence<'e>,
    objects: Vec<Object>,
    lookups: &'e Lookups<'_>,
    budget: &Budget,
) {
    for object in objects {
        let items = lookups
            .found(&object.need, budget)
            .and_then(|found| found.map_or_else(|| Ok(Vec::new()), |answer| read(answer, &object)));
        match items {
            Ok(items) if items.len() > budget.attestations_per_image => {
                let limit = budget.attestations_per_image;
                let attestation = Attestation::excessive(Source::Kubernetes, limit);
                evidence.add(filed_under(attestation, &object.note), Some(object.digest));
            }
            Ok(items) => {
                for occurrence in items.into_iter().flat_map(Occurrence::read) {
                    if !occurrence.is_attestation() {
                        continue;
                    }
                    let bodies = occurrence.decode(Source::Kubernetes, budget);
                    let bodies = bodies.map(|body| filed_under(body, &object.note));
                    evidence.add_bodies(bodies, Some(object.digest));
                }
            }
            Err(reason) => evidence.failures.push(Failure {
                digest: object.digest,
                note: Some(object.note),
                repository: None,
                holds: Holds::Anything,
                reason,
            }),
        }
    }
}

fn filed_under<'e>(attestation: Attestation<'e>, note: &str) -> Attestation<'e> {
    let Attestation {
        note: own,
        content,
        source,
    } = attestation;
    let content = match own {
        Some(own) if own != note => Content::Rejected(Rejection::NoteMismatch {
            note: own.into_owned(),
            expected: note.to_string(),
        }),
        _ => content,
    };
    Attestation {
        note: Some(Cow::Owned(note.to_string())),
        content,
        source,
    }
}

/// Reads `spec.attestations`, with unparsed items.
fn read<'e>(answer: Raw<'e>, object: &Object) -> Result<Vec<Raw<'e>>, Reason> {
    let report = Report::default();
    let (mut items, mut name) = (Vec::new(), None);
    let mut is_object = false;
    answer.read(ANSWER, Path::Root(""), &report, |value| {
        is_object = value.object_unless_null(|key, value| match key {
            "metadata" => {
                value.object(|key, value| {
                    if key == "name" {
                        name = value.text();
                    }
                });
            }
            "spec" => {
                value.object(|key, value| {
                    if key == "attestations" {
                        value.list(|_, item| items.push(item.raw()));
                    }
                });
            }
            _ => {}
        });
    });
    if !report.is_empty() {
        return Err(failed(&object.need, &report.to_string()));
    }
    match name {
        _ if !is_object => Err(failed(&object.need, "the answer is not an object")),
        Some(name) if name != object.digest.as_name() => {
            let detail = alloc::format!("the answer is for {}", crate::quote(&name));
            Err(failed(&object.need, &detail))
        }
        _ => Ok(items),
    }
}
