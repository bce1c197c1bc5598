//! The check set of a platform policy: the one that applied, those before it, and the results of its checks.

use super::{Pod, mark, reasons};
use crate::decision::{CheckResult, DocumentResult, Exemption};
use crate::emit::human::{check_set_title, quoted};
use crate::emit::tree::Node;
use crate::fields::text;
use crate::settings_view::{Level, SettingsView};

pub(super) fn nodes(
    result: &DocumentResult,
    pod: &Pod<'_>,
    settings: SettingsView<'_>,
) -> Vec<Node> {
    let document = &result.document;
    if let Some(exemption) = &result.allowlist {
        return vec![exempt(exemption, document, Level::Policy, settings)];
    }
    let Some(check_set) = &result.check_set else {
        return reasons(&result.reasons);
    };
    let index = check_set.index.unwrap_or_default();
    let mut children = skipped(document, index, pod, settings);
    if let Some(exemption) = &check_set.allowlist {
        let level = Level::CheckSet(index);
        children.push(exempt(exemption, document, level, settings));
        return vec![Node::new(check_set_title(check_set)).with(children)];
    }
    for check in &check_set.checks {
        children.push(self::check(check, document, index, settings));
    }
    if check_set.checks.is_empty() {
        children.extend(reasons(&result.reasons));
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

fn check(
    check: &CheckResult,
    document: &str,
    check_set: usize,
    settings: SettingsView<'_>,
) -> Node {
    let index = check.index.unwrap_or_default();
    let (mark, kind) = (mark(&check.verdict), &check.kind);
    let name = quoted(&check.display_name);
    let node = Node::new(format!("{mark} check {index} {kind}{name}"));
    match &check.allowlist {
        Some(exemption) => {
            let level = Level::Check(check_set, index);
            node.with([exempt(exemption, document, level, settings)])
        }
        None => node.with(reasons(&check.reasons)),
    }
}

/// The allowlist entry that exempts the image from a part of the policy, and its place.
fn exempt(exemption: &Exemption, document: &str, level: Level, settings: SettingsView<'_>) -> Node {
    let pattern = &exemption.pattern;
    let place = settings
        .allow_pattern(document, level, pattern)
        .unwrap_or_else(|| level.place(document));
    Node::new(format!("exempt by `{pattern}`, at {place}"))
}
