//! Public test keys.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-public-test-key",
    severity: Severity::Error,
    what: "a key is a published test key of the ready-made policies",
    why: "The private keys of the ready-made policies are published with their examples. A policy that trusts one of \
          them admits images that anyone can sign.",
    example: concat!(
        attested!(),
        "      publicKeys:
        - pkixPublicKey:
            signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
{part}
              -----END PUBLIC KEY-----
",
        notes!()
    ),
    avoid: "              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
",
    prefer: "              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDztDbs3oEMl4IrVazqrICeYrvxLt
              v2MXXdulYxlBTO+pbbEkeE++YAQ3XTXtVJCO1HV9pXxOFsHycZ7rfNbmcg==
",
    check: Check::Settings(check),
};

/// The keys of `policies/test-keys`: names, and computed ids, which are digests of the keys
const TEST_KEYS: [(&str, &str); 5] = [
    ("build", "KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g"),
    ("canary", "MmjkXi4jH1V-RxbU81Y2KL-cVKR4CnDzcz42CWsqTDQ"),
    ("qa", "OJuh14tltOF3OQ4B9qOtsamKoTXQ5iUrS4LcZEDhczU"),
    ("scanner", "mAKh0qxa9pLjtgxw6w301ByPLhyO9icKxuMKyQDj5jM"),
    ("uploader", "NKSrgG6p5ROCz7dW66EnvY3sXkJCmPsfrTgvsgeu70c"),
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for key in settings.keys() {
        let Some(id) = key.computed_id() else {
            continue;
        };
        let known = TEST_KEYS
            .iter()
            .find(|(_, digest)| id.strip_prefix("ni:///sha-256;") == Some(digest));
        if let Some((name, _)) = known {
            findings.push(
                Diagnostic::new(
                    key.span(),
                    "its private key is public",
                    format!("this is the public test key `{name}` of the ready-made policies"),
                )
                .help(
                    "create your own key, for example with `countersign attest keygen`, and replace this key and its \
                     signatures",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::{RULE, TEST_KEYS};

    /// Under any id and for any purpose.
    #[test]
    fn a_test_key_is_found_under_any_id_and_for_any_purpose() {
        let named = RULE.avoided().replace(
            "- pkixPublicKey:",
            "- id: ours:build\n          pkixPublicKey:",
        );
        assert_eq!(found(&RULE, &named), ["publicKeyPem"]);
        let avoided = RULE.avoided();
        let keys = avoided.split_once("publicKeys:").unwrap().1;
        let (keys, _) = keys.split_once("evidence:").unwrap();
        let scanner = format!(
            "policy: {{defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}}}\nevidence:\n  authenticators:\n    freshness:\n    - publicKeys:{keys}"
        );
        assert_eq!(found(&RULE, &scanner), ["publicKeyPem"]);
    }

    /// The list has every key of the folder, and nothing else.
    #[test]
    fn every_key_of_the_folder_is_known() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies/test-keys");
        let files = std::fs::read_dir(folder).unwrap();
        let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names
            .filter_map(|name| Some(name.strip_suffix(".pem")?.to_owned()))
            .collect();
        names.sort();
        assert_eq!(names, TEST_KEYS.map(|(name, _)| name));
    }
}
