//! Sigstore bundles as files: `attest show`, `attest import`, and trusted roots as settings.

use std::fs;
use std::path::Path;

use host_runner::inputs;
use pretend_sigstore::{Claim, Content, Instance, Promise, Signing, Token};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::keyless::{self, ISSUER, WORKFLOW};
use crate::program::{file, run};

/// 2026-03-01T12:00:00Z
const TIME: u64 = 1_772_366_400;

fn digest(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

fn image(digit: &str) -> String {
    format!("registry.example/shop/web@{}", digest(digit))
}

/// The statement that `cosign sign` signs for an image, by the release workflow
fn signing(digit: &str) -> Signing {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": digit.repeat(64)}}],
        "predicateType": "https://sigstore.dev/cosign/sign/v1",
        "predicate": {},
    });
    let mut signing = Signing::new(WORKFLOW, ISSUER, Content::statement(&statement), TIME);
    let claims = [
        ("buildTrigger", "push"),
        ("sourceRepositoryOwnerIdentifier", "1234567"),
    ];
    let claims = claims.map(|(name, text)| (Claim::named(name).unwrap(), text.to_owned()));
    signing.leaf.claims = claims.to_vec();
    signing
}

fn instance() -> Instance {
    Instance::new("sigstore.example")
}

/// Settings in which the workflow has to sign everything, in a folder with its bundle.
fn folder(bundle: &Value, evidence: &Value) -> tempfile::TempDir {
    let root = json!({"document": instance().trusted_root()});
    let mut settings = keyless::settings(&root, evidence);
    let fields = settings.as_object_mut().unwrap();
    fields.insert("registries".to_owned(), json!(["registry.example"]));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.json"), settings.to_string()).unwrap();
    fs::write(folder.path().join("bundle.json"), bundle.to_string()).unwrap();
    folder
}

