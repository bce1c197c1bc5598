//! Tolerances, and what is not tolerated.

use super::*;

/// Spellings that `gcloud` accepts, each with a warning at its path.
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
        "was converted to a list",
    );
    assert_eq!(problems(&import), [""; 0]);
}

/// A field without a known meaning stays as it is, and validation finds it at its place.
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
