//! The commands of whoever writes a policy, as a user runs them: does it hold, is it right, why is it
//! so, what would change it, and what changes between two policies?

mod bench;
mod lint;
mod test;

use std::fs;
use std::path::Path;
use std::process::Command;

use core_tests::process;

use serde_json::{Value, json};

use crate::program::{file, root, run};

const PIPELINE: &str = "policies/pipeline/policy.yaml";
const FIXTURES: &str = "policies/pipeline/fixtures";

fn assert_lines(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(text.contains(line), "lacks {line:?}:\n{text}");
    }
}

#[test]
fn explain_says_which_rule_applied_and_why_no_other() {
    let elsewhere = fs::read_to_string(root().join(FIXTURES).join("qa-built.yaml")).unwrap();
    let elsewhere = elsewhere.replace("namespace: qa", "namespace: staging");
    let arguments = format!("explain --settings {PIPELINE} {FIXTURES} -");
    let (stdout, stderr) = run(&arguments, &elsewhere, 1);
    assert_lines(
        &stdout,
        &[
            "Deployment staging/web  <stdin>\n├─ request: CREATE of Deployment in namespace staging\n",
            "default rule: kubernetesNamespaceAdmissionRules has no key `staging`",
            "rule `production` of kubernetesNamespaceAdmissionRules",
            "it replaces the default rule, which is ALWAYS_DENY, ENFORCED_BLOCK_AND_AUDIT_LOG",
            "├─ ✓ attestor projects/example/attestors/build",
            "satisfied by key `ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g`",
            "└─ ✗ attestor projects/example/attestors/canary",
            "to pass: sign this digest with a key of the attestor (`countersign attest sign`)\n",
            "admitted by dry run: verdict NON_CONFORMANT, only reported because of dry run",
            "├─ audit annotation overridden: ",
            "\n4 admitted, 3 denied\n",
        ],
    );
    assert!(
        !stdout.contains('\x1b') && !stdout.contains("to admit"),
        "{stdout}"
    );
    assert_eq!(stderr, "");
}

#[test]
fn explain_ends_with_0_when_everything_is_admitted() {
    let arguments =
        format!("explain --settings {PIPELINE} --why-not {FIXTURES}/production-signed.yaml");
    let (stdout, _) = run(&arguments, "", 0);
    assert!(!stdout.contains("to admit"), "{stdout}");
}

#[test]
fn explain_shows_the_pages_of_codes() {
    let (stdout, _) = run("explain always-deny no-valid-attestation", "", 0);
    assert_lines(
        &stdout,
        &[
            "always-deny\n\n  The rule denies every image\n\neffect      denied, with verdict NON_CONFORMANT\n",
            "\n\nno-valid-attestation\n\n  No attestation satisfies",
            "\nwhat to do  ",
        ],
    );
    let (other, _) = run("explain DIGEST-REQUIRED", "", 0);
    assert_eq!(other, run("explain digest-required", "", 0).0);
}

#[test]
fn explain_shows_the_pages_of_the_codes_in_a_denial() {
    let message = "Error from server: admission webhook \"x\" denied the request: denied: the image does \
                   not meet the policy\n  web (a.example/web:1): the tag is not pinned to a digest \
                   [digest-required]\nhelp: countersign explain digest-required\n";
    let (stdout, _) = run("explain digest-required", "", 0);
    assert_eq!(run("explain -", message, 0).0, stdout);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("denial.txt");
    fs::write(&path, message).unwrap();
    let arguments = format!("explain {} digest-required", path.display());
    assert_eq!(run(&arguments, "", 0).0, stdout);
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["explain", message])
        .output()
        .unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), stdout);
    // `explain` reads the answers that `evaluate` prints for a denied object, in every format with codes.
    let evaluate =
        format!("evaluate --settings {PIPELINE} {FIXTURES}/production-unsigned.yaml --format");
    for format in ["json", "admission-review", "human"] {
        let (answer, _) = run(&format!("{evaluate} {format}"), "", 1);
        let (stdout, _) = run("explain -", &answer, 0);
        assert!(
            stdout.starts_with("no-valid-attestation\n\n"),
            "{format}: {stdout}"
        );
    }
}

#[test]
fn explain_says_where_there_is_no_code() {
    let (stdout, stderr) = run("explain -", "nothing to see\n", 2);
    assert_eq!(
        (stdout.as_str(), stderr.as_str()),
        ("", "error: standard input has no code; --list lists all\n")
    );
    let (_, stderr) = run("explain - -", "", 2);
    assert!(stderr.contains("only once"), "{stderr}");
}

