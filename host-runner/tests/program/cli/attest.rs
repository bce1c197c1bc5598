//! `countersign attest`: keys and attestations that OpenSSL, GnuPG and the policy agree about.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::program::{countersign, run};
use core_tests::process;

const REPOSITORY: &str = "registry.example/shop/web";

fn image() -> String {
    format!("{REPOSITORY}@sha256:{}", "5".repeat(64))
}

/// A folder with a key, and the attestor who has it in a list.
fn keygen(options: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key.pem");
    let arguments = format!(
        "attest keygen --attestor projects/example/attestors/build --output {} {options}",
        key.display()
    );
    let (stdout, stderr) = run(&arguments, "", 0);
    let private = fs::read_to_string(&key).unwrap();
    assert_secret(&private, &(stdout.clone() + &stderr));
    fs::write(folder.path().join("attestors.yaml"), stdout).unwrap();
    folder
}

/// No line of a private key, and no passphrase of these tests, is in an output.
#[track_caller]
fn assert_secret(private: &str, output: &str) {
    assert!(!output.contains("PRIVATE KEY-----"), "{output}");
    assert!(!output.contains("open sesame"), "{output}");
    let lines = private.lines().filter(|line| !line.starts_with("-----"));
    for line in lines {
        assert!(line.len() < 16 || !output.contains(line), "{output}");
    }
}

/// Settings in which that attestor has to attest everything.
fn settings(folder: &Path, evidence: &str) -> String {
    let attestors = fs::read_to_string(folder.join("attestors.yaml")).unwrap();
    let settings = format!(
        "policy:\n  globalPolicyEvaluationMode: DISABLE\n  defaultAdmissionRule:\n    \
         evaluationMode: REQUIRE_ATTESTATION\n    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n    \
         requireAttestationsBy: [projects/example/attestors/build]\nattestors:\n{attestors}{evidence}"
    );
    let path = folder.join("policy.yaml");
    fs::write(&path, settings).unwrap();
    path.display().to_string()
}

fn public_pem(folder: &Path) -> String {
    let attestors = fs::read_to_string(folder.join("attestors.yaml")).unwrap();
    let pem = "/0/0/userOwnedGrafeasNote/publicKeys/0/pkixPublicKey/publicKeyPem";
    let path = folder.join("public.pem");
    fs::write(&path, text_at(&attestors, pem)).unwrap();
    path.display().to_string()
}

/// A text in the documents of a YAML file.
fn text_at(yaml: &str, pointer: &str) -> String {
    let documents = Value::from(host_runner::inputs::parse(yaml).unwrap());
    documents
        .pointer(pointer)
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned()
}

/// The one occurrence that was printed: its payload and its signature.
fn decoded(occurrences: &str) -> (Vec<u8>, Vec<u8>) {
    let decode = |pointer| STANDARD.decode(text_at(occurrences, pointer)).unwrap();
    (
        decode("/0/0/attestation/serializedPayload"),
        decode("/0/0/attestation/signatures/0/signature"),
    )
}

#[test]
fn a_new_key_is_its_owners_alone_and_is_never_written_over() {
    let folder = keygen("");
    let key = folder.path().join("key.pem");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = fs::metadata(&key).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    let before = fs::read(&key).unwrap();
    let arguments = format!(
        "attest keygen --attestor projects/example/attestors/build --output {}",
        key.display()
    );
    let (stdout, stderr) = run(&arguments, "", 2);
    assert_eq!(stdout, "");
    assert!(stderr.contains("a key never overwrites a file"), "{stderr}");
    assert_eq!(fs::read(&key).unwrap(), before);
}

