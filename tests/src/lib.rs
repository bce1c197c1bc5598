//! What the suites share: the builds of the policy behind one trait, test keys that sign, and the
//! corpus of cases that every build must answer alike.

pub mod calls;
pub mod case;
pub mod corpus;
pub mod delivery;
pub mod extremes;
pub mod guests;
pub mod implementation;
pub mod known_answers;
pub mod modules;
pub mod platform;
pub mod process;
pub mod seeds;
pub mod signing;
pub mod validity;
pub mod web;
