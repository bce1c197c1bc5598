//! The rule of a singleton policy: the one that applied, why no other did, and the results of its attestors.

use policy_wasm::Code;
use serde_json::Value;

use super::reasons;
use crate::decision::{AppliedRule, AttestorResult, DocumentResult, Exemption, Searched};
use crate::emit::tree::Node;
use crate::fields::text;
use crate::settings_view::{ATTESTORS, SettingsView};
use crate::terminal::{BOLD_GREEN, BOLD_RED, DIM, RESET};

pub(super) fn nodes(result: &DocumentResult, settings: SettingsView<'_>) -> Vec<Node> {
    if let Some(exemption) = &result.allowlist {
        return vec![exempt(exemption, settings)];
    }
    let rule = result.rule.iter().map(|rule| self::rule(rule, settings));
    let mut nodes: Vec<_> = rule.collect();
    let attestors = result.attestors.iter();
    nodes.extend(attestors.map(|one| attestor(one, "", &[], settings)));
    if result.attestors.is_empty() {
        nodes.extend(reasons(&result.reasons));
    }
    nodes
}

fn exempt(exemption: &Exemption, settings: SettingsView<'_>) -> Node {
    let Exemption { document, pattern } = exemption;
    let place = settings
        .name_pattern(document, pattern)
        .unwrap_or_else(|| document.clone());
    Node::new(format!("exempt by `{pattern}`, at {place}"))
        .with([Node::new("no rule applied, because the image is exempt")])
}

/// The rule, and the rule that it replaces or the reason why no more specific rule applied.
fn rule(rule: &AppliedRule, settings: SettingsView<'_>) -> Node {
    let says = modes(&rule.evaluation_mode, &rule.enforcement_mode);
    match (rule.key.as_str(), &rule.searched) {
        ("", Some(Searched { map, key })) => {
            Node::new(format!("default rule: {map} has no key `{key}`"))
                .with([Node::new(format!("it is {says}"))])
        }
        ("", None) => Node::new("default rule: the policy has no other rules")
            .with([Node::new(format!("it is {says}"))]),
        (key, searched) => {
            let map = searched.as_ref().map_or(&rule.kind, |found| &found.map);
            let default = settings.default_rule().map(|default| {
                let would = modes(default.evaluation_mode, default.enforcement_mode);
                let by = required(&default.attestors);
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

/// `ALWAYS_DENY, ENFORCED_BLOCK_AND_AUDIT_LOG`
fn modes(evaluation: &str, enforcement: &str) -> String {
    format!("{evaluation}, {enforcement}")
}

fn required(attestors: &[&str]) -> String {
    if attestors.is_empty() {
        String::new()
    } else {
        format!(", by {}", attestors.join(", "))
    }
}

/// An attestor, with a note behind its name. With predicate types, it has to sign a statement of one of them.
pub(super) fn attestor(
    attestor: &AttestorResult,
    note: &str,
    predicate_types: &[String],
    settings: SettingsView<'_>,
) -> Node {
    let AttestorResult {
        name,
        key_id,
        source,
        ..
    } = attestor;
    if !attestor.verified {
        let node = Node::new(format!("{BOLD_RED}✗{RESET} attestor {name}{note}"));
        let node = node.with(match attestor.reasons.as_slice() {
            [one] if one.code == Code::NoValidAttestation && one.details.is_empty() => {
                let help = how_to_sign(name, predicate_types, settings);
                let help = Node::new(format!("{DIM}to pass:{RESET} {help}"));
                let (code, message) = (one.code.as_str(), &one.message);
                vec![Node::new(format!("{DIM}{code}{RESET}: {message}")).with([help])]
            }
            all => reasons(all),
        });
        return node.with(identities(name, settings));
    }
    let payload = match attestor.payload_type.as_str() {
        "" => String::new(),
        kind => format!(" of type `{kind}`"),
    };
    let signer = match &attestor.identity {
        Some(identity) => {
            let (subject, issuer) = (&identity.subject, &identity.issuer);
            format!("identity `{subject}` (issuer `{issuer}`)")
        }
        None => format!("key `{key_id}`"),
    };
    Node::new(format!("{BOLD_GREEN}✓{RESET} attestor {name}{note}")).with([
        Node::new(format!("satisfied by {signer}")),
        Node::new(format!("by an attestation from {source}{payload}")),
    ])
}

/// Returns the advice to sign the digest, or a statement of a type: by `countersign` if the settings have keys of the
/// attestor, and by cosign if they have identities.
fn how_to_sign(name: &str, predicate_types: &[String], settings: SettingsView<'_>) -> String {
    let (what, by_key, by_identity) = if predicate_types.is_empty() {
        ("this digest", "countersign attest sign", "cosign sign")
    } else {
        (
            "a statement of such a type about this digest",
            "countersign attest sign --predicate",
            "cosign attest",
        )
    };
    let written = settings.attestor(name);
    let has_keys = written.is_some_and(|written| !written.keys.is_empty());
    let has_identities = !settings.identities(ATTESTORS, name).is_empty();
    match (has_keys, has_identities) {
        (true, true) => format!(
            "sign {what} with a key of the attestor (`{by_key}`), or as one of its identities (`{by_identity}`)"
        ),
        (false, true) => format!("sign {what} as an identity of the attestor (`{by_identity}`)"),
        (_, false) => format!("sign {what} with a key of the attestor (`{by_key}`)"),
    }
}

/// Identities shown of an attestor
const SHOWN: usize = 4;

/// The identities that may sign for an attestor
fn identities(attestor: &str, settings: SettingsView<'_>) -> Vec<Node> {
    let identities = settings.identities(ATTESTORS, attestor);
    let rest = identities.len().saturating_sub(SHOWN);
    let shown = identities.into_iter().take(SHOWN);
    let mut nodes: Vec<_> = shown.map(identity).collect();
    if rest > 0 {
        nodes.push(Node::new(format!("or one of {rest} other identities")));
    }
    nodes
}

fn identity(identity: &Value) -> Node {
    let subject = match text(identity, "subject") {
        "" => text(identity, "subjectPattern"),
        subject => subject,
    };
    let issuer = text(identity, "issuer");
    let claims = identity.get("claims").and_then(Value::as_object);
    let claims = claims.into_iter().flatten().map(|(name, value)| {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        Node::new(format!("with {name}: {value}"))
    });
    Node::new(format!("identity `{subject}` (issuer `{issuer}`) may sign")).with(claims)
}
