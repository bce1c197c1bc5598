//! The rules of `imagePolicy` that cover an image, and the results of their requirements.

use super::{mark, reasons, rule};
use crate::decision::{CheckResult, DocumentResult, ImageRuleResult, RequirementResult};
use crate::emit::human::{needed, quoted};
use crate::emit::tree::Node;
use crate::settings_view::SettingsView;

pub(super) fn nodes(result: &DocumentResult, settings: SettingsView<'_>) -> Vec<Node> {
    let rules = result.rules.iter();
    let mut nodes: Vec<_> = rules.map(|one| rule(one, settings)).collect();
    nodes.extend(reasons(&result.reasons_without_rules()));
    nodes
}

fn rule(rule: &ImageRuleResult, settings: SettingsView<'_>) -> Node {
    let ImageRuleResult { name, effect, .. } = rule;
    let place = settings
        .image_rule(name)
        .map_or_else(String::new, |(place, _)| format!(", at {place}"));
    let node = Node::new(format!(
        "{} rule `{name}` ({effect}){place}",
        mark(&rule.verdict)
    ));
    if !rule.lifted_by.is_empty() {
        let by = &rule.lifted_by;
        return node.with([Node::new(format!(
            "its requirements are lifted by the rule `{by}`"
        ))]);
    }
    if rule.requirements.is_empty() {
        return node.with(reasons(&rule.reasons));
    }
    let requirements = rule.requirements.iter();
    node.with(requirements.map(|one| requirement(one, settings)))
}

fn requirement(requirement: &RequirementResult, settings: SettingsView<'_>) -> Node {
    if let Some(check) = &requirement.check {
        return self::check(check);
    }
    let mark = mark(&requirement.verdict);
    let attestors = requirement.attestors.iter();
    Node::new(format!("{mark} attested by {}", needed(requirement))).with(attestors.map(|one| {
        let types = &requirement.predicate_types;
        rule::attestor(one, requirement.note(one), types, settings)
    }))
}

fn check(check: &CheckResult) -> Node {
    let (mark, kind) = (mark(&check.verdict), &check.kind);
    let node = Node::new(format!("{mark} {kind}{}", quoted(&check.display_name)));
    match &check.allowlist {
        Some(exemption) => node.with([Node::new(format!("exempt by `{}`", exemption.pattern))]),
        None => node.with(reasons(&check.reasons)),
    }
}