#[test]
fn what_is_signed_is_verified_and_admitted() {
    let folder = keygen("");
    let key = folder.path().join("key.pem").display().to_string();
    let policy = settings(folder.path(), "");
    let image = image();
    let sign = format!("attest sign --key {key} --settings {policy} --attestor build {image}");
    let (occurrences, stderr) = run(&sign, "", 0);
    assert_eq!(stderr, "");
    assert_eq!(
        run(&sign, "", 0).0,
        occurrences,
        "ECDSA signs alike each time"
    );
    let signed = folder.path().join("signed.yaml");
    fs::write(&signed, &occurrences).unwrap();
    let verify = format!(
        "attest verify --settings {policy} --attestor build --attestation {}",
        signed.display()
    );
    let (stdout, _) = run(&format!("{verify} {image}"), "", 0);
    assert!(
        stdout.starts_with(&format!("VERIFIED  {image}\n")),
        "{stdout}"
    );
    let other = image.replace("555", "666");
    let (stdout, _) = run(&format!("{verify} --format json {other}"), "", 1);
    let response: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(response["result"], "ATTESTATION_NOT_VERIFIABLE");
    let reason = response["denialReason"].as_str().unwrap();
    assert!(reason.contains("sha256:5555"), "{reason}");

    let indented = occurrences.replace('\n', "\n    ");
    let evidence = format!("evidence:\n  occurrences:\n    {}\n", indented.trim_end());
    let policy = settings(folder.path(), &evidence);
    let pod = format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: x}}, spec: {{containers: [{{name: a, image: \"{image}\"}}]}}}}"
    );
    let (stdout, _) = run(
        &format!("evaluate --settings {policy} -"),
        &format!("# YAML\n{pod}"),
        0,
    );
    assert!(stdout.contains("attested: Attestor"), "{stdout}");
}

#[test]
fn what_is_put_into_any_place_admits_the_image_and_signing_again_changes_nothing() {
    let folder = keygen("");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let image = image();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: x # a comment\nspec:\n  containers:\n  \
               - {name: a, image: IMAGE}\n";
    let pod = pod.replace("IMAGE", &image);
    for name in ["plain.yaml", "annotated.yaml"] {
        fs::write(at(name), &pod).unwrap();
    }
    let evidence = "evidence:\n  podAnnotation: true\n  registry: true\n  kubernetes:\n    \
                    notes: {projects/example/notes/build: attest-build}\n\
                    registries: [registry.example]\n";
    let policy = settings(folder.path(), evidence);
    let sign = format!(
        "attest sign --key {} --settings {policy} --attestor build --kubernetes {} --manifest {} \
         --registry {} --occurrences {} {image}",
        at("key.pem"),
        at("cluster"),
        at("annotated.yaml"),
        at("layout"),
        at("occurrences.json")
    );
    let (stdout, stderr) = run(&sign, "", 0);
    assert_eq!(
        (stdout.matches("added to").count(), stderr.as_str()),
        (4, ""),
        "{stdout}"
    );
    let annotated = fs::read_to_string(at("annotated.yaml")).unwrap();
    assert!(annotated.contains("  name: x # a comment\n"), "{annotated}");
    let (stdout, _) = run(&sign, "", 0);
    assert_eq!(stdout.matches("already in").count(), 4, "{stdout}");
    assert_eq!(fs::read_to_string(at("annotated.yaml")).unwrap(), annotated);
    for (manifest, options, source) in [
        ("annotated.yaml", String::new(), "pod-annotation"),
        (
            "plain.yaml",
            format!("--kubernetes {}", at("cluster")),
            "kubernetes",
        ),
        (
            "plain.yaml",
            format!("--registry {}", at("layout")),
            "registry",
        ),
    ] {
        let (stdout, _) = run(
            &format!("evaluate --settings {policy} {options} {}", at(manifest)),
            "",
            0,
        );
        assert!(stdout.contains(&format!("from {source}")), "{stdout}");
    }
    let verify = format!("attest verify --settings {policy} --attestor build --attestation");
    run(
        &format!("{verify} {} {image}", at("occurrences.json")),
        "",
        0,
    );
}

#[test]
fn the_key_of_somebody_else_signs_for_no_attestor() {
    let (ours, theirs) = (keygen(""), keygen(""));
    let policy = settings(ours.path(), "");
    let key = theirs.path().join("key.pem").display().to_string();
    let sign = format!(
        "attest sign --key {key} --settings {policy} --attestor build {}",
        image()
    );
    let (stdout, stderr) = run(&sign, "", 2);
    assert_eq!(stdout, "");
    assert!(
        stderr.contains("is not a key of attestor projects/example/attestors/build"),
        "{stderr}"
    );
}

#[test]
fn openssl_signs_our_payload_and_verifies_our_signature() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = keygen("");
    let (path, image) = (folder.path(), image());
    let openssl = |arguments: &str| {
        let mut command = Command::new("openssl");
        process::stdout(command.current_dir(path).args(arguments.split_whitespace()))
    };
    let payload = countersign(&format!("attest payload {image}"), "").stdout;
    fs::write(path.join("payload.json"), &payload).unwrap();
    openssl("dgst -sha256 -sign key.pem -out payload.sig payload.json");
    let public = public_pem(path);
    let take = |file: &str, status| {
        let file = path.join(file);
        let file = file.display();
        let arguments = format!(
            "attest sign --signature-file {file} --public-key {public} --note projects/example/notes/build {image}"
        );
        run(&arguments, "", status)
    };
    let (occurrences, _) = take("payload.sig", 0);
    let (signed, signature) = decoded(&occurrences);
    assert_eq!(signed, payload);
    assert_eq!(signature, fs::read(path.join("payload.sig")).unwrap());
    openssl("base64 -in payload.sig -out payload.b64");
    assert_eq!(take("payload.b64", 0).0, occurrences);
    // Over other bytes, it is taken for what it is.
    openssl("dgst -sha256 -sign key.pem -out other.sig key.pem");
    let (stdout, stderr) = take("other.sig", 1);
    assert!(stdout.starts_with("ATTESTATION_NOT_VERIFIABLE"), "{stdout}");
    assert!(stdout.contains("attestation-bad-signature"), "{stdout}");
    assert!(
        stderr.contains("exactly the output of `countersign attest payload`"),
        "{stderr}"
    );

    let key = path.join("key.pem");
    let (occurrences, _) = run(
        &format!("attest sign --key {} {image}", key.display()),
        "",
        0,
    );
    let (signed, signature) = decoded(&occurrences);
    fs::write(path.join("signed"), signed).unwrap();
    fs::write(path.join("signature"), signature).unwrap();
    let verified = openssl("dgst -sha256 -verify public.pem -signature signature signed");
    assert_eq!(verified, "Verified OK\n");
}

/// Devices with PKCS #11 return the numbers r and s in a row.
#[test]
fn a_signature_may_be_numbers_in_a_row() {
    type Numbers = fn(&[u8]) -> Vec<u8>;
    let curves: [(&str, Numbers); 3] = [
        ("p256", |der| {
            let signature = p256::ecdsa::Signature::from_der(der).unwrap();
            signature.to_bytes().to_vec()
        }),
        ("p384", |der| {
            let signature = p384::ecdsa::Signature::from_der(der).unwrap();
            signature.to_bytes().to_vec()
        }),
        ("p521", |der| {
            let signature = p521::ecdsa::Signature::from_der(der).unwrap();
            signature.to_bytes().to_vec()
        }),
    ];
    for (algorithm, numbers) in curves {
        let folder = keygen(&format!("--algorithm {algorithm}"));
        let (path, image) = (folder.path(), image());
        let (key, public) = (path.join("key.pem"), public_pem(path));
        let sign = format!("attest sign --key {} {image}", key.display());
        let (_, der) = decoded(&run(&sign, "", 0).0);
        let file = path.join("payload.sig");
        let take = |bytes: Vec<u8>, status| {
            fs::write(&file, bytes).unwrap();
            let file = file.display();
            let arguments =
                format!("attest sign --signature-file {file} --public-key {public} {image}");
            run(&arguments, "", status).0
        };
        let numbers = numbers(&der);
        assert_eq!(decoded(&take(numbers.clone(), 0)).1, der, "{algorithm}");
        let base64 = STANDARD.encode(&numbers).into_bytes();
        assert_eq!(decoded(&take(base64, 0)).1, der, "{algorithm}");
        let swapped = numbers.iter().copied().rev().collect();
        assert!(take(swapped, 1).contains("attestation-bad-signature"));
    }
}

#[test]
fn gnupg_signs_our_payload_and_verifies_what_we_have_made_of_it() {
    if !process::can_run("gpg", "--version") {
        return;
    }
    let (folder, image) = (tempfile::tempdir().unwrap(), image());
    let path = folder.path();
    let home = path.join("home");
    fs::create_dir(&home).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&home, fs::Permissions::from_mode(0o700)).unwrap();
    }
    let gpg = |arguments: &str| {
        let mut command = Command::new("gpg");
        command.current_dir(path).env("GNUPGHOME", &home);
        let quiet = "--batch --quiet --no-tty --pinentry-mode loopback --passphrase=";
        process::stdout(
            command
                .args(quiet.split(' '))
                .args(arguments.split_whitespace()),
        )
    };
    gpg("--quick-generate-key build@example.com ed25519 sign never");
    fs::write(path.join("public.asc"), gpg("--armor --export")).unwrap();
    let payload = countersign(&format!("attest payload {image}"), "").stdout;
    fs::write(path.join("payload.json"), &payload).unwrap();
    gpg("--armor --output detached.asc --detach-sign payload.json");
    gpg("--armor --output attached.asc --sign payload.json");
    gpg("--output detached.gpg --detach-sign payload.json");
    gpg("--output attached.gpg --sign payload.json");
    for (file, verify) in [
        ("detached.asc", "--verify made.asc made.json"),
        ("attached.asc", "--verify made.asc"),
        ("detached.gpg", "--verify made.asc made.json"),
        ("attached.gpg", "--verify made.asc"),
    ] {
        let arguments = format!(
            "attest sign --signature-file {0}/{file} --public-key {0}/public.asc {image}",
            path.display()
        );
        let (signed, signature) = decoded(&run(&arguments, "", 0).0);
        assert_eq!(signed, payload);
        fs::write(path.join("made.json"), signed).unwrap();
        fs::write(path.join("made.asc"), signature).unwrap();
        gpg(verify);
    }
    let _ = Command::new("gpgconf")
        .env("GNUPGHOME", &home)
        .args(["--kill", "all"])
        .output();
}

