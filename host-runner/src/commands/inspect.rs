//! `countersign inspect`: shows a module's ABI, imports, exports, metadata and digest.

use anyhow::Result;
use clap::ValueEnum;

use crate::args::ModuleArgs;
use crate::engine::inspect;
use crate::terminal;
use crate::{Exit, emit};

use crate::judge::engine;

/// Arguments of `countersign inspect`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign inspect
  countersign inspect --abi wasi --format json
  countersign inspect --module other-policy.wasm

Exit status: 0 if the module was read, 2 on an error")]
pub struct Args {
    #[command(flatten)]
    module: ModuleArgs,
    /// Output format
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// Text
    Human,
    /// JSON
    Json,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let bytes = args.module.bytes()?;
    let inspection = inspect(&bytes)?;
    let abi = engine()?.load(&bytes)?.abi();
    terminal::unless_closed(match args.format {
        Format::Human => emit::human::inspection(&inspection, abi),
        Format::Json => emit::json::inspection(&inspection, abi),
    })?;
    Ok(Exit::Yes)
}
