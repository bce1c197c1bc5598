//! The ready-made policies: each fixture is answered as its README says, by both modules. What
//! `export` makes of them, and of other settings, is as a cluster takes it and as the policy needs it:
//! manifests, the kind of attestations, the roles.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use clap::Parser as _;
use core_tests::case::{A, one_container, outcome, pod, settings};
use core_tests::delivery::answer;
use core_tests::native::decide_natively;
use core_tests::process;
use core_tests::signing::{TestKey, attestor};
use host_runner::cli::Cli;
use host_runner::engine::{Abi, Operation, embedded};
use host_runner::{Exit, inputs};
use k8s_openapi::api::admissionregistration::v1::RuleWithOperations;
use k8s_openapi::api::core::v1::Namespace;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, RoleBinding};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use k8s_openapi::serde::Serialize;
use k8s_openapi::serde::de::DeserializeOwned;
use policy_lint::{Config, Level, SourceFile};
use policy_tests::modules;
use policy_wasm::time::Time;
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
        "not attested by build, qa and canary [no-valid-attestation]"),
    ("pipeline", "production-not-promoted.yaml", "deny",
        "not attested by qa and canary [no-valid-attestation]"),
    ("pipeline", "development-unsigned.yaml", "allow", "always-allow"),
    ("pipeline", "preview-unsigned.yaml", "overridden", "admitted by dry run"),
    ("keyless-github", "kubewarden-signed.yaml", "allow", "projects/example/attestors/kubewarden satisfied by identity"),
    ("keyless-github", "kubewarden-elsewhere.yaml", "deny", "sigstore-identity-mismatch"),
    ("keyless-github", "production-unsigned.yaml", "deny", "no-valid-attestation"),
    ("keyless-github", "production-tag.yaml", "deny", "digest-required"),
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
    ("registries-and-attestors", "signed.yaml", "allow", "image-rules-satisfied"),
    ("registries-and-attestors", "not-tested.yaml", "deny", "not attested by qa (rule our images) [no-valid-attestation]"),
    ("registries-and-attestors", "tag.yaml", "deny", "digest-required"),
    ("registries-and-attestors", "other-registry.yaml", "deny", "no-image-rule"),
    ("registries-and-attestors", "node-image.yaml", "allow", "image-rule-exempt"),
    ("two-of-three", "two-with-security.yaml", "allow", "image-rules-satisfied"),
    ("two-of-three", "two-without-security.yaml", "deny", "threshold-not-met"),
    ("two-of-three", "unsigned.yaml", "deny", "threshold-not-met"),
    ("two-of-three", "latest.yaml", "deny", "Use a version or a digest"),
    ("two-of-three", "other-version.yaml", "allow", "unmatched-image-admitted"),
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
    let engine = modules::engine();
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
fn every_policy_names_the_schema_of_this_version() {
    let version = env!("CARGO_PKG_VERSION");
    let end = format!("/v{version}/policy-lint/schemas/settings.json");
    for policy in policies() {
        let text = fs::read_to_string(policy.join("policy.yaml")).unwrap();
        let first = text.lines().next().unwrap();
        let schema = first.strip_prefix("# yaml-language-server: $schema=https://");
        assert!(schema.is_some_and(|url| url.ends_with(&end)), "{first}");
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

/// Runs `countersign export` in this process, and returns what it writes.
#[track_caller]
fn export(arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = folder.path().join("output.yaml");
    let to = ["--output", output.to_str().unwrap()];
    let cli = Cli::try_parse_from([&["countersign", "export"], arguments, &to].concat()).unwrap();
    assert_eq!(host_runner::run(&cli), Exit::Yes, "{arguments:?}");
    fs::read_to_string(output).unwrap()
}

/// Exports settings that are not a file yet.
#[track_caller]
fn export_from(what: &str, settings: &Value, arguments: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.json");
    fs::write(&path, settings.to_string()).unwrap();
    let fixed = [what, "--settings", path.to_str().unwrap()];
    export(&[&fixed, arguments].concat())
}

/// A file of this repository is what the program prints. `BLESS=1` rewrites it.
#[track_caller]
fn is_exported(path: &Path, expected: &str) {
    if std::env::var_os("BLESS").is_some() {
        fs::write(path, expected).unwrap();
    }
    let found = fs::read_to_string(path).unwrap();
    assert_eq!(found, expected, "run with BLESS=1 to rewrite");
}

#[track_caller]
fn is_clean(text: &str) {
    let file = SourceFile::new("manifest.yaml", text);
    let mut config = Config::default().at(Time::parse(TIME).unwrap());
    config.set("lint-public-test-key", Level::Allow);
    let report = policy_lint::lint(&[file], &config);
    assert!(
        report.diagnostics.is_empty(),
        "{:#?}\n{text}",
        report.diagnostics
    );
}

#[test]
fn every_manifest_is_what_the_program_exports_and_carries_the_policy_beside_it() {
    for policy in policies() {
        let name = policy.file_name().unwrap().to_str().unwrap();
        let settings = policy.join("policy.yaml");
        let text = export(&[
            "kubewarden",
            "--settings",
            settings.to_str().unwrap(),
            "--name",
            &format!("countersign-{name}"),
        ]);
        let path = policy.join("cluster-admission-policy.yaml");
        is_exported(&path, &text);
        is_clean(&text);
        is_a_manifest(&inputs::parse(&text).unwrap()[0]);
        let own = inputs::settings(&settings).unwrap();
        assert_eq!(inputs::settings(&path).unwrap(), own);
    }
}

/// Fields of `spec` that Kubewarden's CRD has; others would be lost, or refused.
const SPEC: &[&str] = &[
    "backgroundAudit",
    "contextAwareResources",
    "failurePolicy",
    "mode",
    "module",
    "mutating",
    "policyServer",
    "rules",
    "settings",
    "timeoutEvalSeconds",
    "timeoutSeconds",
];

#[track_caller]
fn is_a_manifest(manifest: &Value) {
    has_only(manifest, &["apiVersion", "kind", "metadata", "spec"]);
    has_only(&manifest["metadata"], &["name"]);
    has_only(&manifest["spec"], SPEC);
    assert_eq!(manifest["apiVersion"], "policies.kubewarden.io/v1");
    assert_eq!(manifest["kind"], "ClusterAdmissionPolicy");
    assert_eq!(manifest["spec"]["failurePolicy"], "Fail");
    for rule in manifest["spec"]["rules"].as_array().unwrap() {
        is_typed::<RuleWithOperations>(rule);
    }
}

#[track_caller]
fn has_only(object: &Value, known: &[&str]) {
    let keys = object.as_object().unwrap().keys();
    let unknown: Vec<_> = keys.filter(|key| !known.contains(&key.as_str())).collect();
    assert!(unknown.is_empty(), "{unknown:?} in {object:#}");
}

/// What Kubernetes does not know would be lost on the way.
#[track_caller]
fn is_typed<T: DeserializeOwned + Serialize>(document: &Value) {
    let typed: T = serde_json::from_value(document.clone()).unwrap();
    assert_eq!(serde_json::to_value(&typed).unwrap(), *document);
}

/// Settings with everything that needs something of the cluster.
fn demanding() -> Value {
    let mut settings = settings();
    settings["policy"]["globalPolicyEvaluationMode"] = "DISABLE".into();
    settings["evidence"]["kubernetes"] = json!({"notes": {"projects/p/notes/a": "attest-a"}});
    settings["resolveTags"] = true.into();
    settings["registries"] = json!(["trusted.example"]);
    settings["workloads"] =
        json!([{"group": "x.example", "kind": "Box", "podSpecs": ["spec.template.spec"]}]);
    settings
}

/// What is exported from them: the module is compiled for each export.
static DEMANDING: LazyLock<String> = LazyLock::new(|| {
    let options = [
        "--timeout",
        "5",
        "--mode",
        "protect",
        "--policy-server",
        "x",
    ];
    export_from("kubewarden", &demanding(), &options)
});

#[test]
fn each_deployment_is_granted_what_its_settings_need() {
    let text = DEMANDING.as_str();
    is_clean(text);
    let manifests = inputs::parse(text).unwrap();
    let [pins, last] = manifests.as_slice() else {
        panic!("two manifests")
    };
    is_a_manifest(pins);
    is_a_manifest(last);
    let attestations = json!([{"apiVersion": "countersign.dev/v1", "kind": "Attestation"}]);
    for manifest in [pins, last] {
        assert_eq!(manifest["spec"]["contextAwareResources"], attestations);
    }
    let flags = |manifest: &Value| {
        let spec = &manifest["spec"];
        json!([
            spec["mutating"],
            spec["backgroundAudit"],
            spec["settings"]["resolveTags"]
        ])
    };
    assert_eq!(flags(pins), json!([true, false, true]));
    assert_eq!(flags(last), json!([false, null, null]));
    for asked in [
        "  # It needs the host capabilities kubernetes/get_resource, oci/v1/manifest_digest.\n",
        "  # It needs the host capabilities kubernetes/get_resource.\n",
    ] {
        assert_eq!(text.matches(asked).count(), 1, "{text}");
    }
    assert_eq!(pins["spec"]["settings"], demanding());
    let mut settings = demanding();
    for key in ["resolveTags", "registries"] {
        settings.as_object_mut().unwrap().remove(key);
    }
    settings["tagsPinnedBefore"] = true.into();
    assert_eq!(last["spec"]["settings"], settings);

    let text = export_from("kubewarden", &demanding(), &["--format", "policies-yml"]);
    let entries = &inputs::parse(&text).unwrap()[0];
    has_only(entries, &["countersign", "countersign-pin"]);
    for (name, mutates, capabilities) in [
        (
            "countersign-pin",
            true,
            json!(["kubernetes/get_resource", "oci/v1/manifest_digest"]),
        ),
        ("countersign", false, json!(["kubernetes/get_resource"])),
    ] {
        let entry = &entries[name];
        let known = [
            "module",
            "policyMode",
            "allowedToMutate",
            "contextAwareResources",
            "hostCapabilities",
            "settings",
        ];
        has_only(entry, &known);
        assert_eq!(entry["allowedToMutate"], mutates);
        assert_eq!(entry["contextAwareResources"], attestations);
        assert_eq!(entry["hostCapabilities"], capabilities);
        assert_eq!(entry["settings"].get("resolveTags").is_some(), mutates);
    }
}

/// The first deployment admits a tag and writes its digest; the second admits that and no tag.
#[test]
fn the_second_deployment_admits_what_the_first_has_pinned() {
    let manifests = inputs::parse(&DEMANDING).unwrap();
    let decide = |index: usize, image: &str| {
        let tag = "trusted.example/app:1";
        let key = format!("attest-a/{}", A.replace(':', "-"));
        let call = json!({
            "request": pod(one_container(image)), "settings": manifests[index]["spec"]["settings"],
            "evidence": [
                answer("tag", tag, json!({"found": {"digest": A}})),
                answer("attestation", &key, json!({"absent": true})),
            ],
        });
        let decision = decide_natively(call.to_string().as_bytes());
        serde_json::from_slice::<Value>(&decision).unwrap()
    };
    let tag = "trusted.example/app:1";
    let pinned = decide(0, tag);
    assert_eq!(outcome(&pinned), "allow", "{pinned:#}");
    let image = pinned["mutatedObject"]["spec"]["containers"][0]["image"].as_str();
    assert_eq!(image, Some(format!("{tag}@{A}").as_str()), "{pinned:#}");
    assert_eq!(outcome(&decide(1, tag)), "deny");
    let last = decide(1, image.unwrap());
    assert_eq!(outcome(&last), "allow", "{last:#}");
    assert_eq!(last.get("mutatedObject"), None);
}

/// The kinds of the resources that the module's rules name
#[rustfmt::skip]
const KINDS: &[(&str, &str, &str)] = &[
    ("", "pods", "Pod"),
    ("", "pods/ephemeralcontainers", "Pod"),
    ("", "podtemplates", "PodTemplate"),
    ("", "replicationcontrollers", "ReplicationController"),
    ("apps", "daemonsets", "DaemonSet"),
    ("apps", "deployments", "Deployment"),
    ("apps", "replicasets", "ReplicaSet"),
    ("apps", "statefulsets", "StatefulSet"),
    ("batch", "cronjobs", "CronJob"),
    ("batch", "jobs", "Job"),
    ("serving.knative.dev", "configurations", "Configuration"),
    ("serving.knative.dev", "revisions", "Revision"),
    ("serving.knative.dev", "services", "Service"),
];

/// Resources that a manifest's rules name, with their groups.
fn named(manifest: &Value) -> Vec<(&str, &str)> {
    let rules = manifest["spec"]["rules"].as_array().unwrap().iter();
    let named = rules.flat_map(|rule| {
        let group = rule["apiGroups"][0].as_str().unwrap();
        let resources = rule["resources"].as_array().unwrap().iter();
        resources.map(move |resource| (group, resource.as_str().unwrap()))
    });
    named.collect()
}

/// With `podTemplates: ignore`, what the policy would admit unread is not brought before it, and
/// nothing else is left out.
#[test]
fn what_is_admitted_unread_is_not_asked_about() {
    let all = folder().join("pipeline/cluster-admission-policy.yaml");
    let all = inputs::documents(&all).unwrap().1.remove(0);
    let known: Vec<_> = KINDS
        .iter()
        .map(|(group, resource, _)| (*group, *resource))
        .collect();
    assert_eq!(named(&all), known);
    let mut settings = settings();
    settings["podTemplates"] = "ignore".into();
    let fewer = export_from("kubewarden", &settings, &[]);
    let fewer = inputs::parse(&fewer).unwrap().remove(0);
    for (group, resource, kind) in KINDS {
        let version = if group.is_empty() {
            "v1".to_owned()
        } else {
            format!("{group}/v1")
        };
        let spec = json!({"containers": [{"name": "a", "image": "x.example/a"}]});
        let template = json!({"template": {"spec": spec}});
        let spec = match *kind {
            "Pod" | "Revision" => spec,
            "CronJob" => json!({"jobTemplate": {"spec": template}}),
            _ => template.clone(),
        };
        let mut request = pod(json!({}));
        request["kind"] = json!({"group": group, "version": "v1", "kind": kind});
        request["object"] =
            json!({"apiVersion": version, "kind": kind, "metadata": {}, "spec": spec});
        if *kind == "PodTemplate" {
            request["object"]["template"] = template["template"].clone();
        }
        let call = json!({"request": request, "settings": settings}).to_string();
        let decision: Value = serde_json::from_slice(&decide_natively(call.as_bytes())).unwrap();
        let is_unread = decision["reasons"][0]["code"] == "not-a-pod";
        let is_asked = named(&fewer).contains(&(*group, *resource));
        assert_eq!(is_asked, !is_unread, "{resource}: {decision:#}");
    }
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

const WRITE: [&str; 7] = [
    "create", "delete", "get", "list", "patch", "update", "watch",
];

/// A verb, a group or a resource more is something that a reviewer must see here.
#[test]
fn the_roles_grant_exactly_this() {
    let text = export(&["rbac"]);
    is_exported(&folder().join("kubernetes/rbac.yaml"), &text);
    let documents = kubernetes("rbac.yaml");
    let rule = |group: &str, resources: &[&str], verbs: &[&str]| json!({"apiGroups": [group], "resources": resources, "verbs": verbs});
    let attestations = |verbs: &[&str]| rule("countersign.dev", &["attestations"], verbs);
    let (policies, kubewarden) = ("clusteradmissionpolicies", "policies.kubewarden.io");
    let expected = [
        json!([
            "countersign-policy-creator",
            [
                rule(kubewarden, &[policies], &WRITE),
                rule(kubewarden, &["clusteradmissionpolicies/status"], &["get"]),
            ]
        ]),
        json!([
            "countersign-attestor",
            [attestations(&["create", "get", "patch"])]
        ]),
        json!([
            "countersign-deployer",
            [
                rule(
                    "",
                    &["pods", "podtemplates", "replicationcontrollers"],
                    &WRITE
                ),
                rule("", &["pods/ephemeralcontainers"], &["patch", "update"]),
                rule(
                    "apps",
                    &["daemonsets", "deployments", "replicasets", "statefulsets"],
                    &WRITE
                ),
                rule("batch", &["cronjobs", "jobs"], &WRITE),
                rule(
                    "serving.knative.dev",
                    &["configurations", "revisions", "services"],
                    &WRITE
                ),
                rule(
                    "apps",
                    &[
                        "deployments/scale",
                        "replicasets/scale",
                        "statefulsets/scale"
                    ],
                    &["get", "patch", "update"]
                ),
                rule(
                    "",
                    &["replicationcontrollers/scale"],
                    &["get", "patch", "update"]
                ),
                rule("", &["events", "pods/log"], &["get", "list", "watch"]),
            ]
        ]),
        json!(["countersign-attestation-reader", [attestations(&["get"])]]),
    ];
    let roles: Vec<_> = documents
        .iter()
        .map(|role| json!([role["metadata"]["name"], role["rules"]]))
        .collect();
    assert_eq!(roles, expected);
    for role in &documents {
        is_typed::<ClusterRole>(role);
        // No aggregation, which would grant more later.
        has_only(role, &["apiVersion", "kind", "metadata", "rules"]);
        has_only(&role["metadata"], &["name"]);
    }
}

#[test]
fn every_role_is_bound_where_it_is_needed_and_nowhere_else() {
    let mut settings = demanding();
    let other = attestor("b", &[&TestKey::new("b")]);
    settings["attestors"].as_array_mut().unwrap().push(other);
    settings["evidence"]["kubernetes"]["notes"]["projects/p/notes/b"] = "attest-b".into();
    let text = export_from(
        "rbac",
        &settings,
        &[
            "--attestor-account",
            "projects/p/notes/a=ci/build",
            "--attestor-account",
            "projects/p/notes/b=qa/robot",
            "--creator-account",
            "group:platform",
            "--deployer-account",
            "production=cd/deployer",
            "--policy-server-account",
            "guards/server",
        ],
    );
    let documents = inputs::parse(&text).unwrap();
    let (roles, others) = documents.split_at(4);
    // Kinds of the settings are deployed, too.
    let boxes = json!({"apiGroups": ["x.example"], "resources": ["boxs"], "verbs": WRITE});
    assert!(roles[2]["rules"].as_array().unwrap().contains(&boxes));
    let shown: Vec<_> = others
        .iter()
        .map(|document| {
            let subjects = document["subjects"].as_array().into_iter().flatten();
            let subjects: Vec<_> = subjects
                .map(|one| {
                    let namespace = one["namespace"].as_str().unwrap_or_default();
                    format!("{namespace}/{}", one["name"].as_str().unwrap())
                })
                .collect();
            assert_eq!(
                document["roleRef"].get("name"),
                document
                    .get("roleRef")
                    .map(|_| &document["metadata"]["name"])
            );
            json!([
                document["kind"],
                document["metadata"]["namespace"],
                document["metadata"]["name"],
                subjects
            ])
        })
        .collect();
    let (attestor, reader) = ("countersign-attestor", "countersign-attestation-reader");
    let readers = ["guards/server", "cd/deployer"];
    assert_eq!(
        shown,
        [
            json!([
                "ClusterRoleBinding",
                null,
                "countersign-policy-creator",
                ["/platform"]
            ]),
            json!([
                "RoleBinding",
                "production",
                "countersign-deployer",
                ["cd/deployer"]
            ]),
            json!(["Namespace", null, "attest-a", []]),
            json!(["RoleBinding", "attest-a", attestor, ["ci/build"]]),
            json!(["RoleBinding", "attest-a", reader, readers]),
            json!(["Namespace", null, "attest-b", []]),
            json!(["RoleBinding", "attest-b", attestor, ["qa/robot"]]),
            json!(["RoleBinding", "attest-b", reader, readers]),
        ]
    );
    for document in others {
        match document["kind"].as_str().unwrap() {
            "ClusterRoleBinding" => is_typed::<ClusterRoleBinding>(document),
            "RoleBinding" => is_typed::<RoleBinding>(document),
            _ => is_typed::<Namespace>(document),
        }
    }
}

#[test]
fn the_kind_of_attestations_is_bounded_and_named_by_digest() {
    is_exported(&folder().join("kubernetes/crd.yaml"), &export(&["crd"]));
    let documents = kubernetes("crd.yaml");
    let [document] = documents.as_slice() else {
        panic!("one document")
    };
    is_typed::<CustomResourceDefinition>(document);
    let typed: CustomResourceDefinition = serde_json::from_value(document.clone()).unwrap();
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
    // A path has to lead to a field of the schema, and of `metadata` a schema may have the name and no more
    // (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-paths).
    assert_eq!(
        schema["x-kubernetes-validations"][0]["fieldPath"],
        ".metadata.name"
    );
    assert_eq!(
        schema["properties"]["metadata"],
        json!({"type": "object", "properties": {"name": {"type": "string"}}})
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
    // What two attestors apply is merged. A key of a list is required or has a default.
    assert_eq!(
        (
            &attestations["x-kubernetes-list-type"],
            &attestations["x-kubernetes-list-map-keys"],
            &attestations["items"]["properties"]["name"]["default"]
        ),
        (&json!("map"), &json!(["name"]), &json!(""))
    );
}
