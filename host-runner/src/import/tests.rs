use policy_wasm::Budget;
use serde_json::json;

use super::*;
use crate::inputs;

const POLICY: &str = "
defaultAdmissionRule:
  evaluationMode: REQUIRE_ATTESTATION
  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
  requireAttestationsBy: [projects/p/attestors/a]
globalPolicyEvaluationMode: DISABLE
";
const ATTESTOR: &str = "
name: projects/p/attestors/a
userOwnedGrafeasNote:
  noteReference: projects/p/notes/a
  publicKeys:
    - pkixPublicKey:
        signatureAlgorithm: ECDSA_P256_SHA256
        publicKeyPem: |
          -----BEGIN PUBLIC KEY-----
          MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
          8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
          -----END PUBLIC KEY-----
";
const ATTESTATION: &str = "
kind: ATTESTATION
name: projects/p/occurrences/1
noteName: projects/p/notes/a
attestation: {serializedPayload: e30=, signatures: [{publicKeyId: a, signature: b}]}
";

fn export(file: &str, text: &str) -> Export {
    let path = String::new();
    let place = Place {
        file: file.to_owned(),
        path,
    };
    let document = inputs::parse(text).unwrap().remove(0);
    Export { place, document }
}

fn exports(policy: &str) -> Exports {
    Exports {
        policy: Some(export("policy.yaml", policy)),
        attestors: vec![export("attestor.yaml", ATTESTOR)],
        occurrences: vec![export("attestation.yaml", ATTESTATION)],
        ..Exports::default()
    }
}

/// The paths of the problems that validation has with the settings.
fn problems(import: &Import) -> Vec<String> {
    let settings = import.settings.to_string();
    let problems = policy_wasm::validate_settings(settings.as_bytes(), &Budget::DEFAULT);
    problems.into_iter().map(|problem| problem.path).collect()
}

/// Level, path and message of each finding.
fn said(import: &Import) -> Vec<(Level, &str, &str)> {
    let findings = import.findings.iter();
    findings
        .map(|finding| {
            let path = finding.place.as_ref().map_or("", |place| &place.path);
            (finding.level, path, finding.message.as_str())
        })
        .collect()
}

#[track_caller]
fn says(import: &Import, level: Level, path: &str, words: &str) {
    let said = said(import);
    let is_said =
        |one: &&(Level, &str, &str)| one.0 == level && one.1 == path && one.2.contains(words);
    assert!(
        said.iter().any(|one| is_said(&one)),
        "{path}: {words}\n{said:#?}"
    );
}

#[test]
fn a_good_export_is_taken_over_without_a_word() {
    let import = Import::new(exports(POLICY));
    assert_eq!(said(&import), []);
    assert_eq!(problems(&import), [""; 0]);
    let expected = json!({
        "policy": export("", POLICY).document,
        "attestors": [export("", ATTESTOR).document],
        "evidence": {"occurrences": [export("", ATTESTATION).document]},
    });
    assert_eq!(import.settings, expected);
}

/// What `gcloud` takes for the same thing, each with a warning at its path.
#[test]
fn tolerances_are_put_right_and_told() {
    let rule = "{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
    let namespaces = format!(
        "kubernetesNamespaceAdmissionRules: {{production: {{evaluationMode: REQUIRE_ATTESTATION, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG, requireAttestationsBy: projects/p/attestors/a}}, x-1: {rule}}}"
    );
    for (more, path, pointer, expected) in [
        (
            "admissionWhitelistPatterns: {namePattern: r.example/a@*}",
            "admissionWhitelistPatterns",
            "/policy/admissionWhitelistPatterns",
            json!([{"namePattern": "r.example/a@*"}]),
        ),
        (
            namespaces.as_str(),
            "kubernetesNamespaceAdmissionRules.production.requireAttestationsBy",
            "/policy/kubernetesNamespaceAdmissionRules/production/requireAttestationsBy",
            json!(["projects/p/attestors/a"]),
        ),
        (
            "admissionWhitelistPatterns:",
            "admissionWhitelistPatterns",
            "/policy/admissionWhitelistPatterns",
            Value::Null,
        ),
        (
            "clusterAdmissionRules: null",
            "clusterAdmissionRules",
            "/policy/clusterAdmissionRules",
            Value::Null,
        ),
        (
            "admissionWhitelistPatterns: [{namePattern: 'r.example/a[@:]*'}, {namePattern: r.example/b:1}]",
            "admissionWhitelistPatterns[0].namePattern",
            "/policy/admissionWhitelistPatterns",
            json!([{"namePattern": "r.example/a:*"}, {"namePattern": "r.example/b:1"}, {"namePattern": "r.example/a@*"}]),
        ),
    ] {
        let import = Import::new(exports(&format!("{POLICY}{more}\n")));
        let [(Level::Warning, at, _)] = said(&import)[..] else {
            panic!("{more}: {:?}", said(&import));
        };
        assert_eq!(at, path, "{more}");
        assert_eq!(problems(&import), [""; 0], "{more}");
        assert_eq!(
            import
                .settings
                .pointer(pointer)
                .cloned()
                .unwrap_or_default(),
            expected,
            "{more}"
        );
    }
}

