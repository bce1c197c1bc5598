//! Both ways with the `openssl` program: it reads our keys and verifies our signatures, and what it
//! makes we use.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::*;
use crate::attest::key_file::{self, KeyFile};

/// The suites' own helper, for one place that says what has to be there.
#[path = "../../../../../tests/core/src/process.rs"]
#[expect(unreachable_pub, reason = "the suites have it from a library")]
#[expect(clippy::print_stderr, reason = "what is not run is said")]
mod process;

/// Arguments with which `openssl genpkey` makes a key and `openssl pkeyutl` verifies with it
const KINDS: &[(Algorithm, &str, &str)] = &[
    (
        Algorithm::EcdsaP256Sha256,
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-256",
        "-digest sha256",
    ),
    (
        Algorithm::EcdsaP384Sha384,
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-384",
        "-digest sha384",
    ),
    (
        Algorithm::EcdsaP521Sha512,
        "-algorithm EC -pkeyopt ec_paramgen_curve:P-521",
        "-digest sha512",
    ),
    (Algorithm::Ed25519, "-algorithm ed25519", ""),
    (
        Algorithm::RsaPkcs12048Sha256,
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "-digest sha256",
    ),
    (
        Algorithm::RsaPss2048Sha256,
        "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
        "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest",
    ),
    (
        Algorithm::RsaPss4096Sha512,
        "-algorithm RSA -pkeyopt rsa_keygen_bits:4096",
        "-digest sha512 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest",
    ),
];

const ML_DSA_65: (Algorithm, &str, &str) = (Algorithm::MlDsa65, "-algorithm ML-DSA-65", "");
const MESSAGE: &[u8] = b"what is signed";

fn openssl(folder: &Path, arguments: &str) -> String {
    let mut command = Command::new("openssl");
    command
        .current_dir(folder)
        .args(arguments.split_whitespace());
    process::stdout(&mut command)
}

/// Those that this `openssl` knows.
#[expect(clippy::print_stderr, reason = "what is not run is said")]
fn kinds(folder: &Path) -> Vec<(Algorithm, &'static str, &'static str)> {
    let mut kinds = KINDS.to_vec();
    if openssl(folder, "list -signature-algorithms").contains("ML-DSA-65") {
        kinds.push(ML_DSA_65);
    } else {
        eprintln!("NOT RUN: ML-DSA-65, because this `openssl` does not know it");
    }
    kinds
}

fn verify(folder: &Path, key: &PrivateKey, options: &str) {
    fs::write(folder.join("message"), MESSAGE).unwrap();
    fs::write(folder.join("signature"), key.sign(MESSAGE).unwrap()).unwrap();
    fs::write(folder.join("public"), key.public_pem()).unwrap();
    let command = format!(
        "pkeyutl -verify -pubin -inkey public -rawin -in message -sigfile signature {options}"
    );
    assert!(openssl(folder, &command).contains("Verified Successfully"));
}

#[test]
fn openssl_reads_our_keys_and_verifies_our_signatures() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("passphrase"), "open sesame\n").unwrap();
    for (algorithm, _, options) in kinds(folder) {
        if algorithm == Algorithm::RsaPss4096Sha512 {
            // Finding one takes us long without optimisation.
            continue;
        }
        let key = PrivateKey::generate(algorithm).unwrap();
        for (passphrase, passin) in [(None, ""), (Some("open sesame"), "-passin file:passphrase")] {
            let path = folder.join("ours");
            let _ = fs::remove_file(&path);
            key_file::create(&path, &key, passphrase).unwrap();
            let public = openssl(folder, &format!("pkey -in ours -pubout {passin}"));
            assert_eq!(public, key.public_pem(), "{}", algorithm.name());
        }
        verify(folder, &key, options);
    }
}

#[test]
fn we_read_the_keys_of_openssl_and_it_verifies_what_they_sign() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let passphrase = folder.join("passphrase");
    fs::write(&passphrase, "open sesame\n").unwrap();
    for (algorithm, generate, options) in kinds(folder) {
        openssl(folder, &format!("genpkey -out plain {generate}"));
        let public = openssl(folder, "pkey -in plain -pubout");
        for encryption in [
            "",
            "-v2 aes-256-cbc",
            "-scrypt",
            "-v2 aes-128-cbc -v2prf hmacWithSHA512",
        ] {
            let options = match encryption {
                "" => "-nocrypt".to_owned(),
                encryption => format!("{encryption} -passout file:passphrase"),
            };
            openssl(
                folder,
                &format!("pkcs8 -topk8 -in plain -out theirs {options}"),
            );
            let passphrase = (!encryption.is_empty()).then_some(&passphrase);
            let file = KeyFile::open(&folder.join("theirs"), passphrase).unwrap();
            let key = file.key(Some(algorithm)).unwrap();
            assert_eq!(
                key.public_pem(),
                public,
                "{} {encryption}",
                algorithm.name()
            );
        }
        let file = KeyFile::open(&folder.join("theirs"), Some(&passphrase)).unwrap();
        verify(folder, &file.key(Some(algorithm)).unwrap(), options);
    }
}

/// The commands that the errors advise work with `openssl`.
#[test]
fn keys_in_other_forms_are_refused_with_the_command_that_converts_them() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let passphrase = folder.join("passphrase");
    fs::write(&passphrase, "open sesame\n").unwrap();
    let open = |name: &str, passphrase: Option<&std::path::PathBuf>| {
        let file = KeyFile::open(&folder.join(name), passphrase)?;
        file.key(Some(Algorithm::EcdsaP256Sha256))
    };
    openssl(
        folder,
        "ecparam -name prime256v1 -genkey -noout -out traditional",
    );
    let error = format!("{:#}", open("traditional", None).unwrap_err());
    assert!(
        error.contains("`openssl pkcs8 -topk8 -nocrypt -in ")
            && error.contains("traditional -out ")
            && error.contains("traditional.pkcs8.pem`"),
        "{error}"
    );
    openssl(
        folder,
        "pkcs8 -topk8 -in traditional -out converted -nocrypt",
    );
    open("converted", None).unwrap();

    // Of one file it would take the first line for one, and the second for the other.
    fs::copy(&passphrase, folder.join("again")).unwrap();
    let old = "pkcs8 -topk8 -v1 PBE-SHA1-3DES -in converted -out old -passout file:passphrase";
    openssl(folder, old);
    let error = format!("{:#}", open("old", Some(&passphrase)).unwrap_err());
    assert!(
        error.contains("-topk8 -v2 aes-256-cbc -in OLD -out NEW"),
        "{error}"
    );
    openssl(
        folder,
        "pkcs8 -topk8 -v2 aes-256-cbc -in old -out renewed -passin file:passphrase -passout file:again",
    );
    open("renewed", Some(&passphrase)).unwrap();
}
