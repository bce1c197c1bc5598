//! Private keys in settings.

use super::example::ATTESTED;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::{Node, Shape, Span, pointed_at};

pub(super) static RULE: Rule = Rule {
    code: "lint-private-key",
    severity: Severity::Error,
    what: "the settings contain a private key",
    why: "The policy only verifies, so it needs only public keys. A private key in settings ends up in the repository's \
          history, the cluster's API and CI logs, and everyone who can read these can sign. Removing it from the \
          file does not revoke it.",
    example: ATTESTED,
    avoid: "-----BEGIN PRIVATE KEY-----
              (the key)
              -----END PRIVATE KEY-----",
    prefer: "-----BEGIN PUBLIC KEY-----
              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
              -----END PUBLIC KEY-----",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    visit(settings.root, pointed_at(settings.root), findings);
}

/// Finds texts with a private key, and points at the field names, so that the texts are never printed.
fn visit(node: &Node, key_span: Span, findings: &mut Findings) {
    match &node.shape {
        Shape::Text(text) if is_private_key(text) => findings.push(
            Diagnostic::new(
                key_span,
                "not a public key",
                "the settings contain a private key, which must be considered disclosed",
            )
            .help(
                "create a new key, add its public key here (`openssl pkey -in KEY -pubout`, `gpg --export --armor`), \
                 and sign again what the old key signed",
            ),
        ),
        Shape::List(items) => items.iter().for_each(|item| visit(item, key_span, findings)),
        Shape::Map(entries) => entries
            .iter()
            .for_each(|entry| visit(&entry.value, entry.key_span, findings)),
        _ => {}
    }
}

/// Whether a text contains a PEM or armor block with a private key, by its label, such as
/// `EC PRIVATE KEY`, `ENCRYPTED PRIVATE KEY` or `PGP PRIVATE KEY BLOCK`.
fn is_private_key(text: &str) -> bool {
    let blocks = text.split("-----BEGIN ").skip(1);
    let mut labels = blocks.filter_map(|block| Some(block.split_once("-----")?.0));
    labels.any(|label| label.contains("PRIVATE KEY"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn every_kind_of_private_key_is_found_wherever_it_stands() {
        for (label, is_found) in [
            ("EC PRIVATE KEY", true),
            ("RSA PRIVATE KEY", true),
            ("ENCRYPTED PRIVATE KEY", true),
            ("OPENSSH PRIVATE KEY", true),
            ("PGP PRIVATE KEY BLOCK", true),
            ("ENCRYPTED SIGSTORE PRIVATE KEY", true),
            ("PUBLIC KEY", false),
            ("CERTIFICATE", false),
        ] {
            let yaml = format!(
                "policy:\n  description: 'keep -----BEGIN {label}----- x'\n  defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}\n"
            );
            let expected = vec!["description"; is_found.into()];
            assert_eq!(found(&RULE, &yaml), expected, "{label}");
        }
    }
}
