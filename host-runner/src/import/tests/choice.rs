//! Converted parts, parts that are left out, and parts that are missing.

use super::*;

const VULNERABILITY: &str = "gkePolicy: {checkSets: [{checks: [{vulnerabilityCheck: {maximumFixableSeverity: LOW, maximumUnfixableSeverity: LOW, containerAnalysisVulnerabilityProjects: [projects/p]}}]}]}";

const SIGNED: &str = "gkePolicy: {checkSets: [{checks: [{simpleSigningAttestationCheck: {attestationAuthenticators: [{pkixPublicKeySet: {pkixPublicKeys: [{signatureAlgorithm: ECDSA_P256_SHA256, publicKeyPem: PEM}]}}]}}]}]}";

fn pem() -> String {
    let attestor = export("", ATTESTOR).document;
    attestor
        .pointer("/userOwnedGrafeasNote/publicKeys/0/pkixPublicKey/publicKeyPem")
        .unwrap()
        .to_string()
}

#[test]
fn attestors_are_those_that_the_policy_names() {
    let other = |name: &str| {
        export(
            "others.yaml",
            &ATTESTOR.replace("/a\n", &format!("/{name}\n")),
        )
    };
    let given = || {
        vec![
            other("b"),
            export("attestor.yaml", ATTESTOR),
            export("again.yaml", ATTESTOR),
        ]
    };
    let import = Import::new(Exports {
        attestors: given(),
        ..exports(POLICY)
    });
    says(
        &import,
        Level::Note,
        "",
        "that no rule names: `projects/p/attestors/b`",
    );
    says(&import, Level::Note, "", "given twice");
    assert_eq!(
        import.settings["attestors"],
        json!([export("", ATTESTOR).document])
    );
    let import = Import::new(Exports {
        attestors: given(),
        keeps_all: true,
        ..exports(POLICY)
    });
    assert_eq!(import.settings["attestors"].as_array().unwrap().len(), 2);

    let rules = "kubernetesServiceAccountAdmissionRules: {'n:s': {evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: [projects/p/attestors/b, odd; name]}}\n";
    let import = Import::new(exports(&format!("{POLICY}{rules}")));
    let path = "kubernetesServiceAccountAdmissionRules[n:s].requireAttestationsBy";
    says(
        &import,
        Level::Error,
        path,
        "`projects/p/attestors/b` is in none of",
    );
    says(&import, Level::Error, path, "`odd; name` is in none of");
    let helps: Vec<_> = import
        .findings
        .iter()
        .filter(|one| one.level == Level::Error)
        .map(|one| one.help.as_deref())
        .collect();
    assert_eq!(
        helps,
        [
            None,
            Some(
                "gcloud container binauthz attestors describe b --project=p --format=json > b.json, then --attestors b.json"
            ),
        ]
    );
}

#[test]
fn an_attestor_without_keys_and_one_without_attestations_are_told() {
    let keyless =
        "name: projects/p/attestors/a\nuserOwnedGrafeasNote: {noteReference: projects/p/notes/a}\n";
    let import = Import::new(Exports {
        attestors: vec![export("attestor.yaml", keyless)],
        occurrences: Vec::new(),
        ..exports(POLICY)
    });
    says(&import, Level::Warning, "", "has no keys");
    says(
        &import,
        Level::Warning,
        "",
        "no attestations were given for `projects/p/attestors/a`",
    );
    assert_eq!(
        import.level(),
        Some(Level::Warning),
        "nothing is lost by it"
    );
}

