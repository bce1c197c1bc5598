use crate::{Config, Report, SourceFile, lint};

fn linted(yaml: &str) -> Report {
    lint(&[SourceFile::new("policy.yaml", yaml)], &Config::default())
}

/// The codes of the errors, in order, and the help of the first one.
fn errors(yaml: &str) -> (Vec<String>, String) {
    let report = linted(yaml);
    let errors = report.diagnostics.into_iter();
    let errors: Vec<_> = errors
        .filter(|one| !one.code.starts_with("lint-"))
        .collect();
    let help = errors.first().and_then(|one| one.help.clone());
    let codes = errors.into_iter().map(|one| one.code).collect();
    (codes, help.unwrap_or_default())
}

#[test]
fn a_misspelled_field_comes_before_the_one_that_it_leaves_out() {
    let (unknown, missing) = ("settings-unknown-field", "settings-missing-field");
    for (yaml, codes, meant) in [
        ("polcy: {}", [unknown, missing], "policy"),
        ("imagePolcy: {}", [unknown, missing], "imagePolicy"),
        ("attestors: []\npolcy: {}", [unknown, missing], "policy"),
        (
            "policy:\n  defaultAdmisionRule: {evaluationMode: ALWAYS_DENY}\n",
            ["policy-unknown-field", "policy-missing-default-rule"],
            "defaultAdmissionRule",
        ),
        (
            "policy:\n  defaultAdmissionRule:\n    evaluationMod: ALWAYS_DENY\n    enforcementMode: \
             ENFORCED_BLOCK_AND_AUDIT_LOG\n",
            ["policy-unknown-field", "policy-missing-mode"],
            "evaluationMode",
        ),
    ] {
        let (found, help) = errors(yaml);
        assert_eq!(found, codes, "{yaml}");
        assert_eq!(help, format!("did you mean `{meant}`?"), "{yaml}");
    }
}

#[test]
fn a_field_that_is_missing_elsewhere_stays_in_its_place() {
    let yaml = "policy:\n  defaultAdmissionRule: {}\nattestors:\n  - {nme: a, evaluationMod: b}\n";
    let report = linted(yaml);
    let mut missing = report.diagnostics.iter();
    let missing = missing
        .find(|one| one.code == "policy-missing-mode")
        .unwrap();
    let place = yaml.get(missing.span().start..).unwrap();
    assert!(place.starts_with("defaultAdmissionRule"), "{place}");
}

#[test]
fn only_a_document_of_misspelled_fields_alone_is_taken_for_settings() {
    for (yaml, documents) in [
        ("polcy: {}", 1),
        (
            "polcy: {defaultAdmissionRule: {}}\nevidenc: {}\nregistries: [a]",
            1,
        ),
        ("polcy: {}\nreplicas: 1", 0),
        ("polcy: {rules: []}", 0),
        ("polcy: strict", 0),
        ("registrys: [a]", 0),
        ("name: a\ndescription: b", 0),
        ("{}", 0),
    ] {
        assert_eq!(linted(yaml).documents, documents, "{yaml}");
    }
}

#[test]
fn a_wrong_key_gets_help_for_its_form_and_an_openpgp_key_none_of_pem() {
    let attestor = |key: &str| {
        format!(
            "attestors: [{{name: projects/p/attestors/a, userOwnedGrafeasNote: {{noteReference: \
             projects/p/notes/a, publicKeys: [{{{key}}}]}}}}]"
        )
    };
    let pkix = "pkixPublicKey: {signatureAlgorithm: ECDSA_P256_SHA256, publicKeyPem:";
    let ed25519 = "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
    let ed25519 =
        format!("{pkix} \"-----BEGIN PUBLIC KEY-----\\n{ed25519}\\n-----END PUBLIC KEY-----\"}}");
    for (key, code, help) in [
        (
            ed25519,
            "key-algorithm-mismatch",
            "set `signatureAlgorithm` to `ED25519`",
        ),
        (
            format!("{pkix} ssh-rsa AAAA}}"),
            "key-invalid",
            "`ssh-keygen",
        ),
        ("asciiArmoredPgpPublicKey: x".to_owned(), "key-invalid", ""),
    ] {
        let report = linted(&attestor(&key));
        let mut findings = report.diagnostics.into_iter();
        let found = findings.find(|one| one.code == code).unwrap().help;
        let found = found.unwrap_or_default();
        assert!(
            found.starts_with(help) && found.is_empty() == help.is_empty(),
            "{key}: {found}"
        );
    }
}
