//! The ready-made policies: each fixture is answered as its README says, by both modules, and each
//! manifest carries the policy beside it. Attestations in the cluster: the kind and the roles.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use host_runner::engine::{Abi, Engine, Limits, Operation, embedded};
use host_runner::inputs;
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use policy_tests::case::{one_container, outcome, pod};
use policy_tests::implementation::decide_natively;
use policy_tests::process;
use serde_json::{Value, json};

/// Policy, fixture, outcome, a text that the Decision must contain.
#[rustfmt::skip]
const FIXTURES: &[(&str, &str, &str, &str)] = &[
    ("registry-allowlist", "our-registry.yaml", "allow", "exempt-allowlist"),
    ("registry-allowlist", "docker-hub.yaml", "deny", "always-deny"),
    ("registry-allowlist", "look-alike.yaml", "deny", "always-deny"),
    ("require-attestation", "production-signed.yaml", "allow", "attested"),
    ("require-attestation", "production-tag.yaml", "deny", "digest-required"),
    ("require-attestation", "staging-unsigned.yaml", "overridden", "dry-run"),
    ("pipeline", "production-signed.yaml", "allow", "projects/example/attestors/canary satisfied"),
    ("pipeline", "production-unsigned.yaml", "deny",
        "denied by attestor projects/example/attestors/build: No attestations found"),
    ("pipeline", "production-not-promoted.yaml", "deny",
        "denied by attestor projects/example/attestors/qa: No attestations found"),
    ("pipeline", "development-unsigned.yaml", "allow", "always-allow"),
    ("pipeline", "preview-unsigned.yaml", "overridden", "Admitted by dry run"),
    ("require-attestation-platform", "production-signed.yaml", "allow", "Check satisfied by key"),
    ("require-attestation-platform", "production-tag.yaml", "deny", "digest-required"),
    ("require-attestation-platform", "staging-unsigned.yaml", "allow", "no-checks"),
    ("supply-chain", "good.yaml", "allow", "checks-passed"),
    ("supply-chain", "vulnerable.yaml", "deny", "CVE-2026-10003 has severity HIGH, above the maximum MEDIUM"),
    ("supply-chain", "from-a-fork.yaml", "deny", "provenance-source-not-trusted"),
    ("supply-chain", "too-old.yaml", "deny", "image-not-fresh"),
    ("supply-chain", "not-scanned.yaml", "error", "evidence-missing"),
    ("supply-chain", "other-directory.yaml", "deny", "image-not-in-trusted-directory"),
    ("supply-chain", "tag.yaml", "deny", "digest-required"),
    ("pipeline", "qa-built.yaml", "allow", "projects/example/attestors/build satisfied"),
];

/// When the fixtures are judged: some of their evidence grows old.
const TIME: &str = "2026-11-23T12:00:00Z";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .join("policies")
}

#[test]
fn every_fixture_is_answered_as_documented_by_both_modules() {
    let engine = Engine::new(Limits::default()).unwrap();
    for abi in [Abi::Wapc, Abi::Wasi] {
        let module = engine.load(embedded(abi)).unwrap();
        for (policy, fixture, expected, text) in FIXTURES {
            let folder = folder().join(policy);
            let settings = inputs::settings(&folder.join("policy.yaml")).unwrap();
            let requests = inputs::requests(&folder.join("fixtures").join(fixture), None).unwrap();
            let [request] = requests.as_slice() else {
                panic!("one object in {fixture}")
            };
            let call = json!({"request": request.request, "settings": settings, "time": TIME});
            let call = call.to_string();
            let decision = module.call(Operation::Decide, call.as_bytes()).unwrap();
            let decision: Value = serde_json::from_slice(&decision).unwrap();
            assert_eq!(
                outcome(&decision),
                *expected,
                "{policy}/{fixture} ({abi}): {decision:#}"
            );
            assert!(
                decision.to_string().contains(text),
                "{policy}/{fixture}: {decision:#}"
            );
        }
    }
}

