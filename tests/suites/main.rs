//! The modules, their engine and the program's library, together; one suite a file. `cargo test -p policy-tests --test
//! suites corpus::` runs one of them.

mod corpus;
mod cost;
mod engine;
mod fuzz;
mod host;
mod migration;
mod policies;
mod policy_suites;
mod reports;
mod reviews;
mod surface;
mod vectors;
