//! Keys that are used for two purposes.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Owner, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-shared-key",
    severity: Severity::Error,
    what: "two attestors, two purposes of authenticators, or an attestor and an authenticator share a key",
    why: "One signature is then valid for both, so the owner of the key has both roles: for example, every attestation \
          of the build also satisfies QA, or the scanner can also sign provenance.",
    example: concat!(
        "policy:
  kubernetesNamespaceAdmissionRules:
    staging:
      evaluationMode: REQUIRE_ATTESTATION
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
      requireAttestationsBy: [projects/example/attestors/build]
    production:
      evaluationMode: REQUIRE_ATTESTATION
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
      requireAttestationsBy: [projects/example/attestors/qa]
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
attestors:
",
        attestor!("build"),
        public_key!(),
        attestor!("qa"),
        "      publicKeys:
        - pkixPublicKey:
            signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
{part}
              -----END PUBLIC KEY-----
",
        notes!(),
        "      projects/example/notes/qa: attest-qa
"
    ),
    avoid: "              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
",
    prefer: "              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDIvXSs/VXU8mu1ICAjwRHWNL6SRJ
              87Oafm+/lDTIQ8vG2uErJ7LFAlruS/lsoqoSEzTB9Mqp2lYBhR3CSdZIIw==
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let keys = settings.keys().into_iter();
    let keys: Vec<_> = keys.filter_map(|key| Some((key, key.decode()?))).collect();
    for (index, (key, decoded)) in keys.iter().enumerate() {
        let earlier = keys.iter().take(index);
        let same = earlier.filter(|(_, other)| other.is_same_key(decoded));
        let mut confused =
            same.filter_map(|(other, _)| Some((other, confusion(other.owner, key.owner)?)));
        if let Some((other, (message, help))) = confused.next() {
            findings.push(
                Diagnostic::new(key.span(), "the same key", message)
                    .because(other.span(), "first here")
                    .help(help),
            );
        }
    }
}

/// The message and the help for two owners of one key, or `None` if sharing it is harmless.
fn confusion(first: Owner<'_>, second: Owner<'_>) -> Option<(String, &'static str)> {
    match (first, second) {
        (Owner::Attestor(at, one), Owner::Attestor(other_at, other)) if at != other_at => {
            let (one, other) = (one.name(), other.name());
            let message = format!("attestors `{one}` and `{other}` share a key");
            Some((message, "give each attestor its own key"))
        }
        (Owner::Authenticator(one), Owner::Authenticator(other)) if one != other => {
            let message = format!("authenticators for `{one}` and for `{other}` share a key");
            Some((message, "give each purpose its own key"))
        }
        (Owner::Authenticator(purpose), owner) | (owner, Owner::Authenticator(purpose)) => {
            let owner = match owner {
                Owner::Attestor(_, attestor) => format!("attestor `{}`", attestor.name()),
                Owner::Check => "a check for signatures".to_owned(),
                Owner::Authenticator(_) => return None,
            };
            let message = format!("{owner} and an authenticator for `{purpose}` share a key");
            Some((message, "give each its own key"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    const KEY: &str = "{pkixPublicKey: {signatureAlgorithm: ECDSA_P256_SHA256, publicKeyPem: \"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/\\n8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==\\n-----END PUBLIC KEY-----\\n\"}}";

    #[test]
    fn an_id_does_not_make_another_key() {
        let avoided = RULE.avoided();
        let (before, after) = avoided.rsplit_once("- pkix").unwrap();
        let yaml = format!("{before}- id: urn:other\n          pkix{after}");
        assert_eq!(found(&RULE, &yaml), ["publicKeyPem"]);
    }

    #[test]
    fn within_one_attestor_or_purpose_a_key_may_stand_twice() {
        let authenticators = |list: &str| {
            let head = "platformPolicies: []\nevidence:\n  authenticators:\n";
            format!("{head}{}", list.replace("KEY", KEY))
        };
        let one = authenticators(
            "    provenance:\n    - {builderId: a, publicKeys: [KEY]}\n    - {builderId: b, publicKeys: [KEY]}\n",
        );
        assert!(found(&RULE, &one).is_empty());
        let two = authenticators(
            "    provenance: [{builderId: a, publicKeys: [KEY]}]\n    freshness: [{publicKeys: [KEY, KEY]}]\n",
        );
        assert_eq!(found(&RULE, &two), ["publicKeyPem", "publicKeyPem"]);
    }
    #[test]
    fn who_attests_does_not_scan_with_the_same_key() {
        let scanner =
            "evidence:\n  authenticators: {vulnerability: [{maxAgeDays: 7, publicKeys: [KEY]}]}\n";
        let attestor = "attestors:\n- name: build\n  userOwnedGrafeasNote: {noteReference: build, publicKeys: [KEY]}\n";
        let check = "platformPolicies: [{gkePolicy: {checkSets: [{checks: [{simpleSigningAttestationCheck: {attestationAuthenticators: [{pkixPublicKeySet: {pkixPublicKeys: [PKIX]}}]}}]}]}}]\n";
        let (_, pkix) = KEY.split_once("pkixPublicKey: ").unwrap();
        let pkix = pkix.strip_suffix('}').unwrap();
        for (owner, count) in [(attestor, 1), (check, 1), ("deniedDigests: []\n", 0)] {
            let yaml = format!("{owner}{scanner}").replace("KEY]", &format!("{KEY}]"));
            let yaml = yaml.replace("PKIX]", &format!("{pkix}]"));
            assert_eq!(found(&RULE, &yaml).len(), count, "{yaml}");
        }
    }
}
