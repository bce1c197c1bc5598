//! Audits: counts by namespace and reason, and the affected images and objects. Nothing else of the input is kept
//! in memory.

mod inventory;
mod judged;
#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, BTreeSet};
use std::collections::HashSet;

use serde::Serialize;
use sha2::{Digest as _, Sha256};

pub(crate) use inventory::{Attested, Inventory, Running};
pub(crate) use judged::{Finding, Judged, Outcome};

/// All that was judged
#[derive(Debug)]
pub(crate) struct Audit {
    pub(crate) summary: Summary,
    rows: BTreeMap<Row, Tally>,
    images: BTreeMap<String, ImageTally>,
    pub(crate) inventory: Inventory,
    /// Objects with findings, in input order
    pub(crate) objects: Vec<Judged>,
    /// Objects about which the module gave no answer
    pub(crate) unanswered: usize,
    omitted_objects: usize,
    seen: HashSet<ImageId>,
    /// Those against which something stands
    refused: HashSet<ImageId>,
    /// Limit on the images, and on the objects, that are kept by name
    limit: usize,
}

/// Number of objects with each outcome
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// All that were judged
    pub(crate) objects: usize,
    /// Admitted because nothing stands against them
    pub(crate) admitted: usize,
    pub(crate) refused: usize,
    /// Denied because they could not be evaluated
    pub(crate) errors: usize,
    /// Admitted only because of dry run
    pub(crate) dry_run: usize,
    /// Admitted only because of break-glass
    pub(crate) break_glass: usize,
    /// Objects owned by a controller, whatever their outcome
    pub(crate) owned: usize,
    /// Images, each once
    pub(crate) images: usize,
    /// Those of them against which something stands
    pub(crate) images_with_findings: usize,
}

/// Key of a count: namespace, outcome and reason
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    pub(crate) namespace: String,
    pub(crate) outcome: Outcome,
    /// The code
    pub(crate) reason: String,
}

/// Number of objects and images of a row
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) objects: usize,
    images: HashSet<ImageId>,
    /// The first of the objects
    pub(crate) example: String,
}

/// An image against which something stands
#[derive(Debug, Default)]
pub(crate) struct ImageTally {
    pub(crate) objects: usize,
    /// The outcomes and codes
    pub(crate) reasons: BTreeSet<(Outcome, String)>,
}

/// Number of images and objects that were not kept by name
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Omitted {
    pub(crate) images: usize,
    pub(crate) objects: usize,
}

/// Stands for an image's name, which may be long
type ImageId = [u8; 16];

impl Audit {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            summary: Summary::default(),
            rows: BTreeMap::new(),
            images: BTreeMap::new(),
            inventory: Inventory::default(),
            objects: Vec::new(),
            unanswered: 0,
            omitted_objects: 0,
            seen: HashSet::new(),
            refused: HashSet::new(),
            limit,
        }
    }

    /// Counts an object, and keeps of it what is to be listed.
    pub(crate) fn add(&mut self, object: Judged) {
        self.count(&object);
        self.add_to_rows(&object);
        self.add_to_images(&object);
        self.inventory.add(&object, self.limit);
        if object.findings.is_empty() {
            return;
        }
        if self.objects.len() >= self.limit {
            increment(&mut self.omitted_objects);
            // Denied objects take the places of others.
            let is_less = |kept: &Judged| kept.outcome > object.outcome;
            let Some(place) = self.objects.iter().rposition(is_less) else {
                return;
            };
            self.objects.remove(place);
        }
        self.objects.push(object);
    }

    /// The rows in their order, each once.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (&Row, &Tally)> {
        self.rows.iter()
    }

    /// The images, those of most objects first.
    pub(crate) fn images(&self) -> Vec<(&str, &ImageTally)> {
        let images = self.images.iter();
        let mut images: Vec<_> = images.map(|(name, tally)| (name.as_str(), tally)).collect();
        images.sort_by_key(|(_, tally)| core::cmp::Reverse(tally.objects));
        images
    }

    /// Returns the number of images and objects that are missing in the lists.
    pub(crate) fn omitted(&self) -> Omitted {
        Omitted {
            images: self.refused.len().saturating_sub(self.images.len()),
            objects: self.omitted_objects,
        }
    }

    fn count(&mut self, object: &Judged) {
        let summary = &mut self.summary;
        increment(&mut summary.objects);
        increment(match object.outcome {
            Outcome::Admitted => &mut summary.admitted,
            Outcome::Denied => &mut summary.refused,
            Outcome::Error => &mut summary.errors,
            Outcome::DryRun => &mut summary.dry_run,
            Outcome::BreakGlass => &mut summary.break_glass,
        });
        if object.is_owned {
            increment(&mut summary.owned);
        }
        if !object.is_answered {
            increment(&mut self.unanswered);
        }
        self.seen.extend(object.images.iter().map(|name| id(name)));
        summary.images = self.seen.len();
    }

    fn add_to_rows(&mut self, object: &Judged) {
        let mut counted = Vec::new();
        for finding in &object.findings {
            let row = Row {
                namespace: object.namespace.clone(),
                outcome: finding.outcome,
                reason: finding.reason.clone(),
            };
            let tally = self.rows.entry(row.clone()).or_insert_with(|| Tally {
                objects: 0,
                images: HashSet::new(),
                example: object.title.clone(),
            });
            tally.images.extend(finding.image.as_deref().map(id));
            if !counted.contains(&row) {
                increment(&mut tally.objects);
                counted.push(row);
            }
        }
    }

    fn add_to_images(&mut self, object: &Judged) {
        let mut counted = Vec::new();
        for finding in &object.findings {
            let Some(name) = finding.image.as_deref() else {
                continue;
            };
            self.refused.insert(id(name));
            self.summary.images_with_findings = self.refused.len();
            if !self.images.contains_key(name) && self.images.len() >= self.limit {
                continue;
            }
            let tally = self.images.entry(name.to_owned()).or_default();
            tally
                .reasons
                .insert((finding.outcome, finding.reason.clone()));
            if !counted.contains(&name) {
                increment(&mut tally.objects);
                counted.push(name);
            }
        }
    }
}

impl Summary {
    /// Whether nothing stands against anything.
    pub(crate) const fn is_clean(&self) -> bool {
        self.admitted == self.objects
    }

    /// Whether any object is denied.
    pub(crate) const fn is_denied(&self) -> bool {
        self.refused > 0 || self.errors > 0
    }
}

impl Tally {
    /// Number of images it is about; none if it is about objects as a whole.
    pub(crate) fn images(&self) -> usize {
        self.images.len()
    }
}

fn increment(counter: &mut usize) {
    *counter = counter.saturating_add(1);
}

fn id(name: &str) -> ImageId {
    let mut id = ImageId::default();
    let digest = Sha256::digest(name.as_bytes());
    id.iter_mut()
        .zip(digest)
        .for_each(|(byte, from)| *byte = from);
    id
}