#[test]
fn every_fixture_is_listed_here() {
    for policy in policies() {
        let mut found: Vec<_> = fs::read_dir(policy.join("fixtures"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        found.sort();
        let name = policy.file_name().unwrap().to_str().unwrap();
        let mut listed: Vec<_> = FIXTURES
            .iter()
            .filter(|(policy, ..)| *policy == name)
            .map(|(_, fixture, ..)| (*fixture).to_owned())
            .collect();
        listed.sort();
        assert_eq!(found, listed, "{name}");
        let readme = fs::read_to_string(policy.join("README.md")).unwrap();
        for fixture in listed {
            assert!(
                readme.contains(&fixture),
                "{name}/README.md does not mention {fixture}"
            );
        }
    }
}

/// The documented command, with OpenSSL: what it signs, the module verifies.
#[test]
fn what_the_signing_script_prints_satisfies_its_attestor() {
    let image = format!("registry.example/shop/web@sha256:{}", "5".repeat(64));
    let script = folder().join("sign.sh");
    if !process::can_run("openssl", "version") {
        return;
    }
    let printed = process::stdout(
        Command::new("sh")
            .arg(&script)
            .arg(folder().join("test-keys/build.pem"))
            .args(["projects/example/notes/build", &image]),
    );
    let occurrences = inputs::parse(&printed).unwrap();

    let path = folder().join("require-attestation/policy.yaml");
    let mut settings = inputs::settings(&path).unwrap();
    settings["evidence"]["occurrences"] = occurrences[0].clone();
    let mut request = pod(one_container(&image));
    request["namespace"] = "production".into();
    let call = json!({"request": request, "settings": settings}).to_string();
    let decision: Value = serde_json::from_slice(&decide_natively(call.as_bytes())).unwrap();
    assert_eq!(outcome(&decision), "allow", "{decision:#}");
    let attestor = &decision["images"][0]["results"][0]["attestors"][0];
    assert_eq!(attestor["verified"], true);
    assert_eq!(
        attestor["payloadType"],
        "Google cloud binauthz container signature"
    );
}

/// The evidence in the settings is what the documented command prints, but for the signature, which
/// is another one each time.
#[test]
fn the_evidence_of_the_supply_chain_policy_is_what_its_script_prints() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let policy = folder().join("supply-chain");
    let settings = inputs::settings(&policy.join("policy.yaml")).unwrap();
    let statements = fs::read_dir(policy.join("statements")).unwrap().count();
    let occurrences = settings["evidence"]["occurrences"].as_array().unwrap();
    assert_eq!(occurrences.len(), statements);
    let text = fs::read_to_string(policy.join("policy.yaml")).unwrap();
    let comments = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("# ")?.split_once(" statements/"));
    for ((key, statement), occurrence) in comments.zip(occurrences) {
        let printed = process::stdout(
            Command::new("sh")
                .arg(folder().join("sign-statement.sh"))
                .arg(folder().join("test-keys").join(key))
                .arg(policy.join("statements").join(statement)),
        );
        let mut envelope = inputs::parse(&printed).unwrap()[0][0].clone();
        envelope["signatures"][0]["sig"] = occurrence["signatures"][0]["sig"].clone();
        assert_eq!(envelope, *occurrence, "{statement}");
    }
}

/// The manifest is the policy, indented, under a header. `BLESS=1` rewrites it.
#[test]
fn every_manifest_carries_the_policy_beside_it() {
    for policy in policies() {
        let name = policy.file_name().unwrap().to_str().unwrap();
        let settings = fs::read_to_string(policy.join("policy.yaml")).unwrap();
        let expected = manifest(name, &settings);
        let path = policy.join("cluster-admission-policy.yaml");
        if std::env::var_os("BLESS").is_some() {
            fs::write(&path, &expected).unwrap();
        }
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            expected,
            "run with BLESS=1 to rewrite"
        );
        let from_manifest = inputs::settings(&path).unwrap();
        assert_eq!(
            from_manifest,
            inputs::settings(&policy.join("policy.yaml")).unwrap()
        );
    }
}

/// The manifest's rules are those of the module's own metadata.
fn manifest(name: &str, settings: &str) -> String {
    let metadata = host_runner::engine::inspect(embedded(Abi::Wapc))
        .unwrap()
        .metadata
        .unwrap();
    let mut text = format!(
        "apiVersion: policies.kubewarden.io/v1\n\
         kind: ClusterAdmissionPolicy\n\
         metadata:\n  name: countersign-{name}\n\
         spec:\n  \
           # Where you have pushed the module to.\n  \
           module: registry://registry.example/policies/countersign:v{}\n  \
           mutating: false\n  \
           failurePolicy: Fail\n  \
           rules:\n",
        env!("CARGO_PKG_VERSION")
    );
    for rule in metadata["rules"].as_array().unwrap() {
        for (index, key) in ["apiGroups", "apiVersions", "resources", "operations"]
            .iter()
            .enumerate()
        {
            let bullet = if index == 0 { "- " } else { "  " };
            text.push_str(&format!(
                "    {bullet}{key}: {}\n",
                rule[key].to_string().replace(',', ", ")
            ));
        }
    }
    text.push_str("  settings:\n");
    for line in settings.lines() {
        let indent = if line.is_empty() { "" } else { "    " };
        text.push_str(&format!("{indent}{line}\n"));
    }
    text
}

