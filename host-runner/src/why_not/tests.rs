use policy_wasm::abi;
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::Time;
use serde_json::{Value, json};

use super::*;
use crate::inputs::{self, Asked, Place, Request};

const DIGEST: &str = "1111111111111111111111111111111111111111111111111111111111111111";

fn image() -> String {
    format!("registry.example/shop/web@sha256:{DIGEST}")
}

/// Returns the policy's Decision on a Pod with one image.
fn evaluated(settings: &Value, image: &str) -> Evaluated<Decision> {
    let request = json!({
        "uid": "u", "operation": "CREATE", "namespace": "staging", "name": "web",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "object": {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"labels": {"image-policy.k8s.io/break-glass": "true"}},
            "spec": {"serviceAccountName": "robot", "containers": [{"name": "a", "image": image}]}},
    });
    let call = json!({"request": request, "settings": settings}).to_string();
    let host = abi::Host {
        clock: &|| Time::parse("2026-11-23T12:00:00Z").ok(),
        lookup: &mut NoLookup,
    };
    let answer = serde_json::from_slice(&abi::decide(call.as_bytes(), host)).unwrap();
    Evaluated {
        request: Request {
            request,
            title: "Pod staging/web".into(),
            source: "pod.yaml".into(),
            place: Place::default(),
            asked: Asked::Yes,
        },
        answer,
    }
}

/// All ways around what stands in an image's way.
fn ways(settings: &Value, image: &str) -> Vec<Way> {
    let fixes = fixes(&evaluated(settings, image), SettingsView(settings), given());
    let about_image = fixes.into_iter().filter(|one| one.image == image);
    about_image
        .flat_map(|one| one.obstacles)
        .flat_map(|one| one.ways)
        .collect()
}

fn given() -> Given<'static> {
    Given {
        settings: "s.yaml".as_ref(),
        kubernetes: None,
        registry: None,
    }
}

fn titles(ways: &[Way]) -> Vec<&str> {
    ways.iter().map(|way| way.title.as_str()).collect()
}

/// Puts what a way prints into the settings, where it says that it belongs.
fn apply(settings: &mut Value, block: &str) {
    let block = block.replace("<YYYY-MM-DDTHH:MM:SSZ>", "2026-11-20T06:00:00Z");
    let block = block.replace("<YYYY-MM-DD>", "2026-11-23");
    let place = block
        .strip_prefix("# ")
        .and_then(|text| text.lines().next());
    let pointer = place.unwrap_or_default().replace('[', ".").replace(']', "");
    let pointer: String = pointer
        .split('.')
        .filter(|key| !key.is_empty())
        .map(|key| format!("/{key}"))
        .collect();
    let change = inputs::parse(&block).unwrap().remove(0);
    merge(settings.pointer_mut(&pointer).unwrap(), change);
}

