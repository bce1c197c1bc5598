//! Shared parts of the suites that cross crates: the builds of the policy behind one trait, foreign guests, and the inputs
//! of the fuzzer. The cases themselves are in `core-tests`.

pub mod guests;
pub mod implementation;
pub mod modules;
pub mod seeds;
pub mod web;
