//! The program as a user runs it, and its documentation. `cargo test -p countersign --test program cli::` runs one suite.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cli;
mod foreign;
mod guides;
mod keyless;
mod lsp;
mod program;
mod workbench;