/// Every way to fail with a key at hand.
#[test]
fn no_error_shows_anything_of_a_key_or_a_passphrase() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).display().to_string();
    fs::write(at("passphrase"), "open sesame\n").unwrap();
    fs::write(at("wrong"), "close sesame\n").unwrap();
    let keygen = format!(
        "attest keygen --attestor projects/example/attestors/build --output {} --passphrase-file {}",
        at("key.pem"),
        at("passphrase")
    );
    run(&keygen, "", 0);
    let private = fs::read_to_string(at("key.pem")).unwrap();
    assert!(
        private.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"),
        "{private}"
    );
    let mut damaged: Vec<_> = private.lines().collect();
    damaged.swap(3, 4);
    fs::write(at("damaged.pem"), damaged.join("\n")).unwrap();
    let half: Vec<_> = private.lines().take(3).collect();
    fs::write(at("cut.pem"), half.join("\n")).unwrap();
    let image = image();
    for (command, text) in [
        (
            format!("--key {} {image}", at("key.pem")),
            "no terminal to prompt for the passphrase",
        ),
        (
            format!(
                "--key {} --passphrase-file {} {image}",
                at("key.pem"),
                at("wrong")
            ),
            "the passphrase is wrong",
        ),
        (
            format!(
                "--key {} --passphrase-file {} {image}",
                at("key.pem"),
                at("missing")
            ),
            "cannot read the passphrase",
        ),
        (
            format!(
                "--key {} --passphrase-file {} {image}",
                at("damaged.pem"),
                at("passphrase")
            ),
            "the passphrase is wrong",
        ),
        (
            format!("--key {} {image}", at("cut.pem")),
            "is not a private key in PKCS#8",
        ),
        (
            format!("--key {} {image}", at("passphrase")),
            "is not a private key in PKCS#8",
        ),
        (
            format!(
                "--key {} --passphrase-file {} --algorithm ed25519 {image}",
                at("key.pem"),
                at("passphrase")
            ),
            "it is not a key for ED25519",
        ),
        (
            format!(
                "--signature-file {0} --public-key {0} {image}",
                at("key.pem")
            ),
            "this is a private key",
        ),
        (
            format!("--key {} registry.example/a:1", at("key.pem")),
            "has no sha256 digest",
        ),
    ] {
        let (stdout, stderr) = run(&format!("attest sign {command}"), "", 2);
        assert_eq!(stdout, "");
        assert!(stderr.contains(text), "{command}: {stderr}");
        assert_secret(&private, &stderr);
    }
    let (_, stderr) = run(
        &format!(
            "attest sign --key {} --passphrase-file - {image}",
            at("key.pem")
        ),
        "open sesame\n",
        0,
    );
    assert_eq!(stderr, "");
}

