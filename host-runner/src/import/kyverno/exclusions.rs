//! Namespaces that rules exclude, and `PolicyExceptions`, as `exempt`. That lifts every requirement of an image, so it is
//! written for a namespace only if every rule excludes it.

use alloc::collections::{BTreeMap, BTreeSet};

use super::matching::Matched;
use super::{GROUP, metadata, name_of};
use crate::import::Place;
use crate::import::draft::{Draft, Effect, Rule};
use crate::import::source::At;
use crate::terminal::printable;

/// Rules with the namespaces that they exclude
#[derive(Debug, Default)]
pub(super) struct Exclusions {
    rules: Vec<Excluding>,
}

#[derive(Debug)]
struct Excluding {
    /// As `PolicyExceptions` name it: `NAME`, or `NAMESPACE/NAME`
    policy: String,
    rule: String,
    /// Namespaces of the rule; all if empty
    namespaces: Vec<String>,
    excluded: BTreeMap<String, Place>,
    /// Whether it denies by itself, which nothing lifts
    is_deny: bool,
}

impl Exclusions {
    /// Adds a rule, with its `exclude`.
    pub(super) fn add_rule(
        &mut self,
        object: &At<'_>,
        rule: &At<'_>,
        namespaces: &[String],
        is_deny: bool,
        draft: &mut Draft,
    ) {
        let policy = match (object.text_of("kind"), metadata(object, "namespace")) {
            ("ClusterPolicy" | "ImageValidatingPolicy", _) | (_, "") => name_of(object).to_owned(),
            (_, namespace) => format!("{namespace}/{}", name_of(object)),
        };
        let mut excluded = BTreeMap::new();
        if let Some(exclude) = rule.get("exclude") {
            let matched = Matched::of(&exclude);
            if matched.others.is_empty() {
                let names = matched.namespaces.into_iter().flatten();
                excluded.extend(names.map(|name| (name, exclude.place())));
            } else {
                let others = matched.others();
                draft.lost(&exclude, format!("objects are excluded by {others}, which has no counterpart: the rule applies to them"));
            }
        }
        self.rules.push(Excluding {
            policy,
            rule: rule.text_of("name").to_owned(),
            namespaces: namespaces.to_vec(),
            excluded,
            is_deny,
        });
    }

    /// Adds a `PolicyException`.
    pub(super) fn add_exception(&mut self, object: &At<'_>, draft: &mut Draft) {
        let version = object.text_of("apiVersion");
        let spec = object.get("spec");
        let Some(spec) = spec.filter(|_| version.split('/').next() == Some(GROUP)) else {
            draft.lost(
                object,
                "exceptions of policies in CEL do not carry over: nothing is exempt",
            );
            draft.help("write a rule with `exempt`, with `namespaces` or patterns of images");
            return;
        };
        let Some(found) = spec.get("match") else {
            return;
        };
        let matched = Matched::of(&found);
        let has_conditions = spec.get("conditions").is_some();
        let names = matched.namespaces.clone().unwrap_or_default();
        if !matched.others.is_empty() || has_conditions || !matched.has_pods || names.is_empty() {
            draft.lost(
                object,
                "only exceptions for all Pods of namespaces carry over: nothing is exempt",
            );
            draft.help("write a rule with `exempt`, with `namespaces` or patterns of images");
            return;
        }
        for exception in spec.items_of("exceptions") {
            let policy = exception.text_of("policyName");
            let rules = exception.items_of("ruleNames");
            let rules: Vec<_> = rules.iter().filter_map(At::text).collect();
            for rule in &mut self.rules {
                let is_named = rules.iter().any(|name| covers(name, &rule.rule));
                if rule.policy == policy && is_named {
                    let names = names.iter().cloned();
                    rule.excluded
                        .extend(names.map(|name| (name, found.place())));
                }
            }
        }
    }

    /// Writes the rule for the namespaces that every rule excludes, and reports the others.
    pub(super) fn write(&self, draft: &mut Draft) {
        let all: BTreeSet<_> = self
            .rules
            .iter()
            .flat_map(|rule| rule.excluded.keys())
            .collect();
        let mut exempt: Vec<String> = Vec::new();
        let mut place = None;
        for namespace in all {
            let is_lifted = |rule: &&Excluding| {
                let applies = rule.namespaces.is_empty() || rule.namespaces.contains(namespace);
                !applies || (rule.excluded.contains_key(namespace) && !rule.is_deny)
            };
            let excluding = self
                .rules
                .iter()
                .filter_map(|rule| rule.excluded.get(namespace));
            let mut excluding = excluding.cloned().peekable();
            if self.rules.iter().all(|rule| is_lifted(&rule)) {
                place = place.or_else(|| excluding.next());
                exempt.push(namespace.clone());
                continue;
            }
            let message = format!(
                "the namespace `{}` is not excluded by every rule, and `exempt` lifts all of them: the rules apply to it",
                printable(namespace)
            );
            draft
                .findings
                .push(crate::import::Level::Lacking, excluding.peek(), message);
            draft.help("list the `namespaces` of each rule, or except images");
        }
        if let Some(place) = place {
            draft.rule(Rule {
                place,
                name: "excluded namespaces".to_owned(),
                images: vec!["**".to_owned()],
                except_images: Vec::new(),
                namespaces: exempt,
                effect: Effect::Exempt {
                    reason: "excluded from the rules in Kyverno".to_owned(),
                },
                is_dry_run: false,
            });
        }
    }
}

/// Whether a name with wildcards covers another.
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((before, after)) if !after.contains('*') => name
            .strip_prefix(before)
            .is_some_and(|rest| rest.ends_with(after)),
        Some(_) => false,
    }
}
