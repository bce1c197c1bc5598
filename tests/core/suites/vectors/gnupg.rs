//! Attestations that the `gpg` program signs here and now, with keys that it has just made, as the
//! manuals of Binary Authorization have people do it.

use std::fs;
use std::path::Path;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core_tests::case::{image, one_container, outcome, pod, settings};
use core_tests::native::decision;
use core_tests::process;
use core_tests::signing::{attestor_of, note_name, payload};
use serde_json::{Value, json};

const ALGORITHMS: [&str; 6] = [
    "rsa2048", "rsa3072", "nistp256", "nistp384", "nistp521", "ed25519",
];

#[test]
fn what_gnupg_signs_attests_and_not_for_another_payload() {
    if !process::can_run("gpg", "--version") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let home = home.path();
    restrict(home);
    let message = payload("trusted.example/app", core_tests::case::A);
    fs::write(home.join("message"), &message).unwrap();
    for algorithm in ALGORITHMS {
        gpg(
            home,
            &[
                "--quick-generate-key",
                algorithm,
                algorithm,
                "cert,sign",
                "never",
            ],
        );
        let key = gpg(home, &["--armor", "--export", algorithm]);
        let attached = gpg(
            home,
            &[
                "--armor", "-u", algorithm, "--output", "-", "--sign", "message",
            ],
        );
        let detached = gpg(
            home,
            &[
                "--armor",
                "-u",
                algorithm,
                "--output",
                "-",
                "--detach-sign",
                "message",
            ],
        );
        for (form, signature) in [("attached", &attached), ("detached", &detached)] {
            let decide = |payload: &str| decide(&key, payload, signature);
            let name = format!("{algorithm}, {form}");
            let decision = decide(&message);
            assert_eq!(outcome(&decision), "allow", "{name}: {decision:#}");
            let fingerprint = &decision["images"][0]["results"][0]["attestors"][0]["keyId"];
            let listed = gpg(home, &["--with-colons", "--list-keys", algorithm]);
            let listed = listed.lines().find(|line| line.starts_with("fpr")).unwrap();
            assert!(listed.contains(fingerprint.as_str().unwrap()), "{name}");
            let changed = decide(&message.replace("binauthz", "binauthy"));
            assert_eq!(outcome(&changed), "deny", "{name}: {changed:#}");
        }
    }
}

fn decide(key: &str, payload: &str, signature: &str) -> Value {
    let mut settings = settings();
    settings["attestors"] = json!([attestor_of(
        "a",
        &[json!({"asciiArmoredPgpPublicKey": key})]
    )]);
    settings["evidence"]["occurrences"] = json!([{
        "noteName": note_name("a"),
        "attestation": {
            "serializedPayload": STANDARD.encode(payload),
            "signatures": [{"publicKeyId": "", "signature": STANDARD.encode(signature)}],
        },
    }]);
    decision(&json!({"request": pod(one_container(&image())), "settings": settings}))
}

/// GnuPG wants its folder to itself.
fn restrict(folder: &Path) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
}

fn gpg(home: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("gpg");
    command
        .args(["--quiet", "--batch", "--yes", "--pinentry-mode", "loopback"])
        .args(["--passphrase", "", "--trust-model", "always", "--homedir"])
        .arg(home)
        .args(arguments)
        .current_dir(home);
    process::stdout(&mut command)
}
