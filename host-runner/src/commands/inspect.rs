//! `countersign inspect`: what a module is.

use anyhow::Result;
use clap::ValueEnum;

use crate::cli::ModuleArgs;
use crate::engine::inspect;
use crate::{Exit, emit};

use super::{engine, module_bytes};

/// Arguments of `countersign inspect`
///
/// Exit status: 0 shown, 2 the module cannot be read.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign inspect
  countersign inspect --abi wasi --format json
  countersign inspect --module other-policy.wasm

Exit status: 0 shown, 2 the module cannot be read")]
pub struct Args {
    #[command(flatten)]
    module: ModuleArgs,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    Human,
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let bytes = module_bytes(&args.module)?;
    let inspection = inspect(&bytes)?;
    let abi = engine()?.load(&bytes)?.abi();
    emit::unless_closed(match args.format {
        Format::Human => emit::human::inspection(&inspection, abi),
        Format::Json => emit::json::inspection(&inspection, abi),
    })?;
    Ok(Exit::Yes)
}
