//! Writes a suite for settings that have none: proposes cases, lets the module answer them, and keeps those that
//! exercise a part of the settings or detect a change of it.
//!
//! | to read about | go to |
//! | --- | --- |
//! | which cases are proposed | `scaffold/propose.rs` |
//! | images for patterns | `scaffold/image.rs` |
//! | who attests what, and where | `scaffold/signer.rs` |
//! | namespaces | `scaffold/context.rs` |
//! | how a case is written | `scaffold/candidate.rs` |

mod candidate;
mod context;
mod image;
mod propose;
mod signer;

use alloc::collections::BTreeSet;
use std::path::Path;

use policy_lint::SourceFile;
use policy_lint::suite::Outcome;
use policy_wasm::time::Time;
use serde_json::Value;

use super::coverage::{self, Coverage};
use super::mutation::{Mutation, mutants};
use super::prepare::{LoadError, Loaded};
use super::run::{CaseResult, Ended, Runner};
use super::verdict;
use crate::decision::Decision;
use crate::terminal::progress::Progress;
use crate::{parallel, repository, yaml};
use candidate::{Candidate, Head, Written};
use propose::{Base, Material};

/// A suite that was written for some settings
#[derive(Debug)]
pub struct Scaffold {
    /// The suite
    pub text: String,
    /// The number of its cases
    pub cases: usize,
    /// Whether all of them pass
    pub is_passed: bool,
    /// The parts of the settings that its cases exercise
    pub coverage: Coverage,
    /// The changes of the settings that its cases detect
    pub mutation: Mutation,
}

/// A candidate that the module has answered
struct Answered {
    candidate: Candidate,
    decision: Box<Decision>,
    /// As the suite writes it
    expected: Expected,
    /// The parts of the settings that it exercises
    marks: BTreeSet<String>,
}

const COMMENT: &str = "\
# Written by `countersign test --scaffold`: what the policy answered, to be reviewed once. A case that fails later
# shows a change of the policy.
";

impl Scaffold {
    /// Writes a suite for valid settings. `named` is their path, relative to the suite.
    ///
    /// # Errors
    ///
    /// No case can be evaluated.
    pub fn of(
        runner: &Runner<'_>,
        settings: &Value,
        path: &Path,
        named: &str,
        time: Time,
    ) -> Result<Self, LoadError> {
        let work = Work {
            runner,
            settings,
            path,
            named,
            time,
        };
        let mut material = Material::of(settings);
        let satisfied = material.satisfied();
        let satisfied = work.answer(&material, satisfied);
        let bases = bases(&material, &satisfied);
        let mut variants = material.variants(&bases);
        let mut seen: BTreeSet<_> = satisfied
            .iter()
            .map(|one| one.candidate.name.clone())
            .collect();
        variants.retain(|one| seen.insert(one.name.clone()));
        let mut answered = work.bases(satisfied, &bases);
        answered.extend(work.answer(&material, variants));
        let chosen = work.choose(&material, &answered)?;
        work.finish(&mut material, &chosen)
    }
}

/// Input of all steps
struct Work<'w> {
    runner: &'w Runner<'w>,
    settings: &'w Value,
    path: &'w Path,
    named: &'w str,
    time: Time,
}