#[test]
fn explain_lists_every_code_on_a_line() {
    let (stdout, _) = run("explain --list", "", 0);
    let codes: Vec<_> = stdout
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    let reasons = policy_wasm::Code::ALL.iter().map(|code| code.as_str());
    let problems = policy_lint::PROBLEMS.iter().map(|problem| problem.code);
    let expected: Vec<_> = reasons.chain(problems).collect();
    assert_eq!(codes, expected);
    assert_lines(
        &stdout,
        &[
            "\ndigest-required                        denial     The image is referenced by tag, and the rule ",
        ],
    );
}

#[test]
fn an_unknown_code_is_status_2_and_suggests_known_ones() {
    let (stdout, stderr) = run("explain digest-require LICENSE xyz", "", 2);
    let expected = "error: no code `digest-require`; did you mean `digest-required`?
error: `LICENSE` is a file without codes; explain its objects with --settings FILE
error: no code `xyz`
";
    assert_eq!((stdout.as_str(), stderr.as_str()), ("", expected));
}

/// A key of every algorithm that OpenSSL has: `genpkey` arguments and `signatureAlgorithm`. The first
/// is a test key of the repository.
const KEYS: &[(&str, &str)] = &[
    ("", "ECDSA_P256_SHA256"),
    (
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "ECDSA_P384_SHA384",
    ),
    (
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "ECDSA_P521_SHA512",
    ),
    (
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "RSA_PSS_2048_SHA256",
    ),
    (
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "RSA_SIGN_PKCS1_2048_SHA256",
    ),
    ("-algorithm ED25519", "ED25519"),
];

/// An attestor for each key, and two checks with the first: all of them have to sign one image.
#[test]
fn what_why_not_prints_is_signed_with_openssl_and_admits_the_image() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut settings = settings_of_all_keys(folder);
    let path = folder.join("settings.json");
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "production"},
        "spec": {"containers": [{
            "name": "web",
            "image": format!("registry.example/shop/web:1@sha256:{}", "5".repeat(64)),
        }]},
    });
    fs::write(&path, settings.to_string()).unwrap();
    let explain = format!("explain --why-not --settings {} -", path.display());
    let (stdout, _) = run(&explain, &pod.to_string(), 1);
    let scripts = scripts(&stdout);
    // Both checks have the first key, and are satisfied by one signature.
    assert_eq!(scripts.len(), KEYS.len() + 1, "{stdout}");
    let mut occurrences = Vec::new();
    for (index, script) in scripts.iter().enumerate() {
        let key = if index < KEYS.len() { index } else { 0 };
        let key = folder.join(format!("{key}.pem"));
        fs::copy(key, folder.join("KEY.pem")).unwrap();
        let printed = process::stdout(
            Command::new("sh")
                .args(["-e", "-c", script])
                .current_dir(folder),
        );
        let added = host_runner::inputs::parse(&printed).unwrap().remove(0);
        occurrences.extend(added.as_array().unwrap().clone());
    }
    settings["evidence"]["occurrences"] = occurrences.into();
    fs::write(&path, settings.to_string()).unwrap();
    let (stdout, _) = run(&explain, &pod.to_string(), 0);
    assert!(stdout.contains("1 admitted, 0 denied"), "{stdout}");
}

/// The command that is printed, run as it is with the names of the files.
#[test]
fn what_why_not_prints_stores_the_attestation_where_the_settings_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (key, cluster) = (folder.join("build.pem"), folder.join("cluster"));
    fs::create_dir(&cluster).unwrap();
    let keygen = format!("attest keygen --attestor build --output {}", key.display());
    let (attestors, _) = run(&keygen, "", 0);
    let policy = folder.join("policy.yaml");
    let settings = format!(
        "policy:\n  defaultAdmissionRule:\n    evaluationMode: REQUIRE_ATTESTATION\n    enforcementMode: \
         ENFORCED_BLOCK_AND_AUDIT_LOG\n    requireAttestationsBy: [projects/local/attestors/build]\nevidence:\n  \
         kubernetes: {{notes: {{projects/local/notes/build: attest-build}}}}\nattestors:\n{attestors}"
    );
    fs::write(&policy, settings).unwrap();
    let digest = "5".repeat(64);
    let pod = format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web, namespace: shop}}\nspec:\n  containers: [{{name: web, image: \
         registry.example/shop/web@sha256:{digest}}}]\n"
    );
    let explain = format!(
        "explain --why-not --settings {} --kubernetes {} -",
        policy.display(),
        cluster.display()
    );
    let (stdout, _) = run(&explain, &pod, 1);
    let (_, after) = stdout.split_once("\ncountersign ").unwrap();
    let (command, deliver) = after.split_once("\nkubectl ").unwrap();
    assert!(
        deliver.starts_with(&format!(
            "apply --server-side --field-manager=build -f {}/attest-build\n",
            cluster.display()
        )),
        "{stdout}"
    );
    let command = command
        .replace("\\\n", " ")
        .replace("KEY.pem", &key.display().to_string());
    run(&command, "", 0);
    let (stdout, _) = run(&explain, &pod, 0);
    assert!(stdout.contains("1 admitted, 0 denied"), "{stdout}");
}