fn merge(into: &mut Value, change: Value) {
    match (into, change) {
        (Value::Object(into), Value::Object(change)) => {
            for (key, value) in change {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(into), Value::Array(change)) => into.extend(change),
        (into, change) => *into = change,
    }
}

/// Each way, taken alone, admits the image.
#[track_caller]
fn assert_each_admits(settings: &Value, expected: &[&str]) {
    let ways = ways(settings, &image());
    assert_eq!(titles(&ways), expected);
    for way in &ways {
        let mut changed = settings.clone();
        for block in &way.blocks {
            apply(&mut changed, block);
        }
        let answer = evaluated(&changed, &image()).answer;
        let verdict = &answer.images[0].verdict;
        assert_eq!(*verdict, Verdict::Conformant, "{}: {answer:#?}", way.title);
    }
}

fn rule(mode: &str) -> Value {
    json!({"evaluationMode": mode, "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"})
}

fn check(check: &Value) -> Value {
    json!({"platformPolicies": [{"gkePolicy": {"checkSets": [{"checks": [check]}]}}]})
}

const EXEMPT: &str = "exempt exactly this image";
const EXEMPT_CHECK: &str = "exempt this image from the check";

#[test]
fn a_rule_that_denies_is_replaced_where_the_pod_runs() {
    let mut settings = json!({"policy": {"defaultAdmissionRule": rule("ALWAYS_DENY")}});
    assert_each_admits(&settings, &["add the rule for `staging`", EXEMPT]);
    settings["policy"]["kubernetesNamespaceAdmissionRules"] =
        json!({"staging": rule("ALWAYS_DENY")});
    assert_each_admits(&settings, &["change the rule for `staging`", EXEMPT]);
    let policy = settings["policy"].as_object_mut().unwrap();
    policy.remove("kubernetesNamespaceAdmissionRules");
    policy.insert(
        "kubernetesServiceAccountAdmissionRules".into(),
        json!({"prod:robot": rule("ALWAYS_ALLOW")}),
    );
    assert_each_admits(&settings, &["add the rule for `staging:robot`", EXEMPT]);
}

#[test]
fn a_check_is_changed_or_told_what_it_wants_to_know() {
    assert_each_admits(&check(&json!({"alwaysDeny": true})), &[EXEMPT_CHECK]);
    let directory = json!({"trustedDirectoryCheck": {"trustedDirPatterns": ["other.example/x"]}});
    let trusted = "trust the directory `registry.example/shop`";
    assert_each_admits(&check(&directory), &[trusted, EXEMPT_CHECK]);
    let fresh = json!({"imageFreshnessCheck": {"maxUploadAgeDays": 30}});
    let stated = "add the upload time of the image";
    assert_each_admits(&check(&fresh), &[stated, EXEMPT_CHECK]);
}

#[test]
fn what_a_scan_found_is_allowed_by_its_id() {
    let finding = |id: &str| json!({"VulnerabilityID": id, "PkgName": "p", "Severity": "HIGH"});
    let report = json!({"SchemaVersion": 2, "ArtifactName": "x", "Results": [
        {"Target": "t", "Vulnerabilities": [finding("CVE-2026-1"), finding("CVE-2026-2")]}]});
    let mut settings = check(&json!({"vulnerabilityCheck": {
        "maximumFixableSeverity": "LOW", "maximumUnfixableSeverity": "LOW"}}));
    settings["evidence"] = json!({"statements": [{
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "x", "digest": {"sha256": DIGEST}}],
        "predicateType": "https://cosign.sigstore.dev/attestation/vuln/v1",
        "predicate": {"invocation": {}, "scanner": {"uri": "pkg:github/aquasecurity/trivy@0.65.0",
            "version": "0.65.0", "db": {}, "result": report},
            "metadata": {"scanStartedOn": "2026-11-20T06:00:00Z",
                "scanFinishedOn": "2026-11-20T06:00:00Z"}},
    }]});
    assert_each_admits(&settings, &["allow these vulnerabilities", EXEMPT_CHECK]);
}

#[test]
fn an_image_named_by_tag_gets_its_digest_once_for_all_checks() {
    let checks = json!([{"checks": [
        {"imageFreshnessCheck": {"maxUploadAgeDays": 30}},
        {"vulnerabilityCheck": {
            "maximumFixableSeverity": "LOW", "maximumUnfixableSeverity": "LOW"}}]}]);
    let settings = json!({"platformPolicies": [{"gkePolicy": {"checkSets": checks}}]});
    let ways = ways(&settings, "registry.example/shop/web:1");
    let expected = [
        "reference the image by digest; the digest must then satisfy the policy",
        "let the policy resolve the tag",
        "exempt this image from the policy",
    ];
    assert_eq!(titles(&ways), expected);
    let line = "image: registry.example/shop/web@sha256:<digest>\n";
    assert_eq!(ways[0].blocks, [line]);
    assert_eq!(ways[2].caution, Some(EXEMPT_TAG));
}

/// Neither a digest nor a trusted directory is enough alone, so they are no alternatives.
#[test]
fn a_tag_outside_of_trusted_directories_needs_a_digest_and_a_directory() {
    let settings =
        check(&json!({"trustedDirectoryCheck": {"trustedDirPatterns": ["other.example/x"]}}));
    let evaluated = evaluated(&settings, "registry.example/shop/web:1");
    let found = fixes(&evaluated, SettingsView(&settings), given());
    let [name, check] = found[1].obstacles.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(
        titles(&name.ways)[0],
        "reference the image by digest; the digest must then satisfy the policy"
    );
    assert_eq!(
        titles(&check.ways),
        ["trust the directory `registry.example/shop`", EXEMPT_CHECK]
    );
}

