//! Authorities of `sigstoreSignatureCheck` without keys.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::{Node, pointed_at};

pub(super) static RULE: Rule = Rule {
    code: "lint-authority-without-keys",
    severity: Severity::Info,
    what: "an authority of a sigstoreSignatureCheck has identities and no keys",
    why: "Google requires a key of every authority, so the platform policy can no longer be imported into Binary \
          Authorization. Countersign evaluates it.",
    example: concat!(
        "platformPolicies:
  - gkePolicy:
      checkSets:
        - checks:
            - sigstoreSignatureCheck:
                sigstoreAuthorities:
                  - displayName: release
{part}
sigstore:
  authorities:
    release: [release]
  identities:
    release:
      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
  trustedRoots:
    example:
",
        trusted_root!()
    ),
    avoid: "",
    prefer: "                    publicKeySet:
                      publicKeys:
                        - publicKeyPem: |
                            -----BEGIN PUBLIC KEY-----
                            MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
                            8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
                            -----END PUBLIC KEY-----
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for check in settings.all_checks() {
        let authorities = check.kind.value.items_of("sigstoreAuthorities").iter();
        for authority in authorities {
            let keys = authority
                .at(&["publicKeySet", "publicKeys"])
                .map(Node::items);
            let Some(name) = authority.get("displayName") else {
                continue;
            };
            let text = name.text().unwrap_or_default();
            if keys.unwrap_or_default().is_empty() && settings.has_authority(text) {
                let message = format!("authority `{text}` has identities and no keys");
                findings.push(
                    Diagnostic::new(pointed_at(name), "has no `publicKeySet`", message)
                        .help("add a key, unless the policy is for Countersign only"),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn an_authority_without_keys_and_identities_is_another_problem() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["release"]);
        let without_identities = RULE
            .avoided()
            .replace("    release: [release]\n", "    other: [release]\n");
        assert!(found(&RULE, &without_identities).is_empty());
    }
}
