//! Values that shells complete, such as codes. Parsers decide what is valid, so other spellings stay possible.

use std::ffi::OsStr;

use clap::builder::{PossibleValue, TypedValueParser};
use policy_lint::{PROBLEMS, RULES};
use policy_wasm::Code;
use policy_wasm::key::Algorithm;

/// A parser with values for completions
#[derive(Debug, Clone)]
pub(crate) struct Suggested<P> {
    parser: P,
    values: fn() -> Vec<&'static str>,
}

/// Adds values for completions to a parser.
pub(crate) const fn suggested<P>(parser: P, values: fn() -> Vec<&'static str>) -> Suggested<P> {
    Suggested { parser, values }
}

impl<P: TypedValueParser> TypedValueParser for Suggested<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<P::Value, clap::Error> {
        self.parser.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = (self.values)().into_iter();
        Some(Box::new(values.map(PossibleValue::new)))
    }
}

/// The codes of all lints.
pub(crate) fn lints() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.code).collect()
}

/// The codes of all reasons, problems of documents, and lints.
pub(crate) fn codes() -> Vec<&'static str> {
    let reasons = Code::ALL.iter().map(|code| code.as_str());
    let problems = PROBLEMS.iter().map(|problem| problem.code);
    reasons.chain(problems).chain(lints()).collect()
}

/// The names of all signature algorithms, the short ones first.
pub(crate) fn algorithms() -> Vec<&'static str> {
    let mut names = vec!["p256", "p384", "p521"];
    names.extend(Algorithm::NAMES.iter().map(|(_, one)| one.name()));
    names.dedup();
    names
}
