//! Runs cases through a module.

use alloc::sync::Arc;
use core::time::Duration;
use std::time::Instant;

use policy_lint::suite::Outcome;
use serde_json::{Value, json};

use super::prepare::{Case, Loaded};
use super::verdict::{self, Mismatch};
use crate::decision::Decision;
use crate::engine::{EngineError, Host, Operation, Policy};
use crate::parallel;

/// Runs the cases of suites through one module
#[derive(Debug)]
pub struct Runner<'p> {
    policy: &'p Policy,
}

/// One case that was run
#[derive(Debug)]
pub struct CaseResult {
    /// Index of the suite
    pub suite: usize,
    /// Index of the case
    pub case: usize,
    /// Time that the module took
    pub took: Duration,
    /// Its end
    pub ended: Ended,
}

/// End of a case
#[derive(Debug)]
pub enum Ended {
    /// The module answered
    Decided {
        /// Its Decision
        decision: Box<Decision>,
        /// Differences from the expectation; empty if as expected
        mismatches: Vec<Mismatch>,
    },
    /// The module did not answer: it trapped, or ran out of time or memory
    Failed(String),
}

impl CaseResult {
    /// Whether it ended as its suite says.
    #[must_use]
    pub fn is_as_expected(&self) -> bool {
        matches!(&self.ended, Ended::Decided { mismatches, .. } if mismatches.is_empty())
    }

    /// Whether the request was let in.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match &self.ended {
            Ended::Decided { decision, .. } => Some(verdict::outcome(decision)),
            Ended::Failed(_) => None,
        }
    }

    /// The codes of the Decision's reasons.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        match &self.ended {
            Ended::Decided { decision, .. } => verdict::reasons(decision),
            Ended::Failed(_) => Vec::new(),
        }
    }
}

impl<'p> Runner<'p> {
    /// Runs cases through this module.
    #[must_use]
    pub const fn new(policy: &'p Policy) -> Self {
        Self { policy }
    }

    /// Runs the chosen cases, on all cores. `done` is told of each.
    #[must_use]
    pub fn run(
        &self,
        suites: &[Loaded],
        chosen: &[(usize, usize)],
        done: impl Fn(&CaseResult) + Sync,
    ) -> Vec<CaseResult> {
        let results = parallel::map(chosen, |&(suite, case)| {
            let loaded = suites.get(suite)?;
            let started = Instant::now();
            let ended = self.case(&loaded.settings, loaded.cases.get(case)?);
            let result = CaseResult {
                suite,
                case,
                took: started.elapsed(),
                ended,
            };
            done(&result);
            Some(result)
        });
        results.into_iter().flatten().collect()
    }

    /// Runs one case under any settings.
    pub(super) fn case(&self, settings: &Value, case: &Case) -> Ended {
        match self.decide(settings, case) {
            Ok(decision) => {
                let object = case.request.get("object").unwrap_or(&Value::Null);
                let mismatches = verdict::compare(&case.expectation, &decision, object);
                Ended::Decided {
                    decision,
                    mismatches,
                }
            }
            Err(error) => Ended::Failed(error),
        }
    }

    fn decide(&self, settings: &Value, case: &Case) -> Result<Box<Decision>, String> {
        let settings = case
            .settings(settings)
            .ok_or("`evidence` of the settings is not an object")?;
        let call = json!({
            "request": case.request, "settings": settings, "time": case.time.to_string(),
        });
        let host: Arc<dyn Host> = case.host.clone();
        let answer = self
            .policy
            .call_with_host(Operation::Decide, call.to_string().as_bytes(), &host)
            .map_err(|error: EngineError| error.to_string())?;
        serde_json::from_slice(&answer).map_err(|error| format!("the answer is not JSON: {error}"))
    }
}