#[test]
fn what_is_given_counts_or_is_an_error() {
    let folder = keygen("");
    let key = folder.path().join("key.pem").display().to_string();
    let policy = settings(folder.path(), "");
    let image = image();
    let attestor = format!("--settings {policy} --attestor build");
    for (command, reason) in [
        (
            format!("sign --key {key} {attestor} --key-id other {image}"),
            "is not a key of attestor",
        ),
        (
            format!("sign --key {key} --passphrase-file {policy} {image}"),
            "has no passphrase",
        ),
        (
            format!("sign --key {key} --note x {image}"),
            "projects/PROJECT/notes/NAME",
        ),
        (
            format!("sign --signature-file {policy} {attestor} --algorithm p384 {image}"),
            "--algorithm cannot be used with --settings",
        ),
        (
            format!("sign --signature-file {policy} {attestor} {image}"),
            "not a signature in binary, base64",
        ),
        (
            format!("verify {attestor} --attestation {policy} --kubernetes . {image}"),
            "--attestation cannot be used with --kubernetes",
        ),
        (
            format!("sign --key {key} --kubernetes x {image}"),
            "give --namespace and --note",
        ),
        (
            "keygen --attestor projects/p/attestors/a --output -".to_owned(),
            "never written to standard output",
        ),
    ] {
        let (stdout, stderr) = run(&format!("attest {command}"), "", 2);
        assert_eq!(stdout, "");
        assert!(stderr.contains(reason), "{command}: {stderr}");
    }
}