#[test]
fn platform_policies_and_attestors_are_put_right_too() {
    let policy = "
gkePolicy:
  imageAllowlist: {allowPattern: r.example/a}
  checkSets:
    scope:
    checks:
      trustedDirectoryCheck: {trustedDirPatterns: r.example/b}
";
    let import = Import::new(Exports {
        platform_policies: vec![export("platform.yaml", policy)],
        ..Exports::default()
    });
    for path in [
        "gkePolicy.imageAllowlist.allowPattern",
        "gkePolicy.checkSets",
        "gkePolicy.checkSets.scope",
        "gkePolicy.checkSets.checks",
        "gkePolicy.checkSets.checks.trustedDirectoryCheck.trustedDirPatterns",
    ] {
        says(&import, Level::Warning, path, "");
    }
    assert_eq!(problems(&import), [""; 0]);
    let scope = "/platformPolicies/0/gkePolicy/checkSets/0/scope";
    assert_eq!(import.settings.pointer(scope), None);

    let mut attestor = export("attestor.yaml", ATTESTOR);
    let keys = attestor
        .document
        .pointer_mut("/userOwnedGrafeasNote/publicKeys")
        .unwrap();
    *keys = keys[0].take();
    let import = Import::new(Exports {
        attestors: vec![attestor],
        ..exports(POLICY)
    });
    says(
        &import,
        Level::Warning,
        "userOwnedGrafeasNote.publicKeys",
        "a list of one",
    );
    assert_eq!(problems(&import), [""; 0]);
}

/// What nobody can know the meaning of stays as it is, and validation finds it where it stood.
#[test]
fn what_is_wrong_stays_wrong() {
    for (from, to, path) in [
        (
            "REQUIRE_ATTESTATION",
            "2",
            "defaultAdmissionRule.evaluationMode",
        ),
        (
            "REQUIRE_ATTESTATION",
            "require_attestation",
            "defaultAdmissionRule.evaluationMode",
        ),
        ("DISABLE", "true", "globalPolicyEvaluationMode"),
        ("DISABLE", "no", "globalPolicyEvaluationMode"),
        (
            "evaluationMode",
            "evaluation_mode",
            "defaultAdmissionRule[evaluation_mode]",
        ),
        ("globalPolicy", "unknown: null\nglobalPolicy", "unknown"),
        (
            "globalPolicy",
            "admissionWhitelistPatterns: [r.example/a]\nglobalPolicy",
            "admissionWhitelistPatterns[0]",
        ),
        (
            "globalPolicy",
            "admissionWhitelistPatterns: [{namePattern: 5}]\nglobalPolicy",
            "admissionWhitelistPatterns[0].namePattern",
        ),
        (
            "globalPolicy",
            "admissionWhitelistPatterns: [{namePattern: 'r.example/[@:]a*'}]\nglobalPolicy",
            "admissionWhitelistPatterns[0].namePattern",
        ),
        (
            "globalPolicy",
            "kubernetesNamespaceAdmissionRules: {a.b: null}\nglobalPolicy",
            "kubernetesNamespaceAdmissionRules[a.b]",
        ),
        (
            "globalPolicy",
            "kubernetesNamespaceAdmissionRules: []\nglobalPolicy",
            "kubernetesNamespaceAdmissionRules",
        ),
        (
            "[projects/p/attestors/a]",
            "5",
            "defaultAdmissionRule.requireAttestationsBy",
        ),
    ] {
        let mut exports = exports(&POLICY.replacen(from, to, 1));
        exports.keeps_all = true;
        let import = Import::new(exports);
        let problems = problems(&import);
        let origins: Vec<_> = problems
            .iter()
            .filter_map(|path| import.origin(path))
            .collect();
        let expected = Place {
            file: "policy.yaml".into(),
            path: path.into(),
        };
        assert!(
            origins.contains(&expected),
            "{to}: {problems:?}\n{origins:?}"
        );
    }
}

