//! The commands, one file each.

pub mod evaluate;
pub mod inspect;

use crate::cli::ModuleArgs;
use crate::engine::{EngineError, embedded, read};

/// The bytes of the module that was asked for.
fn module_bytes(args: &ModuleArgs) -> Result<Vec<u8>, EngineError> {
    match &args.module {
        Some(path) => read(path),
        None => Ok(embedded(args.abi.into()).to_vec()),
    }
}