impl Work<'_> {
    /// Reads a suite of these cases.
    fn load(&self, material: &Material<'_>, cases: &[Written<'_>]) -> Result<Loaded, LoadError> {
        let text = self.text(material, cases);
        Loaded::of(SourceFile::new("the suite", text), self.path, self.settings)
    }

    fn text(&self, material: &Material<'_>, cases: &[Written<'_>]) -> String {
        let signers = material.signers.all.iter();
        let signers: Vec<_> = signers
            .map(|one| (one.name.clone(), one.fields.clone()))
            .collect();
        let sources = material.signers.sources.first();
        let head = Head {
            settings: self.named,
            time: self.time.to_string(),
            images: &material.images.0,
            signers: &signers,
            source: sources.map_or("settings", |source| source.name),
            comment: repository::schema_line("host-runner/schemas/suite.json") + COMMENT,
        };
        head.suite(cases)
    }

    /// Lets the module answer all candidates; those that no suite can express are left out.
    fn answer(&self, material: &Material<'_>, mut candidates: Vec<Candidate>) -> Vec<Answered> {
        let mut seen = BTreeSet::new();
        candidates.retain(|one| seen.insert(one.name.clone()));
        fn written(candidate: &Candidate) -> Written<'_> {
            Written {
                candidate,
                expected: "admitted",
            }
        }
        let load = |candidates: &[Candidate]| {
            let cases: Vec<_> = candidates.iter().map(written).collect();
            self.load(material, &cases)
        };
        let loaded = load(&candidates).or_else(|_| {
            candidates.retain(|one| load(core::slice::from_ref(one)).is_ok());
            load(&candidates)
        });
        let Ok(loaded) = loaded else {
            return Vec::new();
        };
        let progress = Progress::of(loaded.cases.len(), "proposed cases");
        let decisions = parallel::map(&loaded.cases, |case| {
            let ended = self.runner.case(&loaded.settings, case);
            progress.step();
            let object = case.request.get("object").unwrap_or(&Value::Null);
            match ended {
                Ended::Decided { decision, .. } => {
                    let is_pinned = !verdict::pinned(&decision, object).is_empty();
                    Some((decision, is_pinned))
                }
                Ended::Failed(_) => None,
            }
        });
        let answered = candidates.into_iter().zip(decisions);
        let answered = answered.filter_map(|(candidate, decision)| {
            let (decision, is_pinned) = decision?;
            let expected = Expected::of(&decision, is_pinned)?;
            let mut marks = BTreeSet::new();
            coverage::exercised(&decision, &mut marks);
            Some(Answered {
                candidate,
                decision,
                expected,
                marks,
            })
        });
        answered.collect()
    }

    /// Of the images for which everything is attested, the base of each place first.
    fn bases(&self, satisfied: Vec<Answered>, bases: &[Base]) -> Vec<Answered> {
        let is_base = |one: &Answered| {
            bases.iter().any(|base| {
                base.context == one.candidate.context
                    && one.candidate.images == [base.image.clone()]
            })
        };
        let (mut first, others): (Vec<_>, Vec<_>) = satisfied.into_iter().partition(is_base);
        first.extend(others);
        first
    }

    /// The cases that exercise something first, and those that detect a change first.
    fn choose<'a>(
        &self,
        material: &Material<'_>,
        answered: &'a [Answered],
    ) -> Result<Vec<&'a Answered>, LoadError> {
        let parts: BTreeSet<_> = Coverage::of("", self.settings, []).marks();
        let mut left = parts;
        let mut chosen: Vec<bool> = Vec::new();
        for one in answered {
            let before = left.len();
            left.retain(|mark| !one.marks.contains(mark));
            chosen.push(one.candidate.is_kept || left.len() < before);
        }
        let expected = answered.iter().map(|one| one.expected.text(&one.candidate));
        let expected: Vec<_> = expected.collect();
        let cases = answered.iter().zip(&expected);
        let cases = cases.map(|(one, expected)| Written {
            candidate: &one.candidate,
            expected,
        });
        let loaded = self.load(material, &cases.collect::<Vec<_>>())?;
        let mutants = mutants(&loaded.settings);
        let progress = Progress::of(mutants.len(), "changes");
        for mutant in &mutants {
            let settings = mutant.applied_to(&loaded.settings);
            let detects = |index: &usize| {
                let case = loaded.cases.get(*index)?;
                let ended = self.runner.case(&settings, case);
                let is_noticed =
                    matches!(ended, Ended::Decided { mismatches, .. } if !mismatches.is_empty());
                is_noticed.then_some(*index)
            };
            // Cases that are there anyway first, and of those and of the others the ones of the changed place.
            let place = mutant.place.to_string();
            let mut order: Vec<_> = (0..loaded.cases.len()).collect();
            order.sort_by_key(|index| {
                let is_new = !chosen.get(*index).copied().unwrap_or_default();
                let is_here = answered
                    .get(*index)
                    .is_some_and(|one| place.contains(&one.candidate.context.namespace));
                (is_new, !is_here)
            });
            let found = order
                .chunks(AT_ONCE)
                .find_map(|chunk| parallel::map(chunk, detects).into_iter().flatten().next());
            if let Some(is_chosen) = found.and_then(|index| chosen.get_mut(index)) {
                *is_chosen = true;
            }
            progress.step();
        }
        let chosen = answered.iter().zip(chosen);
        let chosen = chosen.filter_map(|(one, is_chosen)| is_chosen.then_some(one));
        Ok(chosen.collect())
    }

    /// The suite of the chosen cases, run once more as `countersign test` does.
    fn finish(
        &self,
        material: &mut Material<'_>,
        chosen: &[&Answered],
    ) -> Result<Scaffold, LoadError> {
        let used = chosen.iter().flat_map(|one| one.candidate.image_names());
        let (images, names) = material.images.renamed(&used.collect());
        let renamed = |name: &str| names.get(name).cloned().unwrap_or_default();
        let candidates = chosen.iter().map(|one| one.candidate.renamed(renamed));
        let candidates: Vec<_> = candidates.collect();
        material.images = images;
        let expected = chosen.iter().zip(&candidates).map(|(one, candidate)| {
            let expected = one.expected.text(candidate);
            (candidate, expected)
        });
        let expected: Vec<_> = expected.collect();
        let cases = expected.iter().map(|(candidate, expected)| Written {
            candidate,
            expected,
        });
        let cases: Vec<_> = cases.collect();
        let text = self.text(material, &cases);
        let loaded = self.load(material, &cases)?;
        let name = crate::terminal::shown(self.path);
        let all: Vec<_> = (0..loaded.cases.len()).map(|case| (0, case)).collect();
        let suites = core::slice::from_ref(&loaded);
        let results = self.runner.run(suites, &all, |_| {});
        let decisions = results.iter().filter_map(|result| match &result.ended {
            Ended::Decided { decision, .. } => Some(decision.as_ref()),
            Ended::Failed(_) => None,
        });
        Ok(Scaffold {
            text,
            cases: cases.len(),
            is_passed: results.iter().all(CaseResult::is_as_expected),
            coverage: Coverage::of(&name, &loaded.settings, decisions),
            mutation: Mutation::of(self.runner, self.path, &[&loaded]),
        })
    }
}