#[test]
fn whatever_is_no_mapping_stays_for_validation_to_find() {
    for text in ["[1]", "5", "text"] {
        let import = Import::new(Exports {
            system_policy: Some(export("system.yaml", text)),
            platform_policies: vec![export("platform.yaml", text)],
            attestors: vec![export("attestor.yaml", text)],
            ..exports(text)
        });
        let problems = problems(&import);
        for path in ["policy", "platformPolicies[0]", "attestors[0]"] {
            assert!(
                problems.iter().any(|one| one == path),
                "{text}: {problems:?}"
            );
        }
    }
}

#[test]
fn fields_are_known_in_other_spellings() {
    for (written, spelled) in [
        ("evaluation_mode", Some("evaluationMode")),
        ("EvaluationMode", Some("evaluationMode")),
        ("public_key_pem", Some("publicKeyPem")),
        ("allowed_cves", Some("allowedCves")),
        ("evaluationMode", None),
        ("admissionAllowlistPatterns", None),
    ] {
        assert_eq!(spelling(written), spelled);
    }
}

#[test]
fn what_only_the_service_uses_is_left_out() {
    let policy = format!(
        "{POLICY}name: projects/p/policy\ndescription: ours\netag: '\"x\"'\nupdateTime: 2026-01-01T00:00:00Z\n"
    );
    let mut attestor = export("attestor.yaml", ATTESTOR);
    attestor.document["updateTime"] = "2026-01-01T00:00:00Z".into();
    let note = attestor
        .document
        .pointer_mut("/userOwnedGrafeasNote")
        .unwrap();
    note["delegationServiceAccountEmail"] = "x@example.com".into();
    let import = Import::new(Exports {
        attestors: vec![attestor],
        ..exports(&policy)
    });
    says(
        &import,
        Level::Note,
        "",
        "`delegationServiceAccountEmail`, `etag`, `updateTime`",
    );
    assert_eq!(import.settings["policy"]["name"], "projects/p/policy");
    assert_eq!(import.settings["policy"]["description"], "ours");
    assert_eq!(import.settings["policy"].get("etag"), None);
    assert_eq!(
        import.settings["attestors"][0],
        export("", ATTESTOR).document
    );
    assert_eq!(problems(&import), [""; 0]);
}

#[test]
fn a_beta_note_is_renamed_and_two_notes_are_not() {
    let beta = ATTESTOR.replace("Grafeas", "Drydock");
    let import = Import::new(Exports {
        attestors: vec![export("attestor.yaml", &beta)],
        ..exports(POLICY)
    });
    says(&import, Level::Note, "", "`userOwnedDrydockNote`");
    assert_eq!(
        import.settings["attestors"][0],
        export("", ATTESTOR).document
    );
    let both = format!("{ATTESTOR}userOwnedDrydockNote: {{noteReference: x}}\n");
    let import = Import::new(Exports {
        attestors: vec![export("attestor.yaml", &both)],
        ..exports(POLICY)
    });
    assert_eq!(problems(&import), ["attestors[0].userOwnedDrydockNote"]);
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
        "no rule names them: `projects/p/attestors/b`",
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
        "`projects/p/attestors/b` is not among",
    );
    says(&import, Level::Error, path, "`odd; name` is not among");
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
        Level::Lacking,
        "",
        "there is no attestation by `projects/p/attestors/a`",
    );
    assert_eq!(import.level(), Some(Level::Lacking));
}