/// The command for a check, whose key is in no attestor, for each source that stores it.
#[test]
fn what_why_not_prints_for_a_check_admits_the_image() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let key = root().join("policies/test-keys/build.pem");
    let mut openssl = Command::new("openssl");
    let public = process::stdout(openssl.args(["pkey", "-pubout", "-in"]).arg(&key));
    let key_set = json!({"pkixPublicKeys": [
        {"publicKeyPem": public, "signatureAlgorithm": "ECDSA_P256_SHA256", "keyId": "ni:///sha-256;own"}]});
    let check = json!({"simpleSigningAttestationCheck": {
        "attestationAuthenticators": [{"pkixPublicKeySet": key_set}]}});
    let (policy, manifest) = (folder.join("policy.json"), folder.join("pod.json"));
    let cluster = folder.join("cluster");
    fs::create_dir(&cluster).unwrap();
    let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web",
            "image": format!("registry.example/shop/web@sha256:{}", "5".repeat(64))}]}});
    for (evidence, options) in [
        (json!({"podAnnotation": true}), String::new()),
        (
            json!({"kubernetes": {"notes": {"projects/p/notes/a": "attest-a"}}}),
            format!("--kubernetes {}", cluster.display()),
        ),
    ] {
        let settings = json!({"evidence": evidence,
            "platformPolicies": [{"gkePolicy": {"checkSets": [{"checks": [check]}]}}]});
        fs::write(&policy, settings.to_string()).unwrap();
        fs::write(&manifest, pod.to_string()).unwrap();
        let explain = format!(
            "explain --why-not --settings {} {options} {}",
            policy.display(),
            manifest.display()
        );
        let (stdout, _) = run(&explain, "", 1);
        let (_, after) = stdout.split_once("\ncountersign ").unwrap();
        let (command, _) = after.split_once("\nkubectl ").unwrap();
        let command = command
            .replace("\\\n", " ")
            .replace('\'', "")
            .replace("KEY.pem", &key.display().to_string());
        run(&command, "", 0);
        let (stdout, _) = run(&explain, "", 0);
        assert!(stdout.contains("1 admitted, 0 denied"), "{stdout}");
    }
}

fn settings_of_all_keys(folder: &Path) -> Value {
    let openssl = |arguments: &str| {
        let arguments = arguments.split_whitespace();
        process::stdout(Command::new("openssl").args(arguments).current_dir(folder))
    };
    fs::copy(
        root().join("policies/test-keys/build.pem"),
        folder.join("0.pem"),
    )
    .unwrap();
    let (mut attestors, mut names, mut first) = (Vec::new(), Vec::new(), String::new());
    for (index, (generate, algorithm)) in KEYS.iter().enumerate() {
        if index > 0 {
            openssl(&format!("genpkey {generate} -out {index}.pem"));
        }
        let pem = openssl(&format!("pkey -in {index}.pem -pubout"));
        let name = format!("projects/p/attestors/{index}");
        attestors.push(json!({"name": name, "userOwnedGrafeasNote": {
            // Characters with a meaning for a shell.
            "noteReference": format!("projects/p/notes/$(echo {index}) `x` \"\\"),
            "publicKeys": [{"pkixPublicKey": {
                "publicKeyPem": pem, "signatureAlgorithm": algorithm}}],
        }}));
        names.push(name);
        if index == 0 {
            first = pem;
        }
    }
    let pkix = json!({"publicKeyPem": first, "signatureAlgorithm": "ECDSA_P256_SHA256"});
    let simple_signing = json!({"simpleSigningAttestationCheck": {
        "attestationAuthenticators": [{"pkixPublicKeySet": {"pkixPublicKeys": [pkix]}}]}});
    let sigstore = json!({"sigstoreSignatureCheck": {
        "sigstoreAuthorities": [{"publicKeySet": {"publicKeys": [{"publicKeyPem": first}]}}]}});
    json!({
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "requireAttestationsBy": names,
        }},
        "attestors": attestors,
        "platformPolicies": [
            {"gkePolicy": {"checkSets": [{"checks": [simple_signing, sigstore]}]}},
        ],
    })
}