/// Number of cases that run before it is known whether one of them detects a change
const AT_ONCE: usize = 16;

impl Answered {
    /// Rank of the image: before others if it is not exempt, then by the parts that it satisfies.
    fn satisfied(&self) -> (bool, usize) {
        let is_exempt = self.marks.iter().any(|mark| mark.contains(" exempt "));
        let is_good = |mark: &&String| mark.ends_with(" passed") || mark.ends_with(" satisfied");
        let is_admitted = verdict::outcome(&self.decision) == Outcome::Admitted;
        let count = self.marks.iter().filter(is_good).count();
        (
            !is_exempt,
            count.saturating_mul(2).saturating_add(is_admitted.into()),
        )
    }
}

/// For each place, the image that satisfies the most.
fn bases(material: &Material<'_>, satisfied: &[Answered]) -> Vec<Base> {
    let contexts = material.contexts.iter();
    let bases = contexts.filter_map(|context| {
        let here = satisfied
            .iter()
            .filter(|one| one.candidate.context == *context);
        // Of equals, the first.
        let best = here.rev().max_by_key(|one| one.satisfied())?;
        Some(Base {
            context: context.clone(),
            image: best.candidate.images.first()?.clone(),
        })
    });
    bases.collect()
}

/// The expected result of a case
struct Expected {
    /// As a suite writes it
    fields: String,
    is_pinned: bool,
}

impl Expected {
    /// Returns the result of a Decision; `None` if it denies without a reason.
    fn of(decision: &Decision, is_pinned: bool) -> Option<Self> {
        let outcome = verdict::outcome(decision);
        let mut fields = vec![format!("outcome: {}", outcome.name())];
        if outcome == Outcome::Admitted {
            let enforcement = decision.enforcement.as_str();
            fields.push(format!("enforcement: {}", yaml::scalar(enforcement)));
        }
        let reasons = verdict::reasons(decision);
        if reasons.is_empty() && outcome == Outcome::Denied {
            return None;
        }
        let warnings = verdict::warnings(decision);
        for (field, codes) in [("reasons", reasons), ("warnings", warnings)] {
            if !codes.is_empty() {
                fields.push(format!("{field}: [{}]", codes.join(", ")));
            }
        }
        Some(Self {
            fields: fields.join(", "),
            is_pinned,
        })
    }

    fn text(&self, candidate: &Candidate) -> String {
        let fields = &self.fields;
        match (candidate.images.first(), &candidate.tag) {
            (Some(image), Some((_, resolved))) if self.is_pinned => {
                let (image, resolved) = (yaml::scalar(image), yaml::scalar(resolved));
                format!("{{{fields}, pinned: {{{image}: {resolved}}}}}")
            }
            _ => format!("{{{fields}}}"),
        }
    }
}
