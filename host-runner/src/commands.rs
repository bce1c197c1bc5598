//! The commands, one file each.

pub mod attest;
pub mod audit;
pub mod bench;
pub mod completions;
pub mod diff;
pub mod evaluate;
pub mod explain;
pub mod export;
pub mod import;
pub mod init;
pub mod inspect;
pub(crate) mod judge;
pub mod lint;
mod objects;
mod problems;
pub mod schema;
pub mod test;

use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use crate::cli::ModuleArgs;
use crate::emit::SettingsProblems;
use crate::engine::{Cache, Engine, EngineError, Limits, Operation, Policy, embedded, read};
use crate::progress;

/// The bytes of the module that was asked for.
fn module_bytes(args: &ModuleArgs) -> Result<Vec<u8>, EngineError> {
    match &args.module {
        Some(path) => read(path),
        None => Ok(embedded(args.abi.into()).to_vec()),
    }
}

/// The engine of commands: with their limits, and with what earlier runs have compiled.
fn engine() -> Result<Engine, EngineError> {
    Ok(Engine::new(Limits::default())?
        .caching(Cache::of_user())
        .compiling_in(progress::compiling))
}

/// The same, counting instructions.
fn metering_engine() -> Result<Engine, EngineError> {
    Ok(Engine::metering(Limits::default())?
        .caching(Cache::of_user())
        .compiling_in(progress::compiling))
}

/// Refuses to read standard input for more than one thing.
fn check_stdin<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<()> {
    let stdin = paths.into_iter().filter(|path| path.as_os_str() == "-");
    if stdin.count() > 1 {
        bail!("standard input (`-`) can be read only once");
    }
    Ok(())
}

/// Asks the module whether it can use the settings.
fn check_settings(policy: &Policy, settings: &Value) -> Result<Option<SettingsProblems>> {
    let answer = policy
        .call(Operation::ValidateSettings, &serde_json::to_vec(settings)?)
        .context("cannot check the settings")?;
    let answer: SettingsProblems = serde_json::from_slice(&answer)
        .context("the module's answer about the settings is not JSON as expected")?;
    Ok((!answer.valid).then_some(answer))
}
