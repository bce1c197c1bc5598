//! The policy module that a command runs.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::engine::{Abi, EngineError, embedded, read};

/// The policy module to run
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct ModuleArgs {
    /// Use this policy module instead of the embedded one; its ABI is detected
    #[arg(long, value_name = "FILE")]
    pub module: Option<PathBuf>,
    /// Use the embedded module with this ABI
    #[arg(long, value_name = "ABI", default_value = "wapc")]
    pub abi: AbiArg,
}

impl ModuleArgs {
    /// The file of the module, unless it is an embedded one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.module.as_deref()
    }

    /// The bytes of the module.
    pub(crate) fn bytes(&self) -> Result<Vec<u8>, EngineError> {
        match &self.module {
            Some(path) => read(path),
            None => Ok(embedded(self.abi.into()).to_vec()),
        }
    }
}

/// ABI of an embedded module
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum AbiArg {
    /// waPC, which Kubewarden uses
    Wapc,
    /// WASI command
    Wasi,
}

impl From<AbiArg> for Abi {
    fn from(abi: AbiArg) -> Self {
        match abi {
            AbiArg::Wapc => Self::Wapc,
            AbiArg::Wasi => Self::Wasi,
        }
    }
}
