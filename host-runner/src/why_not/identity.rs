//! Commands that store the bundle of a trusted identity where the settings read it.

use serde_json::Value;

use super::signing::{Delivery, Files, PREDICATE, Source};
use super::yaml::scalar;
use crate::fields::text;
use crate::terminal::{printable, shell_word};

/// The file with the bundle in printed commands
const BUNDLE: &str = "image.sigstore.json";

/// The identities of which one has to sign, and the commands that store its bundle in the source. Without an attestor,
/// `attest import` takes bundles of every identity in the settings.
pub(super) fn import(
    (repository, digest): (&str, &str),
    identities: &[&Value],
    attestor: Option<&str>,
    predicate_type: Option<&str>,
    source: Source<'_>,
    files: &Files,
) -> String {
    let which = match identities {
        [_] => "this identity has",
        _ => "one of these identities has",
    };
    let command = match predicate_type {
        Some(uri) => format!("attest --type {} --predicate {PREDICATE}", shell_word(uri)),
        None => "sign".to_owned(),
    };
    let mut text = format!(
        "# {which} to sign, for example with `cosign {command} --bundle {BUNDLE}` in its workflow:\n"
    );
    for identity in identities {
        text.push_str(&listed(identity));
    }
    let signer = attestor.map_or_else(String::new, |name| {
        format!(" --attestor {}", shell_word(name))
    });
    let manager = attestor.and_then(|name| name.rsplit('/').next());
    let delivery = Delivery::of(source, repository, digest, manager, files);
    let namespace = match source {
        Source::Kubernetes { namespace, .. } if attestor.is_none() => {
            format!("--namespace {} ", shell_word(namespace))
        }
        _ => String::new(),
    };
    let place = match source {
        Source::Settings => format!("--occurrences {}", shell_word(files.settings())),
        _ => delivery.option,
    };
    text.push_str(&format!(
        "countersign attest import --settings {}{signer} \\\n  {namespace}{place} {} {BUNDLE}\n{}",
        shell_word(files.settings()),
        shell_word(&format!("{repository}@{digest}")),
        delivery.commands
    ));
    text
}

/// An identity as the settings have it, in comments
fn listed(identity: &Value) -> String {
    let mut lines = format!("#   - issuer: {}\n", scalar(text(identity, "issuer")));
    for key in ["subject", "subjectPattern", "signedAfter", "signedBefore"] {
        if let Some(value) = identity.get(key).and_then(Value::as_str) {
            lines.push_str(&format!("#     {key}: {}\n", scalar(value)));
        }
    }
    let claims = identity.get("claims").and_then(Value::as_object);
    if claims.is_some_and(|claims| !claims.is_empty()) {
        lines.push_str("#     claims:\n");
    }
    for (name, value) in claims.into_iter().flatten() {
        let value = match value {
            Value::String(text) => scalar(text),
            other => printable(&other.to_string()),
        };
        lines.push_str(&format!("#       {}: {value}\n", scalar(name)));
    }
    lines
}
