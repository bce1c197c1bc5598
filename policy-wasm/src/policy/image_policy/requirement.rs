//! The requirements of a rule.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::rule::ImageRule;
use crate::attestation::Attestor;
use crate::decision::Code;
use crate::json::{Path, Report, Value, line};
use crate::policy::attestor::{shared_key, unknown_attestor};
use crate::policy::platform::{Check, Place};
use crate::policy::rule::MAX_ATTESTORS;

/// One item of `require`
#[derive(Debug)]
pub(crate) enum Requirement<'a> {
    Attestors(Quorum<'a>),
    /// A check, as in platform policies
    Check(Box<Check<'a>>),
}

/// `attestors`, of which enough must attest an image
#[derive(Debug)]
pub(crate) struct Quorum<'a> {
    /// Index of the requirement
    index: usize,
    /// INVARIANT: not empty, each once, sorted
    pub(crate) attestors: Vec<Cow<'a, str>>,
    /// INVARIANT: from 1 to the number of attestors
    pub(crate) threshold: usize,
    /// Those that cannot be replaced by others; a subset, sorted
    pub(crate) must_include: Vec<Cow<'a, str>>,
    /// Predicate types of the statements that count; if empty, what attests an image without them. Sorted
    pub(crate) predicate_types: Vec<Cow<'a, str>>,
}

/// Maximum number of requirements of a rule
const MAX_REQUIREMENTS: usize = 64;
/// Maximum number of predicate types of a requirement
const MAX_PREDICATE_TYPES: usize = 16;
/// Maximum number of characters of a predicate type
const MAX_PREDICATE_TYPE: usize = 200;

/// Reads the requirements of the rule at an index. `None` with a problem reported if there is none or one is invalid.
pub(super) fn read_list<'a>(rule: usize, value: Value<'_, 'a>) -> Option<Vec<Requirement<'a>>> {
    let (mut requirements, mut is_valid) = (Vec::new(), true);
    let code = Code::PolicyLimit;
    let is_filled =
        value.filled_list_within(
            MAX_REQUIREMENTS,
            code,
            |index, item| match Requirement::read(rule, index, item) {
                Some(requirement) => requirements.push(requirement),
                None => is_valid = false,
            },
        );
    (is_filled && is_valid).then_some(requirements)
}

impl<'a> Requirement<'a> {
    fn read(rule: usize, index: usize, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut attestors, mut threshold, mut must_include) = (None, None, None);
        let mut predicate_types = None;
        let (mut check, mut saw_check, mut saw_attestors) = (None, false, false);
        let mut of_attestors = false;
        let was_object = value.object(|key, value| match key {
            "attestors" => {
                saw_attestors = true;
                attestors = read_attestors(value);
            }
            "threshold" => {
                of_attestors = true;
                let max = u32::try_from(MAX_ATTESTORS).unwrap_or(u32::MAX);
                threshold = value.count(max, Code::PolicyLimit);
            }
            "mustInclude" => {
                of_attestors = true;
                must_include = read_attestors(value);
            }
            "predicateTypes" => {
                of_attestors = true;
                predicate_types =
                    read_set(value, MAX_PREDICATE_TYPES, "predicate type", predicate_type);
            }
            "check" => {
                saw_check = true;
                let requirement = index;
                check = Check::read(Place::Requirement { rule, requirement }, value);
            }
            _ => value.unknown(),
        });
        if was_object && saw_attestors == saw_check {
            let message = "expected either `attestors` or `check`";
            report.push(Code::PolicyInvalidValue, path, message);
            return None;
        }
        if saw_check {
            if of_attestors {
                let message =
                    "`threshold`, `mustInclude` and `predicateTypes` belong to `attestors`";
                report.push(Code::PolicyInvalidValue, path, message);
            }
            return check.map(Box::new).map(Self::Check);
        }
        let attestors: Vec<_> = attestors?;
        let count = attestors.len();
        let quorum = Quorum {
            index,
            attestors,
            threshold: threshold.map_or(count, |all| usize::try_from(all).unwrap_or(usize::MAX)),
            must_include: must_include.unwrap_or_default(),
            predicate_types: predicate_types.unwrap_or_default(),
        };
        quorum.require_possible(path, report);
        Some(Self::Attestors(quorum))
    }
}

impl Requirement<'_> {
    /// Returns the number of results that a Decision has for it.
    pub(crate) fn results(&self) -> usize {
        match self {
            Self::Attestors(quorum) => quorum.attestors.len(),
            Self::Check(_) => 1,
        }
    }
}

impl Quorum<'_> {
    /// Reports a threshold and names that no attestations can satisfy.
    fn require_possible(&self, path: Path<'_>, report: &Report) {
        let count = self.attestors.len();
        if self.threshold > count {
            let message =
                alloc::format!("expected a number from 1 to {count}, the number of attestors");
            report.push(Code::PolicyLimit, Path::Field(&path, "threshold"), message);
        }
        for name in &self.must_include {
            if !self.attestors.contains(name) {
                let message = alloc::format!("{} is not among `attestors`", crate::quote(name));
                let path = Path::Field(&path, "mustInclude");
                report.push(Code::PolicyInvalidValue, path, message);
            }
        }
    }

    /// Reports attestors of the rule at an index that are not in the settings, and those that share a key.
    pub(crate) fn check_attestors<'l>(
        &self,
        rule: usize,
        find: impl Fn(&str) -> Option<&'l Attestor<'l>>,
        report: &Report,
    ) {
        ImageRule::at(rule, |path| {
            let path = Path::Field(&path, "require");
            let path = Path::Index(&path, self.index);
            let path = Path::Field(&path, "attestors");
            let mut named = Vec::new();
            for name in &self.attestors {
                match find(name) {
                    Some(attestor) => named.push(attestor),
                    None => report.push(Code::PolicyAttestorUnknown, path, unknown_attestor(name)),
                }
            }
            if let Some(message) = shared_key(&named) {
                report.push(Code::PolicyAttestorsShareKey, path, message);
            }
        });
    }
}

fn read_attestors<'a>(value: Value<'_, 'a>) -> Option<Vec<Cow<'a, str>>> {
    read_set(value, MAX_ATTESTORS, "attestor", |item| item.text())
}

/// Reads a list of texts, each once, which must not be empty, and sorts it.
#[inline(never)] // once in the module
fn read_set<'a>(
    value: Value<'_, 'a>,
    max: usize,
    noun: &str,
    read: fn(Value<'_, 'a>) -> Option<Cow<'a, str>>,
) -> Option<Vec<Cow<'a, str>>> {
    let report = value.report();
    let mut texts = BTreeSet::new();
    let is_filled = value.filled_list_within(max, Code::PolicyLimit, |_, item| {
        let path = item.path();
        if let Some(text) = read(item) {
            let message = alloc::format!("{noun} {} is named twice", crate::quote(&text));
            if !texts.insert(text) {
                report.push(Code::PolicyInvalidValue, path, message);
            }
        }
    });
    is_filled.then(|| texts.into_iter().collect())
}

/// Reads a predicate type. Any URI may be one, and those of old tools have no scheme; names such as `cyclonedx` have
/// neither a scheme nor a path.
fn predicate_type<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let text = line(value, MAX_PREDICATE_TYPE, Code::PolicyInvalidValue)?;
    if text.bytes().all(|byte| byte.is_ascii_graphic()) && text.contains([':', '/']) {
        return Some(text);
    }
    let message = "expected a URI, such as `https://spdx.dev/Document`";
    report.push(Code::PolicyInvalidValue, path, message);
    None
}
