//! Changes between two Decisions on one object: the outcome and its causes.

mod image;

use alloc::collections::BTreeSet;

use policy_wasm::decision::Role;
use serde::Serialize;

use crate::decision::{self, Decision, Enforcement, Reason, Verdict};
use crate::inputs::{Place, Request};

#[cfg(test)]
pub(crate) use image::Cause;
pub(crate) use image::{ImageChange, Said};

/// All objects that were compared
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Listed changes
    pub(crate) changes: Vec<ObjectChange>,
    /// Objects that could not be evaluated and are no listed change; at most [`MAX_UNEVALUATED`]
    pub(crate) unevaluated: Vec<Unevaluated>,
    pub(crate) summary: Summary,
}

/// Limit on the listed objects that could not be evaluated; all are counted
pub(crate) const MAX_UNEVALUATED: usize = 100;

/// An object that could not be evaluated under one of the settings
#[derive(Debug, Serialize)]
pub(crate) struct Unevaluated {
    /// `Pod default/web`
    pub(crate) object: String,
    /// The file it is from
    pub(crate) source: String,
    /// Its place in the file
    #[serde(skip)]
    pub(crate) place: Place,
    /// The codes of all reasons, in alphabetical order
    pub(crate) reasons: Vec<String>,
}

/// Number of objects that changed in each way
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// All that were compared
    pub(crate) objects: usize,
    /// Objects whose outcome changes
    pub(crate) changed: usize,
    pub(crate) newly_denied: usize,
    pub(crate) newly_admitted: usize,
    /// Admitted or denied as before, with another verdict or enforcement
    pub(crate) otherwise: usize,
    /// Answered as before, for other reasons
    pub(crate) reasons_only: usize,
    /// Objects that could not be evaluated under one of the settings
    pub(crate) errors: usize,
}

/// An object that is answered in another way, or for other reasons
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ObjectChange {
    /// `Pod default/web`
    pub(crate) object: String,
    /// The file it is from
    pub(crate) source: String,
    /// Its place in the file
    #[serde(skip)]
    pub(crate) place: Place,
    pub(crate) change: Change,
    pub(crate) old: Outcome,
    pub(crate) new: Outcome,
    /// Codes about the request as a whole
    #[serde(flatten)]
    pub(crate) codes: Codes,
    /// Images with another result or other reasons
    pub(crate) images: Vec<ImageChange>,
}

/// Change of an object
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Change {
    NewlyDenied,
    NewlyAdmitted,
    Otherwise,
    ReasonsOnly,
}

impl Change {
    /// As in reports
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::NewlyDenied => "newly-denied",
            Self::NewlyAdmitted => "newly-admitted",
            Self::Otherwise => "otherwise",
            Self::ReasonsOnly => "reasons-only",
        }
    }
}

/// Outcome of an object
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outcome {
    pub(crate) allowed: bool,
    /// Empty in the answer of a policy that gives no Decision
    pub(crate) verdict: Verdict,
    pub(crate) enforcement: Enforcement,
}

/// Codes of reasons that are said under one of the settings only
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Codes {
    #[serde(rename = "reasonsGained")]
    pub(crate) gained: Vec<String>,
    #[serde(rename = "reasonsLost")]
    pub(crate) lost: Vec<String>,
}

impl Comparison {
    /// Compares the Decisions on an object, counts it, and keeps what is to be listed.
    pub(crate) fn add(
        &mut self,
        request: &Request,
        [old, new]: [&Decision; 2],
        lists_reasons: bool,
    ) {
        let listed = self.changes.len();
        self.add_change(ObjectChange::between(request, old, new), lists_reasons);
        let failed: Vec<_> = [old, new]
            .into_iter()
            .filter(|one| one.verdict == Verdict::Error)
            .collect();
        // That the answers of such an object are alike says little.
        if failed.is_empty() {
            return;
        }
        self.summary.errors = self.summary.errors.saturating_add(1);
        if self.changes.len() == listed && self.unevaluated.len() < MAX_UNEVALUATED {
            let reasons: BTreeSet<_> = failed.into_iter().flat_map(errors).collect();
            self.unevaluated.push(Unevaluated {
                object: request.title.clone(),
                source: request.source.clone(),
                place: request.place.clone(),
                reasons: reasons.into_iter().map(str::to_owned).collect(),
            });
        }
    }