fn policies() -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("policy.yaml").exists())
        .collect();
    found.sort();
    assert!(found.len() >= 5);
    found
}

fn kubernetes(file: &str) -> Vec<Value> {
    let path = folder().join("kubernetes").join(file);
    let text = fs::read_to_string(path).unwrap();
    inputs::parse(&text).unwrap()
}

/// Of all documents of a kind.
fn of_kind<'a>(documents: &'a [Value], kind: &str) -> Vec<&'a Value> {
    documents
        .iter()
        .filter(|document| document["kind"] == kind)
        .collect()
}

/// A verb, a group or a resource more is something that a reviewer must see here.
#[test]
fn the_roles_grant_exactly_this() {
    let documents = kubernetes("rbac.yaml");
    let roles: Vec<_> = of_kind(&documents, "ClusterRole")
        .iter()
        .map(|role| json!([role["metadata"]["name"], role["rules"]]))
        .collect();
    let rule = |verbs: &[&str]| json!([{"apiGroups": ["countersign.dev"], "resources": ["attestations"], "verbs": verbs}]);
    assert_eq!(
        roles,
        [
            json!(["countersign-attestor", rule(&["create", "get", "patch"])]),
            json!(["countersign-attestation-reader", rule(&["get"])]),
        ]
    );
    for role in of_kind(&documents, "ClusterRole") {
        let fields: Vec<_> = role.as_object().unwrap().keys().collect();
        assert_eq!(
            fields,
            ["apiVersion", "kind", "metadata", "rules"],
            "no aggregation"
        );
    }
}

#[test]
fn every_role_is_bound_in_the_namespace_of_a_note_only() {
    let documents = kubernetes("rbac.yaml");
    let bindings: Vec<_> = of_kind(&documents, "RoleBinding")
        .iter()
        .map(|binding| json!([binding["metadata"], binding["roleRef"], binding["subjects"]]))
        .collect();
    let binding = |role: &str, namespace: &str, account: &str| {
        json!([
            {"name": role, "namespace": "attest-build"},
            {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role},
            [{"kind": "ServiceAccount", "name": account, "namespace": namespace}],
        ])
    };
    assert_eq!(
        bindings,
        [
            binding("countersign-attestor", "ci", "build"),
            binding(
                "countersign-attestation-reader",
                "kubewarden",
                "policy-server"
            ),
        ]
    );
    let kinds: Vec<_> = documents.iter().map(|document| &document["kind"]).collect();
    let expected = [
        "ClusterRole",
        "ClusterRole",
        "Namespace",
        "RoleBinding",
        "RoleBinding",
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn the_kind_of_attestations_is_bounded_and_named_by_digest() {
    let documents = kubernetes("crd.yaml");
    let [document] = documents.as_slice() else {
        panic!("one document")
    };
    // What Kubernetes does not know would be lost on the way.
    let typed: CustomResourceDefinition = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), *document);
    let spec = typed.spec;
    assert_eq!(
        (spec.group.as_str(), spec.scope.as_str()),
        ("countersign.dev", "Namespaced")
    );
    let name = format!("{}.{}", spec.names.plural, spec.group);
    assert_eq!(typed.metadata.name, Some(name));
    assert_eq!(spec.names.kind, "Attestation");
    let [version] = spec.versions.as_slice() else {
        panic!("one version")
    };
    assert_eq!(
        (version.name.as_str(), version.served, version.storage),
        ("v1", true, true)
    );
    let schema = &document["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
    assert_eq!(
        schema["x-kubernetes-validations"][0]["rule"],
        "self.metadata.name.matches('^sha256-[0-9a-f]{64}$')"
    );
    let attestations = &schema["properties"]["spec"]["properties"]["attestations"];
    assert_eq!(
        (&attestations["type"], &attestations["maxItems"]),
        (&json!("array"), &json!(16))
    );
    assert_eq!(
        attestations["items"]["x-kubernetes-preserve-unknown-fields"],
        true
    );
}
