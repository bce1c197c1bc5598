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

/// The bytes of the chosen module.
fn module_bytes(args: &ModuleArgs) -> Result<Vec<u8>, EngineError> {
    match &args.module {
        Some(path) => read(path),
        None => Ok(embedded(args.abi.into()).to_vec()),
    }
}

/// The engine of all commands, with default limits and the cache of compiled modules.
fn engine() -> Result<Engine, EngineError> {
    Ok(Engine::new(Limits::default())?
        .caching(Cache::of_user())
        .compiling_in(progress::compiling))
}

/// Like [`engine`], and counts instructions.
fn metering_engine() -> Result<Engine, EngineError> {
    Ok(Engine::metering(Limits::default())?
        .caching(Cache::of_user())
        .compiling_in(progress::compiling))
}

/// Fails if more than one input is standard input.
fn check_stdin<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<()> {
    let stdin = paths.into_iter().filter(|path| path.as_os_str() == "-");
    if stdin.count() > 1 {
        bail!("standard input (`-`) can be read only once");
    }
    Ok(())
}

/// Lets the module validate the settings; returns the problems if they are invalid.
fn check_settings(policy: &Policy, settings: &Value) -> Result<Option<SettingsProblems>> {
    let answer = policy
        .call(Operation::ValidateSettings, &serde_json::to_vec(settings)?)
        .context("cannot check the settings")?;
    let answer: SettingsProblems = serde_json::from_slice(&answer)
        .context("the module's answer about the settings is not JSON as expected")?;
    Ok((!answer.valid).then_some(answer))
}