/// An attestor may have keys of several kinds, and settings may be about much else.
#[test]
fn each_key_of_an_attestor_signs_as_it_can_under_any_settings() {
    let folder = keygen("--algorithm ed25519");
    let at = |name: &str| folder.path().join(name).display().to_string();
    let (other, _) = run(
        &format!(
            "attest keygen --attestor projects/example/attestors/build --output {}",
            at("other.pem")
        ),
        "",
        0,
    );
    let key = |list: &str| {
        let (_, keys) = list.split_once("publicKeys:\n").unwrap();
        keys.to_owned()
    };
    let both = fs::read_to_string(at("attestors.yaml")).unwrap() + &key(&other);
    let settings = format!(
        "policy:\n  globalPolicyEvaluationMode: DISABLE\n  clusterAdmissionRules:\n    \
         us-central1-a.prod: {{evaluationMode: ALWAYS_ALLOW, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}\n  \
         defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}}\n\
         cluster: us-central1-a.prod\nresolveTags: true\nregistries: [registry.example]\n\
         deniedDigests: [\"sha256:{}\"]\nattestors:\n{both}",
        "5".repeat(64)
    );
    fs::write(at("policy.yaml"), settings).unwrap();
    for (key, kind) in [
        ("key.pem", "DSSE_ATTESTATION"),
        ("other.pem", "ATTESTATION"),
    ] {
        let sign = format!(
            "attest sign --key {} --settings {} --attestor build {}",
            at(key),
            at("policy.yaml"),
            image()
        );
        let (stdout, _) = run(&sign, "", 0);
        assert!(stdout.starts_with(&format!("- kind: {kind}\n")), "{stdout}");
    }
}