#[test]
fn the_system_policy_is_wanted_exactly_where_it_is_enabled() {
    let system = || {
        Some(export(
            "system.yaml",
            "name: locations/global/policy\nadmissionWhitelistPatterns: [{namePattern: gcr.io/gke/**}]\n",
        ))
    };
    let enabled = POLICY.replace("DISABLE", "ENABLE");
    let unsaid = POLICY.replace("globalPolicyEvaluationMode: DISABLE", "");
    for (policy, system_policy, level, path, words, is_kept) in [
        (
            enabled.as_str(),
            None,
            Some(Level::Lacking),
            "globalPolicyEvaluationMode",
            "only the system policy says",
            false,
        ),
        (&enabled, system(), None, "", "", true),
        (
            POLICY,
            system(),
            Some(Level::Warning),
            "",
            "was left out",
            false,
        ),
        (
            &unsaid,
            None,
            Some(Level::Warning),
            "",
            "which means `DISABLE`",
            false,
        ),
    ] {
        let import = Import::new(Exports {
            system_policy,
            ..exports(policy)
        });
        assert_eq!(import.level(), level, "{policy}");
        if let Some(level) = level {
            says(&import, level, path, words);
        }
        assert_eq!(import.settings.get("systemPolicy").is_some(), is_kept);
        assert_eq!(problems(&import), [""; 0]);
    }
}

#[test]
fn rules_for_clusters_and_identities_want_to_know_which_these_are() {
    let rule = "{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
    let clusters = format!("{POLICY}clusterAdmissionRules: {{us-a.x: {rule}, us-a.y: {rule}}}\n");
    let mesh = format!(
        "{POLICY}istioServiceIdentityAdmissionRules: {{'spiffe://d.example/ns/n/sa/s': {rule}, 'd.example/ns/n/sa/t': {rule}}}\n"
    );
    let text = |text: &str| Some(text.to_owned());
    for (policy, cluster, domain, level, path, words) in [
        (
            clusters.as_str(),
            None,
            None,
            Some(Level::Error),
            "clusterAdmissionRules",
            "which cluster",
        ),
        (&clusters, text("us-a.x"), None, None, "", ""),
        (
            &clusters,
            text("us-a.z"),
            None,
            Some(Level::Warning),
            "clusterAdmissionRules",
            "no rule is about the cluster `us-a.z`",
        ),
        (
            &mesh,
            None,
            None,
            Some(Level::Error),
            "istioServiceIdentityAdmissionRules",
            "which trust domain",
        ),
        (&mesh, None, text("d.example"), None, "", ""),
        (
            &mesh,
            None,
            text("e.example"),
            Some(Level::Warning),
            "istioServiceIdentityAdmissionRules",
            "`e.example`",
        ),
        (
            POLICY,
            text("us-a.x"),
            None,
            Some(Level::Warning),
            "",
            "has no effect",
        ),
    ] {
        let import = Import::new(Exports {
            cluster: cluster.clone(),
            mesh_trust_domain: domain.clone(),
            ..exports(policy)
        });
        assert_eq!(import.level(), level, "{policy}: {:?}", said(&import));
        if let Some(level) = level {
            says(&import, level, path, words);
        }
        assert_eq!(problems(&import).is_empty(), level != Some(Level::Error));
        assert_eq!(
            import.settings.get("cluster").and_then(Value::as_str),
            cluster.as_deref()
        );
        assert_eq!(
            import
                .settings
                .get("meshTrustDomain")
                .and_then(Value::as_str),
            domain.as_deref()
        );
    }
}

const VULNERABILITY: &str = "gkePolicy: {checkSets: [{checks: [{vulnerabilityCheck: {maximumFixableSeverity: LOW, maximumUnfixableSeverity: LOW, containerAnalysisVulnerabilityProjects: [projects/p]}}]}]}";

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
        "left out: 1 occurrence, given before",
        "left out: 1 occurrence, under the note of no attestor here",
        "left out: 1 occurrence, of scans, which no check reads",
        "left out: 2 occurrences, of kind `BUILD`, which nothing reads",
    ] {
        says(&import, Level::Note, "", words);
    }
    says(&import, Level::Warning, "", "a JWT never counts");
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

const SIGNED: &str = "gkePolicy: {checkSets: [{checks: [{simpleSigningAttestationCheck: {attestationAuthenticators: [{pkixPublicKeySet: {pkixPublicKeys: [{signatureAlgorithm: ECDSA_P256_SHA256, publicKeyPem: PEM}]}}]}}]}]}";

fn pem() -> String {
    let attestor = export("", ATTESTOR).document;
    attestor
        .pointer("/userOwnedGrafeasNote/publicKeys/0/pkixPublicKey/publicKeyPem")
        .unwrap()
        .to_string()
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
            "Google looks up by itself",
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
