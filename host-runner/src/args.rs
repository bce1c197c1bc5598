//! Arguments that several commands share, one group a file.

mod context;
mod evidence;
mod module;
mod output;
mod place;
mod statement;
mod suggested;
mod verbose;

pub use context::ContextArgs;
pub(crate) use context::parse_time;
pub use evidence::EvidenceArgs;
pub use module::{AbiArg, ModuleArgs};
pub use output::OutputArgs;
pub use place::PlaceArgs;
pub use statement::StatementArgs;
pub(crate) use statement::{
    parse_algorithm, parse_attestor, parse_image, parse_note, parse_predicate_type, predicate_types,
};
pub(crate) use suggested::{algorithms, codes, lints, suggested};
pub use verbose::VerboseArgs;
