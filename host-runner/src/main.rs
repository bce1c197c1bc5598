//! The program `countersign`.

use clap::Parser as _;
use host_runner::Exit;
use host_runner::cli::Cli;

fn main() -> Exit {
    host_runner::run(&Cli::parse())
}
