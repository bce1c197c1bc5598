//! The project-singleton policy, as `gcloud container binauthz policy export` prints it.
//!
//! The parser checks the whole shape, including patterns, and keeps borrowed text: a policy may have ten thousand
//! patterns, and a request needs only the one that matches.

use alloc::vec::Vec;

use super::rule::{AdmissionRule, RuleKind, RuleMap};
use super::{POLICY, refuse_pattern};
use crate::decision::Code;
use crate::json::{Item, Path, Report, Value};
use crate::pattern::{NamePattern, NamePatternError};

/// A policy document with unparsed rule maps
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    document: Document,
    patterns: Vec<NamePattern<'a>>,
    pub(crate) global_evaluation: GlobalEvaluation,
    /// The non-empty rule maps; at most one in a valid policy
    rule_maps: Vec<RuleMap<'a>>,
    /// Default rule; present in every valid policy except system policies
    pub(crate) default_rule: Option<AdmissionRule<'a>>,
}

/// The role of a policy in the settings
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Document {
    /// The policy
    Policy,
    /// The system policy, Google's list of exempt system images
    SystemPolicy,
}

impl Document {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::Policy => "policy",
            Self::SystemPolicy => "systemPolicy",
        }
    }

    const fn path(self) -> Path<'static> {
        Path::Root(self.key())
    }
}

/// `globalPolicyEvaluationMode`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum GlobalEvaluation {
    /// The system policy exempts images, too
    Enable,
    /// The system policy is not used; also the default, according to the API documentation
    Disable,
}

const GLOBAL_EVALUATION: &[(&str, GlobalEvaluation)] = &[
    ("ENABLE", GlobalEvaluation::Enable),
    ("DISABLE", GlobalEvaluation::Disable),
    (
        "GLOBAL_POLICY_EVALUATION_MODE_UNSPECIFIED",
        GlobalEvaluation::Disable,
    ),
];

impl<'a> Policy<'a> {
    /// Reads a policy; reports problems, and returns the valid parts.
    pub(crate) fn read(value: Value<'_, 'a>, document: Document) -> Self {
        let (path, report) = (value.path(), value.report());
        let mut policy = Self {
            document,
            patterns: Vec::new(),
            global_evaluation: GlobalEvaluation::Disable,
            rule_maps: Vec::new(),
            default_rule: None,
        };
        let mut saw_default_rule = false;
        let value = value.with_dialect(POLICY);
        let was_object = value.object_inline(|key, value| match key {
            "admissionWhitelistPatterns" => {
                value.list_of_texts(NAME_PATTERN, |item| {
                    if let Some(pattern) = read_pattern(item, report) {
                        policy.patterns.push(pattern);
                    }
                });
            }
            "defaultAdmissionRule" => {
                saw_default_rule = true;
                policy.default_rule = AdmissionRule::read(value);
            }
            "globalPolicyEvaluationMode" => {
                let mode = value.choice(
                    GLOBAL_EVALUATION,
                    Code::PolicyUnknownEnum,
                    Code::PolicyNumericEnum,
                );
                policy.global_evaluation = mode.unwrap_or(GlobalEvaluation::Disable);
            }
            // Output fields of Google's service and descriptions, which have no effect.
            "name" | "etag" | "updateTime" | "description" => {
                value.text();
            }
            "gkePolicy" | "cloudRunPolicy" => {
                let message = "a platform policy belongs under `platformPolicies`";
                value.refuse(Code::PolicyUnsupportedFeature, message);
            }
            key => match RuleKind::of_map(key) {
                Some(kind) => policy.add_rules(kind, value),
                None => value.unknown(),
            },
        });
        if was_object && !saw_default_rule && document == Document::Policy {
            let message = "`defaultAdmissionRule` is required";
            report.push(Code::PolicyMissingDefaultRule, path, message);
        }
        policy
    }

    #[inline(never)] // cold: see docs/performance.md#stack
    fn add_rules(&mut self, kind: RuleKind, value: Value<'_, 'a>) {
        let (path, report) = (value.path(), value.report());
        let raw = value.raw();
        if raw.is_empty_object() {
            return;
        }
        if !raw.is_object() {
            let message = "expected an object of rules";
            return report.push(Code::PolicyWrongType, path, message);
        }
        if !self.rule_maps.is_empty() {
            let message = "only one rule map may have entries, and another one has";
            report.push(Code::PolicyMultipleRuleMaps, path, message);
        }
        self.rule_maps
            .push(RuleMap::new(self.document.path(), kind, raw));
    }

    /// Returns the non-empty rule map.
    pub(crate) fn rules(&self) -> Option<RuleMap<'a>> {
        self.rule_maps.first().copied()
    }

    /// Returns all non-empty rule maps, including those of an invalid policy.
    pub(crate) fn all_rules(&self) -> &[RuleMap<'a>] {
        &self.rule_maps
    }

    pub(crate) const fn document(&self) -> Document {
        self.document
    }

    /// Returns the allowlist.
    pub(crate) fn patterns(&self) -> &[NamePattern<'a>] {
        &self.patterns
    }
}

/// The field of an allowlist's entries
const NAME_PATTERN: &str = "namePattern";

/// Reads an entry of the allowlist, which may have ten thousand.
fn read_pattern<'a>(item: Item<'_, 'a>, report: &Report) -> Option<NamePattern<'a>> {
    let refuse = |text: &str, error: NamePatternError, path: Path<'_>| {
        refuse_pattern(text, &error, path, report);
    };
    let item = match item {
        Item::Text(path, text) => {
            let pattern = NamePattern::parse(text);
            return pattern.map_err(|error| refuse(text, error, path)).ok();
        }
        Item::Other(item) => item,
    };
    let (path, mut pattern, mut saw_pattern) = (item.path(), None, false);
    let was_object = item.object(|key, value| match key {
        NAME_PATTERN => {
            saw_pattern = true;
            let path = value.path();
            let Some(text) = value.text() else { return };
            let parsed = NamePattern::parse(text.clone());
            pattern = parsed.map_err(|error| refuse(&text, error, path)).ok();
        }
        _ => value.unknown(),
    });
    let fields = [(NAME_PATTERN, saw_pattern)];
    report.require(was_object, &fields, path, Code::PatternInvalid);
    pattern
}