    fn add_change(&mut self, change: Option<ObjectChange>, lists_reasons: bool) {
        let summary = &mut self.summary;
        let count = |counter: &mut usize| *counter = counter.saturating_add(1);
        count(&mut summary.objects);
        let Some(change) = change else { return };
        let of_kind = match change.change {
            Change::NewlyDenied => &mut summary.newly_denied,
            Change::NewlyAdmitted => &mut summary.newly_admitted,
            Change::Otherwise => &mut summary.otherwise,
            Change::ReasonsOnly => &mut summary.reasons_only,
        };
        count(of_kind);
        let is_answered_alike = change.change == Change::ReasonsOnly;
        if !is_answered_alike {
            count(&mut summary.changed);
        }
        if !is_answered_alike || lists_reasons {
            self.changes.push(change);
        }
    }
}

impl ObjectChange {
    /// Returns the change between two Decisions on the object; `None` if they are equal.
    pub(crate) fn between(request: &Request, old: &Decision, new: &Decision) -> Option<Self> {
        let (before, after) = (Outcome::of(old), Outcome::of(new));
        let codes = Codes::between(&codes(&old.reasons), &codes(&new.reasons));
        let images = image::changes(&old.images, &new.images);
        let change = match (before.allowed, after.allowed) {
            (true, false) => Change::NewlyDenied,
            (false, true) => Change::NewlyAdmitted,
            _ if before != after => Change::Otherwise,
            _ if codes.is_empty() && images.is_empty() => return None,
            _ => Change::ReasonsOnly,
        };
        Some(Self {
            object: request.title.clone(),
            source: request.source.clone(),
            place: request.place.clone(),
            change,
            old: before,
            new: after,
            codes,
            images,
        })
    }
}

impl Outcome {
    fn of(decision: &Decision) -> Self {
        Self {
            allowed: decision.allowed,
            verdict: decision.verdict.clone(),
            enforcement: decision.enforcement.clone(),
        }
    }

    /// In a few words
    pub(crate) const fn words(&self) -> &'static str {
        match (self.allowed, &self.enforcement, &self.verdict) {
            (false, _, Verdict::Error) => "denied by an error",
            (false, _, _) => "denied",
            (true, Enforcement::DryRun, _) => "admitted by dry run",
            (true, Enforcement::BreakGlass, _) => "admitted with break-glass",
            (true, Enforcement::Enforced | Enforcement::Other(_), _) => "admitted",
        }
    }
}

impl Codes {
    fn between(old: &BTreeSet<&str>, new: &BTreeSet<&str>) -> Self {
        let only_in = |these: &BTreeSet<&str>, those: &BTreeSet<&str>| {
            let only = these.difference(those);
            only.map(|code| (*code).to_owned()).collect()
        };
        Self {
            gained: only_in(new, old),
            lost: only_in(old, new),
        }
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

/// The codes of all parts of a Decision that could not be evaluated.
fn errors(decision: &Decision) -> impl Iterator<Item = &str> {
    let mut found = Vec::new();
    decision::codes(&decision.reasons, &mut found);
    for image in &decision.images {
        found.extend(image.codes());
    }
    let is_error = |code: &str| {
        let known = policy_wasm::Code::ALL
            .iter()
            .find(|one| one.as_str() == code);
        known.is_some_and(|code| code.role() == Role::Error)
    };
    found.into_iter().filter(move |code| is_error(code))
}

/// The codes of reasons and of their details.
fn codes(reasons: &[Reason]) -> BTreeSet<&str> {
    let mut found = Vec::new();
    decision::codes(reasons, &mut found);
    found.into_iter().collect()
}

#[cfg(test)]
mod tests;