fn deployment() -> String {
    format!(
        "apiVersion: apps/v1
kind: Deployment
metadata: {{name: web}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers:
        - name: web
          image: {}
",
        image("1")
    )
}

#[test]
fn a_shown_identity_can_be_copied_into_the_settings() {
    let mut signing = signing("1");
    signing.tokens = vec![Token::default()];
    let bundle = instance().sign(&signing).to_string();
    let (stdout, stderr) = run("attest show -", &bundle, 0);
    let expected = format!(
        "<stdin>: application/vnd.dev.sigstore.bundle.v0.3+json, not verified
  certificate of a workflow or service (URI), valid from 2026-03-01T11:59:00Z to 2026-03-01T12:09:00Z
  identity, for a list in `sigstore.identities`
    - trustedRoot: NAME # its name in `sigstore.trustedRoots`
      issuer: {ISSUER}
      subject: {WORKFLOW}
      claims:
        sourceRepositoryOwnerIdentifier: \"1234567\"
  other claims (change with every run)
    buildTrigger: push
  log entry   dsse 0.0.1 at 1005 of rekor.sigstore.example - 42, integrated 2026-03-01T12:00:00Z, promise and proof
  timestamp   2026-03-01T12:00:00Z
  statement   https://sigstore.dev/cosign/sign/v1
  about       {}
",
        digest("1")
    );
    assert_eq!((stdout, stderr), (expected, String::new()));
}

#[test]
fn every_file_of_bundles_is_shown() {
    let first = instance().sign(&signing("1")).document;
    let second = instance().sign(&signing("2")).document;
    let api =
        json!({"attestations": [{"bundle": first}, {"predicateType": "x", "bundle": second}]});
    for text in [
        format!("{first}\n{second}\n"),
        api.to_string(),
        json!([first, {"resourceUri": "https://r.example/a", "bundle": second}]).to_string(),
    ] {
        let (stdout, _) = run("attest show - --format json", &text, 0);
        let shown: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!(shown.as_array().unwrap().len(), 2, "{shown}");
        for (one, digit) in shown.as_array().unwrap().iter().zip(["1", "2"]) {
            assert_eq!(one["signers"][0]["certificate"]["subject"], WORKFLOW);
            assert_eq!(
                one["contents"][0]["subjects"][0]["digests"][0],
                digest(digit)
            );
        }
    }
}

#[test]
fn a_malformed_certificate_is_shown_as_such() {
    let mut bundle = instance().sign(&signing("1")).document;
    bundle["verificationMaterial"]["certificate"]["rawBytes"] = json!("AAAA");
    let (stdout, _) = run("attest show -", &bundle.to_string(), 0);
    assert!(stdout.contains("\n  certificate unreadable: "), "{stdout}");
    let (_, stderr) = run("attest show -", "{}", 2);
    assert!(stderr.contains("Sigstore bundles"), "{stderr}");
}

#[test]
fn a_shown_bundle_counts_or_the_reason_is_said() {
    for (promise, status, expected) in [
        (Promise::Signed, 0, "attested: "),
        (Promise::Impostor, 1, "sigstore-set-invalid"),
    ] {
        let mut signing = signing("1");
        signing.entries[0].promise = promise;
        let folder = folder(&instance().sign(&signing).document, &json!({}));
        let path = |name: &str| folder.path().join(name).display().to_string();
        let show = format!(
            "attest show {} --settings {}",
            path("bundle.json"),
            path("policy.json")
        );
        let (stdout, _) = run(&show, "", status);
        assert!(!stdout.contains("not verified"), "{stdout}");
        assert!(
            stdout.contains("attestor projects/p/attestors/release"),
            "{stdout}"
        );
        assert!(stdout.contains(expected), "{stdout}");
    }
}

/// The policy reads an imported bundle from each place, and admits the image.
#[test]
fn an_imported_bundle_admits_the_image_from_every_place() {
    let bundle = instance().sign(&signing("1")).document;
    let evidence = json!({
        "podAnnotation": true, "registry": true,
        "kubernetes": {"notes": {"projects/p/notes/release": "attest-release"}},
    });
    for (option, place, evaluated) in [
        ("--occurrences", "policy.json", ""),
        ("--manifest", "deployment.yaml", ""),
        ("--kubernetes", "cluster", "--kubernetes"),
        ("--registry", "layout", "--registry"),
    ] {
        let folder = folder(&bundle, &evidence);
        let path = |name: &str| folder.path().join(name).display().to_string();
        fs::write(path("deployment.yaml"), deployment()).unwrap();
        fs::create_dir(path("empty")).unwrap();
        let import = format!(
            "attest import --settings {} --attestor release {option} {} {} {}",
            path("policy.json"),
            path(place),
            image("1"),
            path("bundle.json"),
        );
        let (stdout, stderr) = run(&import, "", 0);
        assert!(stdout.starts_with("added to "), "{stdout}");
        let verified = format!("verified: {WORKFLOW} for attestor projects/p/attestors/release\n");
        assert!(stderr.ends_with(&verified), "{stderr}");
        // The attestor that accepts the bundle is found, with the namespace of its note.
        let (stdout, _) = run(&import.replace(" --attestor release", ""), "", 0);
        assert!(stdout.starts_with("already in "), "{option}: {stdout}");
        let lookups = match evaluated {
            "" => String::new(),
            option => format!("{option} {}", path(place)),
        };
        let evaluate = format!(
            "evaluate --settings {} {lookups} {}",
            path("policy.json"),
            path("deployment.yaml")
        );
        let (stdout, _) = run(&evaluate, "", 0);
        assert!(stdout.contains("attested"), "{option}: {stdout}");
    }
}

/// An image layout with these blobs as referrers of the image, whose manifest it does not have.
fn layout(folder: &Path, blobs: &[&str]) {
    const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
    const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
    let store = |text: &str| {
        let hex = hex(Sha256::digest(text).as_slice());
        fs::write(folder.join("blobs/sha256").join(&hex), text).unwrap();
        format!("sha256:{hex}")
    };
    fs::create_dir_all(folder.join("blobs/sha256")).unwrap();
    let manifests: Vec<_> = blobs
        .iter()
        .map(|blob| {
            let manifest = json!({
                "schemaVersion": 2, "mediaType": IMAGE, "artifactType": BUNDLE,
                "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": store("{}"), "size": 2},
                "layers": [{"mediaType": BUNDLE, "digest": store(blob), "size": blob.len()}],
                "subject": {"mediaType": IMAGE, "digest": digest("1"), "size": 1},
            });
            json!({"mediaType": IMAGE, "digest": store(&manifest.to_string()), "size": 1, "artifactType": BUNDLE})
        })
        .collect();
    fs::write(
        folder.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    let index = json!({"schemaVersion": 2, "manifests": manifests});
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The module asks for them, and a recording has the answer.
#[test]
fn bundles_among_the_referrers_of_a_layout_count() {
    let bundle = instance().sign(&signing("1")).document;
    let folder = folder(&bundle, &json!({"referrers": true}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    fs::write(path("deployment.yaml"), deployment()).unwrap();
    layout(
        &folder.path().join("layout"),
        &["<html></html>", &bundle.to_string()],
    );
    let evaluate = |lookups: &str, status: i32| {
        let arguments = format!(
            "evaluate --settings {} {lookups} {}",
            path("policy.json"),
            path("deployment.yaml")
        );
        run(&arguments, "", status)
    };
    let (layout_folder, recording) = (path("layout"), path("recording"));
    let (stdout, _) = evaluate(
        &format!("--registry {layout_folder} --record {recording}"),
        0,
    );
    assert!(stdout.contains("attested"), "{stdout}");
    let recorded = fs::read_to_string(&recording).unwrap();
    assert!(recorded.contains("    !OciSigstoreBundles\n"), "{recorded}");
    let (stdout, _) = evaluate(&format!("--replay {recording}"), 0);
    assert!(stdout.contains("attested"), "{stdout}");

    layout(&folder.path().join("layout"), &["<html></html>"]);
    let (stdout, _) = evaluate(&format!("--registry {layout_folder}"), 1);
    assert!(stdout.contains("sigstore-bundle-invalid"), "{stdout}");
    let blob = hex(Sha256::digest("<html></html>").as_slice());
    fs::write(folder.path().join("layout/blobs/sha256").join(blob), "x").unwrap();
    for lookups in [format!("--registry {layout_folder}"), String::new()] {
        let (stdout, _) = evaluate(&lookups, 1);
        assert!(stdout.contains("host-capability-failed"), "{stdout}");
    }
}

#[test]
fn bundles_are_imported_from_the_referrers_of_a_layout() {
    let good = instance().sign(&signing("1")).document;
    let other = instance().sign(&signing("2")).document;
    let folder = folder(&good, &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    layout(
        &folder.path().join("layout"),
        &[&good.to_string(), &other.to_string()],
    );
    let import = format!(
        "attest import --settings {} {} {}",
        path("policy.json"),
        image("1"),
        path("layout")
    );
    let (stdout, stderr) = run(&import, "", 0);
    let imported = inputs::parse(&stdout).unwrap();
    assert_eq!(imported[0].as_array().unwrap().len(), 1, "{stdout}");
    assert_eq!(imported[0][0]["bundle"], good);
    assert!(stderr.contains("left out 1 bundle about other"), "{stderr}");
}

#[test]
fn only_bundles_that_count_are_imported() {
    let good = instance().sign(&signing("1")).document;
    let foreign = Instance::new("another.example")
        .sign(&signing("1"))
        .document;
    let other = instance().sign(&signing("2")).document;
    let folder = folder(&good, &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let import = |bundles: &[&Value], options: &str, status: i32| {
        let lines: Vec<_> = bundles.iter().map(ToString::to_string).collect();
        fs::write(path("bundles.jsonl"), lines.join("\n")).unwrap();
        let arguments = format!(
            "attest import --settings {} {options} {} {}",
            path("policy.json"),
            image("1"),
            path("bundles.jsonl"),
        );
        run(&arguments, "", status)
    };
    for options in ["", "--attestor release"] {
        let (stdout, stderr) = import(&[&foreign, &other, &good], options, 0);
        let imported = inputs::parse(&stdout).unwrap();
        assert_eq!(imported[0].as_array().unwrap().len(), 1, "{stdout}");
        assert_eq!(imported[0][0]["bundle"], good);
        assert!(
            stderr.contains("left out 1 bundle about other images"),
            "{stderr}"
        );
        assert!(stderr.contains("bundle 1\n"), "{stderr}");
        assert!(stderr.contains("sigstore-log-unknown"), "{stderr}");
    }
    import(&[&foreign], "", 1);
    let (_, stderr) = import(&[&other], "", 1);
    assert!(stderr.contains("no bundle is about"), "{stderr}");
    import(&[], "", 2);
}

/// A statement for a check by the identity of an attestor
#[test]
fn provenance_counts_for_its_authenticator_and_for_no_attestor() {
    const BUILDER: &str = "https://github.com/acme/shop/.github/workflows/release.yml@*";
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "web", "digest": {"sha256": "1".repeat(64)}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {
            "buildDefinition": {"buildType": "https://example.com/build", "externalParameters": {}},
            "runDetails": {"builder": {"id": WORKFLOW}},
        },
    });
    let provenance = Signing::new(WORKFLOW, ISSUER, Content::statement(&statement), TIME);
    let provenance = instance().sign(&provenance).document;
    let builders = json!({"authenticators": {"provenance": [
        {"builderId": BUILDER, "identities": ["release"]},
        {"builderId": "https://another.example", "identities": ["release"]},
    ]}});
    for (evidence, options, status, expected) in [
        (&json!({}), "", 1, "not for an attestor"),
        (&json!({}), "--attestor release", 1, "not for an attestor"),
        (&builders, "--attestor release", 1, "not for an attestor"),
        (
            &builders,
            "",
            0,
            "for slsaCheck (evidence.authenticators.provenance[0])\n",
        ),
    ] {
        let folder = folder(&provenance, evidence);
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (settings, bundle) = (path("policy.json"), path("bundle.json"));
        let import = format!(
            "attest import --settings {settings} {options} {} {bundle}",
            image("1")
        );
        let (stdout, stderr) = run(&import, "", status);
        assert!(stderr.contains(expected), "{options}: {stderr}");
        assert_eq!(stdout.is_empty(), status == 1, "{options}: {stdout}");
        let show = format!("attest show --settings {settings} {options} {bundle}");
        run(&show, "", status);
    }
    let folder = folder(&provenance, &builders);
    let path = |name: &str| folder.path().join(name).display().to_string();
    let import = format!(
        "attest import --settings {} --kubernetes {} {} {}",
        path("policy.json"),
        path("cluster"),
        image("1"),
        path("bundle.json"),
    );
    let (_, stderr) = run(&import, "", 2);
    assert!(
        stderr.contains("give --namespace, or --attestor NAME"),
        "{stderr}"
    );
}

/// A statement for an attestor of whom a rule for images requires its type
#[test]
fn a_statement_counts_where_a_rule_requires_its_type() {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "web", "digest": {"sha256": "1".repeat(64)}}],
        "predicateType": "https://spdx.dev/Document", "predicate": {},
    });
    let signing = Signing::new(WORKFLOW, ISSUER, Content::statement(&statement), TIME);
    let folder = folder(&instance().sign(&signing).document, &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (settings, bundle) = (path("policy.json"), path("bundle.json"));
    for (kind, status) in [
        ("https://spdx.dev/Document", 0),
        ("https://spdx.dev/Document/v2.3", 1),
    ] {
        let text = fs::read_to_string(&settings).unwrap();
        let mut changed: Value = serde_json::from_str(&text).unwrap();
        let requirement =
            json!({"attestors": ["projects/p/attestors/release"], "predicateTypes": [kind]});
        changed["imagePolicy"] = json!({"unmatchedImages": "deny", "rules": [
            {"name": "listed", "images": ["**"], "require": [requirement]}]});
        fs::write(&settings, changed.to_string()).unwrap();
        let import = format!(
            "attest import --settings {settings} {} {bundle}",
            image("1")
        );
        let (stdout, stderr) = run(&import, "", status);
        assert_eq!(stdout.is_empty(), status == 1, "{stdout}");
        assert_eq!(
            stderr.contains("for attestor projects/p/attestors/release\n"),
            status == 0,
            "{stderr}"
        );
    }
}

/// A set of identities that nothing in the settings uses
#[test]
fn an_unused_identity_imports_nothing() {
    let folder = folder(&instance().sign(&signing("1")).document, &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let text = fs::read_to_string(path("policy.json")).unwrap();
    let mut settings: Value = serde_json::from_str(&text).unwrap();
    settings["sigstore"]["identities"]["another"] = json!([
        {"trustedRoot": "internal", "issuer": ISSUER, "subject": "https://example.com/another"},
    ]);
    settings["sigstore"]["attestors"]["projects/p/attestors/release"] = json!(["another"]);
    fs::write(path("policy.json"), settings.to_string()).unwrap();
    let import = format!(
        "attest import --settings {} {} {}",
        path("policy.json"),
        image("1"),
        path("bundle.json")
    );
    let (stdout, stderr) = run(&import, "", 1);
    assert_eq!(stdout, "");
    assert!(
        stderr.contains("attestor projects/p/attestors/release"),
        "{stderr}"
    );
}

/// Signatures for checks, which stand in platform policies
#[test]
fn an_authority_of_a_check_accepts_a_bundle() {
    let folder = folder(&instance().sign(&signing("1")).document, &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let settings = json!({
        "platformPolicies": [{
            "name": "projects/p/platforms/gke/policies/p",
            "gkePolicy": {"checkSets": [{"checks": [
                {"sigstoreSignatureCheck": {"sigstoreAuthorities": [{"displayName": "build"}]}},
            ]}]},
        }],
        "sigstore": {
            "trustedRoots": {"internal": {"document": instance().trusted_root()}},
            "identities": {"release": [{"trustedRoot": "internal", "issuer": ISSUER, "subject": WORKFLOW}]},
            "authorities": {"build": ["release"]},
        },
    });
    fs::write(path("policy.json"), settings.to_string()).unwrap();
    let import = format!(
        "attest import --settings {} {} {}",
        path("policy.json"),
        image("1"),
        path("bundle.json")
    );
    let (stdout, stderr) = run(&import, "", 0);
    assert!(
        stderr.contains("for sigstoreSignatureCheck (`build`, "),
        "{stderr}"
    );
    assert!(stdout.contains("bundle:"), "{stdout}");
}

/// `messageDigest` is not signed, and other clients demand it.
#[test]
fn trimming_leaves_out_what_is_never_read() {
    let mut signing = signing("1");
    signing.version = pretend_sigstore::Version::V0_1;
    let mut bundle = instance().sign(&signing).document;
    let chain = "/verificationMaterial/x509CertificateChain/certificates";
    let certificates = bundle.pointer_mut(chain).unwrap().as_array_mut().unwrap();
    certificates.push(certificates[0].clone());
    bundle["dsseEnvelope"]["signatures"][0]["keyid"] = json!("x");
    let folder = folder(&bundle, &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let import = format!(
        "attest import --trim --settings {} {} {}",
        path("policy.json"),
        image("1"),
        path("bundle.json")
    );
    let (stdout, _) = run(&import, "", 0);
    let imported = inputs::parse(&stdout).unwrap();
    let trimmed = &imported[0][0]["bundle"];
    assert_eq!(trimmed.pointer(chain).unwrap().as_array().unwrap().len(), 1);
    let signature = &trimmed["dsseEnvelope"]["signatures"][0];
    assert_eq!(signature.as_object().unwrap().len(), 1, "{signature}");
}

#[test]
fn a_trusted_root_becomes_a_part_of_settings() {
    let root = instance().trusted_root();
    let (stdout, stderr) = run("import --trusted-root -", &root.to_string(), 0);
    assert_eq!(stderr, "trusted roots: fulcio-sigstore-example\n");
    assert!(stdout.starts_with("# "), "{stdout}");
    let fragment = inputs::parse(&stdout).unwrap();
    let settings = &fragment[0]["sigstore"]["trustedRoots"]["fulcio-sigstore-example"];
    assert_eq!(settings["document"], root);
    assert_eq!(settings["transparencyLogs"], 1);

    let policy = "defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}\n";
    let (_folder, policy) = file("policy.yaml", policy);
    let import = format!(
        "import --policy {} --trusted-root - --name internal",
        policy.display()
    );
    let (stdout, stderr) = run(&import, &root.to_string(), 0);
    let settings = inputs::parse(&stdout).unwrap();
    assert_eq!(
        settings[0]["sigstore"]["trustedRoots"]["internal"]["document"],
        root
    );
    assert!(stderr.contains("a policy, 1 trusted root"), "{stderr}");
}

/// Rotation of an instance's keys
#[test]
fn trusted_roots_are_renewed_in_settings() {
    let folder = folder(&json!({}), &json!({}));
    let path = |name: &str| folder.path().join(name).display().to_string();
    let settings = format!(
        "# ours\npolicy: {{}} # rule\nsigstore:\n  trustedRoots:\n    internal:\n      ctLogs: 2 # both\n      document: {}\n",
        instance().trusted_root()
    );
    fs::write(path("settings.yaml"), &settings).unwrap();
    let renewed = Instance::new("another.example").trusted_root().to_string();
    let import = format!(
        "import --trusted-root - --name internal --into {}",
        path("settings.yaml")
    );
    for expected in ["renewed in", "already in"] {
        let (_, stderr) = run(&import, &renewed, 0);
        assert!(
            stderr.contains(&format!("trusted root internal {expected}")),
            "{stderr}"
        );
        let text = fs::read_to_string(path("settings.yaml")).unwrap();
        let (before, document) = text.split_once("document: ").unwrap();
        assert!(settings.starts_with(before), "{text}");
        let document: Value = serde_json::from_str(document).unwrap();
        assert_eq!(document.to_string(), renewed);
    }
    let import = format!(
        "import --trusted-root - --force --output {}",
        path("settings.yaml")
    );
    let (_, stderr) = run(&import, &renewed, 2);
    assert!(stderr.contains("--into"), "{stderr}");
    fs::write(path("root.yaml"), "sigstore: {trustedRoots: {}}\n").unwrap();
    run(&import.replace("settings.yaml", "root.yaml"), &renewed, 0);
}

#[test]
fn a_document_that_is_no_trusted_root_is_an_error() {
    let mut root = instance().trusted_root();
    root["tlogs"][0]["publicKey"]["validFor"] = json!({});
    let (_, stderr) = run("import --trusted-root -", &root.to_string(), 2);
    assert!(
        stderr.contains("`publicKey.validFor.start` is required"),
        "{stderr}"
    );
    for arguments in [
        "import --trusted-root - --name Public",
        "import --trusted-root - --attestors x.json",
        "import --name internal",
    ] {
        run(arguments, "{}", 2);
    }
}
