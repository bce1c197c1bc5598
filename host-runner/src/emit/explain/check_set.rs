//! The check set of a platform policy: the one that applied, those before it, and the results of its checks.

use serde_json::Value;

use super::{Pod, index_of, mark, reasons};
use crate::emit::human::check_set_title;
use crate::emit::tree::Node;
use crate::fields::{list, text};
use crate::settings_view::{Level, SettingsView};

pub(super) fn nodes(result: &Value, pod: &Pod<'_>, settings: SettingsView<'_>) -> Vec<Node> {
    let document = text(result, "document");
    if let Some(exempt) = exempt(result, document, Level::Policy, settings) {
        return vec![exempt];
    }
    let Some(check_set) = result.get("checkSet") else {
        return reasons(result);
    };
    let index = index_of(check_set, "index").unwrap_or_default();
    let mut children = skipped(document, index, pod, settings);
    if let Some(exempt) = exempt(check_set, document, Level::CheckSet(index), settings) {
        children.push(exempt);
        return vec![Node::new(check_set_title(check_set)).with(children)];
    }
    let checks = list(check_set, "checks");
    for check in checks {
        children.push(self::check(check, document, index, settings));
    }
    if checks.is_empty() {
        children.extend(reasons(result));
    }
    vec![Node::new(check_set_title(check_set)).with(children)]
}

/// The check sets before the one that applied, which is the first whose scope covers the Pod.
fn skipped(document: &str, applied: usize, pod: &Pod<'_>, settings: SettingsView<'_>) -> Vec<Node> {
    let Pod {
        namespace,
        service_account,
    } = pod;
    let before = settings.check_sets(document).iter().take(applied);
    let skipped = before.enumerate().map(|(index, check_set)| {
        let scope = check_set.get("scope");
        let scope = |key| scope.map_or("", |scope| text(scope, key));
        let (noun, name) = match scope("kubernetesServiceAccount") {
            "" => ("namespace", scope("kubernetesNamespace")),
            account => ("service account", account),
        };
        Node::new(format!(
            "check set {index} does not apply: it is for {noun} `{name}`, and the Pod is \
             `{namespace}:{service_account}`"
        ))
    });
    skipped.collect()
}

fn check(check: &Value, document: &str, check_set: usize, settings: SettingsView<'_>) -> Node {
    let index = index_of(check, "index").unwrap_or_default();
    let name = match text(check, "displayName") {
        "" => String::new(),
        name => format!(" \"{name}\""),
    };
    let node = Node::new(format!(
        "{} check {index} {}{name}",
        mark(check),
        text(check, "type")
    ));
    match exempt(check, document, Level::Check(check_set, index), settings) {
        Some(exempt) => node.with([exempt]),
        None => node.with(reasons(check)),
    }
}

/// The allowlist entry that exempts the image from a part of the policy, and its place.
fn exempt(part: &Value, document: &str, level: Level, settings: SettingsView<'_>) -> Option<Node> {
    let pattern = text(part.get("allowlist")?, "pattern");
    let place = settings
        .allow_pattern(document, level, pattern)
        .unwrap_or_else(|| level.place(document));
    Some(Node::new(format!("exempt by `{pattern}`, at {place}")))
}
