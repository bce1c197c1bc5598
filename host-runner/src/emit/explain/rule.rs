//! The rule of a singleton policy: the one that applied, why no other did, and the results of its attestors.

use serde_json::Value;

use super::reasons;
use crate::emit::tree::Node;
use crate::fields::{list, text};
use crate::settings_view::SettingsView;
use crate::terminal::{BOLD_GREEN, BOLD_RED, RESET};

pub(super) fn nodes(result: &Value, settings: SettingsView<'_>) -> Vec<Node> {
    if let Some(allowlist) = result.get("allowlist") {
        return vec![exempt(allowlist, settings)];
    }
    let mut nodes: Vec<_> = result
        .get("rule")
        .map(|rule| self::rule(rule, settings))
        .into_iter()
        .collect();
    let attestors = list(result, "attestors");
    nodes.extend(attestors.iter().map(attestor));
    if attestors.is_empty() {
        nodes.extend(reasons(result));
    }
    nodes
}

fn exempt(allowlist: &Value, settings: SettingsView<'_>) -> Node {
    let (document, pattern) = (text(allowlist, "document"), text(allowlist, "pattern"));
    let place = settings
        .name_pattern(document, pattern)
        .unwrap_or_else(|| document.to_owned());
    Node::new(format!("exempt by `{pattern}`, at {place}"))
        .with([Node::new("no rule applied, because the image is exempt")])
}

/// The rule, and the rule that it replaces or the reason why no more specific rule applied.
fn rule(rule: &Value, settings: SettingsView<'_>) -> Node {
    let searched = rule.get("searched").map(|searched| {
        let (map, key) = (text(searched, "map"), text(searched, "key"));
        (map, key)
    });
    let says = modes(rule);
    match (text(rule, "key"), searched) {
        ("", Some((map, key))) => Node::new(format!("default rule: {map} has no key `{key}`"))
            .with([Node::new(format!("it is {says}"))]),
        ("", None) => Node::new("default rule: the policy has no other rules")
            .with([Node::new(format!("it is {says}"))]),
        (key, searched) => {
            let map =
                searched.map_or_else(|| text(rule, "kind").to_owned(), |(map, _)| map.to_owned());
            let default = settings.default_rule().map(|default| {
                let (would, by) = (modes(default), required(default));
                Node::new(format!(
                    "it replaces the default rule, which is {would}{by}"
                ))
            });
            Node::new(format!("rule `{key}` of {map}"))
                .with([Node::new(format!("it is {says}"))])
                .with(default)
        }
    }
}

/// `ALWAYS_DENY, ENFORCED_BLOCK_AND_AUDIT_LOG`, for a rule of the settings or of the Decision.
fn modes(rule: &Value) -> String {
    let (evaluation, enforcement) = (text(rule, "evaluationMode"), text(rule, "enforcementMode"));
    format!("{evaluation}, {enforcement}")
}

fn required(rule: &Value) -> String {
    let names: Vec<_> = list(rule, "requireAttestationsBy")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(", by {}", names.join(", "))
    }
}

fn attestor(attestor: &Value) -> Node {
    let name = text(attestor, "name");
    let is_verified = attestor.get("verified").and_then(Value::as_bool);
    if is_verified != Some(true) {
        return Node::new(format!("{BOLD_RED}✗{RESET} attestor {name}")).with(reasons(attestor));
    }
    let (key, source) = (text(attestor, "keyId"), text(attestor, "source"));
    let payload = match text(attestor, "payloadType") {
        "" => String::new(),
        kind => format!(" of type `{kind}`"),
    };
    Node::new(format!("{BOLD_GREEN}✓{RESET} attestor {name}")).with([
        Node::new(format!("satisfied by key `{key}`")),
        Node::new(format!("by an attestation from {source}{payload}")),
    ])
}
