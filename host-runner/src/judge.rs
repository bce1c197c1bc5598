//! Evaluation, as all commands do it: a loaded module, the offline host, and one answer for each request.

use alloc::sync::Arc;

use anyhow::{Context as _, Error, Result, anyhow};
use policy_wasm::time::Time;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::decision::{Answer, Decision};
use crate::engine::{Abi, Cache, Engine, EngineError, Host, Limits, Operation, Policy};
use crate::inputs::Request;
use crate::offline_host::OfflineHost;

use crate::problems::Problems;
use crate::terminal::progress;

/// A loaded module with its offline host
#[derive(Debug)]
pub(crate) struct Judge {
    policy: Policy,
    evidence: Arc<OfflineHost>,
    time: Option<Time>,
}

impl Judge {
    /// Compiles the module, and opens the evidence for its ABI.
    pub(crate) fn new(
        module: &[u8],
        open: impl FnOnce(Abi) -> Result<OfflineHost>,
        time: Option<Time>,
    ) -> Result<Self> {
        let policy = engine()?.load(module)?;
        let evidence = Arc::new(open(policy.abi())?);
        Ok(Self {
            policy,
            evidence,
            time,
        })
    }

    /// Lets the module validate the settings; returns the problems if they are invalid.
    pub(crate) fn check_settings(&self, settings: &Value) -> Result<Option<SettingsProblems>> {
        check_settings(&self.policy, settings)
    }

    /// Evaluates every request. A request that fails is added to `problems`, and the others are still
    /// evaluated. Host calls up to a failure are recorded, since they may explain it.
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

    /// Evaluates one request.
    pub(crate) fn ask(
        &self,
        request: &Request,
        settings: &impl Serialize,
        operation: Operation,
    ) -> Result<Answer> {
        let call = Call {
            request: &request.request,
            settings,
            time: self.time.map(|time| time.to_string()),
        };
        let host: Arc<dyn Host> = Arc::<OfflineHost>::clone(&self.evidence);
        self.call(&host, operation, &call)
            .with_context(|| format!("cannot evaluate {} of `{}`", request.title, request.source))
    }

    /// Saves the recorded host calls, also after an error.
    pub(crate) fn finish<T>(&self, result: Result<T>) -> Result<T> {
        self.evidence.save()?;
        result
    }

    fn call(
        &self,
        host: &Arc<dyn Host>,
        operation: Operation,
        call: &Call<'_, impl Serialize>,
    ) -> Result<Answer> {
        let payload = serde_json::to_vec(call)?;
        let answer = match self.policy.call_with_host(operation, &payload, host) {
            // Other policies give no Decision, but an admission response.
            Err(EngineError::Guest(_)) if operation == Operation::Decide && call.time.is_none() => {
                self.policy
                    .call_with_host(Operation::Validate, &payload, host)?
            }
            answer => answer?,
        };
        Answer::parse(answer).context("the module's answer is not JSON")
    }
}

/// A request and the module's answer
#[derive(Debug, Clone)]
pub(crate) struct Evaluated<A = Answer> {
    pub(crate) request: Request,
    pub(crate) answer: A,
}

impl Evaluated {
    /// Whether the request is admitted.
    pub(crate) fn is_admitted(&self) -> bool {
        self.answer.is_admitted()
    }
}

/// A module's response to settings
#[derive(Debug, Deserialize)]
pub(crate) struct SettingsProblems {
    pub(crate) valid: bool,
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) problems: Vec<SettingsProblem>,
}

/// A problem of settings
#[derive(Debug, Deserialize)]
pub(crate) struct SettingsProblem {
    pub(crate) code: String,
    pub(crate) path: String,
    pub(crate) message: String,
}

/// The engine of all commands, with default limits and the cache of compiled modules.
pub(crate) fn engine() -> Result<Engine, EngineError> {
    Ok(Engine::new(Limits::default())?
        .caching(Cache::of_user())
        .compiling_in(progress::compiling))
}

/// Like [`engine`], and counts instructions.
pub(crate) fn metering_engine() -> Result<Engine, EngineError> {
    Ok(Engine::metering(Limits::default())?
        .caching(Cache::of_user())
        .compiling_in(progress::compiling))
}

/// Lets the module validate the settings; returns the problems if they are invalid.
pub(crate) fn check_settings(
    policy: &Policy,
    settings: &Value,
) -> Result<Option<SettingsProblems>> {
    let answer = policy
        .call(Operation::ValidateSettings, &serde_json::to_vec(settings)?)
        .context("cannot check the settings")?;
    let answer: SettingsProblems = serde_json::from_slice(&answer)
        .context("the module's answer about the settings is not JSON as expected")?;
    Ok((!answer.valid).then_some(answer))
}

/// The payload of one call, borrowed because settings may be large and objects many
#[derive(Serialize)]
struct Call<'a, S> {
    request: &'a Value,
    settings: &'a S,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

/// Returns the Decisions; fails if an answer is not a Decision, as with policies of other authors.
pub(crate) fn require_decisions(
    answers: Vec<Evaluated>,
    what_for: &str,
) -> Result<Vec<Evaluated<Decision>>> {
    let decisions = answers.into_iter().map(|one| {
        let Evaluated { request, answer } = one;
        match answer.into_decision() {
            Ok(answer) => Ok(Evaluated { request, answer }),
            Err(_) => Err(no_decision(&request, what_for)),
        }
    });
    decisions.collect()
}

/// The error for an answer that is not a Decision.
pub(crate) fn no_decision(request: &Request, what_for: &str) -> Error {
    let Request { title, source, .. } = request;
    anyhow!("the module returns no Decision for {title} of `{source}`, which {what_for}")
}
