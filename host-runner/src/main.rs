//! The program `countersign`.

use host_runner::{Exit, cli};

fn main() -> Exit {
    host_runner::run(&cli::parse())
}