/// The shell scripts of an explanation, as they would be copied.
fn scripts(explanation: &str) -> Vec<String> {
    let mut scripts = Vec::new();
    for after in explanation.split("\n# the payload to sign\n").skip(1) {
        let (script, _) = after.split_once("\nYAML\n").unwrap();
        scripts.push(format!("{script}\nYAML\n"));
    }
    scripts
}

/// Two policies under which one object is newly denied, one newly admitted, one reported only, and
/// one answered as before for another reason.
const OLD: &str = "policy:
  kubernetesNamespaceAdmissionRules:
    a: &allow {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
    c: *allow
    d: *allow
  defaultAdmissionRule: &deny
    {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";
const NEW: &str = "policy:
  admissionWhitelistPatterns: [{namePattern: registry.example/d}]
  kubernetesNamespaceAdmissionRules:
    b: {evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
    c: {evaluationMode: ALWAYS_DENY, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
  defaultAdmissionRule:
    {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";

fn pods() -> String {
    let pods = ["a", "b", "c", "d", "e"].map(|namespace| {
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web", "namespace": namespace},
            "spec": {"containers": [
                {"name": "web", "image": format!("registry.example/{namespace}")}]}})
    });
    json!({"apiVersion": "v1", "kind": "List", "items": pods}).to_string()
}

#[test]
fn diff_lists_the_objects_whose_answer_changes_and_why() {
    let (_old, old) = file("old.yaml", OLD);
    let (_new, new) = file("new.yaml", NEW);
    let diff = format!("diff {} {} -", old.display(), new.display());
    let (stdout, stderr) = run(&diff, &pods(), 1);
    let (changes, summary) = stdout.trim_end().rsplit_once('\n').unwrap();
    let expected = "admitted -> denied  Pod a/web  <stdin>
  registry.example/a  spec.containers[0].image
    CONFORMANT -> NON_CONFORMANT
    - policy: kubernetes-namespace rule for `a`: ALWAYS_ALLOW
    + policy: default rule: ALWAYS_DENY
    - always-allow
    + always-deny

denied -> admitted  Pod b/web  <stdin>
  registry.example/b  spec.containers[0].image
    NON_CONFORMANT -> CONFORMANT
    - policy: default rule: ALWAYS_DENY
    + policy: kubernetes-namespace rule for `b`: ALWAYS_ALLOW
    - always-deny
    + always-allow

admitted -> admitted by dry run  Pod c/web  <stdin>
  registry.example/c  spec.containers[0].image
    CONFORMANT -> NON_CONFORMANT
    - policy: kubernetes-namespace rule for `c`: ALWAYS_ALLOW
    + policy: in dry run, kubernetes-namespace rule for `c`: ALWAYS_DENY
    - always-allow
    + always-deny
";
    assert_eq!(changes, expected);
    let counts = "3 of 5 objects change: 1 newly denied, 1 newly admitted, 1 otherwise; 1 changes \
                  only its reasons";
    assert!(summary.starts_with(counts), "{summary}");
    assert_eq!(stderr, "");
}

#[test]
fn diff_prints_a_versioned_document() {
    let (_old, old) = file("old.yaml", OLD);
    let (_new, new) = file("new.yaml", NEW);
    let (old, new) = (old.display(), new.display());
    let diff = format!("diff {old} {new} --format json --reasons -");
    let report: Value = serde_json::from_str(&run(&diff, &pods(), 1).0).unwrap();
    assert_eq!(report["apiVersion"], "countersign.dev/v1");
    assert_eq!(report["kind"], "DiffReport");
    let digest = report["module"]["digest"].as_str().unwrap();
    assert!(digest.starts_with("sha256:"), "{digest}");
    let counts = json!({"objects": 5, "changed": 3, "newlyDenied": 1, "newlyAdmitted": 1,
        "otherwise": 1, "reasonsOnly": 1, "errors": 0});
    assert_eq!(report["summary"], counts);
    let objects = report["objects"].as_array().unwrap();
    let changes: Vec<_> = objects.iter().map(|one| &one["change"]).collect();
    let expected = [
        "newly-denied",
        "newly-admitted",
        "otherwise",
        "reasons-only",
    ];
    assert_eq!(changes, expected);
    let outcome = json!({"allowed": true, "verdict": "CONFORMANT", "enforcement": "enforced"});
    let said =
        |by: &str| json!({"verdict": "CONFORMANT", "because": [{"document": "policy", "by": by}]});
    let last = json!({
        "object": "Pod d/web", "source": "<stdin>", "change": "reasons-only",
        "old": outcome, "new": outcome, "reasonsGained": [], "reasonsLost": [],
        "images": [{
            "image": "registry.example/d", "field": "spec.containers[0].image",
            "old": said("kubernetes-namespace rule for `d`: ALWAYS_ALLOW"),
            "new": said("exempt by `registry.example/d`"),
            "reasonsGained": ["exempt-allowlist"], "reasonsLost": ["always-allow"],
        }],
    });
    assert_eq!(objects[3], last);
}

#[test]
fn diff_of_equal_policies_is_status_0() {
    let arguments = format!("diff {PIPELINE} {PIPELINE} {FIXTURES}");
    let (stdout, _) = run(&arguments, "", 0);
    assert!(stdout.starts_with("0 of 6 objects change\n"), "{stdout}");
}

#[test]
fn problems_of_both_settings_are_named_with_their_file() {
    let (_old, old) = file("old.yaml", "policy: {other: 1}\n");
    let (_new, new) = file("new.yaml", "unknown: 1\n");
    let (old, new) = (old.display(), new.display());
    let (stdout, stderr) = run(&format!("diff {old} {new} {FIXTURES}"), "", 2);
    assert_eq!(stdout, "");
    for line in [
        format!("error[policy-unknown-field]: unknown field `other`\n --> {old}:1:10\n"),
        format!("error[settings-unknown-field]: {new}: unknown: "),
    ] {
        assert!(stderr.contains(&line), "lacks {line}\n{stderr}");
    }
    let (_, stderr) = run(&format!("explain -s {old} {FIXTURES}"), "", 2);
    assert!(stderr.contains("policy-unknown-field"), "{stderr}");
}

#[test]
fn bad_usage_is_status_2() {
    for arguments in [
        "explain",
        "explain --why-not digest-required",
        "explain --namespace a digest-required",
        "explain --settings missing pod.yaml",
        "explain --settings - -",
        "diff",
        "diff a b",
        "diff - - policies",
        "diff a b --format yaml c",
    ] {
        run(arguments, "", 2);
    }
}

#[test]
fn help_has_examples_and_exit_status() {
    for command in ["explain", "diff"] {
        let (stdout, _) = run(&format!("{command} --help"), "", 0);
        assert_lines(&stdout, &["Examples:", "Exit status:"]);
    }
}

/// An image whose evidence has no source is denied, which is an answer.
#[test]
fn a_missing_source_of_evidence_is_status_1_and_names_the_option() {
    let text = fs::read_to_string(root().join("policies/require-attestation/policy.yaml")).unwrap();
    let text = text.replace("evidence:\n", "evidence:\n  registry: true\n")
        + "registries: [registry.example]\n";
    let (_folder, settings) = file("policy.yaml", &text);
    let settings = settings.display();
    let image = format!("registry.example/shop/web@sha256:{}", "7".repeat(64));
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "production"},
        "spec": {"containers": [{"name": "web", "image": image}]},
    });
    for command in ["evaluate", "explain", "audit"] {
        run(&format!("{command} -s {settings} -"), &pod.to_string(), 1);
    }
    let (evaluated, _) = run(&format!("evaluate -s {settings} -"), &pod.to_string(), 1);
    let verify = format!("attest verify -s {settings} --attestor build {image}");
    let (verified, _) = run(&verify, "", 1);
    for text in [evaluated, verified] {
        assert!(
            text.contains("failed: no registry is given; give one with --registry DIR"),
            "{text}"
        );
    }
}

/// Two errors are alike, and say nothing about the policies.
#[test]
fn diff_of_what_could_not_be_judged_is_status_2() {
    let text = fs::read_to_string(root().join("policies/require-attestation/policy.yaml")).unwrap();
    let asking = |registry: &str| {
        text.replace("evidence:\n", "evidence:\n  registry: true\n")
            + &format!("registries: [{registry}]\n")
    };
    let (_old, old) = file("old.yaml", &asking("registry.example"));
    let (_new, new) = file("new.yaml", &asking("registry.example, other.example"));
    let image = format!("registry.example/shop/web@sha256:{}", "7".repeat(64));
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "production"},
        "spec": {"containers": [{"name": "web", "image": image}]},
    });
    let arguments = format!("diff {} {} -", old.display(), new.display());
    let (stdout, stderr) = run(&arguments, &pod.to_string(), 2);
    assert!(
        stdout.contains("not evaluated  Pod production/web  <stdin>\n  host-capability-failed\n")
            && stdout.contains("0 of 1 object change; 1 could not be evaluated"),
        "{stdout}"
    );
    assert!(stderr.contains("no object could be evaluated"), "{stderr}");
}