#[test]
fn a_label_without_effect_is_told_with_what_stands_in_the_objects_way() {
    let settings = json!({"policy": {"defaultAdmissionRule": rule("ALWAYS_DENY")}});
    let found = fixes(
        &evaluated(&settings, &image()),
        SettingsView(&settings),
        given(),
    );
    let about_object = &found[0];
    assert_eq!(about_object.image, "");
    let block = &about_object.obstacles[0].ways[0].blocks[0];
    let mut changed = settings.clone();
    apply(&mut changed, block);
    assert!(evaluated(&changed, &image()).answer.allowed);
}

#[test]
fn an_admitted_image_needs_nothing() {
    let settings = json!({"policy": {"defaultAdmissionRule": rule("ALWAYS_ALLOW")}});
    let found = fixes(
        &evaluated(&settings, &image()),
        SettingsView(&settings),
        given(),
    );
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_revoked_image_is_not_signed_or_exempted() {
    let settings = json!({"policy": {"defaultAdmissionRule": rule("ALWAYS_DENY")},
        "deniedDigests": [format!("sha256:{DIGEST}")]});
    let expected =
        format!("remove `sha256:{DIGEST}` from `deniedDigests`, if it should not be revoked");
    assert_eq!(titles(&ways(&settings, &image())), [expected]);
}

/// Settings whose only attestor has a set with one identity, and these keys; a check wants the same identity.
fn with_identity(keys: &Value, evidence: &Value) -> Value {
    let document: Value = serde_json::from_str(include_str!(
        "../../../tests/core/vectors/sigstore/published/public-good.json"
    ))
    .unwrap();
    json!({
        "policy": {"defaultAdmissionRule": {"evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG", "requireAttestationsBy": ["a/b"]}},
        "attestors": [{"name": "a/b", "userOwnedGrafeasNote": {"noteReference": "n", "publicKeys": keys}}],
        "sigstore": {
            "trustedRoots": {"public": {"document": document}},
            "identities": {"release": [{"trustedRoot": "public", "issuer": "https://issuer.example",
                "subjectPattern": "https://git.example/acme/shop/release.yml@refs/tags/*",
                "claims": {"buildTrigger": ["push", "schedule"], "runnerEnvironment": "github-hosted"}}]},
            "attestors": {"a/b": ["release"]},
        },
        "evidence": evidence,
    })
}

const IDENTITY: &str = "# this identity has to sign, for example with `cosign sign --bundle image.sigstore.json` in its workflow:
#   - issuer: https://issuer.example
#     subjectPattern: https://git.example/acme/shop/release.yml@refs/tags/*
#     claims:
#       buildTrigger: [\"push\",\"schedule\"]
#       runnerEnvironment: github-hosted
countersign attest import --settings s.yaml ";

#[test]
fn an_identity_is_named_with_the_import_of_its_bundle() {
    let image = image();
    for (evidence, place) in [
        (
            json!({}),
            format!("--occurrences s.yaml {image} image.sigstore.json\n"),
        ),
        (
            json!({"podAnnotation": true}),
            format!("--manifest pod.yaml {image} image.sigstore.json\nkubectl apply -f pod.yaml\n"),
        ),
        (
            json!({"kubernetes": {"notes": {"n": "attest"}}}),
            format!(
                "--kubernetes attestations {image} image.sigstore.json\n\
                 kubectl apply --server-side --field-manager=b -f attestations/attest\n"
            ),
        ),
    ] {
        let settings = with_identity(&json!([]), &evidence);
        let ways = ways(&settings, &image);
        assert_eq!(ways[0].title, "sign it as `a/b`");
        let expected = format!("{IDENTITY}--attestor a/b \\\n  {place}");
        assert_eq!(ways[0].blocks, [expected]);
    }
}

#[test]
fn an_attestor_with_keys_and_identities_has_a_way_for_each() {
    let pem = include_str!("../../../policy-wasm/src/openpgp/vectors/nistp256.pkix.pem");
    let keys = json!([{"pkixPublicKey": {"publicKeyPem": pem, "signatureAlgorithm": "ECDSA_P256_SHA256"}}]);
    let settings = with_identity(&keys, &json!({"podAnnotation": true}));
    let ways = ways(&settings, &image());
    assert_eq!(
        titles(&ways)[..2],
        [
            "sign it as `a/b`",
            "sign it as `a/b`, with a certificate in place of a key"
        ]
    );
    assert!(ways[0].blocks[0].contains("attest sign --key KEY.pem"));
    assert!(ways[1].blocks[0].starts_with(IDENTITY));
}

#[test]
fn an_identity_of_a_check_is_named_too() {
    let mut settings = with_identity(
        &json!([]),
        &json!({"kubernetes": {"notes": {"n": "attest"}}}),
    );
    settings.as_object_mut().unwrap().remove("policy");
    settings["sigstore"]["authorities"] = json!({"release": ["release"]});
    settings["platformPolicies"] = json!([{"gkePolicy": {"checkSets": [{"checks": [
        {"sigstoreSignatureCheck": {"sigstoreAuthorities": [{"displayName": "release"}]}}]}]}}]);
    let image = image();
    let ways = ways(&settings, &image);
    assert_eq!(ways[0].title, "sign it with an identity of the check");
    let place =
        format!("\\\n  --namespace attest --kubernetes attestations {image} image.sigstore.json\n");
    let block = &ways[0].blocks[0];
    assert!(block.starts_with(IDENTITY), "{block}");
    assert!(block.contains(&place), "{block}");
}

/// Settings with attestors `a`, `b` and `c`, and these rules of `imagePolicy`.
fn with_rules(rules: &Value) -> Value {
    let pem = include_str!("../../../policy-wasm/src/openpgp/vectors/nistp256.pkix.pem");
    let key =
        json!({"pkixPublicKey": {"publicKeyPem": pem, "signatureAlgorithm": "ECDSA_P256_SHA256"}});
    // Attestors of one requirement do not share keys, and the others have identities.
    let attestor = |name: &str, keys: &[Value]| json!({"name": name, "userOwnedGrafeasNote": {"noteReference": name, "publicKeys": keys}});
    let mut settings = with_identity(&json!([]), &json!({"podAnnotation": true}));
    settings.as_object_mut().unwrap().remove("policy");
    settings["attestors"] = json!([
        attestor("p/a", &[key]),
        attestor("p/b", &[]),
        attestor("p/c", &[])
    ]);
    settings["sigstore"]["identities"]["other"] =
        settings["sigstore"]["identities"]["release"].clone();
    settings["sigstore"]["identities"]["other"][0]["issuer"] = "https://other.example".into();
    settings["sigstore"]["attestors"] = json!({"p/b": ["release"], "p/c": ["other"]});
    settings["imagePolicy"] = json!({"unmatchedImages": "deny", "rules": rules});
    settings
}

const EXTEND: &str = "extend the exemption \"old\"";

fn old_exemption() -> Value {
    json!({"name": "old", "images": ["**"], "exempt": {"until": "2026-11-22"}})
}

#[test]
fn an_image_without_a_rule_is_exempted_or_added_to_one() {
    assert_each_admits(&with_rules(&json!([])), &[EXEMPT]);
    assert_each_admits(&with_rules(&json!([old_exemption()])), &[EXTEND, EXEMPT]);
    let shop = json!({"name": "shop", "images": ["other.example/**"], "require": [{"attestors": ["p/a"]}]});
    let settings = with_rules(&json!([shop]));
    let ways = ways(&settings, &image());
    assert_eq!(
        titles(&ways),
        [
            "add `registry.example/shop/web` to the rule \"shop\"; the image must then satisfy the rule",
            EXEMPT
        ]
    );
    let mut changed = settings.clone();
    apply(&mut changed, &ways[0].blocks[0]);
    let answer = evaluated(&changed, &image()).answer;
    assert_eq!(answer.images[0].results[0].rules[0].name, "shop");
}

#[test]
fn a_rule_that_denies_has_an_exception_and_no_exemption() {
    let deny = json!({"name": "no", "images": ["registry.example/**"], "deny": "No."});
    let any = json!({"name": "rest", "images": ["**"], "exempt": {}});
    let settings = with_rules(&json!([deny, any]));
    assert_each_admits(&settings, &["except this image from the rule \"no\""]);
    let unpinned = json!({"name": "pin", "images": ["**@-"], "deny": "Use a digest."});
    let settings = with_rules(&json!([unpinned, any]));
    assert_eq!(
        titles(&ways(&settings, "registry.example/shop/web:1")),
        [
            "reference the image by digest; the digest must then satisfy the policy",
            "except this image from the rule \"pin\""
        ]
    );
}

#[test]
fn a_quorum_names_the_signatures_that_are_enough() {
    let rule = |quorum: Value| {
        with_rules(&json!([{"name": "shop", "images": ["**"], "require": [quorum]}]))
    };
    let all = json!(["p/a", "p/b", "p/c"]);
    for (quorum, expected) in [
        (
            json!({"attestors": all}),
            &["sign it as `p/a` and as `p/b` and as `p/c`"][..],
        ),
        (
            json!({"attestors": all, "threshold": 1}),
            &["sign it as `p/a`", "sign it as `p/b`", "sign it as `p/c`"],
        ),
        (
            json!({"attestors": all, "threshold": 2, "mustInclude": ["p/c"]}),
            &[
                "sign it as `p/c` and as `p/a`",
                "sign it as `p/c` and as `p/b`",
            ],
        ),
        (
            json!({"attestors": all, "threshold": 1, "mustInclude": ["p/c"]}),
            &["sign it as `p/c`"],
        ),
    ] {
        let ways = ways(&rule(quorum.clone()), &image());
        let expected: Vec<_> = expected.iter().copied().chain([EXEMPT]).collect();
        assert_eq!(titles(&ways), expected, "{quorum}");
        assert!(
            ways[0]
                .blocks
                .iter()
                .all(|block| block.contains("countersign attest"))
        );
    }
}

#[test]
fn a_signer_that_counts_for_another_attestor_does_not_sign_again() {
    let case = core_tests::corpus::named("image_policy_signers_one_for_both");
    let call: Value = serde_json::from_slice(&case.call).unwrap();
    let ways = ways(&call["settings"], &core_tests::case::image());
    let expected = format!(
        "sign it as `projects/p/attestors/b`, with another signer than {}, which counts once, for \
         `projects/p/attestors/a`",
        core_tests::sigstore::SUBJECT
    );
    assert_eq!(titles(&ways), [expected.as_str(), EXEMPT]);
}

#[test]
fn a_statement_is_signed_where_a_quorum_requires_its_type() {
    let of = |attestor: &str| {
        let quorum = json!({"attestors": [attestor], "predicateTypes": ["urn:c", "urn:d"]});
        with_rules(&json!([{"name": "shop", "images": ["**"], "require": [quorum]}]))
    };
    let in_pod = of("p/a");
    let mut in_settings = in_pod.clone();
    in_settings["evidence"] = json!({});
    let signed = "--attestor p/a --predicate predicate.json --predicate-type urn:c \\\n  ";
    for (settings, by, command) in [
        (&in_pod, "p/a", format!("{signed}--manifest pod.yaml ")),
        (
            &in_settings,
            "p/a",
            format!("{signed}--occurrences s.yaml "),
        ),
        (
            &of("p/b"),
            "p/b",
            "`cosign attest --type urn:c --predicate predicate.json --bundle ".to_owned(),
        ),
    ] {
        let ways = ways(settings, &image());
        let title = format!("sign a statement with predicate type `urn:c` as `{by}`");
        assert_eq!(titles(&ways), [&title, EXEMPT]);
        let block = &ways[0].blocks[0];
        assert!(block.contains(&command), "{block}");
    }
}

#[test]
fn a_check_of_a_rule_is_changed_where_it_stands() {
    let check =
        json!({"check": {"trustedDirectoryCheck": {"trustedDirPatterns": ["other.example/x"]}}});
    let denied = json!({"check": {"alwaysDeny": true}});
    let rule = json!({"name": "shop", "images": ["**"], "require": [check]});
    let mut settings = with_rules(&json!([rule]));
    assert_each_admits(
        &settings,
        &[
            "trust the directory `registry.example/shop`",
            EXEMPT_CHECK,
            EXEMPT,
        ],
    );
    let require = settings["imagePolicy"]["rules"][0]["require"]
        .as_array_mut()
        .unwrap();
    require.push(denied);
    let found = fixes(
        &evaluated(&settings, &image()),
        SettingsView(&settings),
        given(),
    );
    let about_image = found.last().unwrap();
    let obstacles: Vec<_> = about_image
        .obstacles
        .iter()
        .map(|one| one.what.as_str())
        .collect();
    assert_eq!(
        obstacles,
        [1, 2].map(|number| format!("requirement {number} of rule \"shop\" of imagePolicy"))
    );
}