#[test]
fn occurrences_are_those_that_something_reads() {
    let digest = "1".repeat(64);
    let scan = format!(
        "kind: DISCOVERY\nresourceUri: r.example/a@sha256:{digest}\ndiscovery: {{analysisStatus: FINISHED_SUCCESS}}\n"
    );
    let given = || {
        [
            ATTESTATION.to_owned(),
            ATTESTATION.replace("occurrences/1", "occurrences/2"),
            ATTESTATION.replace("notes/a", "notes/b"),
            ATTESTATION.replace("noteName: projects/p/notes/a\n", ""),
            scan.clone(),
            "kind: BUILD".to_owned(),
            "kind: BUILD\nname: x".to_owned(),
            "kind: ATTESTATION\nnoteName: projects/p/notes/a\nattestation: {jwts: [{compactJwt: x}]}".to_owned(),
        ]
        .map(|text| export("all.yaml", &text))
        .to_vec()
    };
    let import = Import::new(Exports {
        occurrences: given(),
        ..exports(POLICY)
    });
    for words in [
        "left out 1 occurrence (duplicate)",
        "left out 1 occurrence (under a note of no imported attestor)",
        "left out 1 occurrence (scans, which no check reads)",
        "left out 2 occurrences (kind `BUILD`, which no check reads)",
    ] {
        says(&import, Level::Note, "", words);
    }
    says(&import, Level::Warning, "", "JWTs are not supported");
    assert_eq!(
        import
            .settings
            .pointer("/evidence/occurrences")
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(problems(&import), [""; 0]);

    // Checks know no notes, and read scans.
    let import = Import::new(Exports {
        occurrences: given(),
        platform_policies: vec![
            export("platform.yaml", VULNERABILITY),
            export("more.yaml", &SIGNED.replace("PEM", &pem())),
        ],
        ..exports(POLICY)
    });
    assert_eq!(
        import
            .settings
            .pointer("/evidence/occurrences")
            .unwrap()
            .as_array()
            .unwrap()
            .len(),
        5
    );
    assert_eq!(problems(&import), [""; 0]);
    assert!(import.level() < Some(Level::Lacking), "{:?}", said(&import));
}

/// Cloud Build files it as `BUILD`. What nobody signed stays behind.
#[test]
fn provenance_is_taken_over_where_a_check_reads_it() {
    let signed = "kind: BUILD\nnoteName: projects/verified-builder/notes/x\nbuild: {}\nenvelope: {payloadType: t, payload: '', signatures: []}\n";
    let given = || {
        vec![
            export("built.json", signed),
            export("built.json", "kind: BUILD\nbuild: {}\n"),
        ]
    };
    let slsa = "gkePolicy: {checkSets: [{checks: [{slsaCheck: {rules: [{trustedBuilder: GOOGLE_CLOUD_BUILD}]}}]}]}";
    let import = Import::new(Exports {
        platform_policies: vec![export("platform.yaml", slsa)],
        occurrences: given(),
        ..Exports::default()
    });
    assert_eq!(
        import.settings["evidence"]["occurrences"],
        json!([export("", signed).document])
    );
    let words = "left out 1 occurrence (kind `BUILD`, which no check reads)";
    says(&import, Level::Note, "", words);
    let import = Import::new(Exports {
        occurrences: given(),
        ..exports(POLICY)
    });
    assert_eq!(import.settings.get("evidence"), None);
    let words = "left out 1 occurrence (signed provenance, which no check reads)";
    says(&import, Level::Note, "", words);
}

#[test]
fn what_google_looks_up_by_itself_is_lacking() {
    let sets = |checks: &str| format!("gkePolicy: {{checkSets: [{{checks: [{checks}]}}]}}");
    let slsa = sets("{slsaCheck: {rules: [{trustedBuilder: GOOGLE_CLOUD_BUILD}]}}");
    let fresh = sets(
        "{alwaysDeny: true}, {imageFreshnessCheck: {maxUploadAgeDays: 3}}, {imageFreshnessCheck: {maxUploadAgeDays: 4}}",
    );
    let sigstore = sets(&format!(
        "{{sigstoreSignatureCheck: {{sigstoreAuthorities: [{{publicKeySet: {{publicKeys: [{{publicKeyPem: {}}}]}}}}]}}}}",
        pem()
    ));
    for (policy, check, help) in [
        (
            VULNERABILITY,
            "checks[0].vulnerabilityCheck",
            "authenticators.vulnerability",
        ),
        (&slsa, "checks[0].slsaCheck", "authenticators.provenance"),
        (
            &fresh,
            "checks[1].imageFreshnessCheck",
            "authenticators.freshness",
        ),
        (
            &sigstore,
            "checks[0].sigstoreSignatureCheck",
            "evidence.registry",
        ),
        (
            &SIGNED.replace("PEM", &pem()),
            "checks[0].simpleSigningAttestationCheck",
            "--attestations",
        ),
    ] {
        let import = Import::new(Exports {
            platform_policies: vec![export("platform.yaml", policy)],
            ..Exports::default()
        });
        says(
            &import,
            Level::Lacking,
            &format!("gkePolicy.checkSets[0].{check}"),
            "Google looks up the evidence",
        );
        says(&import, Level::Warning, "", "only log at Google");
        let lacking: Vec<_> = import
            .findings
            .iter()
            .filter(|one| one.level == Level::Lacking)
            .collect();
        let [lacking] = lacking[..] else {
            panic!("{lacking:?}")
        };
        assert!(
            lacking.help.as_deref().unwrap().contains(help),
            "{lacking:?}"
        );
        assert_eq!(problems(&import), [""; 0], "{policy}");
    }
    let import = Import::new(Exports {
        platform_policies: vec![export("platform.yaml", VULNERABILITY)],
        ..Exports::default()
    });
    says(&import, Level::Note, "", "have no effect here");
}
