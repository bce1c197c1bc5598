//! `countersign inspect`: shows a module's ABI, engines, imports, exports, metadata and digest.

use anyhow::Result;
use clap::ValueEnum;

use crate::Exit;
use crate::args::ModuleArgs;
use crate::emit::{self, output};
use crate::engine::{Engines, inspect};

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
    /// Output format and file to write it to; repeatable
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "human",
          value_parser = output::parser::<Format>())]
    format: Vec<output::Output<Format>>,
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
    output::check(&args.format, args.module.module.as_deref())?;
    let bytes = args.module.bytes()?;
    let inspection = inspect(&bytes)?;
    let abi = engine()?.load(&bytes)?.abi();
    let engines = Engines::of(&bytes);
    output::write(&args.format, |format, out| match format {
        Format::Human => emit::human::inspection(out, &inspection, abi, engines),
        Format::Json => emit::json::inspection(out, &inspection, abi, engines),
    })?;
    Ok(Exit::Yes)
}
