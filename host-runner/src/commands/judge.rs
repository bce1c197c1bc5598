//! What every command that judges objects does: the module that was asked for, the host that answers
//! it, and an answer for each request.

use alloc::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow};
use policy_wasm::time::Time;
use serde::Serialize;
use serde_json::Value;

use crate::cli::EvidenceArgs;
use crate::emit::{Evaluated, SettingsProblems};
use crate::engine::{EngineError, Host, Operation, Policy};
use crate::evidence::Evidence;
use crate::inputs::Request;

use super::problems::Problems;
use super::{check_settings, engine};

/// A module that is ready to judge
#[derive(Debug)]
pub(crate) struct Judge {
    policy: Policy,
    evidence: Arc<Evidence>,
    time: Option<Time>,
}

impl Judge {
    /// Compiles the module, and opens what answers it.
    pub(crate) fn new(module: &[u8], evidence: &EvidenceArgs, time: Option<Time>) -> Result<Self> {
        let policy = engine()?.load(module)?;
        let evidence = Arc::new(evidence.open(policy.abi())?);
        Ok(Self {
            policy,
            evidence,
            time,
        })
    }

    /// Asks the module whether it can use the settings; what is wrong, if it cannot.
    pub(crate) fn check_settings(&self, settings: &Value) -> Result<Option<SettingsProblems>> {
        check_settings(&self.policy, settings)
    }

    /// Asks about every request. One that cannot be judged is a problem of its own, and the others are
    /// judged all the same. What was asked of the host up to a failure is kept, since it may explain it.
    ///
    /// # Errors
    ///
    /// The recording cannot be written.
    pub(crate) fn evaluate(
        &self,
        requests: Vec<Request>,
        settings: &Value,
        operation: Operation,
        problems: &mut Problems,
    ) -> Result<Vec<Evaluated>> {
        let mut answers = Vec::new();
        for request in requests {
            match self.ask(&request, settings, operation) {
                Ok(answer) => answers.push(Evaluated { request, answer }),
                Err(error) => problems.add(&format!("{error:#}")),
            }
        }
        self.finish(Ok(answers))
    }

    /// Asks about one request.
    pub(crate) fn ask(
        &self,
        request: &Request,
        settings: &impl Serialize,
        operation: Operation,
    ) -> Result<Value> {
        let call = Call {
            request: &request.request,
            settings,
            time: self.time.map(|time| time.to_string()),
        };
        let host: Arc<dyn Host> = Arc::<Evidence>::clone(&self.evidence);
        self.call(&host, operation, &call)
            .with_context(|| format!("cannot evaluate {} of `{}`", request.title, request.source))
    }

    /// Saves what was asked of the host, whatever came of it.
    pub(crate) fn finish<T>(&self, result: Result<T>) -> Result<T> {
        self.evidence.save()?;
        result
    }

    fn call(
        &self,
        host: &Arc<dyn Host>,
        operation: Operation,
        call: &Call<'_, impl Serialize>,
    ) -> Result<Value> {
        let payload = serde_json::to_vec(call)?;
        let answer = match self.policy.call_with_host(operation, &payload, host) {
            // A policy that is not ours has no Decision to give, and still an answer.
            Err(EngineError::Guest(_)) if operation == Operation::Decide && call.time.is_none() => {
                self.policy
                    .call_with_host(Operation::Validate, &payload, host)?
            }
            answer => answer?,
        };
        serde_json::from_slice(&answer).context("the module's answer is not JSON")
    }
}

/// What a module is asked, borrowed: settings may be large, and objects many
#[derive(Serialize)]
struct Call<'a, S> {
    request: &'a Value,
    settings: &'a S,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

/// Refuses the answers of a policy that does not say what it found for each image.
pub(crate) fn require_decisions(answers: &[Evaluated], what_for: &str) -> Result<()> {
    match answers.iter().find(|answer| !answer.is_decision()) {
        Some(Evaluated { request, .. }) => Err(no_decision(request, what_for)),
        None => Ok(()),
    }
}

/// The words about a policy that does not say what it found for each image.
pub(crate) fn no_decision(request: &Request, what_for: &str) -> Error {
    let Request { title, source, .. } = request;
    anyhow!("the module gives no Decision about {title} of `{source}`, which {what_for}")
}
